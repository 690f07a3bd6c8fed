/// Where in a document something is: names from a schema and indexes, never a name that came from outside, because a
/// sender may have written a child's name where a member's name belongs. Written as RFC 6901: `/children/0/birthDate`.
public struct JSONPointer: Hashable, Sendable {
    private enum Component: Hashable, Sendable {
        case name(String)
        case index(Int)
    }

    private var components: [Component] = []

    /// The whole document.
    public static let root = JSONPointer()

    public init(_ names: StaticString...) { components = names.map { .name($0.description) } }

    public func appending(_ name: StaticString) -> JSONPointer {
        var longer = self
        longer.components.append(.name(name.description))
        return longer
    }

    public func appending(index: Int) -> JSONPointer {
        var longer = self
        longer.components.append(.index(index))
        return longer
    }

    func inside(_ name: StaticString) -> JSONPointer { inside(.name(name.description)) }
    func inside(index: Int) -> JSONPointer { inside(.index(index)) }

    private func inside(_ component: Component) -> JSONPointer {
        var longer = self
        longer.components.insert(component, at: 0)
        return longer
    }
}

extension JSONPointer: CustomStringConvertible {
    public var description: String {
        var text = ""
        for component in components {
            text += "/"
            switch component {
            case .index(let index): text += String(index)
            case .name(let name):
                for character in name.unicodeScalars {
                    switch character {
                    case "~": text += "~0"
                    case "/": text += "~1"
                    default: text.unicodeScalars.append(character)
                    }
                }
            }
        }
        return text
    }
}

/// What was expected, and where. Both come from the program's own text alone, so an error can be logged, put into a
/// dead letter and shown to another agency: it never holds what was found.
public struct JSONError: Error, Hashable, Sendable {
    public var pointer: JSONPointer
    /// A phrase with its article: "a text", "an RFC 3339 instant".
    public let expected: String

    public init(expected: StaticString, at pointer: JSONPointer = .root) {
        self.expected = expected.description
        self.pointer = pointer
    }

    /// The same error seen from the object that has the faulty value as this member.
    public func inside(_ name: StaticString) -> JSONError {
        var outer = self
        outer.pointer = pointer.inside(name)
        return outer
    }

    /// The same error seen from the array that has the faulty value at this place, counted from 0.
    public func inside(index: Int) -> JSONError {
        var outer = self
        outer.pointer = pointer.inside(index: index)
        return outer
    }
}

extension JSONError: CustomStringConvertible {
    public var description: String {
        let place = pointer.description
        return "\(place.isEmpty ? "the document" : place): expected \(expected)"
    }
}
