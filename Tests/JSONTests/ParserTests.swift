import Testing

@testable import JSON

struct ParserTests {
    let parser = JSONParser()

    func read(_ text: String) throws(JSONError) -> JSONValue { try parser.parse(Array(text.utf8)) }

    func expectation(_ bytes: [UInt8]) -> String? {
        do {
            _ = try parser.parse(bytes)
            return nil
        } catch { return error.expected }
    }

    func expectation(_ text: String) -> String? { expectation(Array(text.utf8)) }

    @Test func `Each way of not being JSON has a reason of its own`() {
        #expect(expectation("") == "a JSON document, not an empty text")
        #expect(expectation([UInt8]()) == "a JSON document, not an empty text")
        #expect(expectation(" \n\t ") == "a JSON document, not an empty text")
        #expect(expectation("{}{}") == "one JSON document and nothing behind it")
        #expect(expectation("{\"a\":1} x") == "one JSON document and nothing behind it")
        #expect(expectation("1 2") == "one JSON document and nothing behind it")
        #expect(expectation("[1,2],[3]") == "one JSON document and nothing behind it")
        #expect(expectation([0x22, 0xFF, 0x22]) == "JSON in UTF-8")
        #expect(expectation("{\"a\":1e400}") == "JSON numbers that fit 64 bits")
        #expect(expectation("[99999999999999999999999]") == "JSON numbers that fit 64 bits")
        #expect(expectation("{\"a\":") == "well-formed JSON")
        #expect(expectation("{\"a\" 1}") == "well-formed JSON")
        #expect(expectation("[1,]") == "well-formed JSON")
        #expect(expectation("\"open") == "well-formed JSON")
        #expect(expectation("]") == "well-formed JSON")
        #expect(expectation("}{") == "well-formed JSON")
    }

    @Test func `Nesting is read down to the limit and no further`() {
        func nested(_ levels: Int) -> String {
            String(repeating: "[", count: levels) + String(repeating: "]", count: levels)
        }
        #expect(expectation(nested(JSONLimits.depthMax - 1)) == nil)
        #expect(expectation(nested(JSONLimits.depthMax + 1)) == "JSON of at most 64 levels")
        #expect(expectation(nested(100_000)) == "JSON of at most 64 levels")
    }

    @Test func `A document over the limit is refused and the next one is read`() throws {
        var long = [UInt8](repeating: 0x20, count: JSONLimits.documentBytesMax)
        long[0] = 0x31
        #expect(expectation(long) == nil)
        #expect(expectation(long + [0x20]) == "JSON of at most 8 MiB")
        #expect(try read("7").integer() == 7)
    }

    @Test func `A byte order mark is skipped`() throws {
        #expect(try parser.parse([0xEF, 0xBB, 0xBF, 0x37]).integer() == 7)
        #expect(expectation([0xEF, 0xBB, 0xBF]) == "a JSON document, not an empty text")
    }

    @Test func `Slices are read from their own start`() throws {
        let bytes = Array("xx[1,2]yy".utf8)
        #expect(try [Int](json: parser.parse(bytes[2..<7])) == [1, 2])
    }

    @Test func `Kinds are told apart`() throws {
        let kinds = try read(#"[null,true,false,-1,18446744073709551615,1.5,"x",[],{}]"#).elements().map(\.kind)
        #expect(kinds == [.null, .bool, .bool, .number, .number, .number, .string, .array, .object])
    }

    @Test func `Whole numbers keep 64 bits, may carry empty decimals, and never overflow`() throws {
        #expect(try read("9223372036854775807").integer() == .max)
        #expect(try read("-9223372036854775808").integer() == .min)
        #expect(try read("3.0").integer() == 3)
        #expect(throws: JSONError(expected: "a whole number of 64 bits")) { try read("3.5").integer() }
        #expect(throws: JSONError(expected: "a whole number of 64 bits")) { try read("9223372036854775808").integer() }
        #expect(throws: JSONError(expected: "a whole number of 64 bits")) { try read("1e300").integer() }
        #expect(throws: JSONError(expected: "a whole number of 64 bits")) { try read("\"3\"").integer() }
        #expect(try read("-2").double() == -2)
        #expect(try read("18446744073709551615").double() == 0x1p64)
    }

    @Test func `A wrong kind says what was expected`() throws {
        #expect(throws: JSONError(expected: "a text")) { try read("1").string() }
        #expect(throws: JSONError(expected: "true or false")) { try read("1").boolean() }
        #expect(throws: JSONError(expected: "a number")) { try read("true").double() }
        #expect(throws: JSONError(expected: "a list")) { try read("{}").elements() }
        #expect(throws: JSONError(expected: "an object")) { try read("[]").members() }
    }

    @Test func `A text may hold NUL, escapes and every plane of Unicode`() throws {
        #expect(try read(#""a\u0000b""#).string() == "a\0b")
        #expect(try read(#""\ud83d\ude00 \u00e9 \n \/ \\u""#).string() == "😀 é \n / \\u")
    }

    @Test func `Half a surrogate pair reads as a replacement, wherever it stands`() throws {
        #expect(try read(#""\ud83d""#).string() == "\u{FFFD}")
        #expect(try read(#""\ude00x""#).string() == "\u{FFFD}x")
        #expect(try read(#""\ud83d\ud83d\ude00""#).string() == "\u{FFFD}😀")
        #expect(try read(#""\uD83D\n""#).string() == "\u{FFFD}\n")
        #expect(try read(#""\\ud83d""#).string() == "\\ud83d")
        #expect(try read(#"{"\udc00":1}"#).members().map(\.name) == ["\u{FFFD}"])
        #expect(expectation(#""\ud8""#) == "well-formed JSON")
        #expect(expectation(#""\"#) == "well-formed JSON")
    }

    @Test func `Members are found by name; null and absent are the same`() throws {
        let value = try read(#"{"ab":1,"a":{"deep":[1,{"x":2}]},"n":null,"last":"z"}"#)
        #expect(try value.member("a")?.member("deep")?.elements().map(\.kind) == [.number, .object])
        #expect(value.member("n") == nil)
        #expect(value.member("deep") == nil)
        #expect(value.member("missing") == nil)
        #expect(value.member("ab")?.member("x") == nil)
        #expect(try value.member("last")?.string() == "z")
        #expect(try value.member(named: "last")?.string() == "z")
        #expect(try value.members().map(\.name) == ["ab", "a", "n", "last"])
        #expect(try value.members().count == 4)
    }

    @Test func `Of members with one name the first counts`() throws {
        #expect(try read(#"{"a":1,"a":2}"#).required("a") == 1)
    }

    @Test func `A parser can be used after an error and after a larger document`() throws {
        _ = expectation("[")
        let long = "[" + Array(repeating: "\"text\"", count: 20_000).joined(separator: ",") + "]"
        #expect(try read(long).elements().count == 20_000)
        #expect(try read("[1]").elements().count == 1)
    }

    @Test func `A value holds its parser`() throws {
        let value = try JSONParser().parse(Array(#"{"a":"kept"}"#.utf8))
        #expect(try value.required("a") == "kept")
    }

    @Test func `A value of an earlier document traps instead of showing the next one's content`() async {
        await #expect(processExitsWith: .failure) {
            let parser = JSONParser()
            let earlier = try parser.parse(Array("[1]".utf8))
            _ = try parser.parse(Array("[2]".utf8))
            _ = earlier.kind
        }
    }
}
