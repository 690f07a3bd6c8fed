/// Can be read from a JSON value. Errors point from that value on; who reads a member puts its name before.
public protocol JSONReadable {
    init(json: JSONValue) throws(JSONError)
    /// What a missing member of this type was expected to be: "a text".
    static var expectation: StaticString { get }
}

/// Can be written as exactly one JSON value.
public protocol JSONWritable {
    func write(to json: inout JSONWriter)
}

public typealias JSONCodable = JSONReadable & JSONWritable

extension JSONReadable {
    public static var expectation: StaticString { "a value" }
}

extension JSONValue {
    /// The member of that name. Missing or null is an error there.
    @inlinable
    public func required<V: JSONReadable>(_ name: StaticString) throws(JSONError) -> V {
        guard let value = try present(name) else {
            throw JSONError(expected: V.expectation, at: JSONPointer(name))
        }
        do { return try V(json: value) } catch { throw error.inside(name) }
    }

    /// The member of that name; nil where it is missing or null.
    @inlinable
    public func optional<V: JSONReadable>(_ name: StaticString) throws(JSONError) -> V? {
        guard let value = try present(name) else { return nil }
        do { return try V(json: value) } catch { throw error.inside(name) }
    }

    /// The elements of the member of that name; none where it is missing or null.
    @inlinable
    public func list<V: JSONReadable>(_ name: StaticString) throws(JSONError) -> [V] {
        guard let value = try present(name) else { return [] }
        do { return try [V](json: value) } catch { throw error.inside(name) }
    }
}

extension JSONValue: JSONReadable, JSONWritable {
    public init(json: JSONValue) { self = json }
}

extension String: JSONReadable, JSONWritable {
    public static var expectation: StaticString { "a text" }
    public init(json: JSONValue) throws(JSONError) { self = try json.string() }
    public func write(to json: inout JSONWriter) { json.value(self) }
}

extension Bool: JSONReadable, JSONWritable {
    public static var expectation: StaticString { "true or false" }
    public init(json: JSONValue) throws(JSONError) { self = try json.boolean() }
    public func write(to json: inout JSONWriter) { json.value(self) }
}

extension Int64: JSONReadable, JSONWritable {
    public static var expectation: StaticString { "a whole number of 64 bits" }
    public init(json: JSONValue) throws(JSONError) { self = try json.integer() }
    public func write(to json: inout JSONWriter) { json.value(self) }
}

extension Int: JSONReadable, JSONWritable {
    public static var expectation: StaticString { Int64.expectation }
    public init(json: JSONValue) throws(JSONError) { self = Int(try json.integer()) }
    public func write(to json: inout JSONWriter) { json.value(self) }
}

extension Double: JSONReadable, JSONWritable {
    public static var expectation: StaticString { "a number" }
    public init(json: JSONValue) throws(JSONError) { self = try json.double() }
    public func write(to json: inout JSONWriter) { json.value(self) }
}

extension Array: JSONReadable where Element: JSONReadable {
    public static var expectation: StaticString { "a list" }

    @inlinable
    public init(json: JSONValue) throws(JSONError) {
        let elements = try json.elements()
        self = []
        reserveCapacity(elements.count)
        for element in elements {
            do { append(try Element(json: element)) } catch { throw error.inside(index: count) }
        }
    }
}

extension Array: JSONWritable where Element: JSONWritable {
    @inlinable
    public func write(to json: inout JSONWriter) {
        json.beginArray()
        for element in self { element.write(to: &json) }
        json.endArray()
    }
}

// Closed lists of codes: `enum Rating: String, JSONCodable` needs no more. A code list that may grow is an open struct
// instead, and keeps what it does not know.
extension RawRepresentable where RawValue == String, Self: JSONReadable {
    public static var expectation: StaticString { "one of the listed codes" }

    public init(json: JSONValue) throws(JSONError) {
        guard let value = Self(rawValue: try json.string()) else { throw JSONError(expected: Self.expectation) }
        self = value
    }
}

extension RawRepresentable where RawValue == String, Self: JSONWritable {
    public func write(to json: inout JSONWriter) { json.value(rawValue) }
}
