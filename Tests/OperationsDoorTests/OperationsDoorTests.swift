import Foundation
import Testing

@testable import OperationsDoor

struct OperationsDoorTests {
    private static func open() throws -> OperationsDoor {
        try OperationsDoor("127.0.0.1:0") { path in
            switch path {
            case "/one": OperationsDoor.Answer(200, "all \u{00e9} well\n")
            case "/two": OperationsDoor.Answer(503, "")
            default: nil
            }
        }
    }

    /// With curl: a client that we did not write.
    private static func curl(_ arguments: String...) throws -> (code: Int32, said: String) {
        let curl = Process()
        curl.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        curl.arguments = ["curl", "--silent", "--max-time", "10", "--noproxy", "*"] + arguments
        let output = Pipe()
        curl.standardOutput = output
        curl.standardError = FileHandle.nullDevice
        try curl.run()
        let said = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        curl.waitUntilExit()
        return (curl.terminationStatus, said)
    }

    @Test func itAnswersWhatItIsAskedAndNothingElse() throws {
        let door = try Self.open()
        let root = "http://127.0.0.1:\(door.port)"
        #expect(try Self.curl("\(root)/one").said == "all \u{00e9} well\n")
        #expect(try Self.curl("--output", "/dev/null", "--write-out", "%{http_code}", "\(root)/two").said == "503")
        #expect(try Self.curl("--output", "/dev/null", "--write-out", "%{http_code}", "\(root)/three").said == "404")
        #expect(try Self.curl("--write-out", "%{http_code}", "-d", "x=1", "\(root)/one").said.hasSuffix("405"))
        #expect(try Self.curl("--head", "\(root)/one").said.contains("Content-Length: 12"))
        // A query is no part of the path.
        #expect(try Self.curl("\(root)/one?name=value").said == "all \u{00e9} well\n")
    }

    @Test func onePortIsListenedOnOnceAndFreeAfterwards() throws {
        var door: OperationsDoor? = try Self.open()
        let port = try #require(door?.port)
        #expect(throws: OperationsDoor.Failure.cannotListen) { try OperationsDoor("\(port)") { _ in nil } }
        door = nil
        #expect(try Self.curl("http://127.0.0.1:\(port)/one").code == 7, "nobody listens any more")
    }

    @Test func aPortAloneIsOfThisMachine() {
        #expect(OperationsDoor.parse("9464").map { "\($0)" } == #"(host: "127.0.0.1", port: 9464)"#)
        #expect(OperationsDoor.parse("localhost:9464")?.host == "127.0.0.1")
        #expect(OperationsDoor.parse(":9464")?.host == "127.0.0.1")
        #expect(OperationsDoor.parse("0.0.0.0:9464")?.host == "0.0.0.0")
        #expect(OperationsDoor.parse("[::1]:9464")?.host == "::1")
        for wrong in ["", "x", "1.2.3:9464", "hub.example:9464", "::1:9464", "127.0.0.1:70000", "127.0.0.1:"] {
            #expect(OperationsDoor.parse(wrong) == nil, "\(wrong)")
        }
    }
}
