public import DomainModel
public import Room
import Sealing

/// `clock.struck`: time as a record. Its id is the one id that comes from a clock.
public enum Strike {
    public static func event(partition: Int32, now: Instant) -> Event {
        var derivation = Derivation("strike")
        derivation.add(Int64(partition))
        derivation.add(now)
        return Event(
            id: derivation.id(), source: .clock, time: now, authority: .hub, subject: .hub,
            body: .clockStruck(ClockStruck(now: now)))
    }
}
