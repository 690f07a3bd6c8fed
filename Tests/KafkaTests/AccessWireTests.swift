import Testing

@testable import Kafka

/// Requests about access rules, byte by byte: the hub makes them itself, and a broker takes no other.
struct AccessWireTests {
    static let rule = KafkaAccessRule(
        resource: .transactionalID, name: "intake-", isPrefix: true, principal: "User:CN=a", operation: .write)

    @Test func aRequestToMakeARuleIsAsTheProtocolSays() {
        let request = AccessWire.request(.create, number: 7, clientName: "f") {
            AccessWire.rules([Self.rule], into: &$0)
        }
        let body: [UInt8] =
            [0, 30, 0, 1, 0, 0, 0, 7, 0, 1] + Array("f".utf8) + [0, 0, 0, 1, 5, 0, 7] + Array("intake-".utf8) + [
                4, 0, 9,
            ]
            + Array("User:CN=a".utf8) + [0, 1] + Array("*".utf8) + [4, 3]
        #expect(request == [0, 0, 0, UInt8(body.count)] + body)
    }

    @Test func askingForAllRulesNamesNothing() {
        let request = AccessWire.request(.describe, number: 1, clientName: "") { AccessWire.describeAll(into: &$0) }
        #expect(request.suffix(10) == [1, 255, 255, 1, 255, 255, 255, 255, 1, 1])
    }

    @Test func rulesAreReadAndThoseOfOtherThingsPassedOver() throws {
        var writer = WireWriter()
        writer.append(Int32(0))
        writer.append(Int16(0))
        writer.appendNull()
        writer.append(Int32(2))
        for kind in [Int8(6), 5] {
            writer.append(kind)
            writer.append("intake-")
            writer.append(Int8(4))
            writer.append(Int32(1))
            writer.append("User:CN=a")
            writer.append("*")
            writer.append(Int8(4))
            writer.append(Int8(3))
        }
        var reader = WireReader(writer.bytes)
        let (verdict, rules) = try AccessWire.described(&reader)
        #expect(verdict == AccessWire.Verdict(code: 0, text: ""))
        #expect(rules == [Self.rule])
    }

    @Test func eachFilterHasItsVerdictAlsoWhereOneOfItsRulesStayed() throws {
        var writer = WireWriter()
        writer.append(Int32(0))
        writer.append(Int32(2))
        for code in [Int16(0), 31] {
            writer.append(Int16(0))
            writer.appendNull()
            writer.append(Int32(1))
            writer.append(code)
            writer.append(code == 0 ? "" : "no")
            writer.append(Int8(2))
            writer.append("t")
            writer.append(Int8(3))
            writer.append("User:CN=a")
            writer.append("*")
            writer.append(Int8(3))
            writer.append(Int8(3))
        }
        var reader = WireReader(writer.bytes)
        #expect(
            try AccessWire.deleted(&reader) == [
                AccessWire.Verdict(code: 0, text: ""), AccessWire.Verdict(code: 31, text: "no"),
            ])
    }

    /// Whatever a broker sends: an answer or a fault, never a trap, and never more memory than there are bytes.
    @Test func noAnswerIsBelieved() {
        let whole: [UInt8] = [0, 0, 0, 0, 0, 0, 255, 255, 0, 0, 0, 1, 5, 0, 1, 97, 4, 127, 255, 255, 255]
        for count in 0...whole.count {
            for change in [UInt8(0), 127, 255] {
                var bytes = Array(whole.prefix(count))
                if count > 0 { bytes[count - 1] = change }
                let reads: [(inout WireReader) throws -> Int] = [
                    { try AccessWire.described(&$0).1.count }, { try AccessWire.created(&$0).count },
                    { try AccessWire.deleted(&$0).count },
                ]
                for read in reads {
                    var reader = WireReader(bytes)
                    let found = (try? read(&reader)) ?? 0
                    #expect(found <= bytes.count)
                }
            }
        }
    }
}
