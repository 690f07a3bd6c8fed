import DomainModel
import HubConfiguration
import Room
import Testing

@testable import Deadlines

/// Brings an obligation of each kind into each standing, sends the event, and compares with the table.
@Suite struct StalePairTests {
    private static let cells: [(Int, Standing)] = StalePairs.table.indices.flatMap { row in
        Standing.allCases.map { (row, $0) }
    }

    @Test(arguments: cells)
    func everyCellIsAsTheTableSays(row: Int, standing: Standing) throws {
        let pair = StalePairs.table[row]
        guard let expected = pair.posts[standing.rawValue] else { return }
        var scene = Scene(pair.kind, standing)
        let own = scene.send(pair.event)
        #expect(own.types == expected, "\(pair.kind), \(pair.event), \(standing): \(pair.because)")
    }

    @Test func everyRowHasEveryStandingAndEveryEventARow() {
        for pair in StalePairs.table { #expect(pair.posts.count == Standing.allCases.count) }
        for event in StaleEvent.allCases { #expect(StalePairs.table.contains { $0.event == event }) }
        for kind in ObligationKind.allCases { #expect(StalePairs.table.contains { $0.kind == kind }) }
    }
}

private struct Scene {
    let kind: ObligationKind
    private let prepared: Standing
    private var thread = Thread()
    private var reviewsChild = true

    init(_ kind: ObligationKind, _ standing: Standing) {
        self.kind = kind
        prepared = standing
    }

    private var obligation: ObligationID {
        switch kind {
        case .informationReturn: Names.informationReturn("req-1", agency: Given.police)
        case .acknowledge: Names.acknowledge(Given.id(1), owner: Given.mash)
        case .decide: Names.decide(Given.id(11), owner: Given.mash)
        case .respond: Names.respond(Given.id(51), team: Given.familyHelp)
        case .answer: Names.answer(Given.id(1), desk: Given.desk)
        case .review:
            reviewsChild ? Names.review(Given.id(11), owner: Given.mash) : Names.review("req-1", owner: Given.mash)
        case .resubmit: Names.resubmit(Given.id(71), agency: Given.police)
        case .signal: Names.signal(Given.police, in: Given.barking)
        case .heartbeat: Names.heartbeat(Given.police, in: Given.barking)
        case .assessment, .conference: Names.hung(kind, on: Given.caseID(21))
        }
    }

    private mutating func open() {
        switch kind {
        case .informationReturn: thread.read(Given.requested())
        case .acknowledge, .decide:
            thread.refer()
            thread.read(Given.identified())
        case .respond: thread.read(Given.routed())
        case .answer: thread.refer(Given.referral(danger: true))
        case .review:
            if reviewsChild {
                thread.read(
                    .identityRequested(IdentityRequested(referral: Given.id(1), child: Given.id(11))))
            } else {
                thread.read(Given.requested())
                thread.give(Given.content("req-1", .declined))
            }
        case .resubmit: thread.read(Given.refused())
        case .signal:
            thread.read(
                .returnWithdrawn(
                    ReturnWithdrawn(request: "req-9", agency: Given.police, earlier: Given.id(49), reason: .other)))
            thread.strike(thread.now.adding(seconds: 3 * 86_400))
        case .heartbeat:
            thread.read(Self.beat)
            thread.strike(thread.now.adding(seconds: 86_400))
        case .assessment:
            thread.read(Given.opened())
            thread.read(.caseAccepted(Given.decision(by: Given.carol)))
        case .conference:
            thread.read(Given.opened())
            thread.read(Self.recorded(.strategyDiscussion))
        }
    }

    /// A year on, nothing is left to ring.
    private mutating func overdue() { thread.strike("2027-11-24T10:00:00Z") }

    private mutating func prepare(_ event: StaleEvent) {
        if kind == .review, event == .declineAccepted || event == .challenged { reviewsChild = false }
        guard prepared != .unknown else { return }
        open()
        switch prepared {
        case .unknown, .open: break
        case .overdue: overdue()
        case .acknowledged:
            overdue()
            thread.answer(Names.alert(obligation))
        case .met: end(.met)
        case .declined: end(.declined)
        case .withdrawn: end(.withdrawn)
        }
    }

    private mutating func end(_ ending: Ending) {
        switch (kind, ending) {
        case (.informationReturn, .met): thread.give()
        case (.informationReturn, .declined): thread.give(Given.content("req-1", .declined))
        case (.informationReturn, _), (.review, .withdrawn): thread.read(.caseClosed(Given.decision(by: Given.amara)))
        case (.acknowledge, _): thread.read(Scene.acknowledged)
        case (.decide, .withdrawn):
            var other = Thread()
            other.read(.caseAccepted(Given.decision(by: Given.amara)))
            other.refer()
            other.read(Given.identified(.joined))
            thread = other
        case (.decide, _): thread.read(.caseDecided(Given.decision(by: Given.amara)))
        case (.respond, .withdrawn):
            thread.read(Given.routed(to: Given.macpt, entry: 52, withdrawing: (51, Given.familyHelp)))
        case (.respond, _): thread.read(.caseAccepted(Given.decision(by: Given.carol)))
        case (.answer, _): thread.answer(Names.alert(obligation))
        case (.review, _):
            if reviewsChild {
                thread.read(Scene.confirmed)
            } else {
                thread.read(Scene.judged(.acceptDecline))
            }
        case (.resubmit, .withdrawn):
            overdue()
            thread.answer(Names.alert(obligation))
        case (.resubmit, _): thread.refer(Given.referral(2, children: [12]))
        case (.signal, _): thread.refer()
        case (.heartbeat, _): thread.read(Self.beat)
        case (.assessment, .withdrawn), (.conference, .withdrawn):
            thread.read(.caseClosed(Given.decision(by: Given.amara)))
            thread.read(.caseReopened(CaseReopened(caseID: Given.caseID(21), reason: "referred-again")))
        case (.assessment, _): thread.read(Self.recorded(.completeAssessment))
        case (.conference, _): thread.read(Self.recorded(.holdConference))
        }
        #expect(thread.deadlines.state.ended[obligation]?.ending == ending)
    }

    private static let acknowledged = EventBody.referralAcknowledged(
        ReferralAcknowledged(referral: Given.id(1), agency: Given.police, reference: "ref-1"))
    private static let confirmed = EventBody.identityConfirmed(
        IdentityDecided(
            by: Given.amara, decision: Given.id(62), referral: Given.id(1), child: Given.id(11),
            caseID: Given.caseID(21), reason: .identityChecked))
    private static let beat = EventBody.heartbeatSent(HeartbeatSent(agency: Given.police))
    private static func identity(to other: Int? = nil) -> IdentityDecided {
        IdentityDecided(
            by: Given.amara, decision: Given.id(63), referral: Given.id(1), child: Given.id(11),
            caseID: Given.caseID(other ?? 21), previousCase: other == nil ? nil : Given.caseID(21), reason: .wrongLink)
    }
    private static func recorded(_ verb: DecisionVerb) -> EventBody {
        .decisionSubmitted(
            DecisionSubmitted(by: Given.amara, verb: verb, reason: .other, cases: [Given.caseID(21)]))
    }
    private static func judged(_ verb: DecisionVerb) -> EventBody {
        .decisionSubmitted(DecisionSubmitted(by: Given.amara, verb: verb, reason: .other, request: "req-1"))
    }

    /// What the event makes posted about this obligation, and what follows from its end.
    mutating func send(_ event: StaleEvent) -> [Event] {
        prepare(event)
        if prepared != .unknown {
            let row = thread.deadlines.state.open[obligation]
            switch prepared {
            case .open: #expect(row != nil && row?.alert == nil)
            case .overdue: #expect(row?.alert != nil)
            case .acknowledged: #expect(row?.alert != nil && (row?.quiet == true || row?.promises == 1))
            default: #expect(row == nil)
            }
        }
        let own = give(event)
        // The obligations that stand beside it in the scene are not the cell's.
        return own.filter { isOfTheCell($0) }
    }

    private func isOfTheCell(_ event: Event) -> Bool {
        let facts: ObligationFacts
        switch event.body {
        case .alertCleared(let cleared) where cleared.obligation == Names.signal(Given.police, in: Given.barking):
            return kind == .signal
        case .alertCleared(let cleared) where cleared.obligation == Names.heartbeat(Given.police, in: Given.barking):
            return kind == .heartbeat
        case .obligationOpened(let opened): facts = opened.facts
        case .obligationMet(let met): facts = met.facts
        case .obligationWithdrawn(let ended), .obligationDeclined(let ended): facts = ended.facts
        case .obligationExtended(let extended): facts = extended.facts
        case .alertRaised(let raised), .alertEscalated(let raised): facts = raised.facts
        case .alertCleared(let cleared):
            return cleared.obligation == obligation || [.resubmit, .review].contains(kind)
        default: return true
        }
        if facts.kind == .signal { return kind == .signal }
        if facts.kind == .heartbeat { return kind == .heartbeat }
        switch kind {
        case .informationReturn: return facts.kind == .informationReturn || facts.kind == .review
        case .review: return facts.kind == .informationReturn || facts.kind == .review
        case .respond, .assessment, .conference: return facts.obligation == obligation
        case .acknowledge: return facts.kind != .decide || prepared == .unknown
        case .answer: return facts.kind == .answer || prepared == .unknown
        default: return facts.kind == kind
        }
    }

    private mutating func give(_ event: StaleEvent) -> [Event] {
        switch event {
        case .requested: return thread.read(Given.requested())
        case .returnedInFull: return thread.give(Given.content(submission: 43)).filter { !isReviewsEnd($0) }
        case .returnedInPart: return thread.give(Given.content("req-1", .partial, submission: 43))
        case .returnDeclined: return thread.give(Given.content("req-1", .declined, submission: 43))
        case .returnWithdrawn:
            return thread.read(
                .returnWithdrawn(
                    ReturnWithdrawn(
                        request: "req-1", agency: Given.police, earlier: Given.id(41), reason: .sentInError)))
        case .acknowledged: return thread.read(Self.acknowledged)
        case .corrected:
            return thread.read(
                .referralCorrected(ReferralCorrected(content: Given.referral(danger: kind == .answer))))
        case .identified:
            let row = thread.deadlines.state.cases[Given.caseID(22)]
            #expect(row == nil)
            thread.read(.caseDecided(Given.decision(by: Given.amara, case: 22)))
            return thread.read(Given.identified(.joined, case: 22))
        case .identityRequested:
            return thread.read(.identityRequested(IdentityRequested(referral: Given.id(1), child: Given.id(11))))
        case .identityConfirmed: return thread.read(Self.confirmed)
        case .accepted:
            if kind == .assessment, prepared == .unknown { thread.read(Given.opened()) }
            return thread.read(.caseAccepted(Given.decision(by: Given.carol)))
        case .returned: return thread.read(.caseReturned(Given.decision(by: Given.carol)))
        case .closed: return thread.read(.caseClosed(Given.decision(by: Given.carol)))
        case .entryWithdrawn:
            return thread.read(Given.routed(to: Given.macpt, entry: 53, withdrawing: (51, Given.familyHelp)))
                .filter { !$0.isOpening }
        case .rose: return thread.read(Given.rated(.red, from: .amber)).filter { !$0.isAboutAnswer }
        case .answered: return thread.answer(Names.alert(obligation))
        case .promised: return thread.answer(Names.alert(obligation), until: thread.now.adding(seconds: 3600))
        case .resubmitted: return thread.refer(Given.referral(3, children: [13])).filter { !$0.isOpening }
        case .declineAccepted: return thread.read(Self.judged(.acceptDecline))
        case .challenged: return thread.read(Self.judged(.challenge))
        case .struck: return thread.strike(thread.now)
        case .unlinked: return thread.read(.identityUnlinked(Self.identity(to: 24)))
        case .merged:
            return thread.read(
                .identityMerged(
                    IdentitiesMerged(
                        by: Given.amara, decision: Given.id(63), person: Given.id(31), merged: Given.id(32),
                        caseID: Given.caseID(25), mergedCase: Given.caseID(21),
                        children: [ChildOfReferral(referral: Given.id(1), child: Given.id(11))], reason: .samePerson)))
        case .lost: return thread.read(.unbornLost(Self.identity()))
        case .strategyDiscussion:
            if prepared == .unknown { thread.read(Given.opened()) }
            return thread.read(Self.recorded(.strategyDiscussion))
        case .heartbeat: return thread.read(Self.beat)
        case .completed: return thread.read(Self.recorded(.completeAssessment))
        case .conferenceHeld: return thread.read(Self.recorded(.holdConference))
        }
    }

    /// A full return after a decline ends the review, which is a cell of its own.
    private func isReviewsEnd(_ event: Event) -> Bool {
        guard case .obligationWithdrawn(let ended) = event.body else { return false }
        return ended.facts.kind == .review
    }
}

extension Event {
    fileprivate var isOpening: Bool { body.type == .obligationOpened }
    fileprivate var isAboutAnswer: Bool {
        switch body {
        case .obligationOpened(let opened): opened.facts.kind == .answer
        case .alertRaised(let raised): raised.facts.kind == .answer
        default: false
        }
    }
}
