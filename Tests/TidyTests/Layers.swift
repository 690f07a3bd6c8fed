/// Which way an arrow may point.
enum Layers {
    /// Modules of the toolchain and the C library. What is in neither list nor tree comes from a package outside, and
    /// the hub builds without any.
    static let toolchain: Set = [
        "Swift", "Foundation", "FoundationEssentials", "Dispatch", "Synchronization", "Glibc", "Darwin", "Musl",
    ]

    /// What a layer may import, beside what `refusal` says of single modules.
    static let open: [String: Set<String>] = [
        "Libraries": [],
        "Domain": ["Domain"],
        "Conversation": ["Domain", "Conversation", "Libraries"],
        "Participants": ["Domain", "Conversation"],
        "Projections": ["Domain", "Conversation"],
        "Runtime": ["Domain", "Conversation", "Participants", "Projections"],
        "Adapters": ["Domain", "Conversation", "Libraries"],
        "Tools": ["Domain", "Conversation"],
    ]

    /// Modules that another one is made of.
    static let pairs: [String: Set<String>] = [
        "ConfigurationFiles": ["ShippedFiles"], "KafkaEventLog": ["Kafka"],
        // The simulator plays the runtime itself, with the world around it and the judge behind it.
        "Simulator": ["HubRuntime", "SyntheticWorld", "InvariantChecker"],
    ]

    /// The judge shares no code with whom it judges.
    static let closedToTheChecker: Set = ["Room", "CloudEvents", "HubRuntime"]

    /// Why `module` (in `layer`) may not import `other` (in `otherLayer`, nil where it is not in this tree); nil where
    /// it may.
    static func refusal(
        _ module: String, in layer: String, imports other: String, in otherLayer: String?
    ) -> String? {
        if layer == "frontdoor" { return otherLayer == nil ? toolchainRefusal(other, in: layer) : nil }
        guard let otherLayer else { return toolchainRefusal(other, in: layer) }
        if module == "InvariantChecker", closedToTheChecker.contains(other) {
            return "the checker judges \(other) and may not share its code: read the log itself"
        }
        if module == "CommandLine" { return "CommandLine knows nothing of the hub: hand in what it needs" }
        if other == "EventLogConformance" { return "the conformance suite is for tests of a log: import EventLog" }
        if pairs[module]?.contains(other) == true { return nil }
        guard open[layer]?.contains(otherLayer) != true else { return nil }
        switch (layer, otherLayer) {
        case ("Participants", "Participants"):
            return "participants talk through the room only: post an event and read it there"
        case ("Participants", "Adapters"), ("Projections", "Adapters"), ("Runtime", "Adapters"):
            return "adapters hang on the port from the side: use EventLog and let the command choose the adapter"
        case ("Adapters", "Participants"):
            return "an adapter carries records and knows no participant: move the decision out of it"
        default:
            return "\(layer) may import \(open[layer, default: []].sorted().joined(separator: ", ")) only:"
                + " turn the arrow round or move the code"
        }
    }

    private static func toolchainRefusal(_ other: String, in layer: String) -> String? {
        guard toolchain.contains(other) else {
            return "\(other) is neither in Sources nor in the toolchain: the hub builds without outside packages"
        }
        if ["Domain", "Conversation", "Participants", "Projections"].contains(layer), other.hasPrefix("Foundation") {
            return "\(layer) does without Foundation: use the standard library, or move the code to an adapter"
        }
        if ["Domain", "Participants", "Projections"].contains(layer), other != "Swift" {
            return "\(layer) is pure (no clock, no I/O, no threads): hand in what it needs"
        }
        return nil
    }
}

/// The targets of `Package.swift`, read from its text: SwiftPM itself is busy while it runs a test.
struct Manifest {
    struct Target: Equatable {
        var name: String
        /// The folder under Sources; `frontdoor` for the command.
        var layer: String
        var dependencies: [String]
    }

    var targets: [Target] = []

    init(_ text: String) {
        let speech = Self.argument(after: "let speech: [Target.Dependency] = ", in: text).map(Self.texts) ?? []
        for call in Self.calls(of: "room", in: text) {
            let texts = Self.texts(call)
            // The declaration of `room` itself has no text for a name.
            guard texts.count >= 2, call.contains("in: \"") else { continue }
            targets.append(
                Target(
                    name: texts[0], layer: texts[1],
                    dependencies: (call.contains("speech") ? speech : []) + texts.dropFirst(2)))
        }
        let plain = Self.calls(of: ".target", in: text) + Self.calls(of: ".executableTarget", in: text)
        for call in plain + Self.calls(of: ".systemLibrary", in: text) {
            guard let path = Self.texts(call).first(where: { $0.hasPrefix("Sources/") }), !path.contains("\\("),
                let name = Self.texts(call).first
            else { continue }
            let list = Self.argument(after: "dependencies: ", in: call).map(Self.texts) ?? []
            let parts = path.split(separator: "/")
            targets.append(Target(name: name, layer: String(parts[1]), dependencies: list))
        }
    }

    /// What stands between the brackets of the list that follows the words.
    private static func argument(after words: String, in text: String) -> String? {
        guard let start = text.firstRange(of: words)?.upperBound, text[start...].first == "[" else { return nil }
        return text[start...].firstIndex(of: "]").map { String(text[start..<$0]) }
    }

    /// The arguments of every call of a function, parentheses balanced.
    private static func calls(of function: String, in text: String) -> [String] {
        var calls: [String] = []
        var rest = text[...]
        while let found = rest.firstRange(of: "\(function)(") {
            let before = found.lowerBound > text.startIndex ? text[text.index(before: found.lowerBound)] : " "
            rest = rest[found.upperBound...]
            guard !before.isLetter else { continue }
            var depth = 1
            let body = rest.prefix { character in
                if character == "(" { depth += 1 }
                if character == ")" { depth -= 1 }
                return depth > 0
            }
            calls.append(String(body))
        }
        return calls
    }

    private static func texts(_ code: String) -> [String] {
        code.split(separator: "\"", omittingEmptySubsequences: false).enumerated()
            .filter { !$0.offset.isMultiple(of: 2) }.map { String($0.element) }
    }
}
