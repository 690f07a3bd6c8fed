import Testing

@Suite struct TidinessTests {
    @Test func noCodeHoldsAWordThatItMayNot() throws {
        for path in Tree.files(under: "Sources", ending: ".swift") + Tree.files(under: "Tests", ending: ".swift") {
            let source = try Tree.text(path)
            for rule in WordRule.all
            where rule.folders.contains(where: { path.hasPrefix("\($0)/") }) && !rule.allowed.contains(path) {
                let lines = rule.lines(in: source)
                #expect(lines.isEmpty, "\(path), line \(lines): '\(rule.word)' may not stand here. \(rule.remedy).")
            }
        }
    }

    /// Written in halves, so that this file does not find itself.
    private static let leftovers = ["TO" + "DO", "FIX" + "ME"]
    private static let machinePaths = ["/wor" + "k/", "/tmp" + "/w/"]

    private func isText(_ path: String) -> Bool {
        let endings = [".swift", ".c", ".cpp", ".h", ".sh", ".py", ".yaml", ".json", ".md", ".modulemap", ".service"]
        return endings.contains { path.hasSuffix($0) } || !(path.split(separator: "/").last ?? "").contains(".")
    }

    @Test func nothingIsLeftForLaterAndNoPathIsOfOneMachine() throws {
        var paths = ["Package.swift"]
        for folder in ["Sources", "Tests", "topics", "deploy"] { paths += Tree.files(under: folder).filter(isText) }
        paths += (try Tree.tracked() ?? []).filter { $0.hasPrefix(".") || $0 == "README.md" }
        for path in paths {
            for (index, line) in try Tree.text(path).split(separator: "\n", omittingEmptySubsequences: false)
                .enumerated()
            {
                for word in Self.leftovers {
                    #expect(
                        !line.contains(word),
                        "\(path):\(index + 1) leaves something for later: do it, or open an issue and say so there")
                }
                for word in Self.machinePaths where Self.isPath(word, in: line) {
                    Issue.record(
                        "\(path):\(index + 1) names a path of one machine: take it from an option or a variable")
                }
            }
        }
    }

    /// At the begin of a path: `https://host/network/` holds none.
    private static func isPath(_ word: String, in line: Substring) -> Bool {
        guard let found = line.firstRange(of: word) else { return false }
        guard found.lowerBound > line.startIndex else { return true }
        let before = line[line.index(before: found.lowerBound)]
        return !(before.isLetter || before.isNumber || "._-}~/".contains(before))
    }

    @Test func theTopOfTheTreeHoldsWhatAReaderExpects() throws {
        let expected: Set = ["Package.swift", "README.md", "Sources", "Tests", "topics", "deploy", "LICENSE"]
        guard let tracked = try Tree.tracked() else { return }
        for name in Set(tracked.compactMap { $0.split(separator: "/").first.map(String.init) }).sorted() {
            #expect(
                expected.contains(name) || name.hasPrefix("."),
                "'\(name)' lies at the top: move it to the folder that it belongs to")
        }
    }

    static let linesMax = 600

    @Test func noSourceIsTooLongToHoldInTheHead() throws {
        for path in Tree.files(under: "Sources", ending: ".swift") + Tree.files(under: "Sources", ending: ".cpp") {
            let count = try Tree.text(path).split(separator: "\n", omittingEmptySubsequences: false).count - 1
            #expect(
                count <= Self.linesMax,
                "\(path) has \(count) lines, over \(Self.linesMax): give each subject its own file")
        }
    }
}

@Suite struct RuleTests {
    private func lines(_ word: String, _ source: String) -> [Int]? {
        WordRule.all.first { $0.word == word }?.lines(in: source)
    }

    @Test func aWordInCodeIsFoundWithItsLine() {
        #expect(lines("Date()", "let a = 1\nlet b = Date()\n") == [2])
        #expect(lines("try!", "let a = f(try! g())") == [1])
        #expect(lines(".random(", "let a = Int\n    .random(in: 0...1)") == [2])
    }

    @Test func aWordInACommentOrTextIsNot() {
        let source = #"""
            // Date()
            /* Date() /* Date() */ Date() */
            let a = "Date() \" Date()"
            let b = #"Date() " Date()"#
            let c = """
                Date() " Date()
                """
            """#
        #expect(lines("Date()", source) == [])
    }

    @Test func anInterpolationIsCode() {
        #expect(lines("Date()", #"let a = "at \(f(Date(), "x)")) Date()""#) == [1])
        #expect(lines("Date()", ##"let a = #"at \(Date()) \#(g(Date()))"#"## + "\nlet b = Date()") == [1, 2])
        #expect(lines("Date()", ##"let a = #"at \(Date())"#"##) == [])
    }

    @Test func aLongerWordIsAnotherWord() {
        #expect(lines("Date()", "validDate(); let x = CivilDate()") == [])
        #expect(lines("usleep(", "mausleep(1)") == [])
    }

    @Test func importsAreFoundInEveryForm() {
        let source = """
            public import A
            @testable import B
            import struct C.Thing
            // import D
            let text = "import E"
            @preconcurrency internal import F.Part; import G
            important()
            """
        #expect(SwiftText.imports(of: source) == ["A", "B", "C", "F", "G"])
    }
}
