/// How a plain scalar is read: the core schema of YAML 1.2 (§10.3.2), narrowed so that no code changes on the way.
///
/// `10:30`, `2026-01-31`, `no` and `E09000007` stay text. What the core schema would read as a number and JSON would
/// then write differently (`0123`, `+44…`, `0x1F`) is refused instead of guessed at.
enum YAMLScalar {
    enum Reading {
        case content(YAMLNode.Content)
        case refused(message: String, remedy: String)
    }

    static func read(plain text: String) -> Reading {
        switch text {
        case "", "~", "null": return .content(.null)
        case "true": return .content(.truth(true))
        case "false": return .content(.truth(false))
        default: break
        }
        let bytes = Array(text.utf8)
        guard let shape = shape(of: bytes) else { return .content(.text(text)) }
        switch shape {
        case .refused(let message):
            return .refused(
                message: message,
                remedy: "Put it in quotes if it is a code or a telephone number, else write it plainly")
        case .integer:
            guard let number = Int64(text) else {
                return .refused(
                    message: "this number is beyond 64 bits", remedy: "Put it in quotes if it is a code")
            }
            return .content(.integer(number))
        case .number:
            guard let number = Double(text), number.isFinite else {
                return .refused(message: "this number is too large", remedy: "Write a smaller one")
            }
            return .content(.number(number))
        }
    }

    private enum Shape {
        case integer
        case number
        case refused(String)
    }

    /// Nil: a text.
    private static func shape(of bytes: [UInt8]) -> Shape? {
        var rest = bytes[...]
        var signed = false
        if let first = rest.first, first == UInt8(ascii: "-") || first == UInt8(ascii: "+") {
            signed = first == UInt8(ascii: "+")
            rest = rest.dropFirst()
        }
        if [".inf", ".Inf", ".INF", ".nan", ".NaN", ".NAN"].contains(String(decoding: rest, as: UTF8.self)) {
            return .refused("infinity and 'not a number' have no place here")
        }
        let whole = rest.prefix(while: isDigit)
        rest = rest.dropFirst(whole.count)
        if whole.elementsEqual([UInt8(ascii: "0")]), let mark = rest.first, rest.count > 1 {
            let digits = rest.dropFirst()
            if mark == UInt8(ascii: "x"), digits.allSatisfy(isHexDigit) { return .refused("a hexadecimal number") }
            if mark == UInt8(ascii: "o"), digits.allSatisfy({ (48...55).contains($0) }) {
                return .refused("an octal number")
            }
        }
        var fraction: ArraySlice<UInt8>?
        if rest.first == UInt8(ascii: ".") {
            rest = rest.dropFirst()
            let digits = rest.prefix(while: isDigit)
            rest = rest.dropFirst(digits.count)
            fraction = digits
        }
        guard !whole.isEmpty || !(fraction ?? []).isEmpty else { return nil }
        var hasExponent = false
        if let mark = rest.first, mark == UInt8(ascii: "e") || mark == UInt8(ascii: "E") {
            rest = rest.dropFirst()
            if let sign = rest.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") { rest = rest.dropFirst() }
            guard !rest.isEmpty else { return nil }
            rest = rest.drop(while: isDigit)
            hasExponent = true
        }
        guard rest.isEmpty else { return nil }
        if signed { return .refused("a number with a leading plus would lose it") }
        if whole.count > 1, whole.first == UInt8(ascii: "0") {
            return .refused("a number with leading zeros would lose them")
        }
        return fraction == nil && !hasExponent ? .integer : .number
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        isDigit(byte) || (65...70).contains(byte) || (97...102).contains(byte)
    }
}
