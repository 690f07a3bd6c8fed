import DomainModel
import HubConfiguration
import Room
import Testing

@testable import Deadlines

/// What must hold of any sequence of events, sensible or not.
@Suite struct PropertyTests {
    private static let seeds = Array(UInt64(1)...40)

    @Test(arguments: seeds)
    func everyObligationAndAlertKeepsItsOrder(seed: UInt64) {
        var world = RandomWorld(seed: seed)
        var thread = Thread()
        var ledger = Ledger()
        for _ in 0..<250 {
            let event = world.next()
            let own = thread.read(event)
            ledger.read(own, after: event)
        }
        #expect(ledger.faults == [])
        #expect(ledger.counts.ended > 10 && ledger.counts.raised > 5, "the sequence was too tame to tell anything")
    }

    @Test(arguments: seeds.prefix(10))
    func theSameEventsGiveTheSamePostings(seed: UInt64) {
        var first = Deadlines(Given.equipment)
        var second = Deadlines(Given.equipment)
        for event in RandomWorld.sequence(seed: seed) {
            #expect(first.receive(event) == second.receive(event))
        }
        #expect(first.takeChanges() == second.takeChanges())
    }

    @Test(arguments: seeds.prefix(10))
    func restoredFromItsRowsItGoesOnAsBefore(seed: UInt64) throws {
        var original = Deadlines(Given.equipment)
        var rows: [[UInt8]: [UInt8]] = [:]
        for (place, event) in RandomWorld.sequence(seed: seed).enumerated() {
            if place % 40 == 39 {
                for change in original.takeChanges() { rows[change.key] = change.value }
                var restored = Deadlines(Given.equipment)
                for key in rows.keys.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
                    try restored.restore(RowChange(key: key, value: rows[key]))
                }
                #expect(restored.nextDue == original.nextDue)
                #expect(restored.takeChanges().isEmpty)
                let strike = Event(
                    id: Given.id(7), source: .clock, time: event.time.adding(seconds: 86_400 * 30), authority: .hub,
                    subject: .hub, body: .clockStruck(ClockStruck(now: event.time.adding(seconds: 86_400 * 30))))
                var struck = original
                #expect(restored.receive(strike) == struck.receive(strike))
            }
            _ = original.receive(event)
        }
    }

    @Test(arguments: seeds.prefix(10))
    func replayedWithoutDecidingItComesToTheSameRows(seed: UInt64) {
        var original = Deadlines(Given.equipment)
        var replayed = Deadlines(Given.equipment)
        for event in RandomWorld.sequence(seed: seed) {
            let own = original.receive(event).compactMap { posting -> Event? in
                guard case .room(let event) = posting else { return nil }
                return event
            }
            replayed.replay(event, own: own)
        }
        #expect(original.nextDue == replayed.nextDue)
        let rows = { (changes: [RowChange]) in Dictionary(uniqueKeysWithValues: changes.map { ($0.key, $0.value) }) }
        #expect(rows(original.takeChanges()) == rows(replayed.takeChanges()))
    }
}

/// An account of what was posted, kept apart from the participant's own.
private struct Ledger {
    private var isOpen: [ObligationID: Bool] = [:]
    private var standing: [ObligationID: AlertID] = [:]
    private var rung: Set<[Int]> = []
    private var rungOf: [ObligationID: Set<String>] = [:]
    private var ids: Set<EventID> = []
    private(set) var faults: [String] = []
    private(set) var counts = (ended: 0, raised: 0)

    mutating func read(_ own: [Event], after input: Event) {
        for event in own {
            if !ids.insert(event.id).inserted { faults.append("\(event.body.type) has an id that was used before") }
            switch event.body {
            case .obligationOpened(let opened):
                if isOpen[opened.facts.obligation] != nil { faults.append("opened twice") }
                isOpen[opened.facts.obligation] = true
            case .obligationExtended(let extended):
                if isOpen[extended.facts.obligation] == nil { faults.append("extended before it was opened") }
                isOpen[extended.facts.obligation] = true
            case .obligationMet(let met):
                end(met.facts)
                if met.facts.kind == .decide, !input.isSettlingDecision { faults.append("decide met by no person") }
            case .obligationWithdrawn(let ended), .obligationDeclined(let ended): end(ended.facts)
            case .alertRaised(let raised), .alertEscalated(let raised): ring(raised)
            case .alertCleared(let cleared):
                if standing.removeValue(forKey: cleared.obligation) != cleared.alert {
                    faults.append("cleared, not raised")
                }
            case .obligationReminded(let reminded):
                if isOpen[reminded.facts.obligation] != true { faults.append("reminded of what is not owed") }
            default: break
            }
        }
        // At the end of the step, not of the sequence: no all-clear waits for another event.
        if standing.contains(where: { isOpen[$0.key] != true }) { faults.append("an alert stands for what has ended") }
    }

    private mutating func end(_ facts: ObligationFacts) {
        counts.ended += 1
        if isOpen[facts.obligation] != true { faults.append("\(facts.kind) ended while it was not open") }
        isOpen[facts.obligation] = false
    }

    private mutating func ring(_ raised: AlertRaised) {
        counts.raised += 1
        if isOpen[raised.facts.obligation] != true { faults.append("raised for what is not owed") }
        if !rungOf[raised.facts.obligation, default: []].insert("\(raised.arming)/\(raised.rung)").inserted {
            faults.append("the same rung of the same arming twice")
        }
        if raised.rung > 0, standing[raised.facts.obligation] == nil { faults.append("escalated before it was raised") }
        standing[raised.facts.obligation] = raised.alert
    }
}

extension Event {
    fileprivate var isSettlingDecision: Bool {
        switch body {
        case .caseAccepted, .caseClosed, .caseDecided, .caseSteppedUp, .caseSteppedDown: true
        default: false
        }
    }
}

/// Events drawn at random from a few referrals, cases, requests and alerts, so that they meet often and in odd orders.
private struct RandomWorld {
    private var state: UInt64
    private var now = Given.start
    private var offset: Int64 = 0
    private var adopting: [EventBody] = [
        .policyAdopted(PolicyAdopted(hash: "p", content: Given.policy(of: Given.barking))),
        .configurationAdopted(ConfigurationAdopted(hash: "c", content: Given.directory)),
    ]

    init(seed: UInt64) { state = seed }

    static func sequence(seed: UInt64, count: Int = 250) -> [Event] {
        var world = RandomWorld(seed: seed)
        return (0..<count).map { _ in world.next() }
    }

    private mutating func draw(_ bound: Int) -> Int {
        // SplitMix64 (Steele, Lea and Flood 2014).
        state &+= 0x9e37_79b9_7f4a_7c15
        var word = state
        word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
        word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
        return Int((word ^ (word >> 31)) % UInt64(bound))
    }

    mutating func next() -> Event {
        offset += 1
        let body = adopting.popLast() ?? draw()
        let causation: EventID = Given.id(900 + draw(4))
        return Event(
            id: Given.id(1_000_000 + Int(offset)), source: .intake, time: now, authority: Given.barking,
            subject: .hub, causation: causation, body: body, position: InputPosition(partition: 1, offset: offset))
    }

    private mutating func draw() -> EventBody {
        now = now.adding(seconds: Int64(draw(4 * 3600)))
        let referral = 1 + draw(3)
        let child = 10 + referral
        let caseNumber = 21 + draw(2)
        let request = "req-\(1 + draw(3))"
        let agency = request == "req-1" ? Given.police : Given.school
        let submission = 41 + draw(4)
        let content = Given.referral(referral, danger: draw(3) == 0, children: [child], at: now)
        switch draw(26) {
        case 0: return .referralSubmitted(ReferralSubmitted(content: content))
        case 1: return .referralCorrected(ReferralCorrected(content: content))
        case 2:
            return .referralAcknowledged(
                ReferralAcknowledged(referral: Given.id(referral), agency: Given.police, reference: "r"))
        case 3, 4:
            return Given.identified(
                child: child, referral: referral, [.opened, .joined, .reopened][draw(3)], case: caseNumber)
        case 5:
            return Given.rated(
                RAG.allCases[draw(4)], from: [nil, .blue, .amber, .red][draw(4)], case: caseNumber, referral: referral)
        case 6, 7: return Given.requested(request, of: agency, rating: RAG.allCases[draw(4)], case: caseNumber)
        case 8, 9, 10:
            return .returnSubmitted(
                ReturnSubmitted(
                    content: Given.content(
                        request, [.full, .partial, .nothingKnown][draw(3)], identified: draw(4) > 0,
                        submission: submission,
                        agency: agency)))
        case 11:
            return .returnDeclined(
                ReturnDeclined(content: Given.content(request, .declined, submission: submission, agency: agency)))
        case 12:
            return .returnCorrected(
                ReturnCorrected(
                    content: Given.content(
                        request, [.full, .partial][draw(2)], submission: 50 + draw(4), agency: agency),
                    earlier: Given.id(submission)))
        case 13:
            return .returnWithdrawn(
                ReturnWithdrawn(request: request, agency: agency, earlier: Given.id(submission), reason: .sentInError))
        case 14:
            return Given.routed(
                to: [Given.familyHelp, Given.macpt][draw(2)], entry: 51 + draw(6), case: caseNumber,
                withdrawing: draw(2) == 0 ? nil : (51 + draw(6), Given.familyHelp))
        case 15: return .caseAccepted(Given.decision(by: Given.carol, case: caseNumber))
        case 16: return .caseReturned(Given.decision(by: Given.carol, case: caseNumber))
        case 17: return .caseClosed(Given.decision(by: Given.amara, case: caseNumber))
        case 18: return .caseReopened(CaseReopened(caseID: Given.caseID(caseNumber), reason: "referred-again"))
        case 19: return .identityRequested(IdentityRequested(referral: Given.id(referral), child: Given.id(child)))
        case 20:
            let decided = IdentityDecided(
                by: Given.amara, decision: Given.id(62), referral: Given.id(referral), child: Given.id(child),
                caseID: Given.caseID(caseNumber), reason: .other)
            return draw(2) == 0 ? .identityConfirmed(decided) : .identityUnlinked(decided)
        case 21: return Given.refused(["not-json", "same-id-other-content"][draw(2)], letter: 71 + Int(offset))
        case 22:
            return .decisionSubmitted(
                DecisionSubmitted(
                    by: Given.amara, verb: [.acceptDecline, .challenge, .accept][draw(3)], reason: .other,
                    request: request))
        case 23:
            let alerts = [
                Names.answer(Given.id(referral), desk: Given.desk), Names.informationReturn(request, agency: agency),
                Names.decide(Given.id(child), owner: Given.mash), Names.review(request, owner: Given.mash),
            ]
            return .alertAnswered(
                AlertAnswered(
                    alert: Names.alert(alerts[draw(4)]), desk: Given.desk, staff: Given.officer,
                    until: draw(2) == 0 ? nil : now.adding(seconds: Int64(draw(7200)) - 600)))
        default:
            now = now.adding(seconds: Int64(draw(48 * 3600)))
            return .clockStruck(ClockStruck(now: now))
        }
    }
}
