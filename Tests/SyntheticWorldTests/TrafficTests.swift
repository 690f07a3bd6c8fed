import DomainModel
import EventLog
import HubConfiguration
import JSON
import SyntheticWorld
import Testing

@Suite struct TrafficTests {
    @Test func sourcesComeInThePublishedMix() throws {
        let plan = try Shipped.plan(seed: 3, contacts: 20_000)
        var counts = [0, 0, 0, 0, 0]
        var all = 0
        for submission in plan where submission.kind.isContact {
            all += 1
            switch submission.source.code {
            case "6": counts[0] += 1
            case "3A", "3B", "3C", "3D", "3E", "3F": counts[1] += 1
            case "2A", "2B": counts[2] += 1
            case "1A", "1C": counts[3] += 1
            default: counts[4] += 1
            }
        }
        #expect(all == 20_000)
        for (count, share) in zip(counts, [0.32, 0.17, 0.16, 0.09, 0.26]) {
            #expect(abs(Double(count) / Double(all) - share) < 0.02)
        }
    }

    @Test func mistakesAndFollowUpsComeAsOftenAsStated() throws {
        var counts: [Submission.Kind: Int] = [:]
        var danger = 0
        var faulty = 0
        for submission in try Shipped.plan(seed: 5, contacts: 20_000, days: 28) {
            counts[submission.kind, default: 0] += 1
            if submission.immediateDanger { danger += 1 }
            if submission.isFaulty { faulty += 1 }
        }
        func share(_ kinds: Submission.Kind...) -> Double {
            Double(kinds.reduce(0) { $0 + (counts[$1] ?? 0) }) / 20_000
        }
        #expect((0.08...0.12).contains(share(.reportedElsewhere)))
        #expect((0.03...0.07).contains(share(.referredAgain)))
        #expect((0.015...0.025).contains(share(.repeated)))
        #expect((0.015...0.025).contains(share(.corrected)))
        #expect((0.003...0.007).contains(share(.withdrawn)))
        #expect((0.003...0.007).contains(share(.truncated, .wrongAgency, .unknownType)))
        #expect((0.001...0.005).contains(share(.unknownAuthority)))
        #expect((0.02...0.04).contains(Double(faulty) / 20_000))
        #expect((0.006...0.015).contains(Double(danger) / 20_000))
    }

    @Test func timesNeverFallAndStayWithinThePlan() throws {
        let plan = try Shipped.plan(seed: 9, contacts: 5000)
        var last = plan.start
        for submission in plan {
            #expect(submission.at >= last)
            #expect(submission.at < plan.end)
            last = submission.at
        }
        #expect(last > Shipped.monday.adding(milliseconds: 6 * 86_400_000))
    }

    @Test(arguments: [1, 2, 3, 4, 5] as [UInt64])
    func someoneIsInDangerAtNight(seed: UInt64) throws {
        let night = try Shipped.plan(seed: seed).contains { submission in
            let hour = submission.at.milliseconds / 3_600_000 % 24
            return submission.immediateDanger && (hour >= 22 || hour < 6) && !submission.kind.mustBeRefused
        }
        #expect(night)
    }

    @Test func mondayMorningIsBusierThanTuesdays() throws {
        var mornings = [0, 0]
        for submission in try Shipped.plan(contacts: 10_000) {
            let hours = submission.at.milliseconds(since: Shipped.monday) / 3_600_000
            if (8..<12).contains(hours) { mornings[0] += 1 }
            if (32..<36).contains(hours) { mornings[1] += 1 }
        }
        #expect(mornings[0] > mornings[1] * 6 / 5)
    }

    @Test func oneSeedGivesOneStream() throws {
        let first = Array(try Shipped.plan(seed: 11, contacts: 300))
        let second = Array(try Shipped.plan(seed: 11, contacts: 300))
        let other = Array(try Shipped.plan(seed: 12, contacts: 300))
        #expect(first == second)
        #expect(first.map(\.record.value) != other.map(\.record.value))
    }

    @Test func identifiersHoldTheirChecksUnlessMeantNotTo() throws {
        let parser = JSONParser()
        var numbers: Set<UInt64> = []
        var seen = (nhs: 0, upn: 0, unborn: 0, children: 0)
        for submission in try Shipped.plan(seed: 4, contacts: 3000) where !submission.isFaulty {
            guard submission.kind == .referral, let value = submission.record.value else { continue }
            let json = try parser.parse(value)
            for child in try #require(json.member("children")).elements() {
                seen.children += 1
                if let text = try child.member("nhsNumber")?.string() {
                    let number = try #require(NHSNumber(text))
                    #expect(text.hasPrefix("999"))
                    #expect(numbers.insert(number.digits).inserted, "two children with one number")
                    seen.nhs += 1
                }
                if let text = try child.member("upn")?.string() {
                    #expect(UPN(text) != nil)
                    seen.upn += 1
                }
                if let text = try child.member("birthDate")?.string() { #expect(CivilDate(iso8601: text) != nil) }
                if child.member("expectedDate") != nil {
                    #expect(child.member("birthDate") == nil)
                    seen.unborn += 1
                }
            }
        }
        #expect(seen.nhs > 1500)
        #expect(seen.upn > 200)
        #expect((0.005...0.04).contains(Double(seen.unborn) / Double(seen.children)))
    }

    @Test func faultyFieldsAreFaulty() throws {
        let parser = JSONParser()
        for submission in try Shipped.plan(seed: 6, contacts: 2000) where submission.isFaulty {
            guard let value = submission.record.value, submission.kind != .withdrawn else { continue }
            let json = try parser.parse(value)
            var isFaulty = false
            for child in try #require(json.member("children")).elements() {
                if let date = try child.member("birthDate")?.string(), CivilDate(iso8601: date) == nil {
                    isFaulty = true
                }
                if let number = try child.member("nhsNumber")?.string(), NHSNumber(number) == nil { isFaulty = true }
                if let sex = try child.member("sex")?.string(), Sex(rawValue: sex) == nil { isFaulty = true }
            }
            for concern in try #require(json.member("concerns")).elements() {
                if let factor = try concern.member("factor")?.string(), FactorCode(factor) == nil { isFaulty = true }
            }
            #expect(isFaulty)
        }
    }

    @Test func aRepeatIsTheSameBytesAndACorrectionNamesTheEarlier() throws {
        var sent: [String: NewRecord] = [:]
        var checked = (repeats: 0, corrections: 0, withdrawals: 0)
        let parser = JSONParser()
        for submission in try Shipped.plan(seed: 8) {
            let id = try #require(submission.record.headers.text("ce_id")) + "|" + submission.agency.text
            switch submission.kind {
            case .repeated:
                #expect(sent[id] == submission.record)
                checked.repeats += 1
            case .corrected, .withdrawn:
                let earlier = try parser.parse(submission.record.value ?? []).member("earlier")?.string()
                let known = sent[(earlier ?? "") + "|" + submission.agency.text]
                #expect(known != nil)
                #expect(known?.value != submission.record.value)
                if submission.kind == .corrected { checked.corrections += 1 } else { checked.withdrawals += 1 }
            default: #expect(sent.updateValue(submission.record, forKey: id) == nil)
            }
        }
        #expect(checked.repeats > 20 && checked.corrections > 20 && checked.withdrawals > 2)
    }

    @Test func withoutMistakesEverythingIsAcceptable() throws {
        for submission in try Shipped.plan(seed: 2, mistakes: false) {
            #expect(!submission.isFaulty && !submission.kind.mustBeRefused && submission.kind != .unknownAuthority)
        }
    }

    @Test func oneAgencysMessagesAreThoseOfTheWholeStream() throws {
        let police = try #require(AgencyName("bd-police"))
        var plan = try Shipped.plan(seed: 2, contacts: 500, prefix: "trial.")
        var alone: [Submission] = []
        while let submission = plan.next(of: police) { alone.append(submission) }
        #expect(
            alone == Array(try Shipped.plan(seed: 2, contacts: 500, prefix: "trial.")).filter { $0.agency == police })
        #expect(!alone.isEmpty)
        for submission in alone {
            #expect(submission.record.target == TopicPartition(Topic("trial.agency.bd-police.referrals"), 0))
            #expect(submission.record.key == nil)
        }
    }

    @Test func linesReadBackAsTheSameEvents() throws {
        let parser = JSONParser()
        for submission in try Shipped.plan(seed: 13, contacts: 1500) {
            let line = submission.jsonLine
            #expect(!line.contains(10))
            guard submission.kind != .truncated else {
                #expect(throws: JSONError.self) { try parser.parse(line) }
                continue
            }
            let json = try parser.parse(line)
            #expect(try json.member("specversion")?.string() == "1.0")
            #expect(try json.member("id")?.string() == submission.record.headers.text("ce_id"))
            #expect(try json.member("source")?.string() == submission.record.headers.text("ce_source"))
            #expect(try json.member("type")?.string() == submission.record.headers.text("ce_type"))
            #expect(json.member("data")?.serialised() == submission.record.value)
        }
    }

    @Test func aDirectoryWithoutAgenciesGivesNothing() {
        var plan = TrafficPlan(
            seed: 1, directory: .init(formatVersion: 1), prefix: "", contacts: 10, start: Shipped.monday, days: 1)
        #expect(plan.nextAt == nil)
        #expect(plan.next() == nil)
    }

    /// The generator must never be what a measurement measures; it does far more than this in release mode.
    @Test func itIsFastAndHoldsLittle() throws {
        var plan = try Shipped.plan(contacts: 1_000_000, days: 365)
        let clock = ContinuousClock()
        let spent = clock.measure {
            for _ in 0..<10_000 { _ = plan.next() }
        }
        #expect(spent < .seconds(10))
    }
}
