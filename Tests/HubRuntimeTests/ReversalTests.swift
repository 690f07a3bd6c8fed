import DomainModel
import EventLog
import HubConfiguration
import InvariantChecker
import JSON
import Room
import Testing

@testable import HubRuntime

/// A link undone, two persons that are one, and an unborn child, through the whole hub: the log is judged by the checker,
/// and replayed.
@Suite struct ReversalTests {
    private static let thomas =
        #"{"key":"a","givenName":"Thomas","familyName":"Ahmed","birthDate":"2015-03-04","nhsNumber":"9990000018"}"#
    private static let mash = Given.name(TeamName.self, "bd-mash")

    private final class Room {
        let clock = StillClock()
        let log: MemoryEventLog
        let process: Process
        private var sent = 0

        init(batch: Int) throws {
            let clock = clock
            log = memory(clock)
            process = Process(log, clock: clock, batch: batch)
            try process.start()
        }

        private func message(_ topic: Topic, _ source: String, _ type: String, _ data: String) -> NewRecord {
            sent += 1
            var headers = Headers()
            headers.append("ce_specversion", "1.0".utf8)
            headers.append("ce_id", "m-\(sent)".utf8)
            headers.append(name: "ce_source", value: source.utf8)
            headers.append(name: "ce_type", value: "frontdoor.\(type).v1".utf8)
            return NewRecord(TopicPartition(topic, 0), key: nil, headers: headers, value: Array(data.utf8))
        }

        func referral(_ agency: String, _ child: String, factor: String, adults: String = "") -> NewRecord {
            let name = Given.name(AgencyName.self, agency)
            return message(
                Given.topics.referrals(name), "/agency/\(agency)", "referral.submitted",
                #"{"localAuthority":"E09000002","children":[\#(child)]\#(adults),"concerns":[{"about":"a","factor":"\#(factor)","narrative":"told in confidence"}]}"#
            )
        }

        func decision(_ team: String, _ by: String, _ verb: String, _ more: String) -> NewRecord {
            message(
                Given.topics.decisions(Given.name(TeamName.self, team)), "/team/\(team)", "decision.submitted",
                #"{"person":"\#(by)","verb":"\#(verb)","reason":"other",\#(more)}"#)
        }

        func answer(_ request: ReturnRequested, factor: String) -> NewRecord {
            message(
                Given.topics.returns(request.agency), "/agency/\(request.agency)", "return.submitted",
                #"{"request":"\#(request.request)","kind":"full","findings":[{"about":"child","factor":"\#(factor)","narrative":"x"}]}"#
            )
        }

        func take(_ records: NewRecord...) throws {
            _ = try log.append(records)
            clock.now = clock.now.adding(seconds: 60)
            try process.drain()
        }

        /// Every clock that is due, up to so many days from now.
        func strike(days: Int64) throws {
            let end = clock.now.adding(seconds: days * 86_400)
            while let due = process.hub.nextDue, due <= end {
                clock.now = max(due, clock.now)
                _ = try process.hub.strike(now: clock.now)
                try process.drain()
            }
            clock.now = end
        }

        func bodies() throws -> [EventBody] { try log.events().map(\.body) }
        func identified() throws -> [ChildIdentified] {
            try bodies().compactMap { if case .childIdentified(let facts) = $0 { facts } else { nil } }
        }
        func requested() throws -> [ReturnRequested] {
            try bodies().compactMap { if case .returnRequested(let facts) = $0 { facts } else { nil } }
        }
        func rated(_ id: CaseID) throws -> CaseRated? {
            try bodies().compactMap { if case .caseRated(let facts) = $0, facts.caseID == id { facts } else { nil } }
                .last
        }
        func refused() throws -> [String] {
            try bodies().compactMap { if case .decisionRefused(let facts) = $0 { facts.reason } else { nil } }
        }

        /// What lies in a topic of the kind, by its type, as texts.
        func left(_ type: String, _ topic: Topic) throws -> [String] {
            guard let found = try log.topics().first(where: { $0.topic == topic }) else { return [] }
            return try log.all(found).filter {
                String(decoding: $0.headers.first("ce_type") ?? [], as: UTF8.self) == "frontdoor.\(type).v1"
            }.map { String(decoding: $0.value ?? [], as: UTF8.self) }
        }

        func sentRequests() throws -> Int {
            try log.topics().filter { $0.topic.name.hasSuffix(".inbox") }.reduce(0) {
                try $0 + left("return.requested", $1.topic).count
            }
        }

        /// The queue's present state of an entry of that kind on a case, or of a review.
        func entry(_ team: TeamName, _ kind: String, about: String? = nil, of id: CaseID?) throws -> JSONValue? {
            var last: [String: String] = [:]
            var order: [String] = []
            for text in try left("entry.updated", Given.topics.queue(team)) {
                let json = try JSONParser().parse(Array(text.utf8))
                let entry: String = try json.required("entry")
                if last.updateValue(text, forKey: entry) == nil { order.append(entry) }
            }
            for entry in order.reversed() {
                let json = try JSONParser().parse(Array((last[entry] ?? "").utf8))
                let state: String = try json.required("state")
                let found: String = try json.required("kind")
                let why: String? = try json.optional("about")
                let caseText: String? = try json.optional("case")
                if state == "proposed" || state == "accepted", found == kind, about == nil || about == why,
                    id == nil || id?.description == caseText
                {
                    return try JSONParser().parse(Array((last[entry] ?? "").utf8))
                }
            }
            return nil
        }

        func judge() throws {
            let report = try InvariantChecker(log: log, plan: CheckPlan(markers: ["Ahmed"], now: clock.now)).run { _ in
            }
            #expect(report.holds, "\(report.results.flatMap(\.examples))")
            #expect(report.results.first { $0.number == 6 }.map { $0.checked > 0 } == true)
            let verified = try log.verified(by: process)
            #expect(verified.agrees, "\(verified.examples)")
        }
    }

    /// The undoing races with the team's decision on the case, with an agency's answer about the child, with a further
    /// report, and with a person who rates by what they saw before.
    @Test(arguments: [1, 3, 500])
    func aLinkIsUndoneWhileOthersDecideAndAnswer(batch: Int) throws {
        let room = try Room(batch: batch)
        try room.take(room.referral("bd-housing", Self.thomas, factor: "16A"))
        let first = try #require(try room.identified().last)
        let old = try #require(first.caseID)
        let seen = try #require(
            try room.entry(Self.mash, "lead", of: old)
                ?? room.entry(
                    Given.name(TeamName.self, "bd-family-help"), "lead", of: old))
        try room.take(room.referral("bd-schools", Self.thomas, factor: "19B"))
        let wrong = try #require(try room.identified().last)
        #expect(wrong.caseID == old && wrong.outcome == .linked)
        #expect(try room.rated(old)?.rating.urgency == .red)
        let asked = try #require(
            try room.requested().last { $0.child == wrong.child && $0.agency.text == "bd-hospital" })
        let lead = try #require(try room.entry(Given.name(TeamName.self, "bd-macpt"), "lead", of: old))
        let entry: String = try lead.required("entry")
        let asof: String = try seen.required("asof")

        try room.take(
            room.decision("bd-mash", "bd.amara", "unlink", #""child":"\#(wrong.child)""#),
            room.decision("bd-macpt", "bd.ewa", "accept", #""entry":"\#(entry)""#),
            room.decision(
                "bd-mash", "bd.amara", "rate",
                #""cases":["\#(old)"],"asof":"\#(asof)","rating":{"urgency":"green","level":2}"#),
            room.answer(asked, factor: "3B"),
            room.referral("bd-police", Self.thomas, factor: "1A"))

        let moved = try #require(try room.identified().last { $0.child == wrong.child })
        let new = try #require(moved.caseID)
        #expect(new != old && moved.person != first.person)
        // Two persons carry the number now, so that the further report is put before a person.
        #expect(try room.identified().last?.disposition == .awaiting)
        #expect(try room.refused().contains("risk-risen"))
        // Neither fell: what stays behind is asked about, what moved was red by itself.
        #expect(try room.rated(old)?.rating.urgency == .red && room.rated(old)?.proposed != nil)
        #expect(try room.rated(new)?.rating.urgency == .red)
        // The agency was told to delete what it was sent, and its answer is the child's own case's.
        let inbox = Given.topics.inbox(asked.agency)
        #expect(
            try room.left("request.withdrawn", inbox).contains { $0.contains(asked.request) && $0.contains("delete") })
        #expect(try !room.left("link.withdrawn", Given.topics.queue(Given.name(TeamName.self, "bd-macpt"))).isEmpty)
        try room.judge()

        // A person who has seen it lowers what stays behind; their question is answered by that.
        let question = try #require(try room.entry(Self.mash, "decide", about: "rating-review", of: old))
        let newest: String = try question.required("asof")
        let id: String = try question.required("entry")
        try room.take(
            room.decision(
                "bd-mash", "bd.amara", "rate",
                #""entry":"\#(id)","cases":["\#(old)"],"asof":"\#(newest)","rating":{"urgency":"amber","level":3}"#))
        #expect(try room.rated(old)?.rating.urgency == .amber)
        #expect(try room.entry(Self.mash, "decide", about: "rating-review", of: old) == nil)
        try room.judge()
    }

    @Test(arguments: [2, 500])
    func twoCasesThatAreOneChildGoOnAsOneAndCanBeTakenApartAgain(batch: Int) throws {
        let room = try Room(batch: batch)
        try room.take(room.referral("bd-housing", Self.thomas, factor: "16A"))
        try room.take(
            room.referral(
                "bd-schools", #"{"key":"a","givenName":"Yusuf","familyName":"Khan","birthDate":"2012-01-09"}"#,
                factor: "19B"))
        let two = try room.identified()
        let kept = try #require(two.first?.caseID)
        let gone = try #require(two.last?.caseID)
        #expect(kept != gone)
        let asked = try #require(try room.requested().last { $0.caseID == gone })
        try room.take(
            room.decision("bd-mash", "bd.amara", "merge", #""cases":["\#(kept)","\#(gone)"]"#),
            room.answer(asked, factor: "3B"))
        let one = try #require(try room.identified().last)
        #expect(one.caseID == kept && one.person == two.first?.person)
        #expect(try room.rated(kept)?.rating.urgency == .red)
        // Asked for the case that ended, answered for the one that goes on: nothing was taken back.
        #expect(try room.left("request.withdrawn", Given.topics.inbox(asked.agency)).isEmpty)
        try room.judge()

        try room.take(room.decision("bd-mash", "bd.amara", "split", #""child":"\#(one.child)""#))
        let apart = try #require(try room.identified().last)
        #expect(apart.caseID != kept && apart.caseID != gone && apart.person != one.person)
        #expect(try room.rated(kept)?.rating.urgency == .red)
        // A decision on the ended case says where it went.
        try room.take(room.decision("bd-mash", "bd.amara", "accept", #""cases":["\#(gone)"]"#))
        #expect(try room.refused().contains("case-merged"))
        try room.judge()
    }

    @Test(arguments: [2, 500])
    func aLossEndsClocksAndContact(batch: Int) throws {
        let room = try Room(batch: batch)
        let unborn = #"{"key":"a","familyName":"Mensah","expectedDate":"2027-03-14"}"#
        let mother =
            #","adults":[{"key":"m","relationship":"parent","givenName":"Ama","familyName":"Mensah","birthDate":"1995-07-01","nhsNumber":"9990000026"}]"#
        try room.take(room.referral("bd-housing", unborn, factor: "16A", adults: mother))
        let later = #"{"key":"a","familyName":"Baby Mensah","expectedDate":"2027-03-21"}"#
        try room.take(room.referral("bd-health-visitors", later, factor: "2B", adults: mother))
        let two = try room.identified()
        let caseID = try #require(two.first?.caseID)
        #expect(two.count == 2 && two.last?.caseID == caseID && two.last?.outcome == .linked)
        let asked = try room.requested()
        #expect(!asked.isEmpty)
        let child = try #require(two.first?.child)

        try room.take(
            room.decision("bd-mash", "bd.amara", "lost", #""child":"\#(child)""#), room.answer(asked[0], factor: "19B"))
        let before = try room.log.topics().filter { $0.topic.name.hasSuffix(".inbox") }.map {
            try room.log.all($0).count
        }
        try room.strike(days: 20)
        let after = try room.log.topics().filter { $0.topic.name.hasSuffix(".inbox") }.map {
            try room.log.all($0).count
        }
        #expect(before == after)
        for request in asked {
            let told = try room.left("request.withdrawn", Given.topics.inbox(request.agency))
            #expect(told.contains { $0.contains(request.request) && $0.contains("do not contact the family") })
            #expect(!told.contains { $0.contains("lost") || $0.contains("loss") })
        }
        #expect(
            try room.left("referral.concluded", Given.topics.inbox(Given.name(AgencyName.self, "bd-housing"))).isEmpty)
        try room.judge()

        // What comes later is put before a person, and nobody is asked.
        let sent = try room.sentRequests()
        try room.take(room.referral("bd-police", unborn, factor: "3B", adults: mother))
        #expect(try room.identified().last?.disposition == .awaiting)
        #expect(try room.sentRequests() == sent)
        try room.judge()
    }

    @Test func aBirthIsAPersonsWordAndTheSamePersonGoesOn() throws {
        let room = try Room(batch: 500)
        let mother =
            #","adults":[{"key":"m","relationship":"parent","givenName":"Ama","familyName":"Mensah","birthDate":"1995-07-01","nhsNumber":"9990000026"}]"#
        try room.take(
            room.referral(
                "bd-housing", #"{"key":"a","familyName":"Mensah","expectedDate":"2026-12-14"}"#, factor: "16A",
                adults: mother))
        let unborn = try #require(try room.identified().last)
        try room.take(
            room.referral(
                "bd-police", #"{"key":"a","familyName":"Mensah","birthDate":"2026-11-22"}"#, factor: "3B",
                adults: mother))
        let asked = try #require(try room.identified().last)
        #expect(asked.disposition == .awaiting && asked.candidates == [unborn.person])
        try room.take(
            room.decision(
                "bd-mash", "bd.amara", "born",
                #""child":"\#(unborn.child)","born":{"givenName":"Kofi","birthDate":"2026-11-22","nhsNumber":"9990000123"}"#
            ))
        try room.take(
            room.referral(
                "bd-schools",
                #"{"key":"a","givenName":"Kofi","familyName":"Mensah","birthDate":"2026-11-22","nhsNumber":"9990000123"}"#,
                factor: "1A"))
        let baby = try #require(try room.identified().last)
        #expect(baby.outcome == .linked && baby.person == unborn.person && baby.caseID == unborn.caseID)
        try room.judge()
    }
}
