import DomainModel
import Room

/// Which services get on again after a silence that may have woken somebody.
struct Comebacks {
    private var earlier: [(service: Service, last: Instant)]
    private(set) var all: [(service: Service, since: Instant)] = []

    /// - Parameter earlier: the last signs of life that are known, such as those of the process before this one.
    init(_ earlier: [(service: Service, last: Instant)]) { self.earlier = earlier }

    /// Takes the present signs of life, at every beat.
    mutating func take(_ services: [(service: Service, last: Instant)], holds: Int64, at now: Instant) {
        all.removeAll { now.milliseconds(since: $0.since) >= DeliveryLimits.backMilliseconds }
        for (service, last) in services where Alive.isAlive(last, holds: holds, at: now) {
            guard let place = earlier.firstIndex(where: { $0.service == service }) else {
                earlier.append((service, last))
                continue
            }
            if last.milliseconds(since: earlier[place].last) >= holds {
                all.removeAll { $0.service == service }
                all.append((service, now))
            }
            earlier[place].last = last
        }
    }
}
