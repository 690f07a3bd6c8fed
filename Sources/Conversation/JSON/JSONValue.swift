import CSimdJSON

/// A value in a parsed document: a place in it, cheap to copy, read on demand. Not to be kept beyond the parser's next
/// `parse`: using it then traps, because reading on would show one record's content as another's.
public struct JSONValue {
    public enum Kind: Hashable, Sendable { case null, bool, number, string, array, object }

    private let parser: JSONParser
    private let document: UnsafeRawPointer?
    private let index: Int
    private let generation: UInt32

    init(_ raw: csj_value, of parser: JSONParser) {
        self.parser = parser
        document = raw.document
        index = raw.index
        generation = parser.generation
    }

    private init(_ raw: csj_value, beside other: JSONValue) {
        parser = other.parser
        document = raw.document
        index = raw.index
        generation = other.generation
    }

    private var raw: csj_value {
        precondition(generation == parser.generation, "a JSON value was used after its parser read another document")
        return csj_value(document: document, index: index)
    }

    public var kind: Kind {
        switch csj_kind_of(raw) {
        case CSJ_BOOL: .bool
        case CSJ_INT64, CSJ_UINT64, CSJ_DOUBLE: .number
        case CSJ_STRING: .string
        case CSJ_ARRAY: .array
        case CSJ_OBJECT: .object
        default: .null
        }
    }

    public var isNull: Bool { csj_kind_of(raw) == CSJ_NULL }

    // MARK: Scalars

    public func string() throws(JSONError) -> String {
        try withUTF8 { String(decoding: $0, as: UTF8.self) }
    }

    /// The text's bytes without a copy: valid UTF-8, NUL possible, valid inside the closure only.
    public func withUTF8<R>(_ body: (UnsafeBufferPointer<UInt8>) throws(JSONError) -> R) throws(JSONError) -> R {
        var bytes: UnsafePointer<UInt8>?
        var count = 0
        guard csj_get_string(raw, &bytes, &count) == CSJ_OK else { throw JSONError(expected: "a text") }
        let result = try body(UnsafeBufferPointer(start: bytes, count: count))
        withExtendedLifetime(parser) {}
        return result
    }

    /// A whole number, also where it is written as one with decimals that are zero (`3.0`), as JSON Schema has it.
    public func integer() throws(JSONError) -> Int64 {
        var number: Int64 = 0
        guard csj_get_int64(raw, &number) == CSJ_OK else { throw JSONError(expected: "a whole number of 64 bits") }
        return number
    }

    public func double() throws(JSONError) -> Double {
        var number = 0.0
        guard csj_get_double(raw, &number) == CSJ_OK else { throw JSONError(expected: "a number") }
        return number
    }

    public func boolean() throws(JSONError) -> Bool {
        var truth = false
        guard csj_get_bool(raw, &truth) == CSJ_OK else { throw JSONError(expected: "true or false") }
        return truth
    }

    // MARK: Members and elements

    /// The first member of that name; nil where it is absent or null, or where this is not an object.
    public func member(_ name: StaticString) -> JSONValue? {
        var found = csj_value()
        let code = name.withUTF8Buffer { csj_object_find(raw, $0.baseAddress, $0.count, &found) }
        guard code == CSJ_OK, csj_kind_of(found) != CSJ_NULL else { return nil }
        return JSONValue(found, beside: self)
    }

    /// As `member(_:)`, for names that a schema does not know, such as an agency's id in a map.
    public func member(named name: String) -> JSONValue? {
        var found = csj_value()
        var name = name
        let code = name.withUTF8 { csj_object_find(raw, $0.baseAddress, $0.count, &found) }
        guard code == CSJ_OK, csj_kind_of(found) != CSJ_NULL else { return nil }
        return JSONValue(found, beside: self)
    }

    /// As `member(_:)`, but not being an object is an error.
    public func present(_ name: StaticString) throws(JSONError) -> JSONValue? {
        var found = csj_value()
        let code = name.withUTF8Buffer { csj_object_find(raw, $0.baseAddress, $0.count, &found) }
        if code == CSJ_WRONG_KIND { throw JSONError(expected: "an object") }
        guard code == CSJ_OK, csj_kind_of(found) != CSJ_NULL else { return nil }
        return JSONValue(found, beside: self)
    }

    /// The elements in order; of an array only.
    public func elements() throws(JSONError) -> JSONElements {
        var next = csj_value()
        var end = csj_value()
        var count = 0
        guard csj_array_begin(raw, &next, &end, &count) == CSJ_OK else { throw JSONError(expected: "a list") }
        return JSONElements(array: self, next: next.index, end: end.index, count: count)
    }

    /// The members as they stand, repeated names included; of an object only.
    public func members() throws(JSONError) -> JSONMembers {
        var next = csj_value()
        var end = csj_value()
        var count = 0
        guard csj_object_begin(raw, &next, &end, &count) == CSJ_OK else { throw JSONError(expected: "an object") }
        return JSONMembers(object: self, next: next.index, end: end.index, count: count)
    }

    fileprivate func nextElement(_ next: inout Int, before end: Int) -> JSONValue? {
        let raw = self.raw
        var place = csj_value(document: raw.document, index: next)
        var element = csj_value()
        guard csj_array_next(&place, csj_value(document: raw.document, index: end), &element) else { return nil }
        next = place.index
        return JSONValue(element, beside: self)
    }

    fileprivate func nextMember(_ next: inout Int, before end: Int) -> (UnsafeBufferPointer<UInt8>, JSONValue)? {
        let raw = self.raw
        var place = csj_value(document: raw.document, index: next)
        var member = csj_value()
        var name: UnsafePointer<UInt8>?
        var nameCount = 0
        guard csj_object_next(&place, csj_value(document: raw.document, index: end), &name, &nameCount, &member) else {
            return nil
        }
        next = place.index
        return (UnsafeBufferPointer(start: name, count: nameCount), JSONValue(member, beside: self))
    }

    // MARK: Writing again

    /// Writes the value as it stands: members in their order, unknown and repeated ones included, whitespace gone,
    /// numbers in their shortest form. So what a sender added survives.
    public func write(to json: inout JSONWriter) {
        switch csj_kind_of(raw) {
        case CSJ_BOOL:
            var truth = false
            _ = csj_get_bool(raw, &truth)
            json.value(truth)
        case CSJ_INT64:
            var number: Int64 = 0
            _ = csj_get_int64(raw, &number)
            json.value(number)
        case CSJ_UINT64:
            var number: UInt64 = 0
            _ = csj_get_uint64(raw, &number)
            json.value(number)
        case CSJ_DOUBLE:
            var number = 0.0
            _ = csj_get_double(raw, &number)
            json.value(number)
        case CSJ_STRING:
            var bytes: UnsafePointer<UInt8>?
            var count = 0
            _ = csj_get_string(raw, &bytes, &count)
            json.value(validUTF8: UnsafeBufferPointer(start: bytes, count: count))
        case CSJ_ARRAY:
            json.beginArray()
            if let elements = try? elements() {
                for element in elements { element.write(to: &json) }
            }
            json.endArray()
        case CSJ_OBJECT:
            json.beginObject()
            if var members = try? members() {
                while let (name, value) = nextMember(&members.place, before: members.end) {
                    json.key(validUTF8: name)
                    value.write(to: &json)
                }
            }
            json.endObject()
        default:
            json.null()
        }
    }

    /// The value as a text of its own.
    public func serialised() -> [UInt8] {
        var writer = JSONWriter()
        write(to: &writer)
        return writer.bytes
    }
}

/// The elements of an array, in order.
public struct JSONElements: Sequence, IteratorProtocol {
    let array: JSONValue
    fileprivate var place: Int
    fileprivate let end: Int
    /// How many there are in all; at least so many where it is 16,777,215.
    public let count: Int

    fileprivate init(array: JSONValue, next: Int, end: Int, count: Int) {
        self.array = array
        place = next
        self.end = end
        self.count = count
    }

    public mutating func next() -> JSONValue? { array.nextElement(&place, before: end) }
}

/// The members of an object, in order. The names come from outside: keep them out of errors and logs.
public struct JSONMembers: Sequence, IteratorProtocol {
    let object: JSONValue
    fileprivate var place: Int
    fileprivate let end: Int
    /// How many there are in all, repeated names included; at least so many where it is 16,777,215.
    public let count: Int

    fileprivate init(object: JSONValue, next: Int, end: Int, count: Int) {
        self.object = object
        place = next
        self.end = end
        self.count = count
    }

    public mutating func next() -> (name: String, value: JSONValue)? {
        guard let (name, value) = object.nextMember(&place, before: end) else { return nil }
        return (String(decoding: name, as: UTF8.self), value)
    }
}
