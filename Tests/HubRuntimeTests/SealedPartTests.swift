import DomainModel
import EventLog
import Room
import Testing

@testable import HubRuntime

@Suite struct SealedPartTests {
    private let clock = StillClock()
    private static let marker = "Quillfeather"

    private static func holds(_ bytes: [UInt8]) -> Bool {
        String(decoding: bytes, as: UTF8.self).contains(marker)
    }

    @Test func aNameStandsNowhereInTheOpen() throws {
        let log = memory(clock)
        let process = Process(log, clock: clock)
        try process.start()
        var spoilt = Given.referral(2, family: Self.marker)
        spoilt.value = spoilt.value.map { Array($0.dropLast(3)) }
        _ = try log.append([Given.referral(1, family: Self.marker), spoilt])
        try process.drain()
        #expect(try Picture(log).count(.caseRouted) == 1)
        var seen = 0
        for specification in try log.topics() {
            let name = specification.topic.name
            // What the agency wrote itself; and who works with the child or is asked about it must know who it is.
            if [".referrals", ".queue", ".inbox"].contains(where: name.hasSuffix) { continue }
            for record in try log.all(specification) {
                seen += 1
                #expect(
                    !Self.holds(record.value ?? []) && !Self.holds(record.headers.bytes)
                        && !Self.holds(record.key ?? []))
            }
        }
        #expect(seen > 10)
        for service in Service.allCases {
            for row in try log.rows(of: Given.topics.table(service)) {
                #expect(!Self.holds(row.value) && !Self.holds(row.key))
            }
        }
    }

    @Test func onlyWhoeverOpensPartsIsGivenThem() throws {
        let log = memory(clock)
        let opening = FakeHost(.routing, opensParts: true)
        let blind = FakeHost(.triage)
        let process = Process(log, clock: clock, hosts: [opening, blind])
        try process.start()
        _ = try log.append([Given.referral(1, family: Self.marker)])
        try process.drain()
        let given = try #require(opening.seen.first { $0.body.type == .referralSubmitted })
        let withheld = try #require(blind.seen.first { $0.body.type == .referralSubmitted })
        #expect(withheld.parts.isEmpty)
        #expect(given.parts.contains { process.equipment.open($0).map(Self.holds) ?? false })
        // Read from the log, where there are only sealed bytes, it opens as well.
        let stored = try #require(log.events().first { $0.body.type == .referralSubmitted })
        let later = Process(log, clock: clock, seed: 2)
        #expect(stored.parts.contains { later.equipment.open($0).map(Self.holds) ?? false })
    }

    /// Both processes sealed the same part, and only the other's step was committed. It came to that on brokers, where a
    /// process slept through its session.
    @Test(arguments: [false, true]) func aKeyDrawnForAStepThatCameToNothingHidesNoOther(isDrawnLast: Bool) throws {
        let log = memory(clock)
        let other = Process(log, clock: clock)
        try other.start()
        _ = try log.append([Given.referral(1, family: Self.marker)])
        try other.drain()
        let stored = try #require(log.events().first { $0.body.type == .referralSubmitted })
        let process = Process(log, clock: clock, seed: 2)
        for part in stored.parts {
            if isDrawnLast { #expect(process.equipment.open(part) != nil) }
            _ = process.hub.vault.seal(Part(key: part.key, sealed: nil, opened: [1]), partition: 0)
            #expect(process.equipment.open(part) != nil)
        }
        #expect(!stored.parts.isEmpty)
        #expect(process.hub.vault.absentKey == nil)
    }

    @Test func anAbsentKeyStopsTheHubBeforeItDecides() throws {
        let log = memory(clock)
        let first = Process(log, clock: clock, hosts: Given.hosts.filter { $0.service == .deadlines })
        try first.start()
        _ = try log.append([Given.referral(1)])
        try first.drain()
        try first.hub.stop()
        // Another master key: no key of a part can be unwrapped.
        let second = Process(log, clock: clock, seed: 2, master: 10)
        try second.start()
        #expect {
            try second.drain()
        } throws: { error in
            guard case HubError.absentKey = error else { return false }
            return true
        }
        #expect(try Picture(log).count(.childIdentified) == 0)
    }
}
