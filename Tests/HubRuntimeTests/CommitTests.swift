import ConfigurationFiles
import DomainModel
import EmbeddedEventLog
import EventLog
import Foundation
import Room
import Testing

@testable import HubRuntime

/// Read → decide → commit: all or nothing, and the same from wherever a process was killed.
@Suite struct CommitTests {
    private let clock = StillClock()
    private let load = (0..<12).map { Given.referral($0, danger: $0 % 5 == 0) }

    /// What a run without any mishap leaves.
    private func unbroken(batch: Int = 500) throws -> (log: MemoryEventLog, picture: Picture, process: Process) {
        let log = memory(clock)
        let process = Process(log, clock: clock, batch: batch)
        try process.start()
        _ = try log.append(load)
        try process.drain()
        try process.hub.stop()
        return (log, try Picture(log), process)
    }

    @Test func aBatchLandsWholeOrNotAtAll() throws {
        let log = FailingLog(memory(clock))
        let process = Process(log, clock: clock)
        try process.start()
        _ = try log.append(load)
        let before = try Picture(log)
        let rows = try log.rows(of: Given.topics.table(.deadlines)).count
        // The first commit marks that a hub is running; the second is the batch.
        log.fail(at: 2)
        #expect(throws: HubError.log(.aborted("a test has killed this process"))) { try process.drain() }
        #expect(try Picture(log) == before)
        #expect(try log.rows(of: Given.topics.table(.deadlines)).count == rows)
        let source = TopicPartition(Given.topics.referrals(Given.police), 0)
        #expect(try log.committed(ParticipantName("intake"), on: source) ?? .start == .start)

        log.live()
        let next = Process(log, clock: clock, seed: 2)
        try next.start()
        try next.drain()
        #expect(try Picture(log) == unbroken().picture)
    }

    @Test(arguments: [false, true]) func killedAtEveryCommitTheRoomIsTheSame(commitsBehind: Bool) throws {
        let wanted = try unbroken(batch: 3).picture
        #expect(wanted.count(.caseOpened) == load.count)
        var killed = 1
        while true {
            let log = FailingLog(memory(clock))
            let first = Process(log, clock: clock, batch: 3, commitsBehind: commitsBehind)
            try first.hub.start(topics: Given.specifications())
            _ = try log.append(load)
            log.fail(at: killed)
            var died = false
            do {
                _ = try first.hub.adopt(Given.shipped.directory, policies: Given.shipped.policies, now: clock.now)
                try first.drain()
            } catch { died = true }
            try? first.hub.flush()
            log.live()
            let second = Process(log, clock: clock, batch: 3, seed: 2, commitsBehind: commitsBehind)
            try second.start()
            try second.drain()
            let found = try Picture(log)
            #expect(found == wanted, "killed at commit \(killed)")
            #expect(found.twice.isEmpty)
            if killed % 3 == 0 { #expect(try log.verified(by: second).agrees, "killed at commit \(killed)") }
            if !died { break }
            killed += 1
        }
        #expect(killed > 4)
    }

    @Test(arguments: [2, 4]) func theEmbeddedLogSurvivesAKillToo(killed: Int) throws {
        let wanted = try unbroken().picture
        let folder = NSTemporaryDirectory() + "hub-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let clock = clock
        do {
            let log = try EmbeddedEventLog.open(folder: folder, mode: .deciding) { clock.now }
            let failing = FailingLog(log)
            let first = Process(failing, clock: clock, batch: 5)
            try first.start()
            _ = try log.append(load)
            failing.fail(at: killed)
            _ = try? first.drain()
            log.close()
        }
        let log = try EmbeddedEventLog.open(folder: folder, mode: .deciding) { clock.now }
        defer { log.close() }
        let second = Process(log, clock: clock, batch: 5, seed: 2)
        try second.start()
        try second.drain()
        #expect(try Picture(log) == wanted)
        let report = try log.verified(by: second)
        #expect(report.agrees, "\(report.examples)")
    }

    @Test(arguments: [1, 7]) func theSizeOfABatchDecidesNothing(batch: Int) throws {
        let wanted = try unbroken(batch: 500)
        let other = try unbroken(batch: batch)
        #expect(other.picture == wanted.picture)
        for reading in [1, 7, 1000] {
            let report = try other.log.verified(by: other.process, batch: reading)
            #expect(report.agrees, "\(report.examples)")
            #expect(report.postings > 100)
        }
    }

    @Test func someParticipantsFirstAndTheOthersLaterMakeTheSameRoom() throws {
        let wanted = try unbroken().picture
        let log = memory(clock)
        let few = Process(log, clock: clock, hosts: Given.hosts.filter { $0.service == .deadlines })
        try few.start()
        _ = try log.append(load)
        try few.drain()
        try few.hub.stop()
        // Danger wakes people though nobody has said yet who the children are.
        #expect(try Picture(log).count(.alertRaised) == 3)
        #expect(try Picture(log).count(.childIdentified) == 0)
        let all = Process(log, clock: clock, seed: 2)
        try all.start()
        try all.drain()
        #expect(try Picture(log).events.keys.sorted() == wanted.events.keys.sorted())
        #expect(try Picture(log).outgoing.keys.sorted() == wanted.outgoing.keys.sorted())
        let report = try log.verified(by: all)
        #expect(report.agrees, "\(report.examples)")
    }

    @Test func aSecondHubOfTheSameNameFencesTheFirst() throws {
        let log = memory(clock)
        let first = Process(log, clock: clock)
        try first.start()
        let second = Process(log, clock: clock, seed: 2)
        try second.start()
        _ = try log.append(load)
        #expect {
            try first.drain()
        } throws: { error in
            guard case HubError.log(.fenced) = error else { return false }
            return true
        }
        try second.drain()
        #expect(try Picture(log) == unbroken().picture)
    }

    @Test func aCleanStopLeavesNoMarkAndAKillDoes() throws {
        let log = memory(clock)
        let first = Process(log, clock: clock)
        try first.start()
        _ = try log.append(load)
        try first.drain()
        #expect(
            try log.rows(of: Given.topics.table(.clock)).map { String(decoding: $0.key, as: UTF8.self) } == ["!running"]
        )
        try first.hub.stop()
        #expect(try log.rows(of: Given.topics.table(.clock)).isEmpty)
    }
}
