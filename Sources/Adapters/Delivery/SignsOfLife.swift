public import DomainModel
public import Room
import Synchronization

/// When each service of this process last got on, as far as its loop can tell: written by the loops, read by the sign
/// of life.
public final class SignsOfLife: Sendable {
    private let moments: Mutex<[Service: Instant]>
    private let sinks = Mutex<[SinkName]>([])

    /// - Parameter services: those that this process runs; from here on each owes a sign of life.
    public init(_ services: [Service], at now: Instant) {
        moments = Mutex(Dictionary(uniqueKeysWithValues: services.map { ($0, now) }))
    }

    public func note(_ services: [Service], at now: Instant) {
        moments.withLock { moments in
            for service in services where moments[service] != nil { moments[service] = now }
        }
    }

    /// The sinks that take nothing: a person should know, by way of one that does.
    public var failing: [SinkName] { sinks.withLock { $0 } }
    public func note(failing: [SinkName]) { sinks.withLock { $0 = failing } }

    /// In the order of their names.
    public var all: [(service: Service, last: Instant)] {
        moments.withLock { moments in
            moments.map { (service: $0.key, last: $0.value) }.sorted { $0.service.rawValue < $1.service.rawValue }
        }
    }
}
