import DomainModel
import HubConfiguration
import JSON
import Room
import Testing

@testable import Triage

/// Random threads, seeded, with events in orders that lag could give and in some that it could not.
@Suite struct PropertyTests {
    struct Random {
        var state: UInt64
        mutating func next(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((state >> 33) % UInt64(bound))
        }
        mutating func pick<Element>(_ elements: [Element]) -> Element { elements[next(elements.count)] }
    }

    static let factors = ["1A", "2A", "3B", "4A", "14A", "16A", "15A", "19B", "21", "11A", "18B"]
    static let agencies = ["bd-police", "bd-schools", "bd-gps", "bd-housing"]

    private func content(_ number: Int, _ random: inout Random) -> ReferralContent {
        let factors = (0..<random.next(4)).map { _ in random.pick(Self.factors) }
        return referral(
            number, from: random.pick(Self.agencies), children: [(0, random.pick(AgeBand.allCases)), (1, .from1to4)],
            factors, historic: random.next(4) == 0, danger: random.next(12) == 0,
            withhold: random.next(6) == 0 ? [random.pick(Self.agencies)] : [])
    }

    private func step(_ desk: inout Desk, _ random: inout Random, _ requests: inout [ReturnRequested]) {
        let number = 1 + random.next(6)
        let caseNumber = 1 + random.next(3)
        let told = content(number, &random)
        switch random.next(12) {
        case 0, 1: desk.receive(.referralSubmitted(ReferralSubmitted(content: told)))
        case 2, 3: desk.identify(told, child: random.next(2), with: caseNumber, rereferral: random.next(3) == 0)
        case 4: desk.receive(.referralCorrected(ReferralCorrected(content: told)))
        case 5: desk.close(caseNumber)
        case 6: desk.reopen(caseNumber, random.next(2) == 0 ? "referred-again" : "referred-meanwhile")
        case 7:
            desk.decide(
                Rating(random.pick(RAG.allCases), level: LevelOfNeed(1 + random.next(4))!),
                [caseNumber, caseNumber % 3])
        case 8:
            desk.receive(
                .identityUnlinked(
                    IdentityDecided(
                        by: Desk.manager(desk.authority), decision: EventID(bits: 9), referral: told.referral,
                        child: told.children[0].child, reason: .wrongLink)))
        default:
            guard !requests.isEmpty else { return }
            let request = random.pick(requests)
            let found = findings(
                request, (0..<random.next(3)).map { _ in random.pick(Self.factors) },
                kind: random.pick(ReturnKind.allCases),
                complete: random.next(2) == 0, from: random.next(8) == 0 ? "bd-police" : nil)
            switch random.next(3) {
            case 0: desk.receive(.returnSubmitted(ReturnSubmitted(content: found)))
            case 1: desk.receive(.returnCorrected(ReturnCorrected(content: found, earlier: EventID(bits: 5))))
            default:
                desk.receive(
                    .returnWithdrawn(
                        ReturnWithdrawn(
                            request: request.request, agency: request.agency, earlier: EventID(bits: 5), reason: .other)
                    ))
            }
        }
        requests += (desk.history.last?.own ?? []).map(\.body).requested
    }

    private func thread(_ seed: UInt64, steps: Int = 120) throws -> Desk {
        var random = Random(state: seed)
        var desk = try Desk()
        var requests: [ReturnRequested] = []
        for _ in 0..<steps { step(&desk, &random, &requests) }
        return desk
    }

    @Test(arguments: 1...40) func automationNeverLowers(_ seed: Int) throws {
        let desk = try thread(UInt64(seed))
        var ratings: [CaseID: Rating] = [:]
        var rated = 0
        var seen = Triage(try Shipped.equipment())
        for (input, own) in desk.history {
            for event in own {
                guard case .caseRated(let now) = event.body else { continue }
                rated += 1
                if now.by == nil, let before = ratings[now.caseID] { #expect(now.rating >= before) }
                if let previous = now.previous { #expect(ratings[now.caseID] == previous) }
                ratings[now.caseID] = now.rating
            }
            seen.replay(input, own: own)
            // Where the child was referred again after a close, a new episode begins.
            if case .caseReopened(let reopened) = input.body,
                seen.state.standing(of: reopened.caseID) == .unrated
            {
                ratings[reopened.caseID] = nil
            }
        }
        #expect(rated > 5)
    }

    @Test(arguments: 1...10) func theSameThreadGivesTheSameEventsEachWithAnIdOfItsOwn(_ seed: Int) throws {
        let one = try thread(UInt64(seed))
        let two = try thread(UInt64(seed))
        #expect(one.history.map(\.own) == two.history.map(\.own))
        #expect(one.told == two.told)
        let ids = one.history.flatMap(\.own).map(\.id)
        #expect(Set(ids).count == ids.count)
    }

    @Test(arguments: 1...10) func noAgencyIsAskedThatMustNotBeToldOrIsAskedAlready(_ seed: Int) throws {
        let desk = try thread(UInt64(seed))
        var triage = Triage(try Shipped.equipment())
        for (input, own) in desk.history {
            let before = triage
            triage.replay(input, own: own)
            // By what was known when the asking began: the input and the ratings applied, the requests not yet.
            var asking = before
            asking.replay(input, own: own.filter { if case .returnRequested = $0.body { false } else { true } })
            for request in own.map(\.body).requested {
                #expect(!asking.state.notToAsk(on: request.caseID, at: request.rating).contains(request.agency))
            }
        }
    }

    /// A rebuild from the log and one from the committed rows decide the next events as the one that never stopped.
    @Test(arguments: 1...20) func aRebuiltTriageGoesOnAsIfItHadNeverStopped(_ seed: Int) throws {
        var random = Random(state: UInt64(seed))
        var desk = try Desk()
        var requests: [ReturnRequested] = []
        var rows: [[UInt8]: [UInt8]] = [:]
        for round in 0..<6 {
            for _ in 0..<15 { step(&desk, &random, &requests) }
            for change in desk.triage.takeChanges() { rows[change.key] = change.value }
            var restored = Triage(try Shipped.equipment())
            for key in rows.keys.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
                try restored.restore(RowChange(key: key, value: rows[key]))
            }
            var replayed = Triage(try Shipped.equipment())
            for (input, own) in desk.history { replayed.replay(input, own: own) }

            var going = desk
            var fromRows = desk
            fromRows.triage = restored
            var fromLog = desk
            fromLog.triage = replayed
            var again = (random, random, random)
            var known = (requests, requests, requests)
            for _ in 0..<20 {
                step(&going, &again.0, &known.0)
                step(&fromRows, &again.1, &known.1)
                step(&fromLog, &again.2, &known.2)
            }
            #expect(going.history.map(\.own) == fromRows.history.map(\.own), "round \(round)")
            #expect(going.history.map(\.own) == fromLog.history.map(\.own), "round \(round)")
            #expect(going.triage.takeChanges().count > 0)
        }
    }

    @Test func aRowOfAnotherVersionStopsTheRestore() throws {
        var triage = Triage(try Shipped.equipment())
        #expect(throws: RowError.unknownTable(UInt8(ascii: "Z"))) {
            try triage.restore(RowChange(key: Array("Zx".utf8), value: Array("{}".utf8)))
        }
        #expect(throws: RowError.badKey) {
            try triage.restore(RowChange(key: Array("Qnothing".utf8), value: Array("{}".utf8)))
        }
    }
}
