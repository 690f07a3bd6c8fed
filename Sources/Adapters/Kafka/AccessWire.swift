/// Requests about access rules and their answers, as they go over the wire: librdkafka 2.0.2, which Debian 12 has, makes
/// no rules about transactional ids, and aborts the process where it is made to. Versions are those that every broker
/// from 2.0 on has; a request is answered by the broker that it is sent to, whichever controls the cluster.
enum AccessWire {
    enum Call: Int16 {
        case describe = 29
        case create = 30
        case delete = 31
    }

    static let version: Int16 = 1
    private static let any: Int8 = 1

    /// A whole request, its length before it.
    static func request(_ call: Call, number: Int32, clientName: String, _ body: (inout WireWriter) -> Void) -> [UInt8]
    {
        var writer = WireWriter()
        writer.append(call.rawValue)
        writer.append(version)
        writer.append(number)
        writer.append(clientName)
        body(&writer)
        var framed = WireWriter()
        framed.append(Int32(writer.bytes.count))
        return framed.bytes + writer.bytes
    }

    /// All rules about anything.
    static func describeAll(into writer: inout WireWriter) {
        writer.append(any)
        writer.appendNull()
        writer.append(any)
        writer.appendNull()
        writer.appendNull()
        writer.append(any)
        writer.append(any)
    }

    static func rules(_ rules: [KafkaAccessRule], into writer: inout WireWriter) {
        writer.append(Int32(rules.count))
        for rule in rules {
            writer.append(Int8(rule.resource.rawValue))
            writer.append(rule.name)
            writer.append(Int8(rule.isPrefix ? 4 : 3))
            writer.append(rule.principal)
            writer.append(rule.host)
            writer.append(Int8(rule.operation.rawValue))
            writer.append(Int8(rule.isAllowed ? 3 : 2))
        }
    }

    /// What a broker says of one request or rule; a code of the protocol.
    struct Verdict: Hashable {
        var code: Int16
        var text: String
    }

    static func described(_ reader: inout WireReader) throws(WireReader.Fault) -> (Verdict, [KafkaAccessRule]) {
        _ = try reader.int32()
        let verdict = try Verdict(code: reader.int16(), text: reader.text() ?? "")
        var rules: [KafkaAccessRule] = []
        for _ in 0..<(try reader.count()) {
            let kind = try reader.int8()
            let name = try reader.text() ?? ""
            let pattern = try reader.int8()
            for _ in 0..<(try reader.count()) {
                let principal = try reader.text() ?? ""
                let host = try reader.text() ?? ""
                let operation = try reader.int8()
                let permission = try reader.int8()
                // Rules about other things than these, such as delegation tokens, are none of the hub's.
                guard let resource = KafkaAccessRule.Resource(rawValue: Int32(kind)),
                    let operation = KafkaAccessRule.Operation(rawValue: Int32(operation))
                else { continue }
                rules.append(
                    KafkaAccessRule(
                        resource: resource, name: name, isPrefix: pattern == 4, principal: principal, host: host,
                        operation: operation, isAllowed: permission == 3))
            }
        }
        return (verdict, rules)
    }

    /// One verdict for each rule or filter, in their order.
    static func created(_ reader: inout WireReader) throws(WireReader.Fault) -> [Verdict] {
        _ = try reader.int32()
        var verdicts: [Verdict] = []
        for _ in 0..<(try reader.count()) {
            verdicts.append(try Verdict(code: reader.int16(), text: reader.text() ?? ""))
        }
        return verdicts
    }

    static func deleted(_ reader: inout WireReader) throws(WireReader.Fault) -> [Verdict] {
        _ = try reader.int32()
        var verdicts: [Verdict] = []
        for _ in 0..<(try reader.count()) {
            var verdict = try Verdict(code: reader.int16(), text: reader.text() ?? "")
            for _ in 0..<(try reader.count()) {
                let one = try Verdict(code: reader.int16(), text: reader.text() ?? "")
                if one.code != 0 { verdict = one }
                _ = try reader.int8()
                _ = try reader.text()
                _ = try reader.int8()
                _ = try reader.text()
                _ = try reader.text()
                _ = try reader.int8()
                _ = try reader.int8()
            }
            verdicts.append(verdict)
        }
        return verdicts
    }
}

/// Numbers high byte first, texts with their length before them.
struct WireWriter {
    private(set) var bytes: [UInt8] = []

    mutating func append(_ number: some FixedWidthInteger) {
        withUnsafeBytes(of: number.bigEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func append(_ text: String) {
        append(Int16(clamping: text.utf8.count))
        bytes.append(contentsOf: text.utf8.prefix(Int(Int16.max)))
    }

    mutating func appendNull() { append(Int16(-1)) }
}

/// Reads what a broker sent and believes none of it.
struct WireReader {
    struct Fault: Error {}

    private let bytes: [UInt8]
    private var place = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func int8() throws(Fault) -> Int8 { try number() }
    mutating func int16() throws(Fault) -> Int16 { try number() }
    mutating func int32() throws(Fault) -> Int32 { try number() }

    /// Of a list: never more than there are bytes left.
    mutating func count() throws(Fault) -> Int {
        let count = Int(try int32())
        guard count <= bytes.count - place else { throw Fault() }
        return max(0, count)
    }

    /// Nil for a null one.
    mutating func text() throws(Fault) -> String? {
        let count = Int(try int16())
        if count < 0 { return nil }
        guard count <= bytes.count - place else { throw Fault() }
        defer { place += count }
        return String(decoding: bytes[place..<place + count], as: UTF8.self)
    }

    private mutating func number<Number: FixedWidthInteger>() throws(Fault) -> Number {
        let size = MemoryLayout<Number>.size
        guard size <= bytes.count - place else { throw Fault() }
        defer { place += size }
        return bytes[place..<place + size].reduce(0) { $0 << 8 | Number(truncatingIfNeeded: $1) }
    }
}
