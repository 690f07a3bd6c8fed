import DomainModel
import JSON
import PersonMatching
import Room
import Sealing

/// All that Deduplication knows of one partition: a fold of what it read and posted. `apply` is total and decides
/// nothing.
///
/// Beside the tables stands the index of people, in memory alone. What is compared is never written open: a row of a
/// child holds its sealed part, and the index is built again by opening the parts.
struct DeduplicationState {
    private(set) var adoptions = Adoptions()
    private(set) var referrals = StateTable<ReferralID, ReferralRow>(prefix: "R")
    private(set) var early = StateTable<ReferralID, EarlyRow>(prefix: "E")
    private(set) var children = StateTable<ChildID, ChildRow>(prefix: "C")
    private(set) var people = StateTable<PersonID, PersonRow>(prefix: "N")
    private(set) var cases = StateTable<CaseID, CaseRow>(prefix: "S")
    private(set) var waiting = DueQueue<ReferralID>()
    /// Referrals that the last strike took as submitted, in the order in which they had waited.
    private(set) var released: [ReferralID] = []
    private var indexes: [AuthorityCode: PersonIndex] = [:]
    private var pregnancies: [AuthorityCode: Pregnancies] = [:]
    private var shared: [AuthorityCode: SharedAddresses] = [:]
    private let open: @Sendable (Part) -> [UInt8]?
    private let keyed: KeyedHash
    private let reader = ParticularsReader()

    init(open: @escaping @Sendable (Part) -> [UInt8]?, keyed: KeyedHash) {
        self.open = open
        self.keyed = keyed
    }

    func index(of authority: AuthorityCode) -> PersonIndex { indexes[authority] ?? PersonIndex() }

    func pregnancies(in authority: AuthorityCode) -> Pregnancies { pregnancies[authority] ?? Pregnancies() }

    /// What one referral says of a child, opened now; with what a person's decision says of its birth.
    func record(of child: ChildID) -> MatchRecord { children[child].map { record(of: $0) } ?? MatchRecord() }

    func record(of row: ChildRow) -> MatchRecord {
        let part = row.part
        var person = reader.read(part.held.flatMap { open($0.part) }, unusable: part.unusable)
        if let birth = row.birth { reader.add(birthIn: open(birth.part), to: &person) }
        let shared = shared[row.authority]
        return MatchRecord(
            person, parents: row.parents.map { reader.read(open($0.part), unusable: []).name },
            isShared: { shared?.has($0) == true })
    }

    /// What tells whose child it is, where it is unborn or new-born.
    func parents(of row: ChildRow) -> [ParentKey] {
        row.parents.flatMap { ParentKey.all(of: MatchRecord(reader.read(open($0.part), unusable: []))) }
    }

    /// The person that an id means now, and the case: what was merged leads on.
    func resolved(_ person: PersonID) -> PersonID {
        var person = person
        for _ in 0..<Limits.redirectsMax {
            guard let next = people[person]?.mergedInto else { return person }
            person = next
        }
        return person
    }

    func resolved(_ caseID: CaseID) -> CaseID {
        var caseID = caseID
        for _ in 0..<Limits.redirectsMax {
            guard let next = cases[caseID]?.mergedInto else { return caseID }
            caseID = next
        }
        return caseID
    }

    // MARK: Folding

    mutating func apply(_ event: Event) {
        released.removeAll(keepingCapacity: true)
        if adoptions.apply(event) { return list(sharedAddressesOf: event.authority) }
        if case .clockStruck(let struck) = event.body { return release(at: struck.now) }
        guard decides(for: event.authority) else { return }
        switch event.body {
        case .referralSubmitted(let submitted): take(submitted.content, event)
        case .referralTransferred(let transferred): take(transferred.content, event)
        case .referralCorrected(let corrected): correct(corrected.content, event)
        case .referralWithdrawn(let withdrawn): withdraw(withdrawn.referral, event)
        case .childIdentified(let identified): identify(identified)
        case .caseOpened(let opened):
            cases[opened.caseID] = CaseRow(person: opened.person, opening: opened.referral)
            if people[opened.person] == nil {
                people[opened.person] = PersonRow(authority: event.authority, caseID: opened.caseID)
            }
        case .caseReopened(let reopened): setOpen(reopened.caseID, true, at: event.time)
        case .caseClosed(let closed): setOpen(closed.caseID, false, at: event.time)
        case .identityConfirmed(let decided), .identityUnlinked(let decided), .identitySplit(let decided):
            confirm(decided)
        case .identityMerged(let merged): merge(merged)
        case .unbornBorn(let decided): note(birthOf: decided, event)
        case .unbornLost(let decided): if let person = decided.person { people[person]?.isLost = true }
        default: break
        }
    }

    /// Nothing is posted or kept before the authority's first adoption, nor for the pseudo-authority: what it holds
    /// waits for a person to say whose it is, and is read when it is transferred.
    func decides(for authority: AuthorityCode) -> Bool {
        authority != .hub && adoptions.isComplete(for: authority)
    }

    /// A referral as submitted. Where a correction of it was held, that is the later version; where the referral is
    /// known already (the strike had taken a held one as submitted), only children that it did not name are new.
    private mutating func take(_ content: ReferralContent, _ event: Event) {
        let held = early[content.referral]
        end(early: content.referral)
        var row =
            referrals[content.referral]
            ?? ReferralRow(authority: event.authority, receivedAt: content.receivedAt)
        let parents = parents(in: content, event)
        for part in held?.children ?? [] {
            add(part, held?.parents ?? [], to: &row, content.referral, isEarly: true)
        }
        for part in ChildPart.all(of: content, in: event) {
            add(part, parents, to: &row, content.referral, isEarly: false)
        }
        if held?.isWithdrawn == true { row.isWithdrawn = true }
        referrals[content.referral] = row
    }

    private mutating func add(
        _ part: ChildPart, _ parents: [HeldPart], to row: inout ReferralRow, _ referral: ReferralID, isEarly: Bool
    ) {
        guard children[part.child] == nil else { return }
        row.children.append(part.child)
        children[part.child] = ChildRow(
            authority: row.authority, referral: referral, part: part, parents: parents, isEarly: isEarly)
    }

    private mutating func correct(_ content: ReferralContent, _ event: Event) {
        let parts = ChildPart.all(of: content, in: event)
        let parents = parents(in: content, event)
        guard var row = referrals[content.referral] else {
            var held = early[content.referral] ?? EarlyRow(authority: event.authority, since: event.time)
            held.receivedAt = content.receivedAt
            held.children = parts
            held.parents = parents
            return hold(content.referral, held)
        }
        for part in parts {
            if let child = children[part.child], child.referral == content.referral {
                unindex(part.child)
                children[part.child]?.part = part
                children[part.child]?.parents = parents
                index(part.child)
            } else {
                add(part, parents, to: &row, content.referral, isEarly: false)
            }
        }
        if referrals[content.referral] != row { referrals[content.referral] = row }
    }

    private mutating func withdraw(_ referral: ReferralID, _ event: Event) {
        if referrals[referral] != nil {
            referrals[referral]?.isWithdrawn = true
            return
        }
        var held = early[referral] ?? EarlyRow(authority: event.authority, since: event.time)
        held.isWithdrawn = true
        hold(referral, held)
    }

    private mutating func hold(_ referral: ReferralID, _ row: EarlyRow) {
        early[referral] = row
        waiting.set(referral, due: row.since.adding(milliseconds: Limits.earlyHeldMilliseconds))
    }

    private mutating func end(early referral: ReferralID) {
        guard early[referral] != nil else { return }
        early[referral] = nil
        waiting.set(referral, due: nil)
    }

    /// What has waited too long counts as submitted: better a child twice before a person than never. A withdrawal of
    /// what never came has nothing to withdraw.
    private mutating func release(at now: Instant) {
        while let referral = waiting.next(at: now) {
            guard let held = early[referral] else { continue }
            early[referral] = nil
            guard let receivedAt = held.receivedAt else { continue }
            var row = ReferralRow(authority: held.authority, receivedAt: receivedAt, isWithdrawn: held.isWithdrawn)
            for part in held.children { add(part, held.parents, to: &row, referral, isEarly: true) }
            referrals[referral] = row
            released.append(referral)
        }
    }

    private mutating func identify(_ identified: ChildIdentified) {
        guard let row = children[identified.child] else { return }
        if identified.disposition == .awaiting {
            children[identified.child]?.candidates = identified.candidates
            guard row.status != .awaiting else { return }
            unindex(identified.child)
            children[identified.child]?.status = .awaiting
            index(identified.child)
            return
        }
        guard let person = identified.person, let caseID = identified.caseID else { return }
        unindex(identified.child)
        let moves = row.caseID != caseID
        if row.person != person { leave(identified.child) }
        children[identified.child]?.status = .identified
        if moves { children[identified.child]?.isAfterClose = false }
        if identified.disposition == .reopened {
            // A child that a person moves here may have been referred before the close.
            let received = referrals[row.referral]?.receivedAt
            let isLater = cases[caseID]?.closedAt.flatMap { closed in received.map { $0 >= closed } } ?? true
            children[identified.child]?.isAfterClose = identified.rereferral != nil || isLater
        }
        children[identified.child]?.rereferral = identified.rereferral
        children[identified.child]?.candidates = []
        children[identified.child]?.person = person
        children[identified.child]?.caseID = caseID
        join(identified.child, to: person)
        if let known = cases[caseID], !known.referrals.contains(identified.referral) {
            cases[caseID]?.referrals.append(identified.referral)
        }
        index(identified.child)
    }

    /// Takes a child from the person that it is no longer. The case keeps a referral that another of its children
    /// still names.
    private mutating func leave(_ child: ChildID) {
        guard let row = children[child], let person = row.person else { return }
        people[person]?.children.removeAll { $0 == child }
        let others = people[person]?.children ?? []
        if let caseID = row.caseID, cases[caseID] != nil,
            !others.contains(where: { children[$0]?.referral == row.referral })
        {
            cases[caseID]?.referrals.removeAll { $0 == row.referral }
        }
    }

    private mutating func join(_ child: ChildID, to person: PersonID) {
        guard let known = people[person], !known.children.contains(child) else { return }
        let place = known.children.firstIndex { child < $0 } ?? known.children.count
        people[person]?.children.insert(child, at: place)
    }

    private mutating func confirm(_ decided: IdentityDecided) {
        guard children[decided.child] != nil else { return }
        children[decided.child]?.isConfirmed = true
        // Whoever says that a new report is about a child who was said to be lost, says that it was not.
        if let person = decided.person, people[person]?.isLost == true { people[person]?.isLost = false }
    }

    /// All that was the second person's is the first's. What came after a close of the other's case came after a close.
    private mutating func merge(_ merged: IdentitiesMerged) {
        guard let gone = people[merged.merged], people[merged.person] != nil, merged.person != merged.merged else {
            return
        }
        markAfterClose(people[merged.person]?.children ?? [], of: cases[merged.mergedCase]?.closedAt)
        markAfterClose(gone.children, of: cases[merged.caseID]?.closedAt)
        for child in gone.children {
            unindex(child)
            children[child]?.person = merged.person
            children[child]?.caseID = merged.caseID
            children[child]?.isConfirmed = true
            join(child, to: merged.person)
            index(child)
        }
        for referral in cases[merged.mergedCase]?.referrals ?? []
        where cases[merged.caseID]?.referrals.contains(referral) == false {
            cases[merged.caseID]?.referrals.append(referral)
        }
        people[merged.merged]?.children = []
        people[merged.merged]?.mergedInto = merged.person
        if gone.isBorn { people[merged.person]?.isBorn = true }
        cases[merged.mergedCase]?.isOpen = false
        cases[merged.mergedCase]?.referrals = []
        cases[merged.mergedCase]?.mergedInto = merged.caseID
    }

    private mutating func markAfterClose(_ list: [ChildID], of closedAt: Instant?) {
        guard let closedAt else { return }
        for child in list {
            guard let row = children[child], let received = referrals[row.referral]?.receivedAt, received >= closedAt,
                !row.isAfterClose
            else { continue }
            children[child]?.isAfterClose = true
        }
    }

    private mutating func note(birthOf decided: IdentityDecided, _ event: Event) {
        guard let person = decided.person, people[person] != nil else { return }
        people[person]?.isBorn = true
        guard let birth = event.part(.text).flatMap({ HeldPart($0) }), children[decided.child] != nil else { return }
        unindex(decided.child)
        children[decided.child]?.birth = birth
        index(decided.child)
    }

    private mutating func setOpen(_ caseID: CaseID, _ isOpen: Bool, at time: Instant) {
        guard let row = cases[caseID], row.isOpen != isOpen, row.mergedInto == nil else { return }
        cases[caseID]?.isOpen = isOpen
        if !isOpen { cases[caseID]?.closedAt = time }
    }

    /// Whose child it is helps to tell who it is, and of an unborn one is all that does. A carer is not meant: a foster
    /// home's children are nobody's brothers and sisters by that.
    private func parents(in content: ReferralContent, _ event: Event) -> [HeldPart] {
        content.adults.filter { $0.relationship == .parent }
            .compactMap { event.part($0.part).flatMap { HeldPart($0) } }
    }

    // MARK: The index

    /// A child who waits for a review is in it too, as nobody's: even one that a correction put before a person again is
    /// no record of the person that it was till they have answered.
    private mutating func index(_ child: ChildID) {
        guard let row = children[child], row.status == .awaiting || row.person != nil else { return }
        let record = record(of: row)
        let person = row.status == .awaiting ? nil : row.person
        list(sharedAddressesOf: record, in: row.authority)
        if let person {
            indexes[row.authority, default: PersonIndex()].add(record, of: child, to: person)
        } else {
            indexes[row.authority, default: PersonIndex()].add(awaiting: record, of: child)
        }
        guard !row.parents.isEmpty, record.birthDate == nil, let expected = record.expectedDate else { return }
        let parents = parents(of: row)
        pregnancies[row.authority, default: Pregnancies()].add(
            child, of: person, expected: expected, parents: parents)
    }

    /// What is listed from here on. Nobody's part is opened for it: the index knows the postcodes.
    private mutating func list(sharedAddressesOf authority: AuthorityCode) {
        let listed = SharedAddresses(adoptions.configuration(of: authority), of: authority, keyed: keyed)
        guard !listed.isTheSame(as: shared[authority]) else { return }
        shared[authority] = listed
        indexes[authority]?.relist(listed.has(postcode:))
    }

    private mutating func list(sharedAddressesOf record: MatchRecord, in authority: AuthorityCode) {
        guard let listed = shared[authority], !listed.isEmpty else { return }
        for postcode in record.addresses.compactMap(\.postcode) where listed.has(postcode: postcode) {
            indexes[authority, default: PersonIndex()].list(sharedPostcode: postcode)
        }
    }

    private mutating func unindex(_ child: ChildID) {
        guard let row = children[child] else { return }
        if row.status == .awaiting {
            indexes[row.authority]?.remove(awaiting: child)
        } else if let person = row.person {
            indexes[row.authority]?.remove(child, from: person)
        }
        pregnancies[row.authority]?.remove(child)
    }

    // MARK: Rows

    mutating func takeChanges() -> [RowChange] {
        var changes: [RowChange] = []
        adoptions.takeChanges(into: &changes)
        referrals.takeChanges(into: &changes)
        early.takeChanges(into: &changes)
        children.takeChanges(into: &changes)
        people.takeChanges(into: &changes)
        cases.takeChanges(into: &changes)
        return changes
    }

    mutating func restore(_ change: RowChange, parser: JSONParser) throws(RowError) {
        if try adoptions.restore(change, parser: parser) {
            // In whatever order the rows come: children that are indexed already are listed anew.
            if let authority = AuthorityCode(rowText: String(decoding: change.key.dropFirst(), as: UTF8.self)) {
                list(sharedAddressesOf: authority)
            }
            return
        }
        if try referrals.restore(change, parser: parser) != nil { return }
        if try people.restore(change, parser: parser) != nil { return }
        if try cases.restore(change, parser: parser) != nil { return }
        if let (referral, row) = try early.restore(change, parser: parser) {
            waiting.set(referral, due: row.map { $0.since.adding(milliseconds: Limits.earlyHeldMilliseconds) })
            return
        }
        // An earlier version of the row may have been restored before: its person no longer counts.
        if change.key.first == UInt8(ascii: "C"),
            let former = ChildID(rowText: String(decoding: change.key.dropFirst(), as: UTF8.self))
        {
            unindex(former)
        }
        if let (child, _) = try children.restore(change, parser: parser) {
            index(child)
            return
        }
        throw .unknownTable(change.key.first ?? 0)
    }
}

extension ChildPart {
    /// The children of a message with their parts as the event carries them.
    static func all(of content: ReferralContent, in event: Event) -> [ChildPart] {
        content.children.map { facts in
            ChildPart(
                child: facts.child, part: facts.part, held: event.part(facts.part).flatMap { HeldPart($0) },
                unusable: content.marks.compactMap { field(of: facts.part, markedAt: $0.pointer) })
        }
    }

    /// `/children/0/birthDate`, whatever stands before it → `birthDate`, where it is the part's own.
    private static func field(of part: PartName, markedAt pointer: String) -> String? {
        let names = pointer.split(separator: "/")
        guard let list = names.firstIndex(of: "children"), list + 2 < names.count,
            Int(names[list + 1]) == part.index
        else { return nil }
        return String(names[list + 2])
    }
}
