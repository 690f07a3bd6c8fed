/// Prometheus's text format: `# HELP`, `# TYPE`, and a line a value.
public struct MetricsText: Sendable {
    public enum Kind: String, Sendable { case gauge, counter, histogram }

    public private(set) var text = ""

    public init() {}

    /// Begins a family; its values follow.
    public mutating func family(_ name: StaticString, _ kind: Kind, _ help: StaticString) {
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n"
    }

    public mutating func value(_ name: String, _ value: Double) { self.value(name, [], value) }

    public mutating func value(_ name: String, _ labels: [(StaticString, String)], _ value: Double) {
        text += name
        if !labels.isEmpty {
            text += "{" + labels.map { "\($0)=\"\(MetricsText.escaped($1))\"" }.joined(separator: ",") + "}"
        }
        text += value == value.rounded() && abs(value) < 1e15 ? " \(Int64(value))\n" : " \(value)\n"
    }

    static func escaped(_ text: String) -> String {
        var escaped = ""
        for character in text {
            switch character {
            case "\\": escaped += "\\\\"
            case "\"": escaped += "\\\""
            case "\n": escaped += "\\n"
            default: escaped.append(character)
            }
        }
        return escaped
    }
}
