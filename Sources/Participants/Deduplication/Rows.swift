import DomainJSON
import DomainModel
import JSON
import Room

/// A referral whose children are, or are about to be, identified.
struct ReferralRow: Hashable, Sendable, JSONCodable {
    var authority: AuthorityCode
    /// When the hub received its first version.
    var receivedAt: Instant
    /// In the order of the message; those that a correction adds come after.
    var children: [ChildID]
    /// Its sender took it back. Closes nothing; it no longer makes a later one a re-referral.
    var isWithdrawn: Bool

    init(authority: AuthorityCode, receivedAt: Instant, children: [ChildID] = [], isWithdrawn: Bool = false) {
        self.authority = authority
        self.receivedAt = receivedAt
        self.children = children
        self.isWithdrawn = isWithdrawn
    }

    init(json: JSONValue) throws(JSONError) {
        authority = try json.required("authority")
        receivedAt = try json.required("receivedAt")
        children = try json.list("children")
        isWithdrawn = try json.optional("withdrawn") ?? false
    }

    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("authority", authority)
        json.field("receivedAt", receivedAt)
        json.field("children", children)
        json.fieldIfTrue("withdrawn", isWithdrawn)
        json.endObject()
    }
}

/// A child's part, and which fields of it Intake could not use.
struct ChildPart: Hashable, Sendable, JSONCodable {
    var child: ChildID
    var part: PartName
    /// Nil where the event did not carry it: the child is then known by nothing.
    var held: HeldPart?
    /// Schema names of fields that are never matched on.
    var unusable: [String]

    init(child: ChildID, part: PartName, held: HeldPart?, unusable: [String]) {
        self.child = child
        self.part = part
        self.held = held
        self.unusable = unusable
    }

    init(json: JSONValue) throws(JSONError) {
        child = try json.required("child")
        part = try json.required("part")
        held = try json.optional("held")
        unusable = try json.list("unusable")
    }

    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("child", child)
        json.field("part", part)
        json.field("held", held)
        json.field("unusable", unusable)
        json.endObject()
    }
}

/// One child of one referral.
struct ChildRow: Hashable, Sendable, JSONCodable {
    var authority: AuthorityCode
    var referral: ReferralID
    var part: ChildPart
    var status: Status
    /// Kept while a correction puts the child before a person again: its case stays as it is till they have answered.
    var person: PersonID?
    var caseID: CaseID?
    /// Whom it might be, best first, while it is awaited.
    var candidates: [PersonID]
    /// A named person said who this is; no correction asks again.
    var isConfirmed: Bool
    /// What is known came before its referral.
    var isEarly: Bool
    /// The parts of the parents whom the referral names.
    var parents: [HeldPart]
    /// The part of the decision that said what is known of the birth.
    var birth: HeldPart?
    /// Its referral came after a close of the case, so that an earlier referral makes it a re-referral.
    var isAfterClose = false
    /// As it was said last.
    var rereferral: PreviousReferral?

    init(
        authority: AuthorityCode, referral: ReferralID, part: ChildPart, parents: [HeldPart] = [], isEarly: Bool = false
    ) {
        self.authority = authority
        self.referral = referral
        self.part = part
        self.parents = parents
        status = .read
        candidates = []
        isConfirmed = false
        self.isEarly = isEarly
    }

    init(json: JSONValue) throws(JSONError) {
        authority = try json.required("authority")
        referral = try json.required("referral")
        part = try json.required("part")
        status = try json.required("status")
        person = try json.optional("person")
        caseID = try json.optional("case")
        candidates = try json.list("candidates")
        isConfirmed = try json.optional("confirmed") ?? false
        isEarly = try json.optional("early") ?? false
        parents = try json.list("parents")
        birth = try json.optional("birth")
        isAfterClose = try json.optional("afterClose") ?? false
        rereferral = try json.optional("rereferral")
    }

    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("authority", authority)
        json.field("referral", referral)
        json.field("part", part)
        json.field("status", status)
        json.field("person", person)
        json.field("case", caseID)
        json.field("candidates", candidates)
        json.fieldIfTrue("confirmed", isConfirmed)
        json.fieldIfTrue("early", isEarly)
        json.field("parents", parents)
        json.field("birth", birth)
        json.fieldIfTrue("afterClose", isAfterClose)
        json.field("rereferral", rereferral)
        json.endObject()
    }
}

/// A person known to one authority, and their one case.
struct PersonRow: Hashable, Sendable, JSONCodable {
    var authority: AuthorityCode
    var caseID: CaseID
    /// The children of referrals that are this person, sorted.
    var children: [ChildID]
    /// A named person said that this is somebody else's second id: whoever names it means that person.
    var mergedInto: PersonID?
    /// A named person said that the unborn child was born.
    var isBorn = false
    /// A named person said that the pregnancy with this child has ended: nothing more is linked to it by a rule.
    var isLost = false

    init(authority: AuthorityCode, caseID: CaseID, children: [ChildID] = []) {
        self.authority = authority
        self.caseID = caseID
        self.children = children
    }

    init(json: JSONValue) throws(JSONError) {
        authority = try json.required("authority")
        caseID = try json.required("case")
        children = try json.list("children")
        mergedInto = try json.optional("mergedInto")
        isBorn = try json.optional("born") ?? false
        isLost = try json.optional("lost") ?? false
    }

    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("authority", authority)
        json.field("case", caseID)
        json.field("children", children)
        json.field("mergedInto", mergedInto)
        json.fieldIfTrue("born", isBorn)
        json.fieldIfTrue("lost", isLost)
        json.endObject()
    }
}

/// One child's episode, as far as identity needs it.
struct CaseRow: Hashable, Sendable, JSONCodable {
    var person: PersonID
    var isOpen: Bool
    /// The referral that opened it.
    var opening: ReferralID
    /// All that joined it, in that order, the opening one first.
    var referrals: [ReferralID]
    /// When it was closed last.
    var closedAt: Instant?
    /// It goes on in another.
    var mergedInto: CaseID?

    init(person: PersonID, isOpen: Bool = true, opening: ReferralID, referrals: [ReferralID] = []) {
        self.person = person
        self.isOpen = isOpen
        self.opening = opening
        self.referrals = referrals
    }

    init(json: JSONValue) throws(JSONError) {
        person = try json.required("person")
        isOpen = try json.required("open")
        opening = try json.required("opening")
        referrals = try json.list("referrals")
        closedAt = try json.optional("closedAt")
        mergedInto = try json.optional("mergedInto")
    }

    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("person", person)
        json.field("open", isOpen)
        json.field("opening", opening)
        json.field("referrals", referrals)
        json.field("closedAt", closedAt)
        json.field("mergedInto", mergedInto)
        json.endObject()
    }
}

/// What came before its referral.
struct EarlyRow: Hashable, Sendable, JSONCodable {
    var authority: AuthorityCode
    /// Receipt of what came first: holding ends a limit after it.
    var since: Instant
    /// Of the latest correction held; nil where only a withdrawal is.
    var receivedAt: Instant?
    var children: [ChildPart]
    /// As the held correction names them.
    var parents: [HeldPart] = []
    var isWithdrawn: Bool

    init(
        authority: AuthorityCode, since: Instant, receivedAt: Instant? = nil, children: [ChildPart] = [],
        isWithdrawn: Bool = false
    ) {
        self.authority = authority
        self.since = since
        self.receivedAt = receivedAt
        self.children = children
        self.isWithdrawn = isWithdrawn
    }

    init(json: JSONValue) throws(JSONError) {
        authority = try json.required("authority")
        since = try json.required("since")
        receivedAt = try json.optional("receivedAt")
        children = try json.list("children")
        parents = try json.list("parents")
        isWithdrawn = try json.optional("withdrawn") ?? false
    }

    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("authority", authority)
        json.field("since", since)
        json.field("receivedAt", receivedAt)
        json.field("children", children)
        json.field("parents", parents)
        json.fieldIfTrue("withdrawn", isWithdrawn)
        json.endObject()
    }
}
