public import DomainModel
public import HubConfiguration
public import Room

/// Gives the sign of life, on a thread of its own: what it tells of must not be what runs it.
public final class AliveLoop {
    private let settings: DeliverySettings
    private let signs: SignsOfLife
    private let peers: [(url: String, access: Access)]
    private let transport: any Transport
    private let clock: @Sendable () -> Instant
    private let write: (String) -> Void
    private var comebacks: Comebacks

    /// - Parameters:
    ///   - earlier: the last signs of life of the process before this one, as far as they are known.
    ///   - write: is given the text of the metrics each time.
    public convenience init(
        _ settings: DeliverySettings, _ sinks: [Sink], _ signs: SignsOfLife,
        earlier: [(service: Service, last: Instant)] = [], clock: @escaping @Sendable () -> Instant,
        write: @escaping (String) -> Void
    ) {
        self.init(
            settings, sinks, signs, earlier: earlier, transport: CurlTransport(timeoutSeconds: settings.timeoutSeconds),
            clock: clock, write: write)
    }

    init(
        _ settings: DeliverySettings, _ sinks: [Sink], _ signs: SignsOfLife,
        earlier: [(service: Service, last: Instant)] = [], transport: any Transport,
        clock: @escaping @Sendable () -> Instant, write: @escaping (String) -> Void
    ) {
        self.settings = settings
        self.signs = signs
        peers = sinks.filter { $0.settings.kind == .alertmanager }
            .flatMap { sink in sink.urls.map { (url: $0, access: sink.access) } }
        self.transport = transport
        self.clock = clock
        self.write = write
        comebacks = Comebacks(earlier)
    }

    /// - Parameters:
    ///   - stop: is asked often.
    ///   - pause: waits for some milliseconds, in which there is nothing to do.
    public func run(until stop: () -> Bool, pause: (Int64) -> Void) {
        var next = clock()
        var underWay: Set<Int> = []
        while !stop() {
            let now = clock()
            // Also where the clock was set back by more than one beat.
            if now >= next || next.milliseconds(since: now) > Int64(settings.aliveSeconds) * 1000 {
                next = now.adding(seconds: Int64(settings.aliveSeconds))
                let services = signs.all
                let failing = signs.failing
                let holds = Int64(settings.aliveHoldsSeconds) * 1000
                comebacks.take(services, holds: holds, at: now)
                write(Alive.metrics(services, failing: failing, hub: settings.hub))
                let body = Alive.alerts(
                    services, failing: failing, back: comebacks.all, hub: settings.hub, holds: holds, at: now)
                // A peer that hangs gets the next one when it is done with this.
                for (place, peer) in peers.enumerated() where !underWay.contains(place) {
                    underWay.insert(place)
                    transport.begin(
                        Call(url: Messages.alerts(at: peer.url), content: .post(body), access: peer.access),
                        number: place)
                }
            }
            if underWay.isEmpty {
                pause(min(max(next.milliseconds(since: clock()), 1), DeliveryLimits.idleMilliseconds))
            } else {
                for (place, outcome) in transport.work(milliseconds: DeliveryLimits.idleMilliseconds) {
                    underWay.remove(place)
                    // Soon again: what holds it down must not run out over one lost post.
                    if outcome != .delivered {
                        next = min(next, clock().adding(milliseconds: Int64(settings.aliveSeconds) * 500))
                    }
                }
            }
        }
    }
}
