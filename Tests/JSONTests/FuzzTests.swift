import Testing

@testable import JSON

/// SplitMix64: the same documents on every machine and in every run.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64
    init(seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

struct FuzzTests {
    static func write(_ json: inout JSONWriter, depth: Int, from random: inout SeededGenerator) {
        switch Int.random(in: 0..<(depth > 0 ? 9 : 7), using: &random) {
        case 0: json.null()
        case 1: json.value(Bool.random(using: &random))
        case 2: json.value(Int64(bitPattern: random.next()))
        case 3: json.value(Double(bitPattern: random.next()))
        case 4: json.value(random.next())
        case 5, 6: json.value(text(from: &random))
        case 7:
            json.beginArray()
            for _ in 0..<Int.random(in: 0...4, using: &random) { write(&json, depth: depth - 1, from: &random) }
            json.endArray()
        default:
            json.beginObject()
            for _ in 0..<Int.random(in: 0...4, using: &random) {
                json.key(text(from: &random))
                write(&json, depth: depth - 1, from: &random)
            }
            json.endObject()
        }
    }

    static func text(from random: inout SeededGenerator) -> String {
        var text = ""
        for _ in 0..<Int.random(in: 0...12, using: &random) {
            let bound: UInt32 = [0x20, 0x80, 0x800, 0x11_0000].randomElement(using: &random) ?? 0x80
            if let scalar = Unicode.Scalar(UInt32.random(in: 0..<bound, using: &random)) {
                text.unicodeScalars.append(scalar)
            }
        }
        return text
    }

    /// Uses every way of reading there is.
    static func walk(_ value: JSONValue) throws {
        switch value.kind {
        case .null: #expect(value.isNull)
        case .bool: _ = try value.boolean()
        case .number:
            _ = try? value.integer()
            _ = try value.double()
        case .string: #expect(try value.string().utf8.count == value.withUTF8 { $0.count })
        case .array: for element in try value.elements() { try walk(element) }
        case .object:
            for (name, member) in try value.members() {
                _ = value.member(named: name)
                try walk(member)
            }
        }
    }

    @Test func `What the writer writes, the parser reads and the writer writes again`() throws {
        var random = SeededGenerator(seed: 2026)
        let parser = JSONParser()
        for _ in 0..<2000 {
            var writer = JSONWriter()
            FuzzTests.write(&writer, depth: 5, from: &random)
            let value = try parser.parse(writer.bytes)
            try FuzzTests.walk(value)
            #expect(value.serialised() == writer.bytes)
        }
    }

    @Test func `Ten thousand mutated documents are read or refused, and never trap`() throws {
        var random = SeededGenerator(seed: 1989)
        let parser = JSONParser()
        let splices = [
            "\\ud83d", "\\udc00", "\\u0000", "\"", "\\", "{", "]", "1e400", "99999999999999999999", "\u{FEFF}",
        ]
        var refused = 0
        for _ in 0..<10_000 {
            var writer = JSONWriter()
            writer.beginArray()
            FuzzTests.write(&writer, depth: 4, from: &random)
            writer.value("a text to be broken \\ud83d\\ude00")
            writer.endArray()
            var bytes = writer.bytes
            for _ in 0...Int.random(in: 0...3, using: &random) {
                let place = Int.random(in: 0...bytes.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes.removeSubrange(place...)
                case 1: bytes.insert(UInt8.random(in: 0...255, using: &random), at: place)
                case 2: bytes.insert(contentsOf: (splices.randomElement(using: &random) ?? "").utf8, at: place)
                default: if place < bytes.count { bytes[place] = UInt8.random(in: 0...255, using: &random) }
                }
            }
            do {
                let value = try parser.parse(bytes)
                try FuzzTests.walk(value)
                let again = value.serialised()
                #expect(try parser.parse(again).serialised() == again)
            } catch { refused += 1 }
        }
        #expect((2000..<9900).contains(refused))
    }
}
