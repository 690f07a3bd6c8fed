import ConfigurationFiles
import Testing

private func document(_ text: String) throws(ConfigurationProblem) -> YAMLDocument {
    try YAMLDocument(file: "hub.yaml", bytes: Array(text.utf8))
}

private func json(_ text: String) throws(ConfigurationProblem) -> String {
    String(decoding: try document(text).json, as: UTF8.self)
}

private func problem(_ text: String) -> ConfigurationProblem? {
    do throws(ConfigurationProblem) {
        _ = try document(text)
        return nil
    } catch { return error }
}

@Suite struct YAMLReadingTests {
    @Test func mapsListsAndTextsBecomeJSONWithKeysInByteOrder() throws {
        let text = """
            teams:
              - id: macpt   # a comment
                "kind": 'macpt'
              - {kind: mash, id: "a\\"b"}
            agencies: []
            """
        #expect(
            try json(text)
                == #"{"agencies":[],"teams":[{"id":"macpt","kind":"macpt"},{"id":"a\"b","kind":"mash"}]}"#)
    }

    @Test func theLayoutOfTheFileDoesNotChangeTheBytes() throws {
        let other = try json("# policy\na:\n    c: 'y'\n    d: \"x\"\n\nb: 1\n")
        #expect(try json("b: 1\na: {d: x, c: y}") == other)
    }

    @Test(arguments: [
        ("", "null"), ("~", "null"), ("null", "null"), ("true", "true"), ("false", "false"), ("0", "0"), ("-12", "-12"),
        ("301", "301"), ("\"301\"", "\"301\""), ("9223372036854775807", "9223372036854775807"), ("0.25", "0.25"),
        ("-1.5e3", "-1500.0"), ("1.", "1.0"), ("'true'", "\"true\""), ("''", "\"\""),
    ])
    func plainScalarsHaveTheTypesOfTheCoreSchema(text: String, expected: String) throws {
        #expect(try json("v: \(text)") == "{\"v\":\(expected)}")
    }

    @Test(arguments: [
        "10:30", "2026-01-31", "2026-01-31T09:00:00Z", "no", "yes", "on", "True", "E09000007", "6wh", "1_000", "1.2.3",
        "-", ".", "..", "1e", "e5", "0x", "- 1", "12 High Street", "Île",
    ])
    func whatIsNoNumberStaysText(text: String) throws {
        // A dash and a blank would begin a list in a block, so such texts are folded.
        let body = text == "-" || text == "- 1" ? "v: >-\n  \(text)" : "v: \(text)"
        #expect(try json(body) == "{\"v\":\"\(text)\"}")
    }

    @Test(arguments: [
        "0123", "00", "+5", "+441234567890", "0x1F", "0o17", ".inf", "-.INF", ".nan", "99999999999999999999", "1e999",
    ])
    func aNumberThatWouldChangeIsRefusedWithItsPlace(text: String) {
        let found = problem("a: x\nv: \(text)")
        #expect(found?.line == 2)
        #expect(found?.column == 4)
        #expect(found?.remedy.isEmpty == false)
    }

    @Test func keysAreTextsWhateverTheyLookLike() throws {
        #expect(try json("301: a\ntrue: b\n~: c") == #"{"301":"a","true":"b","~":"c"}"#)
    }

    @Test func foldedTextIsOneText() throws {
        #expect(try json("v: >-\n  two\n  lines\nw: |\n  kept\n") == #"{"v":"two lines","w":"kept\u000a"}"#)
    }
}

@Suite struct YAMLRefusalTests {
    @Test(arguments: [
        ("a: &x 1", 1, 4, "anchors"),
        ("a: &x [1]", 1, 4, "anchors"),
        ("a: 1\nb: *x", 2, 4, "aliases"),
        ("a: !!str 1", 1, 4, "tags"),
        ("a: !mine {b: 1}", 1, 4, "tags"),
        ("a:\n  <<: {b: 1}", 2, 3, "merge keys"),
        ("a: 1\nb: 2\na: 3", 3, 1, "the key 'a' stands twice in one map, first in line 1"),
        ("x:\n  - {a: 1, 'a': 2}", 2, 12, "the key 'a' stands twice"),
        ("a: 1\n---\nb: 2", 2, 1, "second document"),
        ("? [a]\n: b", 1, 3, "a key must be a text"),
        ("%YAML 1.1\n---\na: 1", 1, 1, "directives"),
        ("", 1, 1, "no document"),
        ("# only a comment\n", 2, 1, "no document"),
    ])
    func whatCanBeReadInTwoWaysIsRefused(text: String, line: Int, column: Int, message: String) throws {
        let found = try #require(problem(text))
        #expect(found.line == line)
        #expect(found.column == column)
        #expect(found.message.contains(message))
        #expect(!found.remedy.isEmpty)
    }

    @Test(arguments: ["a: [1, 2", "a: \"open", "a: b: c", "a:\n\t- 1", "}", "a: 1\n b: 2"])
    func brokenYAMLIsNamedWithItsLine(text: String) throws {
        let found = try #require(problem(text))
        #expect(found.line >= 1)
        #expect(found.description.hasPrefix("hub.yaml:\(found.line):\(found.column): "))
    }

    @Test(arguments: [[0x61, 0x3A, 0x20, 0xFF], [0xFF, 0xFE, 0x61, 0x00], [0x61, 0x3A, 0x20, 0x00]] as [[UInt8]])
    func whatIsNotUTF8TextIsRefused(bytes: [UInt8]) {
        #expect(throws: ConfigurationProblem.self) { try YAMLDocument(file: "hub.yaml", bytes: bytes) }
    }

    @Test func aByteOrderMarkIsNoObstacle() throws {
        #expect(
            try YAMLDocument(file: "f", bytes: [0xEF, 0xBB, 0xBF] + Array("a: 1".utf8)).json == Array(#"{"a":1}"#.utf8))
    }

    @Test func nestingIsLimited() {
        let atLimit = String(repeating: "[", count: 32) + String(repeating: "]", count: 32)
        #expect(problem(atLimit) == nil)
        #expect(problem("[\(atLimit)]")?.message.contains("deep") == true)
        #expect(problem(String(repeating: "[", count: 100_000)) != nil)
    }

    @Test func sizeIsLimited() {
        let text = "a: " + String(repeating: "x", count: YAMLDocument.bytesMax)
        #expect(problem(text)?.line == 0)
        #expect(problem(text)?.description.hasPrefix("hub.yaml: the file is larger") == true)
    }

    @Test func theNumberOfValuesIsLimited() {
        let text = "[" + String(repeating: "1,", count: YAMLDocument.nodesMax) + "]"
        #expect(problem(text)?.message.contains("values") == true)
    }
}

@Suite struct YAMLPlaceTests {
    private let text = """
        formatVersion: 1
        teams:
          - id: mash
            kind: mash
          - id: macpt
            "a/b~c": {kind: x}
        """

    @Test(arguments: [
        ("", 1, 1), ("/formatVersion", 1, 16), ("/teams", 2, 1), ("/teams/0", 3, 5), ("/teams/0/kind", 4, 11),
        ("/teams/1/id", 5, 9), ("/teams/1/a~1b~0c", 6, 5), ("/teams/1/a~1b~0c/kind", 6, 21),
    ])
    func aPointerLeadsToItsPlace(pointer: String, line: Int, column: Int) throws {
        let place = try #require(try document(text).place(of: pointer))
        #expect(place == (line, column))
    }

    @Test(arguments: ["/team", "/teams/2", "/teams/-1", "/teams/x", "/formatVersion/x", "teams", "/teams/0/"])
    func aPointerToNothingHasNoPlace(pointer: String) throws {
        #expect(try document(text).place(of: pointer) == nil)
    }

    @Test func aMissingFieldIsReportedWhereItShouldBe() throws {
        let found = try document(text).problem(at: "/teams/1/kind", "is missing", remedy: "Add it.")
        #expect(found.description == "hub.yaml:5:5: /teams/1/kind: is missing. Add it.")
    }
}
