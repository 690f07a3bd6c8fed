public import EventLog
public import Room

/// Why the runtime stopped. Each is a state in which going on would decide on less than was known.
public enum HubError: Error, Hashable, Sendable {
    case log(LogError)
    /// A row of a participant's table that this version cannot read.
    case row(Service, RowError)
    /// A record of the room that this version must understand and cannot.
    case room(Int32, Offset, RoomError)
    /// The key of a sealed part is not in the table of keys, and nothing says that it was destroyed.
    case absentKey([UInt8])
}

extension HubError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .log(let error): "the log failed: \(error)"
        case .row(let service, let error):
            "a row of \(service.rawValue)'s table cannot be read (\(error)): was it written by a newer version?"
        case .room(let partition, let offset, let error):
            "the room's record \(partition)@\(offset) cannot be read (\(error)): was it written by a newer version?"
        case .absentKey(let name):
            "the key \(String(decoding: name, as: UTF8.self)) is not in the table of keys, or the master key is another"
        }
    }
}
