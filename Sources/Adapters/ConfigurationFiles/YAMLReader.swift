import CYAML

/// Builds the tree from libyaml's events. The parser is freed on every way out.
struct YAMLReader: ~Copyable {
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let file: String
    private var nodes = 0

    static func root(of bytes: [UInt8], file: String) throws(ConfigurationProblem) -> YAMLNode {
        // libyaml keeps the pointer until the parser is deleted, so all reading happens inside the closure; its result
        // leaves by hand because a closure of the standard library does not carry the typed error.
        let result: Result<YAMLNode, ConfigurationProblem> = bytes.withUnsafeBufferPointer { input in
            guard var reader = YAMLReader(input: input, file: file) else {
                return .failure(
                    ConfigurationProblem(
                        file: file, message: "no memory for the YAML parser", remedy: "Free some memory"))
            }
            do throws(ConfigurationProblem) { return .success(try reader.readRoot()) } catch { return .failure(error) }
        }
        return try result.get()
    }

    private init?(input: UnsafeBufferPointer<UInt8>, file: String) {
        let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
        guard yaml_parser_initialize(parser) == 1 else {
            parser.deallocate()
            return nil
        }
        yaml_parser_set_input_string(parser, input.baseAddress, input.count)
        // Without this libyaml guesses UTF-16 from a byte order mark; the files are UTF-8 and nothing else.
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        self.parser = parser
        self.file = file
    }

    deinit {
        yaml_parser_delete(parser)
        parser.deallocate()
    }

    // MARK: Structure

    private mutating func readRoot() throws(ConfigurationProblem) -> YAMLNode {
        guard case .begin = try next().kind else { throw internalProblem() }
        let start = try next()
        guard case .documentStart(let hasDirective) = start.kind else {
            throw problem(start.place, "the file holds no document", "Write at least one 'key: value'")
        }
        if hasDirective {
            throw problem(start.place, "directives (%YAML, %TAG) are not allowed", "Remove the line")
        }
        let root = try node(from: try next(), depth: 0)
        guard case .documentEnd = try next().kind else { throw internalProblem() }
        let end = try next()
        guard case .end = end.kind else {
            throw problem(end.place, "a second document begins here", "Keep one document in a file: remove the '---'")
        }
        return root
    }

    private mutating func node(from event: Event, depth: Int) throws(ConfigurationProblem) -> YAMLNode {
        nodes += 1
        guard nodes <= YAMLDocument.nodesMax else {
            throw problem(event.place, "the file has more than \(YAMLDocument.nodesMax) values", "Split it")
        }
        switch event.kind {
        case .scalar(let text, let isPlain): return try scalar(text, isPlain: isPlain, at: event.place)
        case .listStart: return try list(at: event.place, depth: depth + 1)
        case .mapStart: return try map(at: event.place, depth: depth + 1)
        default: throw internalProblem()
        }
    }

    private func check(depth: Int, at place: YAMLPlace) throws(ConfigurationProblem) {
        guard depth <= YAMLDocument.depthMax else {
            throw problem(
                place, "lists and maps are nested more than \(YAMLDocument.depthMax) deep", "Flatten the file")
        }
    }

    private func scalar(
        _ text: String, isPlain: Bool, at place: YAMLPlace
    ) throws(ConfigurationProblem) -> YAMLNode {
        guard isPlain else { return YAMLNode(.text(text), at: place) }
        switch YAMLScalar.read(plain: text) {
        case .content(let content): return YAMLNode(content, at: place)
        case .refused(let message, let remedy): throw problem(place, message, remedy)
        }
    }

    private mutating func list(at place: YAMLPlace, depth: Int) throws(ConfigurationProblem) -> YAMLNode {
        try check(depth: depth, at: place)
        var items: [YAMLNode] = []
        while true {
            let event = try next()
            if case .listEnd = event.kind { return YAMLNode(.list(items), at: place) }
            items.append(try node(from: event, depth: depth))
        }
    }

    private mutating func map(at place: YAMLPlace, depth: Int) throws(ConfigurationProblem) -> YAMLNode {
        try check(depth: depth, at: place)
        var entries: [YAMLEntry] = []
        var lines: [String: Int] = [:]
        while true {
            let event = try next()
            if case .mapEnd = event.kind { return YAMLNode(.map(entries), at: place) }
            guard case .scalar(let key, let isPlain) = event.kind else {
                throw problem(event.place, "a key must be a text", "Write 'name: value'")
            }
            if isPlain, key == "<<" {
                throw problem(event.place, "merge keys are not allowed", "Write the fields out")
            }
            if let line = lines.updateValue(event.place.line, forKey: key) {
                throw problem(
                    event.place, "the key '\(key)' stands twice in one map, first in line \(line)", "Keep one of them")
            }
            let value = try node(from: try next(), depth: depth)
            entries.append(YAMLEntry(key: key, keyPlace: event.place, value: value))
        }
    }

    // MARK: Events

    private struct Event {
        enum Kind {
            case begin, end, documentEnd, listStart, listEnd, mapStart, mapEnd
            case documentStart(hasDirective: Bool)
            case scalar(String, isPlain: Bool)
        }
        var kind: Kind
        var place: YAMLPlace
    }

    private func next() throws(ConfigurationProblem) -> Event {
        var raw = yaml_event_t()
        guard yaml_parser_parse(parser, &raw) == 1 else { throw syntaxProblem() }
        defer { yaml_event_delete(&raw) }
        let place = Self.place(raw.start_mark)
        switch raw.type {
        case YAML_STREAM_START_EVENT: return Event(kind: .begin, place: place)
        case YAML_STREAM_END_EVENT: return Event(kind: .end, place: place)
        case YAML_DOCUMENT_START_EVENT:
            let start = raw.data.document_start
            let hasDirective =
                start.version_directive != nil || start.tag_directives.start != start.tag_directives.end
            return Event(kind: .documentStart(hasDirective: hasDirective), place: place)
        case YAML_DOCUMENT_END_EVENT: return Event(kind: .documentEnd, place: place)
        case YAML_ALIAS_EVENT:
            throw problem(place, "aliases ('*name') are not allowed", "Write the value out")
        case YAML_SCALAR_EVENT:
            let scalar = raw.data.scalar
            try refuse(anchor: scalar.anchor, tag: scalar.tag, at: place)
            let text = String(decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self)
            return Event(kind: .scalar(text, isPlain: scalar.style == YAML_PLAIN_SCALAR_STYLE), place: place)
        case YAML_SEQUENCE_START_EVENT:
            try refuse(anchor: raw.data.sequence_start.anchor, tag: raw.data.sequence_start.tag, at: place)
            return Event(kind: .listStart, place: place)
        case YAML_SEQUENCE_END_EVENT: return Event(kind: .listEnd, place: place)
        case YAML_MAPPING_START_EVENT:
            try refuse(anchor: raw.data.mapping_start.anchor, tag: raw.data.mapping_start.tag, at: place)
            return Event(kind: .mapStart, place: place)
        case YAML_MAPPING_END_EVENT: return Event(kind: .mapEnd, place: place)
        default: throw internalProblem()
        }
    }

    private func refuse(
        anchor: UnsafeMutablePointer<yaml_char_t>?, tag: UnsafeMutablePointer<yaml_char_t>?, at place: YAMLPlace
    ) throws(ConfigurationProblem) {
        if anchor != nil {
            throw problem(place, "anchors ('&name') are not allowed", "Write the value out where it is needed")
        }
        if tag != nil { throw problem(place, "tags ('!name') are not allowed", "Remove the tag; quote a text instead") }
    }

    // MARK: Problems

    private static func place(_ mark: yaml_mark_t) -> YAMLPlace {
        YAMLPlace(line: Int(mark.line) + 1, column: Int(mark.column) + 1)
    }

    private func problem(_ place: YAMLPlace, _ message: String, _ remedy: String) -> ConfigurationProblem {
        ConfigurationProblem(file: file, line: place.line, column: place.column, message: message, remedy: remedy)
    }

    private func internalProblem() -> ConfigurationProblem {
        ConfigurationProblem(
            file: file, message: "the YAML parser sent an event out of order", remedy: "Check the installed libyaml")
    }

    private func syntaxProblem() -> ConfigurationProblem {
        let message = parser.pointee.problem.map { String(cString: $0) } ?? "this is not YAML"
        switch parser.pointee.error {
        case YAML_READER_ERROR:
            return ConfigurationProblem(
                file: file, message: "\(message), at byte \(parser.pointee.problem_offset)",
                remedy: "Save the file as UTF-8 without control characters")
        case YAML_MEMORY_ERROR:
            return ConfigurationProblem(
                file: file, message: "no memory for the YAML parser", remedy: "Free some memory")
        default:
            return problem(
                Self.place(parser.pointee.problem_mark), message,
                "Check indentation (spaces, no tabs), colons and quotes here and in the line before")
        }
    }
}
