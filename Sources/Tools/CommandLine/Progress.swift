/// How far a long piece of work is, on standard error: a bar on a terminal, else a plain line now and then, so that a
/// log of CI stays readable.
public struct Progress: Sendable {
    /// Redrawing more often is not seen and costs time.
    static let redrawInterval = Duration.milliseconds(100)
    /// Between plain lines.
    static let lineInterval = Duration.seconds(5)

    private let label: String
    private let unit: String
    private let total: Int
    private let terminal: Terminal
    private let start: Duration
    private var lastShown: Duration
    private var isDrawn = false
    private var done = 0

    /// - Parameters:
    ///   - label: "Playing the week"
    ///   - total: how many there are, at least one.
    ///   - unit: "contacts"
    public init(_ label: String, total: Int, unit: String, terminal: Terminal) {
        self.label = label
        self.total = max(1, total)
        self.unit = unit
        self.terminal = terminal
        start = terminal.elapsed()
        // The bar stands at once; the first plain line comes only where the work takes long enough to want it.
        lastShown = terminal.errors.isTerminal ? start - Self.redrawInterval : start
    }

    /// Cheap enough to be called for every record.
    public mutating func update(_ done: Int) {
        self.done = min(max(done, 0), total)
        let now = terminal.elapsed()
        let interval = terminal.errors.isTerminal ? Self.redrawInterval : Self.lineInterval
        guard now - lastShown >= interval else { return }
        lastShown = now
        if terminal.errors.isTerminal {
            isDrawn = true
            terminal.errors.write("\r\(bar())\u{1B}[K")
        } else {
            terminal.errors.write("\(label): \(state())\n")
        }
    }

    /// Removes the bar; the caller says what came of it.
    public mutating func finish() {
        guard isDrawn else { return }
        isDrawn = false
        terminal.errors.write("\r\u{1B}[K")
    }

    private func state() -> String {
        "\(Words.count(done)) of \(Words.count(total)) \(unit), \(done * 100 / total) %"
    }

    private func bar() -> String {
        let room = min(30, max(5, terminal.columns - TextLayout.width(label) - 45))
        let filled = done * room / total
        let drawn = String(repeating: "█", count: filled) + String(repeating: "░", count: room - filled)
        return TextLayout.truncated("\(label) \(drawn) \(state())", to: max(1, terminal.columns - 1))
    }
}
