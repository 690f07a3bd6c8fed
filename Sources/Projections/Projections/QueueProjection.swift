import DomainJSON
public import DomainModel
public import JSON

/// A team's queue as the team may see it: the last record of each entry, in the order in which the entries first came.
/// Built from the records of `team.<id>.queue` alone.
public struct QueueProjection: Sendable {
    public struct Row: Hashable, Sendable {
        public var entry: EntryID
        public var caseID: CaseID?
        public var kind: EntryKind
        public var state: EntryState
        public var about: String?
        public var rating: Rating?
        /// What the policy would give without a link that was undone: the entry asks a person to rate.
        public var proposedRating: Rating?
        public var receivedAt: Instant?
        public var asof: EventID?
        public var immediateDanger: Bool
        /// As the record gives it; for people of the team.
        public var givenName: String?
        public var familyName: String?
        public var siblings: [CaseID]
        public var candidates: [PersonID]
        public var child: ChildID?
        /// The child of the case as each referral names it: what an identity decision names.
        public var children: [ChildID]
        /// The request whose return the entry is about.
        public var request: String?
        /// The record's data as it came.
        public var data: [UInt8]
    }

    /// A decision that could not stand, as the team was told.
    public struct Refusal: Hashable, Sendable {
        public var person: String?
        public var verb: String?
        public var reason: String
        public var entry: EntryID?
    }

    /// The team is told that what a case showed was partly about another child.
    public struct Withdrawal: Hashable, Sendable {
        public var caseID: CaseID
        public var words: String
    }

    public private(set) var rows: [Row] = []
    /// Links that the queue showed and that were undone, oldest first.
    public private(set) var withdrawals: [Withdrawal] = []
    /// Oldest first.
    public private(set) var refusals: [Refusal] = []
    private var places: [EntryID: Int] = [:]

    public init() {}

    /// Takes the data of one `entry.updated` record; other types of the queue are not entries.
    public mutating func take(_ data: [UInt8], parser: JSONParser) throws(JSONError) {
        let json = try parser.parse(data)
        let entry: EntryID = try json.required("entry")
        let child = json.member("child")
        let row = Row(
            entry: entry, caseID: try json.optional("case"), kind: try json.required("kind"),
            state: try json.required("state"), about: try json.optional("about"),
            rating: try json.optional("rating"), proposedRating: try json.optional("proposedRating"),
            receivedAt: try json.optional("receivedAt"),
            asof: try json.optional("asof"), immediateDanger: try json.optional("immediateDanger") ?? false,
            givenName: try child?.optional("givenName"), familyName: try child?.optional("familyName"),
            siblings: try siblings(of: json), candidates: try json.list("candidates"),
            child: try json.optional("childId"), children: try children(of: json),
            request: try json.member("return")?.optional("request"), data: data)
        if let place = places[entry] {
            rows[place] = row
        } else {
            places[entry] = rows.count
            rows.append(row)
        }
    }

    /// Takes the data of one `decision.refused` record.
    public mutating func takeRefusal(_ data: [UInt8], parser: JSONParser) throws(JSONError) {
        let json = try parser.parse(data)
        refusals.append(
            Refusal(
                person: try json.optional("person"), verb: try json.optional("verb"),
                reason: try json.required("reason"), entry: try json.optional("entry")))
    }

    /// Takes the data of one `link.withdrawn` record.
    public mutating func takeWithdrawal(_ data: [UInt8], parser: JSONParser) throws(JSONError) {
        let json = try parser.parse(data)
        withdrawals.append(Withdrawal(caseID: try json.required("case"), words: try json.required("words")))
    }

    private func children(of json: JSONValue) throws(JSONError) -> [ChildID] {
        guard let list = json.member("referrals") else { return [] }
        var children: [ChildID] = []
        for referral in try list.elements() { children += try referral.list("children") as [ChildID] }
        return children
    }

    private func siblings(of json: JSONValue) throws(JSONError) -> [CaseID] {
        guard let list = json.member("siblings") else { return [] }
        var cases: [CaseID] = []
        for sibling in try list.elements() { cases.append(try sibling.required("case")) }
        return cases
    }

    /// What waits for the team: the most urgent first, then the oldest.
    public var open: [Row] {
        rows.enumerated().filter { $0.element.state.isOpen }.sorted { left, right in
            let urgencies = (left.element.rating?.urgency ?? .blue, right.element.rating?.urgency ?? .blue)
            if urgencies.0 != urgencies.1 { return urgencies.0 > urgencies.1 }
            let times = (left.element.receivedAt ?? .distantFuture, right.element.receivedAt ?? .distantFuture)
            if times.0 != times.1 { return times.0 < times.1 }
            return left.offset < right.offset
        }.map(\.element)
    }
}
