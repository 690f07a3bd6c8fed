import DomainModel
import Room
import Testing

@testable import Routing

/// Seeded, so that a failure is the same tomorrow.
struct Chance {
    private var state: UInt64
    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
    mutating func pick<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }
}

/// What the events alone say of who leads; shares nothing with Routing's state.
private struct Ledger {
    var leads: [CaseID: [EntryID]] = [:]
    var isOpen: [CaseID: Bool] = [:]
    var faults: [String] = []

    mutating func take(_ event: Event) {
        let id: CaseID
        let entries: [EntryChange]
        switch event.body {
        case .caseRouted(let routed): (id, entries) = (routed.caseID, routed.entries)
        case .caseNotified(let notified): (id, entries) = (notified.caseID, notified.entries)
        case .caseReopened(let reopened): (id, entries) = (reopened.caseID, reopened.entries)
        case .caseAccepted(let decided), .caseReturned(let decided), .caseRedirected(let decided),
            .caseSteppedUp(let decided), .caseSteppedDown(let decided), .caseClosed(let decided),
            .caseDecided(let decided), .caseMerged(let decided):
            (id, entries) = (decided.caseID, decided.entries)
        default: return
        }
        for change in entries where change.kind == .lead {
            leads[id, default: []].removeAll { $0 == change.entry }
            if change.state.isOpen { leads[id, default: []].append(change.entry) }
        }
        if event.body.type == .caseRouted { isOpen[id] = true }
        if event.body.type == .caseClosed || event.body.type == .caseMerged { isOpen[id] = false }
        let expected = isOpen[id] == true ? 1 : 0
        let count = leads[id]?.count ?? 0
        if count != expected { faults.append("\(event.body.type) at \(event.input?.description ?? ""): \(count)") }
    }
}

@Suite struct PropertyTests {
    static let people = [House.carol, House.dev, House.ewa, House.grace, House.amara, House.beth]

    static func step(_ house: inout House, _ chance: inout Chance) {
        let referral = 1 + chance.below(12)
        // From time to time others, or all would have been merged into one.
        let number = 1 + chance.below(6) + Int(house.offset / 600) * 6
        switch chance.below(20) {
        case 0...1: house.refer(House.content(referral, children: 2), number: referral)
        case 2: house.identify(referral, chance.below(2), as: .opened, case: number)
        case 3: house.identify(referral, chance.below(2), as: .joined, case: number)
        case 4: house.identify(referral, chance.below(2), as: .awaiting, case: nil)
        case 5...7:
            house.rate(
                number, chance.pick(RAG.allCases), 1 + chance.below(4), referral: referral,
                by: chance.below(4) == 0 ? House.carol : nil)
        case 8:
            house.request("q\(referral)", agency: "bd-gps", case: number, referral: referral)
        case 9...10:
            let content = ReturnContent(
                request: "q\(referral)", agency: House.agency("bd-gps"), submission: House.id("r"),
                kind: chance.pick([.full, .declined]), identified: chance.below(5) > 0)
            house.feed(
                content.kind == .declined
                    ? .returnDeclined(ReturnDeclined(content: content))
                    : .returnSubmitted(ReturnSubmitted(content: content)), subject: .request(content.request))
        case 11:
            house.feed(
                .referralCorrected(ReferralCorrected(content: House.content(referral, children: 1 + chance.below(2)))),
                subject: .referral(House.id("referral", referral)))
        case 12:
            house.feed(
                .identityUnlinked(
                    IdentityDecided(
                        by: House.amara, decision: House.id("d"), referral: House.id("referral", referral),
                        child: House.child(referral, chance.below(2)), previousCase: House.caseID(number),
                        reason: .wrongLink)),
                subject: .caseID(House.caseID(number)), by: .deduplication)
        case 14: changeIdentity(&house, &chance, referral, number)
        case 13:
            house.feed(
                .caseReopened(CaseReopened(caseID: House.caseID(number), reason: "referred-again")),
                subject: .caseID(House.caseID(number)), by: .deduplication)
        default: decide(&house, &chance, number)
        }
    }

    /// What Deduplication may post of a person's word: it never names a case that was merged.
    private static func changeIdentity(_ house: inout House, _ chance: inout Chance, _ referral: Int, _ number: Int) {
        let child = chance.below(2)
        let other = 1 + chance.below(6) + (number - 1) / 6 * 6
        guard house.row(number)?.mergedInto == nil, house.row(other)?.mergedInto == nil else { return }
        let held = house.routing.state.referrals[House.id("referral", referral)]?.state(
            of: House.child(referral, child))
        let decided = IdentityDecided(
            by: House.amara, decision: House.id("d"), referral: House.id("referral", referral),
            child: House.child(referral, child), person: House.id("person", other), caseID: House.caseID(other),
            previousCase: held?.caseID, reason: .wrongLink)
        switch chance.below(12) {
        case 0...3: house.feed(.identitySplit(decided), subject: .referral(decided.referral), by: .deduplication)
        case 4...7: house.feed(.identityConfirmed(decided), subject: .referral(decided.referral), by: .deduplication)
        case 8:
            guard number != other, house.row(number) != nil else { return }
            house.feed(
                .identityMerged(
                    IdentitiesMerged(
                        by: House.amara, decision: House.id("d"), person: House.id("person", other),
                        merged: House.id("person", number), caseID: House.caseID(other),
                        mergedCase: House.caseID(number), reason: .samePerson)),
                subject: .caseID(House.caseID(other)), by: .deduplication)
        case 9: house.feed(.unbornBorn(decided), subject: .caseID(House.caseID(other)), by: .deduplication)
        case 10: house.feed(.unbornLost(decided), subject: .caseID(House.caseID(other)), by: .deduplication)
        default:
            house.identify(referral, child, as: .joined, case: other)
        }
    }

    private static func decide(_ house: inout House, _ chance: inout Chance, _ number: Int) {
        let entries = house.row(number)?.entries ?? []
        let entry = entries.isEmpty || chance.below(4) == 0 ? nil : chance.pick(entries)
        // Mostly by someone of the entry's team, so that much is carried out.
        let own = people.filter { $0.team == entry?.team }
        let person = own.isEmpty || chance.below(6) == 0 ? chance.pick(people) : chance.pick(own)
        house.decide(
            chance.pick([.accept, .giveBack, .redirect, .close, .decide, .stepUp, .stepDown, .note]), by: person,
            entry: entry?.entry,
            cases: chance.below(3) == 0 ? [House.caseID(number), House.caseID(1)] : [House.caseID(number)],
            asof: chance.below(5) == 0 ? House.id("old") : house.newest(number),
            to: chance.pick([nil, "bd-mash", "bd-family-help", "bd-macpt", "bd-early-help"]).map { House.team($0) })
    }

    @Test func anOpenCaseHasExactlyOneLeadAfterEveryEvent() {
        var house = House()
        var chance = Chance(seed: 2026)
        var ledger = Ledger()
        var types: Set<EventType> = []
        var taken = 0
        for _ in 0..<10_000 {
            PropertyTests.step(&house, &chance)
            for event in house.events[taken...] {
                ledger.take(event)
                types.insert(event.body.type)
            }
            taken = house.events.count
        }
        #expect(ledger.faults.isEmpty, "\(ledger.faults.prefix(3))")
        // The walk has been everywhere.
        for type in StalePairs.own { #expect(types.contains(type), "never posted: \(type)") }
        #expect(Set(house.events.map(\.id)).count == house.events.count)
        #expect(Set(house.outgoing.map(\.id)).count == house.outgoing.count)
    }

    @Test func twoRunsPostTheSame() {
        var runs: [House] = []
        for _ in 0..<2 {
            var house = House()
            var chance = Chance(seed: 7)
            for _ in 0..<1500 { PropertyTests.step(&house, &chance) }
            runs.append(house)
        }
        #expect(runs[0].events == runs[1].events)
        #expect(runs[0].outgoing == runs[1].outgoing)
    }

    @Test func whatIsRestoredFromItsRowsDecidesTheSame() throws {
        var house = House()
        var chance = Chance(seed: 11)
        for _ in 0..<1000 { PropertyTests.step(&house, &chance) }
        var restored = house
        restored.routing = Routing(House.equipment)
        for row in house.rows.values { try restored.routing.restore(row) }
        var other = chance
        for _ in 0..<1000 {
            PropertyTests.step(&house, &chance)
            PropertyTests.step(&restored, &other)
        }
        #expect(house.events.count > 800)
        #expect(house.events == restored.events)
        #expect(house.outgoing == restored.outgoing)
    }

    @Test func aReplayOfItsOwnPostingsGivesTheSameRows() {
        var house = House()
        var chance = Chance(seed: 13)
        var replayed = Routing(House.equipment)
        var taken = 0
        var inputs = 0
        var rows: [[UInt8]: RowChange] = [:]
        for input in house.inputs { replayed.replay(input, own: []) }
        inputs = house.inputs.count
        for _ in 0..<800 {
            PropertyTests.step(&house, &chance)
            let own = Array(house.events[taken...])
            taken = house.events.count
            for input in house.inputs[inputs...] {
                replayed.replay(input, own: own.filter { $0.input == input.position })
            }
            inputs = house.inputs.count
        }
        for row in replayed.takeChanges() { rows[row.key] = row }
        #expect(rows == house.rows)
    }
}
