import JSON

/// One JSON object on one line, for what a script reads.
struct JSONText: ~Copyable {
    private var writer = JSONWriter(reserving: 256)

    init() { writer.beginObject() }

    mutating func field(_ name: StaticString, _ value: (some JSONWritable)?) { writer.field(name, value) }
    mutating func list(_ name: StaticString, _ values: [some JSONWritable]) { writer.field(name, values) }

    /// A value that is JSON already.
    mutating func raw(_ name: StaticString, _ value: [UInt8]) {
        writer.key(name)
        writer.raw(value)
    }

    var finished: String {
        String(decoding: writer.bytes, as: UTF8.self) + "}"
    }
}
