public import DomainModel
public import Room

/// The ledger of obligations as it stands after the events taken: what is owed, by whom, since when, and what came of
/// it. Rows stand in the order in which they were opened.
public struct ObligationsProjection: Sendable {
    public enum State: String, Hashable, Sendable {
        case open, met, declined, withdrawn
    }

    public struct Row: Hashable, Sendable {
        public var facts: ObligationFacts
        public var authority: AuthorityCode
        public var start: Instant
        public var due: Instant?
        public var state: State
        public var endedAt: Instant?
        public var onTime: Bool?
        public var latenessMilliseconds: Int64
        public var isReminded: Bool
        public var alert: AlertID?
        public var working: [String]
        /// The clock stands still since then.
        public var suspendedSince: Instant?

        public func isOverdue(at now: Instant) -> Bool {
            state == .open && suspendedSince == nil && (due.map { $0 < now } ?? true)
        }
    }

    public struct Alert: Hashable, Sendable {
        public var raised: AlertRaised
        public var authority: AuthorityCode
        public var raisedAt: Instant
        public var rung: Int
        public var acknowledgedBy: StaffName?
        public var promisedFor: Instant?
        /// How often it was put off for the present due time.
        public var promises: Int
        public var clearedAt: Instant?
    }

    public private(set) var rows: [Row] = []
    public private(set) var alerts: [Alert] = []
    private var places: [ObligationID: Int] = [:]
    private var alertPlaces: [AlertID: Int] = [:]

    public init() {}

    public mutating func take(_ event: Event) {
        switch event.body {
        case .obligationOpened(let opened):
            places[opened.facts.obligation] = rows.count
            rows.append(
                Row(
                    facts: opened.facts, authority: event.authority, start: opened.start, due: opened.due, state: .open,
                    endedAt: nil, onTime: nil, latenessMilliseconds: 0, isReminded: false, alert: nil,
                    working: opened.working))
        case .obligationMet(let met):
            change(met.facts) { row in
                row.facts = met.facts
                row.state = .met
                row.endedAt = met.at
                row.onTime = met.onTime
                row.latenessMilliseconds = met.latenessMilliseconds
            }
        case .obligationExtended(let extended):
            change(extended.facts) { row in
                row.facts = extended.facts
                row.due = extended.due
                row.state = .open
                row.endedAt = nil
                if !extended.working.isEmpty { row.working = extended.working }
                row.suspendedSince = extended.suspendedSince
            }
        case .obligationWithdrawn(let ended): end(ended, as: .withdrawn, at: event.time)
        case .obligationDeclined(let ended): end(ended, as: .declined, at: event.time)
        case .obligationReminded(let reminded): change(reminded.facts) { $0.isReminded = true }
        case .alertRaised(let raised):
            change(raised.facts) { $0.alert = raised.alert }
            guard alertPlaces[raised.alert] == nil else {
                changeAlert(raised.alert) { alert in
                    alert.raised = raised
                    alert.rung = raised.rung
                    alert.clearedAt = nil
                }
                break
            }
            alertPlaces[raised.alert] = alerts.count
            alerts.append(
                Alert(
                    raised: raised, authority: event.authority, raisedAt: event.time, rung: raised.rung,
                    acknowledgedBy: nil, promisedFor: nil, promises: 0,
                    clearedAt: nil))
        case .alertEscalated(let raised):
            changeAlert(raised.alert) { alert in
                // The desk may have been handed over to.
                alert.raised = raised
                alert.rung = raised.rung
            }
        case .alertAcknowledged(let answer):
            changeAlert(answer.alert) { alert in
                alert.acknowledgedBy = answer.staff
                alert.promisedFor = answer.until
                alert.promises = answer.promise ?? alert.promises
            }
        case .alertCleared(let cleared): changeAlert(cleared.alert) { $0.clearedAt = event.time }
        default: break
        }
    }

    private mutating func end(_ ended: ObligationEnded, as state: State, at time: Instant) {
        change(ended.facts) { row in
            row.state = state
            row.endedAt = time
        }
    }

    private mutating func change(_ facts: ObligationFacts, _ body: (inout Row) -> Void) {
        if let place = places[facts.obligation] { body(&rows[place]) }
    }

    private mutating func changeAlert(_ alert: AlertID, _ body: (inout Alert) -> Void) {
        if let place = alertPlaces[alert] { body(&alerts[place]) }
    }
}
