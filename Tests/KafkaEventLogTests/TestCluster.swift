import Foundation
import Synchronization
import Testing

/// Brokers for the tests, from any Kafka at `KAFKA_HOME`: on loopback, on free ports, in a folder of their own. Each ends
/// with this process, however that ends.
final class TestCluster: Sendable {
    struct Failure: Error, CustomStringConvertible { let description: String }

    /// Where a Kafka lies; nil where the tests are to be skipped. Where CI wants them, its absence is their failure.
    static let home: String? = {
        let home = ProcessInfo.processInfo.environment["KAFKA_HOME"] ?? ""
        return FileManager.default.isExecutableFile(atPath: "\(home)/bin/kafka-storage.sh") ? home : nil
    }()
    static var isWanted: Bool { home != nil || ProcessInfo.processInfo.environment["FRONTDOOR_KAFKA_REQUIRED"] == "1" }
    static let reason: Comment = "KAFKA_HOME names no Kafka: see 'Kafka' in the documentation for how to get one"

    /// One cluster of each size for the whole run: brokers take seconds to start.
    static let one = Result { try TestCluster(brokers: 1) }
    static let three = Result { try TestCluster(brokers: 3) }

    let brokers: String
    let size: Int
    private let folder: String
    /// Of each broker the shell that watches it, and its own process id.
    private let watched = Mutex<[(shell: Process, life: Pipe, broker: pid_t)]>([])

    private init(brokers count: Int) throws {
        guard let home = TestCluster.home else { throw Failure(description: "KAFKA_HOME names no Kafka") }
        folder = NSTemporaryDirectory() + "frontdoor-kafka-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        // Below the range from which the system gives ports to those who ask for any.
        let ports = try TestCluster.freePorts(2 * count)
        brokers = (0..<count).map { "127.0.0.1:\(ports[$0])" }.joined(separator: ",")
        size = count
        let voters = (0..<count).map { "\($0 + 1)@127.0.0.1:\(ports[count + $0])" }.joined(separator: ",")
        for number in 1...count {
            let file = "\(folder)/\(number).properties"
            try TestCluster.properties(
                number: number, of: count, port: ports[number - 1], controller: ports[count + number - 1],
                voters: voters, data: "\(folder)/\(number)"
            ).write(toFile: file, atomically: true, encoding: .utf8)
            let format = try TestCluster.run(
                ["\(home)/bin/kafka-storage.sh", "format", "-t", "MkU3OEVBNTcwNTJENDM2Qg", "-c", file],
                log: "\(folder)/\(number).format.log")
            format.waitUntilExit()
            guard format.terminationStatus == 0 else { throw failure("formatting broker \(number) failed") }
            let life = Pipe()
            let said = Pipe()
            let shell = try TestCluster.run(
                ["sh", "-c", TestCluster.watch, "sh", "\(home)/bin/kafka-server-start.sh", file],
                log: "\(folder)/\(number).log", input: life, output: said)
            // The first line that the shell says is the broker's number.
            let line = String(decoding: said.fileHandleForReading.availableData, as: UTF8.self)
            guard let broker = pid_t(line.trimmingCharacters(in: .whitespacesAndNewlines)) else {
                throw failure("the shell of broker \(number) did not say its number")
            }
            watched.withLock { $0.append((shell, life, broker)) }
        }
        TestCluster.endWithThisProcess(self)
        try waitUntilReady()
    }

    private func failure(_ text: String) -> Failure {
        var told = text
        for name in (try? FileManager.default.contentsOfDirectory(atPath: folder))?.sorted() ?? []
        where name.hasSuffix(".log") {
            let log = (try? String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)) ?? ""
            told += "\n\(name): …\(log.suffix(600))"
        }
        return Failure(description: told)
    }

    private static func properties(
        number: Int, of count: Int, port: Int, controller: Int, voters: String, data: String
    ) -> String {
        let inSync = count > 1 ? 2 : 1
        return """
            process.roles=broker,controller
            node.id=\(number)
            controller.quorum.voters=\(voters)
            listeners=PLAINTEXT://127.0.0.1:\(port),CONTROLLER://127.0.0.1:\(controller)
            advertised.listeners=PLAINTEXT://127.0.0.1:\(port)
            controller.listener.names=CONTROLLER
            listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
            log.dirs=\(data)
            auto.create.topics.enable=false
            default.replication.factor=\(count)
            min.insync.replicas=\(inSync)
            offsets.topic.num.partitions=4
            offsets.topic.replication.factor=\(count)
            transaction.state.log.num.partitions=4
            transaction.state.log.replication.factor=\(count)
            transaction.state.log.min.isr=\(inSync)
            group.initial.rebalance.delay.ms=0
            group.min.session.timeout.ms=1000
            broker.session.timeout.ms=3000
            broker.heartbeat.interval.ms=500
            transaction.abort.timed.out.transaction.cleanup.interval.ms=1000
            log.cleaner.dedupe.buffer.size=16777216

            """
    }

    /// A shell that ends the broker when its own input ends: that is when this process does, however it does.
    private static let watch = """
        "$@" > "$log" 2>&1 &
        echo $!
        read nothing
        kill -9 $!
        """

    private static func run(_ arguments: [String], log: String, input: Pipe? = nil, output: Pipe? = nil) throws
        -> Process
    {
        try Data().write(to: URL(fileURLWithPath: log))
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = arguments
        var environment = ProcessInfo.processInfo.environment
        environment["KAFKA_HEAP_OPTS"] = "-Xms192m -Xmx384m"
        // The first minutes matter, not the last percent: the second compiler would take half of the machine.
        environment["KAFKA_JVM_PERFORMANCE_OPTS"] = "-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Djava.awt.headless=true"
        environment["LOG_DIR"] = URL(fileURLWithPath: log).deletingLastPathComponent().path + "/logs"
        environment["log"] = log
        process.environment = environment
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: log))
        process.standardOutput = output ?? handle
        process.standardError = handle
        process.standardInput = input ?? FileHandle.nullDevice
        try process.run()
        return process
    }

    private func waitUntilReady() throws {
        let deadline = ContinuousClock.now + .seconds(120)
        var last = "nothing"
        while ContinuousClock.now < deadline {
            for (_, _, broker) in watched.withLock({ $0 }) where Foundation.kill(broker, 0) != 0 {
                throw failure("a broker ended while it was starting")
            }
            do {
                if try TestBrokers.count(brokers) == size { return }
                last = "fewer than \(size) brokers"
            } catch { last = "\(error)" }
            // Between two looks; the deadline above ends them.
            poll(nil, 0, 50)
        }
        throw failure("no cluster after two minutes: \(last)")
    }

    private func end() {
        for (_, _, broker) in watched.withLock({ $0 }) { Foundation.kill(broker, SIGKILL) }
        try? FileManager.default.removeItem(atPath: folder)
    }

    private static let all = Mutex<[TestCluster]>([])

    private static func endWithThisProcess(_ cluster: TestCluster) {
        let isFirst = all.withLock { all in
            all.append(cluster)
            return all.count == 1
        }
        if isFirst { atexit { TestCluster.all.withLock { $0 }.forEach { $0.end() } } }
    }

    private static func freePorts(_ count: Int) throws -> [Int] {
        var held: [Int32] = []
        var ports: [Int] = []
        defer { held.forEach { close($0) } }
        var tries = 0
        while ports.count < count {
            tries += 1
            guard tries < 10_000 else { throw Failure(description: "no free ports") }
            let port = Int.random(in: 15_000...32_000)
            let handle = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = in_port_t(port).bigEndian
            address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
            let bound = withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(handle, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
            guard bound == 0, !ports.contains(port) else {
                close(handle)
                continue
            }
            held.append(handle)
            ports.append(port)
        }
        return ports
    }
}
