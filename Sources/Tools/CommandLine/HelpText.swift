/// The text of `--help`, made from the declaration.
enum HelpText {
    /// - Parameter chain: the commands from the root to the one asked about.
    static func text(of chain: [Command], columns: Int) -> String {
        guard let command = chain.last else { return "" }
        let columns = min(max(columns, 40), 100)
        let path = chain.map(\.name).joined(separator: " ")
        var sections = ["\(path): \(command.summary)", usage(command, path)]
        if !command.discussion.isEmpty {
            sections += command.discussion.split(separator: "\n\n").map {
                TextLayout.wrapped($0.split(whereSeparator: \.isWhitespace).joined(separator: " "), columns: columns)
                    .joined(separator: "\n")
            }
        }
        add("Commands", command.subcommands.map { ($0.name, $0.summary) }, columns, &sections)
        add("Arguments", command.arguments.map { ($0.shape.name, $0.shape.help) }, columns, &sections)
        let inherited = chain.dropLast().reversed().flatMap(\.options)
        let options = (command.options + inherited).map(\.shape)
        add("Options", options.map(row) + [("-h, --help", "show this text")], columns, &sections)
        let variables = options.compactMap { shape in
            shape.environment.map { ($0, "used where --\(shape.name) is not given") }
        }
        let described = chain.reversed().flatMap(\.environment).map { ($0.name, $0.whatItDoes) }
        add("Environment", variables + described, columns, &sections)
        let always: [ExitCode] = [.ok, .usage, .internalError]
        let codes = ExitCode.allCases.filter { code in
            always.contains(code) || chain.contains { $0.exitCodes.contains(code) }
        }
        add("Exit codes", codes.map { (String($0.rawValue), $0.meaning) }, columns, &sections)
        if !command.examples.isEmpty {
            let lines = command.examples.flatMap { ["  # \($0.whatItDoes)", "  \($0.command)"] }
            sections.append((["Examples:"] + lines).joined(separator: "\n"))
        }
        if !command.subcommands.isEmpty {
            sections.append("'\(path) help COMMAND' says more about one.")
        }
        return sections.joined(separator: "\n\n") + "\n"
    }

    private static func usage(_ command: Command, _ path: String) -> String {
        var words = [path]
        for option in command.options.map(\.shape) where option.isRequired {
            words.append("--\(option.name) \(option.placeholder ?? "")")
        }
        words.append("[options]")
        if command.run == nil { words.append("COMMAND") }
        for argument in command.arguments.map(\.shape) {
            let name = argument.isRepeatable ? "\(argument.name)..." : argument.name
            words.append(argument.countMin == 0 ? "[\(name)]" : name)
        }
        return "Usage: " + words.joined(separator: " ")
    }

    private static func row(_ shape: OptionShape) -> (String, String) {
        var term = shape.short.map { "-\($0), " } ?? ""
        term += "--\(shape.name)"
        if let placeholder = shape.placeholder { term += " \(placeholder)" }
        var notes: [String] = []
        if let text = shape.defaultText, !text.isEmpty { notes.append("default: \(text)") }
        if shape.isRequired { notes.append("required") }
        if shape.isRepeatable { notes.append("may be repeated") }
        return (term, notes.isEmpty ? shape.help : "\(shape.help) (\(notes.joined(separator: ", ")))")
    }

    private static func add(
        _ title: String, _ rows: [(String, String)], _ columns: Int, _ sections: inout [String]
    ) {
        guard !rows.isEmpty else { return }
        let termWidth = min(rows.map { TextLayout.width($0.0) }.max() ?? 0, 26)
        var lines = ["\(title):"]
        for (term, help) in rows {
            let wrapped = TextLayout.wrapped(help, columns: columns - termWidth - 4)
            let indent = String(repeating: " ", count: termWidth + 4)
            // A term too long for its column gets a line of its own.
            if TextLayout.width(term) > termWidth {
                lines.append("  \(term)")
                lines += wrapped.map { indent + $0 }
            } else {
                lines.append("  \(TextLayout.padded(term, to: termWidth))  \(wrapped.first ?? "")")
                lines += wrapped.dropFirst().map { indent + $0 }
            }
        }
        sections.append(lines.joined(separator: "\n"))
    }
}
