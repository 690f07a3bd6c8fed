import ConfigurationFiles
import DomainModel
import EventLog
import HubConfiguration
import InvariantChecker
import JSON
import Room
import Synchronization
import Testing

@testable import HubRuntime

/// What was refused or set aside is taken once more on a named person's word: once, on the thread, on any log.
@Suite struct RedriveTests {
    private let clock = StillClock()
    private static let mash = Given.name(TeamName.self, "bd-mash")
    private static let review = Given.name(TeamName.self, "hub-review")

    /// Whether the cause is still there: a host of a later version would not fail.
    private final class Fault: Sendable {
        private let state = Mutex(true)
        var isThere: Bool { state.withLock { $0 } }
        func mend() { state.withLock { $0 = false } }
    }

    private static let much = 2 << 20

    /// Routing that has nothing to say but of an immediate danger: too much while the fault is there, then a note.
    private func hosts(_ fault: Fault) -> [RoomHost] {
        let routing = FakeHost(.routing) { event in
            guard case .referralSubmitted(let submitted) = event.body, submitted.content.immediateDanger else {
                return []
            }
            return [
                .outgoing(
                    Outgoing(
                        recipient: .agency(Given.police), id: event.id, source: .routing, type: .referralConcluded,
                        subject: "x", time: event.time, authority: event.authority, key: "x",
                        data: [UInt8](repeating: 32, count: fault.isThere ? Self.much : 2)))
            ]
        }
        return Given.hosts.filter { $0.service != .routing } + [routing]
    }

    private func letters(_ log: any EventLog) throws -> [RecordedDeadLetter] {
        let codec = RoomCodec(topics: Given.topics)
        return try log.all(TopicSpecification(Given.topics.deadLetters, partitions: Given.topics.partitions))
            .compactMap { codec.deadLetter(from: $0, parser: Given.parser) }
    }

    private func redrive(
        _ letter: RecordedDeadLetter, by person: String = "bd.amara", of team: TeamName = mash, id: String = "d-1",
        subject: String? = nil
    ) -> NewRecord {
        var json = JSONWriter(reserving: 4096)
        json.beginObject()
        json.field("person", person)
        json.field("verb", "redrive")
        json.field("reason", "other")
        json.key("letter")
        json.beginObject()
        json.field("id", letter.id)
        json.field("origin", letter.origin)
        json.field("service", letter.service)
        json.field("subject", subject)
        json.field("original", letter.original)
        json.field("head", letter.head)
        json.endObject()
        json.endObject()
        var headers = Headers()
        headers.append("ce_specversion", "1.0".utf8)
        headers.append("ce_id", id.utf8)
        headers.append(name: "ce_source", value: "/team/\(team)".utf8)
        headers.append("ce_type", "frontdoor.decision.submitted.v1".utf8)
        return NewRecord(
            TopicPartition(Given.topics.decisions(team), 0), key: nil, headers: headers, value: json.bytes)
    }

    private func refusals(_ log: any EventLog) throws -> [String] {
        try log.events().compactMap { if case .submissionRefused(let facts) = $0.body { facts.reason } else { nil } }
    }

    private func judged(_ log: any EventLog) throws -> [String] {
        let report = try InvariantChecker(log: log, plan: CheckPlan(expectAtRest: true, now: clock.now)).run { _ in }
        return report.results.filter { $0.number == 1 }.flatMap(\.examples)
    }

    // MARK: What a participant could not take

    @Test(arguments: [1, 500]) func whatAParticipantCouldNotTakeIsGivenToItWithWhatWaited(batch: Int) throws {
        let log = memory(clock)
        let fault = Fault()
        let process = Process(log, clock: clock, batch: batch, hosts: hosts(fault))
        try process.start()
        _ = try log.append((0..<4).map { Given.referral($0, danger: $0 == 1) })
        try process.drain()
        let root = try #require(try letters(log).first { $0.reason == "too-large" })
        let origin = try #require(InputPosition(root.origin))
        let event = try #require(try log.events().first { $0.position == origin })
        // The cause is still there: it fails as before, and the decision lies among the dead letters.
        _ = try log.append([redrive(root, id: "d-0", subject: "\(event.subject)")])
        try process.drain()
        let again = try #require(try letters(log).first { $0.reason == "too-large" && $0.id != root.id })
        #expect(try Picture(log).outgoing.values.allSatisfy { !$0.contains("x  ") })
        fault.mend()
        _ = try log.append([redrive(again, subject: "\(event.subject)")])
        try process.drain()
        let inbox = TopicSpecification(Given.topics.inbox(Given.police), partitions: 1)
        func given() throws -> Int { try log.all(inbox).count { $0.value?.count == 2 } }
        #expect(try given() == 1)
        #expect(try Picture(log).count(.decisionSubmitted) == 2)
        let decisions = try log.events().filter { $0.body.type == .decisionSubmitted }
        #expect(decisions.allSatisfy { $0.subject == event.subject }, "it stands on the thread")

        // A second time nothing happens, and the person is told.
        _ = try log.append([redrive(again, id: "d-2"), redrive(again, id: "d-1")])
        try process.drain()
        #expect(try given() == 1)
        #expect(try refusals(log).contains("already-redriven"))

        // Nothing waits any more, and the state is that of a replay.
        let rows = try log.rows(of: Given.topics.table(.clock))
        #expect(!rows.contains { $0.key.starts(with: "!behind".utf8) })
        let report = try log.verified(by: process, hosts: hosts(fault))
        #expect(report.agrees, "\(report.examples)")
        let second = Process(log, clock: clock, batch: batch, seed: 2, hosts: hosts(fault))
        try process.hub.stop()
        try second.start()
        _ = try log.append([Given.referral(7, danger: true)])
        try second.drain()
        #expect(try given() == 2)
    }

    @Test func theSameOnALogWhereEachServiceCommitsItsOwn() throws {
        let log = AbortingLog(kafkaLike(clock), lands: true)
        let fault = Fault()
        var services = Services(log, clock: clock, hosts: hosts(fault))
        try services.start(ensuring: log)
        _ = try log.append((0..<4).map { Given.referral($0, danger: $0 == 1) })
        try services.drain()
        let root = try #require(try letters(log).first { $0.reason == "too-large" })
        fault.mend()
        _ = try log.append([redrive(root), redrive(root, id: "d-2")])
        // Killed at every step of the way: each life goes a little further.
        for life in 2...12 {
            services = Services(log, clock: clock, seed: UInt64(life), hosts: hosts(fault))
            try services.start(ensuring: log)
            for _ in 0..<life { _ = try services.turn() }
            if life % 2 == 0 { try services.stop() }
        }
        services = Services(log, clock: clock, seed: 99, hosts: hosts(fault))
        try services.start(ensuring: log)
        try services.drain()
        let inbox = TopicSpecification(Given.topics.inbox(Given.police), partitions: 1)
        #expect(try log.all(inbox).count { $0.value?.count == 2 } == 1)
        #expect(try refusals(log).contains("already-redriven"))
        let report = try Verifier(log: log, topics: Given.topics, equipment: services.equipment).run(
            intake: Given.intake, hosts: hosts(fault))
        #expect(report.agrees, "\(report.examples)")
    }

    // MARK: What Intake refused

    /// Whoever is not yet in the configuration is refused; once they are, the hub's reviewer has it taken.
    private func withoutPolice() throws -> HubDirectory {
        var directory = Given.shipped.directory
        directory.agencies.removeAll { $0.id == Given.police }
        return directory
    }

    @Test func whatWasRefusedIsTakenByTheConfigurationOfNow() throws {
        let log = memory(clock)
        try log.ensure(Given.specifications())
        let process = Process(log, clock: clock)
        try process.hub.start(topics: Given.specifications())
        _ = try process.hub.adopt(try withoutPolice(), policies: Given.shipped.policies, now: clock.now)
        _ = try log.append([Given.referral(0)])
        try process.drain()
        let letter = try #require(try letters(log).first)
        #expect(letter.reason == "unknown-sender")
        let received = clock.now

        clock.now = clock.now.adding(seconds: 3600)
        _ = try log.append([redrive(letter, by: "hub.hana", of: Self.review, id: "d-0")])
        try process.drain()
        #expect(try refusals(log).contains("still-refused"))
        _ = try process.hub.adopt(Given.shipped.directory, policies: Given.shipped.policies, now: clock.now)
        // A team of an authority has no say about what lies with the hub's own.
        _ = try log.append([redrive(letter, id: "d-0")])
        try process.drain()
        #expect(try refusals(log).contains("of-another-authority"))

        let before = try log.events().count
        let rehearsal = try Rehearsal.of(
            redrive(letter, by: "hub.hana", of: Self.review), now: clock.now, log: log, topics: Given.topics,
            vault: process.hub.vault, equipment: process.equipment, intake: Given.intake, hosts: Given.hosts)
        #expect(try log.events().count == before, "nothing is stored")

        _ = try log.append([redrive(letter, by: "hub.hana", of: Self.review)])
        try process.drain()
        let after = try log.events()
        let submitted = try #require(after.first { $0.body.type == .referralSubmitted })
        #expect(submitted.time == received, "the first receipt counts")
        #expect(after.contains { $0.body.type == .caseRouted })
        let decision = try #require(after.first { $0.body.type == .decisionSubmitted })
        #expect(decision.subject == submitted.subject && decision.authority == submitted.authority)
        let rehearsed = Set(rehearsal.events.map(\.id))
        let happened = Set(after.map(\.id))
        #expect(rehearsed.isSubset(of: happened) && rehearsed.contains(submitted.id))
        #expect(rehearsal.events.contains { $0.body.type == .caseRouted })
        #expect(rehearsal.sent.contains { $0.type.contains("referral.received") })

        // The sender's own second try is a repeat of what was taken, and a second redrive is refused.
        _ = try log.append([Given.referral(0), redrive(letter, by: "hub.hana", of: Self.review, id: "d-2")])
        try process.drain()
        #expect(try Picture(log).count(.referralRepeated) == 1)
        #expect(try Picture(log).count(.referralSubmitted) == 1)
        #expect(try refusals(log).contains("already-redriven"))
        let report = try log.verified(by: process)
        #expect(report.agrees, "\(report.examples)")
        #expect(try judged(log) == [])
    }

    /// The same where no configuration changed: Intake itself had failed on the message.
    @Test func whatIntakeFailedOnIsTakenByALaterVersionAndReplayed() throws {
        let log = memory(clock)
        let fault = Fault()
        func intake() -> IngressHost {
            FakeIntake { record in
                guard fault.isThere, record.position.topic?.contains("bd-police") == true else { return nil }
                return [
                    .outgoing(
                        Outgoing(
                            recipient: .agency(Given.police), id: EventID(bits: 9), source: .intake,
                            type: .referralReceived, subject: "x", time: record.receivedAt, authority: .hub, key: "x",
                            data: [UInt8](repeating: 32, count: Self.much)))
                ]
            }
        }
        let process = Process(log, clock: clock, intake: intake())
        try process.start()
        _ = try log.append([Given.referral(0)])
        try process.drain()
        let letter = try #require(try letters(log).first)
        #expect(letter.reason == "too-large" && letter.service == "intake")
        fault.mend()
        _ = try log.append([redrive(letter)])
        try process.drain()
        #expect(try Picture(log).count(.caseRouted) == 1)
        let report = try log.verified(by: process, intake: intake())
        #expect(report.agrees, "\(report.examples)")
        #expect(try judged(log) == [])
    }

    @Test func nothingCanBeSlippedInUnderAnAgencysName() throws {
        let log = memory(clock)
        let process = Process(log, clock: clock)
        try process.start()
        var bad = Given.referral(0)
        bad.value = Array("{".utf8)
        _ = try log.append([bad, Given.referral(1)])
        try process.drain()
        let letter = try #require(try letters(log).first)
        #expect(letter.authority.description == "E09000002")
        func changed(_ original: HeldPart?, _ head: HeldPart?, origin: String? = nil) -> RecordedDeadLetter {
            RecordedDeadLetter(
                id: letter.id, time: letter.time, authority: letter.authority, reason: letter.reason, pointer: nil,
                origin: origin ?? letter.origin, service: letter.service, length: letter.length, original: original,
                head: head)
        }
        var forged = try #require(letter.original)
        forged.sealed[forged.sealed.count - 1] ^= 1
        let tries = [
            changed(forged, letter.head), changed(nil, letter.head), changed(letter.original, nil),
            changed(letter.head, letter.original),
            changed(letter.original, letter.head, origin: "agency.bd-police.referrals/0@1"),
        ]
        _ = try log.append(tries.enumerated().map { redrive($1, id: "t-\($0)") })
        try process.drain()
        #expect(try refusals(log).count { $0 == "no-such-letter" } == tries.count)
        // And it goes on.
        _ = try log.append([Given.referral(2)])
        try process.drain()
        #expect(try Picture(log).count(.caseRouted) == 2)
    }
}
