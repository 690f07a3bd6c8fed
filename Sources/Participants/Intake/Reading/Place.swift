import DomainModel
import JSON
import Room

/// Where a value lies in a message, in schema names and indexes. Becomes a pointer only when something is marked, so
/// that a faultless message costs none.
struct Place {
    private enum Step {
        case name(StaticString)
        case index(Int)
    }
    /// In place of a list, which would cost an allocation a person. Six steps are the deepest that the schemas have:
    /// `/children/0/formerAddresses/0/lines/0`.
    private var steps: InlineArray<6, Step?> = .init(repeating: nil)
    private var count = 0

    static let root = Place()

    private func adding(_ step: Step) -> Place {
        var longer = self
        longer.steps[count] = step
        longer.count += 1
        return longer
    }

    func at(_ name: StaticString) -> Place { adding(.name(name)) }
    func at(_ index: Int) -> Place { adding(.index(index)) }

    /// - Parameter name: of a member of what lies here; nil: what lies here itself.
    func pointer(_ name: StaticString?) -> JSONPointer {
        var pointer = JSONPointer.root
        for index in 0..<count {
            switch steps[index] {
            case .name(let name): pointer = pointer.appending(name)
            case .index(let index): pointer = pointer.appending(index: index)
            case nil: break
            }
        }
        return name.map { pointer.appending($0) } ?? pointer
    }
}

/// The optional fields that could not be used, in the order in which they were read.
struct Marks {
    private(set) var list: [Mark] = []

    mutating func add(_ place: Place, _ code: MarkCode) { add(place, nil, code) }

    mutating func add(_ place: Place, _ name: StaticString?, _ code: MarkCode) {
        list.append(Mark(pointer: place.pointer(name).description, code: code))
    }

    // Each reads one optional member: absent and null are nil without a mark, a faulty one is marked.

    /// A text that only the sealed part holds: looked at, not taken.
    mutating func checkText(_ object: JSONValue, _ name: StaticString, max bytes: Int, at place: Place) {
        guard let value = object.member(name) else { return }
        let count = try? value.withUTF8 { $0.count }
        guard let count else { return add(place, name, .wrongType) }
        if count > bytes { add(place, name, .tooLong) }
    }

    mutating func text(_ object: JSONValue, _ name: StaticString, max bytes: Int, at place: Place) -> String? {
        guard let value = object.member(name) else { return nil }
        guard let text = try? value.string() else {
            add(place, name, .wrongType)
            return nil
        }
        guard text.utf8.count <= bytes else {
            add(place, name, .tooLong)
            return nil
        }
        return text.isEmpty ? nil : text
    }

    mutating func code<Code>(
        _ object: JSONValue, _ name: StaticString, at place: Place, _ read: (String) -> Code?
    ) -> Code? {
        guard let text = text(object, name, max: TextLimits.codeBytesMax, at: place) else { return nil }
        guard let code = read(text) else {
            add(place, name, .unknownCode)
            return nil
        }
        return code
    }

    mutating func flag(_ object: JSONValue, _ name: StaticString, at place: Place, faulty: Bool) -> Bool? {
        guard let value = object.member(name) else { return nil }
        guard let flag = try? value.boolean() else {
            add(place, name, .wrongType)
            return faulty
        }
        return flag
    }

    /// - Parameter latest: a later day is marked as in the future; nil: any day may be.
    mutating func date(
        _ object: JSONValue, _ name: StaticString, latest: CivilDate?, at place: Place
    ) -> CivilDate? {
        guard let text = text(object, name, max: TextLimits.codeBytesMax, at: place) else { return nil }
        guard let date = CivilDate(iso8601: text) else {
            add(place, name, .noSuchDate)
            return nil
        }
        if let latest, date > latest {
            add(place, name, .futureDate)
            return nil
        }
        return date
    }

    /// The elements of a list; a value that is none is marked.
    mutating func list(_ object: JSONValue, _ name: StaticString, at place: Place) -> JSONElements? {
        guard let value = object.member(name) else { return nil }
        guard let elements = try? value.elements() else {
            add(place, name, .wrongType)
            return nil
        }
        return elements
    }
}

/// How long the texts of a message may be, in bytes of UTF-8: what is longer is kept sealed, and marked.
enum TextLimits {
    static let codeBytesMax = 64
    /// A name, a line of an address.
    static let nameBytesMax = 200
    /// Sealed as one part with its event; the event's own limit decides above it.
    static let narrativeBytesMax = 100_000
}
