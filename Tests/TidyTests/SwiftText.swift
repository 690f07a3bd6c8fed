/// Swift source without its comments and literal texts: what is left is code, line for line. Interpolations are code
/// and stay.
struct SwiftText {
    private let source: [UInt8]
    private var place = 0
    private var code: [UInt8] = []

    static func code(of text: String) -> String {
        var scanner = SwiftText(source: Array(text.utf8))
        scanner.scanCode(untilParenthesis: false)
        return String(decoding: scanner.code, as: UTF8.self)
    }

    /// The modules that a source imports, whatever stands before the word.
    static func imports(of text: String) -> [String] {
        let kinds: Set = ["struct", "class", "enum", "protocol", "func", "var", "let", "typealias"]
        let modifiers: Set = [
            "public", "package", "internal", "fileprivate", "private", "@testable", "@preconcurrency",
        ]
        var modules: [String] = []
        for line in code(of: text).split(separator: "\n") {
            for statement in line.split(separator: ";") {
                var words = statement.split(whereSeparator: \.isWhitespace).drop { modifiers.contains(String($0)) }
                guard words.popFirst() == "import" else { continue }
                if let kind = words.first, kinds.contains(String(kind)) { words = words.dropFirst() }
                if let module = words.first?.split(separator: ".").first { modules.append(String(module)) }
            }
        }
        return modules
    }

    private init(source: [UInt8]) { self.source = source }

    private func looksAt(_ word: StaticString, from offset: Int = 0) -> Bool {
        let count = word.utf8CodeUnitCount
        guard place + offset + count <= source.count else { return false }
        for index in 0..<count where source[place + offset + index] != word.utf8Start[index] { return false }
        return true
    }

    private mutating func skip(_ count: Int) {
        for _ in 0..<count where place < source.count {
            if source[place] == UInt8(ascii: "\n") { code.append(UInt8(ascii: "\n")) }
            place += 1
        }
    }

    private mutating func scanCode(untilParenthesis: Bool) {
        var depth = 0
        while place < source.count {
            if looksAt("//") {
                while place < source.count, source[place] != UInt8(ascii: "\n") { place += 1 }
            } else if looksAt("/*") {
                skipBlockComment()
            } else if let hashes = beginOfText() {
                scanText(hashes: hashes)
            } else {
                let byte = source[place]
                if byte == UInt8(ascii: "(") { depth += 1 }
                if byte == UInt8(ascii: ")") {
                    depth -= 1
                    if untilParenthesis, depth == 0 {
                        code.append(byte)
                        place += 1
                        return
                    }
                }
                code.append(byte)
                place += 1
            }
        }
    }

    private mutating func skipBlockComment() {
        var depth = 0
        repeat {
            if looksAt("/*") {
                depth += 1
                skip(2)
            } else if looksAt("*/") {
                depth -= 1
                skip(2)
            } else {
                skip(1)
            }
        } while depth > 0 && place < source.count
    }

    /// The number of `#` before the quotation mark here; nil where no literal begins.
    private func beginOfText() -> Int? {
        var hashes = 0
        while place + hashes < source.count, source[place + hashes] == UInt8(ascii: "#") { hashes += 1 }
        return looksAt("\"", from: hashes) ? hashes : nil
    }

    private mutating func scanText(hashes: Int) {
        skip(hashes)
        let quotes = looksAt("\"\"\"") ? 3 : 1
        skip(quotes)
        code.append(UInt8(ascii: "\""))
        while place < source.count {
            if isRun(of: UInt8(ascii: "\""), quotes, thenHashes: hashes) {
                skip(quotes + hashes)
                break
            }
            guard isRun(of: UInt8(ascii: "\\"), 1, thenHashes: hashes) else {
                skip(1)
                continue
            }
            skip(1 + hashes)
            if looksAt("(") { scanCode(untilParenthesis: true) } else { skip(1) }
        }
        code.append(UInt8(ascii: "\""))
    }

    private func isRun(of byte: UInt8, _ count: Int, thenHashes hashes: Int) -> Bool {
        guard place + count + hashes <= source.count else { return false }
        return (0..<count).allSatisfy { source[place + $0] == byte }
            && (0..<hashes).allSatisfy { source[place + count + $0] == UInt8(ascii: "#") }
    }
}
