public import DomainModel
public import Room

/// What leaders watch: whether help came in time. Counts only; no ids, nobody's name.
public struct FiguresProjection: Sendable {
    public struct OnTime: Hashable, Sendable {
        public var due = 0
        public var onTime = 0
        public var late = 0
        public var declined = 0
        public var open = 0

        public init() {}
    }

    public private(set) var referrals = 0
    public private(set) var children = 0
    public private(set) var repeats = 0
    public private(set) var corrections = 0
    public private(set) var withdrawals = 0
    public private(set) var refused = 0
    public private(set) var transferred = 0
    /// By census code, sorted.
    public private(set) var bySource: [Counted<String>] = []
    /// The first rating of each case.
    public private(set) var byRating: [Counted<RAG>] = []
    public private(set) var rises = 0
    public private(set) var reviews = 0
    /// How many reviews a named person has answered.
    public private(set) var reviewsAnswered = 0
    /// Children linked by the matcher although the given name was written otherwise.
    public private(set) var misspeltLinked = 0
    /// New children of a home of which another child is known: brothers and sisters kept apart.
    public private(set) var siblingsApart = 0
    public private(set) var duplicates = 0
    public private(set) var rereferrals = 0
    public private(set) var linked = 0
    public private(set) var casesOpened = 0
    public private(set) var casesReopened = 0
    public private(set) var casesClosed = 0
    public private(set) var decisions: [Counted<String>] = []
    public private(set) var decisionsRefused = 0
    public private(set) var alertsRaised = 0
    public private(set) var alertsCleared = 0
    public private(set) var alertsEscalated = 0
    public private(set) var dangers = 0
    public private(set) var requests = 0
    /// The first lead that each routed case was proposed to.
    public private(set) var byLead: [Counted<TeamKind>] = []
    /// Links that people undid, by unlink or split; children whom an answer to a review took from a case included.
    public private(set) var linksUndone = 0
    public private(set) var merges = 0
    public private(set) var births = 0
    /// Ratings that stay, though undoing a link would lower them, until a person decides.
    public private(set) var ratingsAsked = 0
    private var leads: [CaseID: TeamKind] = [:]
    /// A child is identified again where a person says who it is: it counts once, as it was said last.
    private var linkedChildren: Set<ChildID> = []
    private var rereferred: Set<ChildID> = []
    private var rated: Set<CaseID> = []

    public init() {}

    private mutating func count(_ identified: ChildIdentified) {
        func has(_ field: String, _ levels: [String]) -> Bool {
            identified.comparisons.contains { $0.field == field && levels.contains($0.level) }
        }
        switch identified.outcome {
        case .linked:
            if has("given-name", ["one-edit", "both-names", "alike", "short-form", "transliterated", "initial"]) {
                misspeltLinked += 1
            }
        case .new:
            let livesThere = has("address", ["equal", "postcode"]) || has("parent", ["equal"])
            if livesThere, has("given-name", ["differs", "beginning", "alike"]) { siblingsApart += 1 }
        case .review: break
        }
    }

    public mutating func take(_ event: Event) {
        switch event.body {
        case .referralSubmitted(let submitted):
            referrals += 1
            children += submitted.content.children.count
            count(submitted.content.source.code, in: &bySource)
        case .referralTransferred: transferred += 1
        case .referralRepeated: repeats += 1
        case .referralCorrected: corrections += 1
        case .referralWithdrawn: withdrawals += 1
        case .submissionRefused: refused += 1
        case .childIdentified(let identified):
            if identified.disposition == .awaiting { reviews += 1 }
            count(identified)
            if identified.outcome == .linked, linkedChildren.insert(identified.child).inserted { linked += 1 }
            if identified.duplicate { duplicates += 1 }
            if identified.rereferral != nil {
                if rereferred.insert(identified.child).inserted { rereferrals += 1 }
            } else if identified.disposition != .awaiting, rereferred.remove(identified.child) != nil {
                rereferrals -= 1
            }
        case .identityUnlinked, .identitySplit: linksUndone += 1
        case .identityConfirmed(let decided):
            reviewsAnswered += 1
            if decided.leavesACase { linksUndone += 1 }
        case .identityMerged: merges += 1
        case .unbornBorn: births += 1
        case .caseOpened: casesOpened += 1
        case .caseReopened: casesReopened += 1
        case .caseRated(let rating):
            if rating.proposed != nil { ratingsAsked += 1 }
            if rated.insert(rating.caseID).inserted {
                count(rating.rating.urgency, in: &byRating)
            } else if let previous = rating.previous, rating.rating.urgency > previous.urgency {
                rises += 1
            }
        case .caseRouted(let routed):
            if leads.updateValue(routed.leadKind, forKey: routed.caseID) == nil { count(routed.leadKind, in: &byLead) }
        case .returnRequested: requests += 1
        case .caseAccepted, .caseReturned, .caseRedirected, .caseSteppedUp, .caseSteppedDown, .caseDecided:
            count(event.body.type.rawValue, in: &decisions)
        case .caseClosed:
            casesClosed += 1
            count(event.body.type.rawValue, in: &decisions)
        case .decisionRefused: decisionsRefused += 1
        case .alertRaised(let raised):
            alertsRaised += 1
            if raised.facts.kind == .answer, raised.code != "undecidable" { dangers += 1 }
        case .alertEscalated: alertsEscalated += 1
        case .alertCleared: alertsCleared += 1
        default: break
        }
    }

    private func count<Key: Comparable>(_ key: Key, in list: inout [Counted<Key>]) {
        Counted.add(key, to: &list)
    }

    /// Obligations of one kind by who owes them, sorted by name; those still open count as due once their time is past.
    public static func onTime(
        _ obligations: ObligationsProjection, kind: ObligationKind, at now: Instant
    ) -> [(name: String, figures: OnTime)] {
        var names: [String] = []
        var places: [String: Int] = [:]
        var figures: [OnTime] = []
        for row in obligations.rows where row.facts.kind == kind {
            let name = row.facts.agency?.text ?? row.facts.team?.text ?? row.facts.desk?.text ?? "-"
            let place: Int
            if let known = places[name] {
                place = known
            } else {
                place = figures.count
                places[name] = place
                names.append(name)
                figures.append(OnTime())
            }
            switch row.state {
            case .met:
                figures[place].due += 1
                if row.onTime == true { figures[place].onTime += 1 } else { figures[place].late += 1 }
            case .declined:
                figures[place].due += 1
                figures[place].declined += 1
            case .open:
                if row.isOverdue(at: now) { figures[place].due += 1 }
                figures[place].open += 1
            case .withdrawn: break
            }
        }
        return zip(names, figures).map { (name: $0.0, figures: $0.1) }.sorted { $0.name < $1.name }
    }
}

/// A key and how often it came, in lists that stay sorted by key: what a dictionary would be if its order were one.
public struct Counted<Key: Comparable & Hashable & Sendable>: Hashable, Sendable {
    public let key: Key
    public private(set) var count: Int

    static func add(_ key: Key, to list: inout [Counted<Key>]) {
        if let place = list.firstIndex(where: { $0.key >= key }) {
            if list[place].key == key {
                list[place].count += 1
            } else {
                list.insert(Counted(key: key, count: 1), at: place)
            }
        } else {
            list.append(Counted(key: key, count: 1))
        }
    }
}
