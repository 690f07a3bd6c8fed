/// A table of texts. Numbers stand right, texts left; what is cut is cut only where a person looks at a terminal, never
/// where a script reads.
public struct Table: Sendable {
    public struct Column: Sendable {
        public enum Alignment: Sendable { case left, right }
        public var title: String
        public var alignment: Alignment
        /// Gives way where the terminal is too narrow.
        public var isFlexible: Bool

        public init(_ title: String, alignment: Alignment = .left, isFlexible: Bool = false) {
            self.title = title
            self.alignment = alignment
            self.isFlexible = isFlexible
        }

        public static func text(_ title: String) -> Column { Column(title) }
        public static func number(_ title: String) -> Column { Column(title, alignment: .right) }
        public static func longText(_ title: String) -> Column { Column(title, isFlexible: true) }
    }

    /// Columns that a flexible column keeps at least.
    static let flexibleWidthMin = 8

    public var columns: [Column]
    public private(set) var rows: [[String]] = []

    public init(_ columns: [Column]) { self.columns = columns }

    /// Missing cells are empty, cells without a column are dropped. A line break or control character in a cell would
    /// forge lines or steer the terminal; each becomes a blank.
    public mutating func add(_ cells: [String]) {
        rows.append(
            columns.indices.map { $0 < cells.count ? Terminal.harmless(cells[$0]).replacing("\n", with: " ") : "" })
    }

    /// - Parameters:
    ///   - width: columns of the terminal; nil: nothing is cut.
    ///   - isColoured: the titles are bold.
    /// - Returns: the lines, each ended by a line break.
    public func rendered(width: Int? = nil, isColoured: Bool = false) -> String {
        let widths = self.widths(within: width)
        var text = ""
        let titles = line(columns.map(\.title), widths)
        text += (isColoured ? Style.bold.applied(to: titles) : titles) + "\n"
        text += widths.map { String(repeating: "─", count: $0) }.joined(separator: "  ") + "\n"
        for row in rows { text += line(row, widths) + "\n" }
        return text
    }

    /// As the terminal's standard output would show it.
    public func rendered(for terminal: Terminal) -> String {
        rendered(width: terminal.output.isTerminal ? terminal.columns : nil, isColoured: terminal.isColoured)
    }

    private func widths(within limit: Int?) -> [Int] {
        var widths = columns.indices.map { index in
            max(TextLayout.width(columns[index].title), rows.map { TextLayout.width($0[index]) }.max() ?? 0)
        }
        guard let limit else { return widths }
        var excess = widths.reduce(0, +) + 2 * max(0, widths.count - 1) - limit
        while excess > 0 {
            // The widest gives way first, so that no column vanishes beside one that is hardly cut.
            let candidates = columns.indices.filter { columns[$0].isFlexible && widths[$0] > Self.flexibleWidthMin }
            guard let widest = candidates.max(by: { widths[$0] < widths[$1] }) else { break }
            widths[widest] -= 1
            excess -= 1
        }
        return widths
    }

    private func line(_ cells: [String], _ widths: [Int]) -> String {
        var parts: [String] = []
        for (index, cell) in cells.enumerated() {
            let cut = TextLayout.truncated(cell, to: widths[index])
            parts.append(TextLayout.padded(cut, to: widths[index], right: columns[index].alignment == .right))
        }
        var line = parts.joined(separator: "  ")
        while line.last == " " { line.removeLast() }
        return line
    }
}
