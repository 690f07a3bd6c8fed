import CSQLite
import DomainModel
import EmbeddedEventLog
import EventLog
import EventLogConformance
import Foundation
import Synchronization
import Testing

@Suite struct EmbeddedEventLogTests {
    @Test(
        "every case of the conformance suite",
        arguments: ConformanceCase.all(carrying: true, clock: true, transactions: false))
    func conforms(to each: ConformanceCase) throws {
        try each.run(try EmbeddedHarness())
    }

    private let room = Topic("room")
    private var source: TopicPartition { TopicPartition(room, 0) }
    private let ample = ReadLimit(records: 100_000, bytes: 1 << 30)
    private func record(_ text: String) -> NewRecord { NewRecord(source, key: nil, value: Array(text.utf8)) }

    @Test func aSecondDeciderIsToldWhoHoldsTheLog() throws {
        let harness = try EmbeddedHarness()
        let pid = ProcessInfo.processInfo.processIdentifier
        let error = #expect(throws: LogError.self) {
            _ = try EmbeddedEventLog.open(folder: harness.folder, mode: .deciding) { .distantPast }
        }
        guard case .busy(let text)? = error else { throw LogError.fatal("found \(String(describing: error))") }
        #expect(text.contains("pid \(pid)"))
        harness.close()
        let next = try EmbeddedEventLog.open(folder: harness.folder, mode: .deciding) { .distantPast }
        next.close()
    }

    @Test func onlyADecidingLogIsJoinedAndAReadingOneNotWritten() throws {
        let harness = try EmbeddedHarness()
        try harness.log.ensure([TopicSpecification(room, partitions: 1)])
        let appending = try EmbeddedEventLog.open(folder: harness.folder, mode: .appending) { .distantPast }
        let reading = try EmbeddedEventLog.open(folder: harness.folder, mode: .reading) { .distantPast }
        defer {
            appending.close()
            reading.close()
        }
        #expect(throws: LogError.self) { _ = try appending.join(ParticipantName("p"), instance: "1", inputs: []) }
        #expect(throws: LogError.self) { _ = try reading.append([record("x")]) }
        _ = try appending.append([record("y")])
        #expect(try reading.read(source, from: .start, limit: ample).records.count == 1)
    }

    @Test func readingAFolderWithoutALogMakesNothing() throws {
        let folder = NSTemporaryDirectory() + "embedded-log-\(UUID().uuidString)"
        #expect(throws: LogError.self) {
            _ = try EmbeddedEventLog.open(folder: folder, mode: .reading) { .distantPast }
        }
        #expect(!FileManager.default.fileExists(atPath: folder))
    }

    @Test func theFilesAreForThisUserAlone() throws {
        let harness = try EmbeddedHarness()
        for name in ["log.sqlite", "log.sqlite-wal", "deciding.lock"] {
            let attributes = try FileManager.default.attributesOfItem(atPath: harness.folder + "/" + name)
            #expect((attributes[.posixPermissions] as? Int) == 0o600, "\(name)")
        }
    }

    @Test func aNewerFormatIsRefused() throws {
        let harness = try EmbeddedHarness()
        harness.close()
        var handle: OpaquePointer?
        sqlite3_open(harness.folder + "/log.sqlite", &handle)
        #expect(sqlite3_exec(handle, "UPDATE format SET version = 3", nil, nil, nil) == SQLITE_OK)
        sqlite3_close(handle)
        let error = #expect(throws: LogError.self) {
            _ = try EmbeddedEventLog.open(folder: harness.folder, mode: .deciding) { .distantPast }
        }
        guard case .fatal(let text)? = error else { throw LogError.fatal("found \(String(describing: error))") }
        #expect(text.contains("newer version"))
    }

    @Test func aFileThatIsNoLogIsRefusedWithASentence() throws {
        let harness = try EmbeddedHarness()
        harness.close()
        try FileManager.default.removeItem(atPath: harness.folder + "/log.sqlite")
        try Data(repeating: 7, count: 8192).write(to: URL(fileURLWithPath: harness.folder + "/log.sqlite"))
        let error = #expect(throws: LogError.self) {
            _ = try EmbeddedEventLog.open(folder: harness.folder, mode: .deciding) { .distantPast }
        }
        guard case .fatal(let text)? = error else { throw LogError.fatal("found \(String(describing: error))") }
        #expect(text.contains("damaged"))
    }

    /// What a kill leaves is the file and its write-ahead log as they lie on the disk: copied here under a running log.
    @Test func whatWasAcknowledgedIsThereAfterAnUncleanEnd() throws {
        let harness = try EmbeddedHarness()
        try harness.log.ensure([TopicSpecification(room, partitions: 1)])
        let member = try harness.log.join(ParticipantName("p"), instance: "1", inputs: [.exact(room)])
        guard case .assigned = try member.poll(ample, wait: .seconds(5)) else { throw LogError.fatal("not assigned") }
        for value in 0..<200 {
            try member.commit(Step(postings: [record("\(value)")], positions: [(source, NextOffset(Int64(value)))]))
        }
        let copy = harness.folder + "-copy"
        try FileManager.default.createDirectory(atPath: copy, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: copy) }
        for name in ["log.sqlite", "log.sqlite-wal"] {
            try FileManager.default.copyItem(atPath: "\(harness.folder)/\(name)", toPath: "\(copy)/\(name)")
        }
        let log = try EmbeddedEventLog.open(folder: copy, mode: .deciding) { .distantPast }
        defer { log.close() }
        #expect(try log.read(source, from: .start, limit: ample).records.count == 200)
        #expect(try log.committed(member.participant, on: source) == NextOffset(199))
    }

    /// The write-ahead log cut at any place gives whole commits only: postings and position never part.
    @Test func aWriteAheadLogCutShortGivesWholeSteps() throws {
        let harness = try EmbeddedHarness()
        try harness.log.ensure([TopicSpecification(room, partitions: 1)])
        let member = try harness.log.join(ParticipantName("p"), instance: "1", inputs: [.exact(room)])
        guard case .assigned = try member.poll(ample, wait: .seconds(5)) else { throw LogError.fatal("not assigned") }
        for value in 1...40 {
            try member.commit(
                Step(
                    postings: [record("a"), record("b"), record("c")],
                    positions: [(source, NextOffset(Int64(value)))]))
        }
        let database = try Data(contentsOf: URL(fileURLWithPath: harness.folder + "/log.sqlite"))
        let wal = try Data(contentsOf: URL(fileURLWithPath: harness.folder + "/log.sqlite-wal"))
        var seen: Set<Int64> = []
        for cut in stride(from: wal.count, to: wal.count / 3, by: -wal.count / 23) {
            let copy = harness.folder + "-cut"
            try FileManager.default.createDirectory(atPath: copy, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(atPath: copy) }
            try database.write(to: URL(fileURLWithPath: copy + "/log.sqlite"))
            try wal.prefix(cut).write(to: URL(fileURLWithPath: copy + "/log.sqlite-wal"))
            let log = try EmbeddedEventLog.open(folder: copy, mode: .deciding) { .distantPast }
            defer { log.close() }
            let steps = try log.committed(member.participant, on: source)?.value ?? 0
            #expect(try log.read(source, from: .start, limit: ample).records.count == Int(steps) * 3)
            #expect(try log.end(of: source).value == steps * 3)
            seen.insert(steps)
        }
        #expect(seen.count > 5, "the cuts must lie between commits for this to say anything")
    }

    @Test func aFullDiskIsSaidInASentenceAndNothingOfTheStepIsStored() throws {
        let harness = try EmbeddedHarness()
        try harness.log.ensure([TopicSpecification(room, partitions: 1, recordBytesMax: 1 << 30)])
        _ = try harness.log.append([record("before")])
        try (harness.log as? EmbeddedEventLog)?.capSize(pages: 100)
        let large = NewRecord(source, key: nil, value: [UInt8](repeating: 1, count: 4 << 20))
        let error = #expect(throws: LogError.self) { _ = try harness.log.append([large]) }
        let second = #expect(throws: LogError.self) { _ = try harness.log.append([record("after")]) }
        guard case .fatal(let text)? = error else { throw LogError.fatal("found \(String(describing: error))") }
        #expect(text.contains("disk"))
        #expect(second == error, "only a fresh start may look at what reached the disk")
        let log = try harness.restart()
        #expect(try log.read(source, from: .start, limit: ample).records.count == 1)
    }

    @Test func hundredsOfIdleInputsAreFollowedAndTheBusyOneIsFound() throws {
        let harness = try EmbeddedHarness()
        try harness.log.ensure((0..<400).map { TopicSpecification(Topic("agency.\($0).referrals"), partitions: 1) })
        let member = try harness.log.join(
            ParticipantName("intake"), instance: "1", inputs: [.affixes(prefix: "agency.", suffix: ".referrals")])
        guard case .assigned(let gained) = try member.poll(ample, wait: .seconds(5)) else {
            throw LogError.fatal("not assigned")
        }
        #expect(gained.count == 400)
        let busy = TopicPartition(Topic("agency.217.referrals"), 0)
        _ = try harness.anotherHandle().append([NewRecord(busy, key: nil, value: [1])])
        guard case .records(busy, let records) = try member.poll(ample, wait: .seconds(5)) else {
            throw LogError.fatal("nothing polled")
        }
        #expect(records.count == 1)
    }

    /// Each handle has connections of its own, as a process has: SQLite's lock stands between them.
    @Test func fourHandlesAppendAtOnceWhileStepsAreCommitted() throws {
        let harness = try EmbeddedHarness()
        let input = Topic("input")
        try harness.log.ensure([TopicSpecification(input, partitions: 1), TopicSpecification(room, partitions: 1)])
        let member = try harness.log.join(ParticipantName("p"), instance: "1", inputs: [.exact(input)])
        let handles = try (0..<4).map { _ in try harness.anotherHandle() }
        let failures = Mutex<[String]>([])
        let group = DispatchGroup()
        for (number, handle) in handles.enumerated() {
            DispatchQueue(label: "handle \(number)").async(group: group) {
                for value in 0..<100 {
                    do {
                        let bytes = Array("\(number) \(value)".utf8)
                        _ = try handle.append([NewRecord(TopicPartition(input, 0), key: nil, value: bytes)])
                    } catch {
                        failures.withLock { $0.append("\(error)") }
                    }
                }
            }
        }
        var seen: [String] = []
        let deadline = ContinuousClock.now + .seconds(30)
        while seen.count < 400, ContinuousClock.now < deadline {
            guard case .records(let source, let records) = try member.poll(ample, wait: .seconds(1)) else { continue }
            seen += records.map { String(decoding: $0.value ?? [], as: UTF8.self) }
            try member.commit(
                Step(
                    postings: records.map { NewRecord(self.source, key: nil, value: $0.value) },
                    positions: [(source, records[records.count - 1].offset.next)]))
        }
        group.wait()
        #expect(failures.withLock { $0 } == [])
        let posted = try harness.log.read(source, from: .start, limit: ample).records
        #expect(posted.map { String(decoding: $0.value ?? [], as: UTF8.self) } == seen)
        for number in 0..<4 {
            #expect(seen.filter { $0.hasPrefix("\(number) ") } == (0..<100).map { "\(number) \($0)" })
        }
    }
}
