import EventLog

/// Invariant 7: no personal value in a key, a header, a topic's name, the facts of the room, an alert, what a dead
/// letter says openly, or in what leaves the room beside the particulars that it is for.
final class Openness {
    private let findings: Findings
    private let markers: Markers

    init(_ findings: Findings, _ plan: CheckPlan) {
        self.findings = findings
        markers = Markers(plan.markers)
    }

    func names(of topics: [TopicSpecification]) {
        for (place, specification) in topics.enumerated() {
            let found = markers.first(in: Array(specification.topic.name.utf8)[...])
            findings.expect(7, found == nil, "\(found?.rawValue ?? "") in the name of topic \(place) of the list")
        }
    }

    func keyAndHeaders(of stored: StoredRecord, _ record: LogRecord) {
        var found = stored.key.flatMap { markers.first(in: $0[...]) }
        stored.headers.forEach { name, value in
            found = found ?? markers.first(in: name) ?? markers.first(in: value)
        }
        findings.expect(7, found == nil, "\(found?.rawValue ?? "") in key or headers: \(record.position)")
    }

    func room(_ record: LogRecord) {
        guard let value = record.value else { return }
        // Who takes part and by what policy: names of services and of staff, written by the hub's own operators.
        guard !record.type.hasSuffix(".adopted") else { return }
        judge(value, record) { $0 == "sealed" }
        if let sealed = value["sealed"] { judgeSealed(sealed, record) }
    }

    func deadLetter(_ record: LogRecord) {
        guard let value = record.value else { return }
        judge(value, record) { $0 == "original" }
        if let sealed = value["original"] { judgeSealed(sealed, record) }
    }

    func outgoing(_ record: LogRecord, _ audience: TopicRole.Audience) {
        guard let value = record.value else { return }
        switch (audience, record.type) {
        case (.agency, "return.requested"): judge(value, record) { $0 == "child" }
        case (.team, "entry.updated"):
            judge(value, record) { ["child", "narrative", "concerns", "return"].contains($0) }
        default: judge(value, record) { _ in false }
        }
    }

    /// Judges all of an object but the members of its own level that are left out.
    private func judge(_ value: Node, _ record: LogRecord, leavingOut isLeftOut: (String) -> Bool) {
        var found: Markers.Finding?
        value.forEachMember { name, member in
            guard found == nil, let text = name.text, !isLeftOut(text) else { return }
            found = search(name, under: "") ?? search(member, under: text)
        }
        findings.expect(7, found == nil, "\(found?.rawValue ?? "") in the open: \(record.position)")
    }

    /// Dates of what happened and the working of due times are the hub's own to write.
    private static let dated: Set = ["eventDate", "working", "expectedDate", "due", "since", "start"]
    /// Counted by the hub: milliseconds, bytes, milli-bits.
    private static let counted: Set = ["latenessMilliseconds", "length", "milliBits", "score"]

    private func search(_ node: Node, under name: String) -> Markers.Finding? {
        switch node.kind {
        case .string:
            let raw = node.document.bytes[node.range]
            let dates = !Openness.dated.contains(name)
            guard node.isEscaped else { return markers.first(in: raw, dates: dates) }
            return markers.first(in: Escapes.removed(from: raw)[...], dates: dates)
        case .number:
            guard !Openness.counted.contains(name) else { return nil }
            return markers.first(in: node.document.bytes[node.range])
        case .array:
            for element in node.elements {
                if let found = search(element, under: name) { return found }
            }
            return nil
        case .object:
            var found: Markers.Finding?
            node.forEachMember { key, value in
                guard found == nil else { return }
                found = search(key, under: "") ?? search(value, under: key.text ?? "")
            }
            return found
        case .yes, .no, .null: return nil
        }
    }

    /// A part that is called sealed and is plain JSON was never sealed.
    private func judgeSealed(_ node: Node, _ record: LogRecord) {
        var isPlain = false
        func visit(_ node: Node) {
            node.forEachMember { name, value in
                if name.text == "sealed", value.kind == .string {
                    let raw = node.document.bytes[value.range]
                    if raw.first == UInt8(ascii: "{") || Openness.isPlainObject(raw) { isPlain = true }
                } else {
                    visit(value)
                }
            }
        }
        visit(node)
        findings.expect(7, !isPlain, "a part that is not sealed: \(record.position)")
    }

    /// Whether Base64 holds `{"` at its beginning and, decoded, is printable throughout: ciphertext is not.
    private static func isPlainObject(_ raw: ArraySlice<UInt8>) -> Bool {
        guard raw.starts(with: "eyJ".utf8) else { return false }
        var bits: UInt32 = 0
        var count = 0
        for byte in raw.prefix(256) {
            let value: UInt8
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): value = byte - 65
            case UInt8(ascii: "a")...UInt8(ascii: "z"): value = byte - 71
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = byte + 4
            case UInt8(ascii: "+"), UInt8(ascii: "-"): value = 62
            case UInt8(ascii: "/"), UInt8(ascii: "_"): value = 63
            default: return true
            }
            bits = bits << 6 | UInt32(value)
            count += 6
            guard count >= 8 else { continue }
            count -= 8
            guard UInt8(truncatingIfNeeded: bits >> UInt32(count)) >= 32 else { return false }
        }
        return true
    }
}
