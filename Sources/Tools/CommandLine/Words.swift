/// Amounts as a person would write them; not for files that a program reads.
public enum Words {
    /// `12,345`
    public static func count(_ number: Int) -> String {
        let digits = Array(String(number.magnitude))
        var text = number < 0 ? "-" : ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index).isMultiple(of: 3) { text += "," }
            text.append(digit)
        }
        return text
    }

    /// `1 child`, `3 children`
    public static func count(_ number: Int, _ one: String, _ many: String) -> String {
        "\(count(number)) \(number == 1 ? one : many)"
    }

    /// `73 %`; a dash where there is nothing to take a share of.
    public static func share(_ part: Int, of whole: Int) -> String {
        whole == 0 ? "–" : "\((Double(part) * 100 / Double(whole)).rounded().formatted(decimals: 0)) %"
    }

    /// The two largest units: `2 days 3 hours`, `4 minutes 5 seconds`; below ten seconds `1.4 seconds`, below one
    /// `12 milliseconds`.
    public static func duration(_ duration: Duration) -> String {
        let (whole, attoseconds) = duration.components
        let magnitude = Double(whole) + Double(attoseconds) / 1e18
        let sign = magnitude < 0 ? "minus " : ""
        let seconds = abs(magnitude)
        if seconds == 0 { return "0 seconds" }
        if seconds < 0.9995 {
            let milliseconds = Int((seconds * 1000).rounded())
            return sign
                + (milliseconds == 0 ? "under 1 millisecond" : count(milliseconds, "millisecond", "milliseconds"))
        }
        if seconds < 9.95 {
            let tenths = seconds.formatted(decimals: 1)
            return sign + (tenths == "1.0" ? "1 second" : "\(tenths) seconds")
        }
        var rest = Int(seconds.rounded())
        var parts: [String] = []
        let units = [
            (86_400, "day", "days"), (3_600, "hour", "hours"), (60, "minute", "minutes"), (1, "second", "seconds"),
        ]
        for (size, one, many) in units {
            let amount = rest / size
            rest %= size
            if amount > 0 { parts.append(count(amount, one, many)) }
            if amount == 0, !parts.isEmpty { break }
            if parts.count == 2 { break }
        }
        return sign + parts.joined(separator: " ")
    }

    /// Decimal units, as discs are sold: `512 bytes`, `1.4 kB`, `290 MB`.
    public static func bytes(_ number: Int) -> String {
        guard number >= 1000 else { return count(number, "byte", "bytes") }
        var amount = Double(number)
        var unit = ""
        for next in ["kB", "MB", "GB", "TB", "PB"] where unit.isEmpty || amount >= 999.5 {
            amount /= 1000
            unit = next
        }
        return "\(amount.formatted(decimals: amount < 9.95 ? 1 : 0)) \(unit)"
    }
}

extension Double {
    /// With none or one decimal; Foundation's formatter would be the only reason to link it here.
    fileprivate func formatted(decimals: Int) -> String {
        decimals == 0
            ? String(Int(rounded()))
            : String(Int((self * 10).rounded()) / 10) + "." + String(Int((self * 10).rounded()) % 10)
    }
}
