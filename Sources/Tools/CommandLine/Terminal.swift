import Glibc

/// Where a command writes: results to standard output, everything else to standard error. Tests give their own.
public struct Terminal: Sendable {
    public struct Stream: Sendable {
        /// A person looks at it: bars, cut tables and colour are welcome.
        public var isTerminal: Bool
        public var write: @Sendable (String) -> Void

        public init(isTerminal: Bool, write: @escaping @Sendable (String) -> Void) {
            self.isTerminal = isTerminal
            self.write = write
        }
    }

    public var output: Stream
    public var errors: Stream
    /// Of standard output, or 80 where nobody knows.
    public var columns: Int
    /// Colour is wanted on standard output: a terminal, and `NO_COLOR` not set.
    public var isColoured: Bool
    /// Time since any fixed moment; for progress only.
    public var elapsed: @Sendable () -> Duration

    public init(
        output: Stream, errors: Stream, columns: Int, isColourWanted: Bool, elapsed: @escaping @Sendable () -> Duration
    ) {
        self.output = output
        self.errors = errors
        self.columns = columns
        isColoured = output.isTerminal && isColourWanted
        self.elapsed = elapsed
    }

    /// The process's own streams. `NO_COLOR` (any value) and `TERM=dumb` switch colour off.
    public static func standard(environment: [String: String]) -> Terminal {
        let wantsColour = (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb"
        var size = winsize()
        let known = ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
        let start = ContinuousClock.now
        return Terminal(
            output: stream(STDOUT_FILENO), errors: stream(STDERR_FILENO),
            columns: known ? Int(size.ws_col) : 80, isColourWanted: wantsColour,
            elapsed: { ContinuousClock.now - start })
    }

    /// Writes nowhere: for what runs inside another command.
    public static let silent = Terminal(
        output: Stream(isTerminal: false, write: { _ in }), errors: Stream(isTerminal: false, write: { _ in }),
        columns: 80, isColourWanted: false, elapsed: { .zero })

    /// One line of result.
    public func print(_ line: String = "") { output.write(line + "\n") }

    /// One line of remark.
    public func remark(_ line: String) { errors.write(line + "\n") }

    public func print(_ table: Table) { output.write(table.rendered(for: self)) }

    /// The text, coloured where colour is wanted.
    public func styled(_ text: String, _ style: Style) -> String { isColoured ? style.applied(to: text) : text }

    /// A text from outside, safe to show: control characters, which could steer the terminal, become blanks.
    public static func harmless(_ text: String) -> String {
        var shown = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            let isControl = scalar.properties.generalCategory == .control && scalar != "\n"
            shown.append(isControl ? " " : scalar)
        }
        return String(shown)
    }

    /// Unbuffered: a kill loses no line that was reported. A reader that went away ends the output, not the work.
    private static func stream(_ descriptor: Int32) -> Stream {
        Stream(isTerminal: isatty(descriptor) == 1) { text in
            var text = text
            text.withUTF8 { bytes in
                var rest = UnsafeRawBufferPointer(bytes)
                while !rest.isEmpty {
                    let written = Glibc.write(descriptor, rest.baseAddress, rest.count)
                    if written > 0 {
                        rest = UnsafeRawBufferPointer(rebasing: rest[written...])
                    } else if errno != EINTR {
                        return
                    }
                }
            }
        }
    }
}

/// The few styles in use, by what they mean.
public enum Style: Sendable {
    case bold, faint, red, amber, green

    func applied(to text: String) -> String {
        let code =
            switch self {
            case .bold: "1"
            case .faint: "2"
            case .red: "31"
            case .amber: "33"
            case .green: "32"
            }
        return "\u{1B}[\(code)m\(text)\u{1B}[0m"
    }
}
