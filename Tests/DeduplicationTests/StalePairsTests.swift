import DomainModel
import Room
import Testing

@testable import Deduplication

@Suite struct StalePairsTests {
    static let thomas = Told(key: 1, given: "Thomas", family: "Ahmed", born: "2015-03-04", nhs: nhs(1))
    static let again = Told(key: 2, given: "Thomas", family: "Ahmed", born: "2015-03-04", nhs: nhs(1))
    static let namesake = Told(key: 3, given: "Thomaz", family: "Ahmed", born: "2015-03-04")
    static let third = Told(key: 5, given: "Aisha", family: "Mensah", born: "2013-07-19")
    static let unborn = Told(key: 6, family: "Khan", expected: "2026-12-20")
    static let other = Told(key: 4, given: "Yusuf", family: "Khan", born: "2012-01-09")

    @Test func theTableHasEveryCellOnce() {
        let expected = StalePair.Input.allCases.flatMap { input in
            StalePair.standings(of: input).map { "\(input) \($0)" }
        }
        #expect(StalePair.all.map { "\($0.input) \($0.standing)" } == expected)
    }

    /// Brings referral 1, or child, or case, into the standing; returns the child that a decision would name.
    private func bring(_ desk: inout Desk, to standing: StalePair.Standing) throws -> (child: Told, caseID: CaseID) {
        let unknownCase = CaseID(authority: desk.names.authority, number: .init(bits: 1))
        switch standing {
        case .unknown: return (Self.thomas, unknownCase)
        case .correctionHeld: try desk.correct(1, Self.thomas)
        case .withdrawalHeld: desk.withdraw(1)
        case .known, .open, .alone: try desk.refer(1, Self.thomas)
        case .withdrawn:
            try desk.refer(1, Self.thomas)
            desk.withdraw(1)
        case .linked:
            try desk.refer(1, Self.thomas)
            try desk.refer(2, Self.again)
            return (Self.again, try #require(desk.last(Self.again)?.caseID))
        case .awaiting:
            try desk.refer(1, Self.thomas)
            try desk.refer(2, Self.namesake)
            return (Self.namesake, unknownCase)
        case .askedAgain:
            try desk.refer(1, Self.thomas)
            try desk.refer(2, Self.other)
            var corrected = Self.namesake
            corrected.key = Self.other.key
            #expect(try desk.correct(2, corrected).identified.map(\.disposition) == [.awaiting])
            return (corrected, unknownCase)
        case .closed: desk.close(try #require(try desk.refer(1, Self.thomas).identified.first?.caseID))
        case .merged:
            try desk.refer(1, Self.thomas)
            try desk.refer(9, Self.third)
            let gone = try #require(desk.last(Self.thomas)?.caseID)
            desk.decide(.merge, nil, cases: [try #require(desk.last(Self.third)?.caseID), gone])
            return (Self.thomas, gone)
        case .unborn, .born, .lost:
            try desk.refer(1, Self.unborn)
            if standing == .born { desk.decide(.born, Self.unborn.child) }
            if standing == .lost { desk.decide(.lost, Self.unborn.child) }
            return (Self.unborn, unknownCase)
        }
        return (Self.thomas, desk.last(Self.thomas)?.caseID ?? unknownCase)
    }

    @Test(arguments: StalePair.all) func everyCellFollows(_ pair: StalePair) throws {
        var desk = try Desk()
        let (child, caseID) = try bring(&desk, to: pair.standing)
        if pair.input == .merged, pair.standing != .merged { try desk.refer(9, Self.third) }
        let kept = desk.last(Self.third)?.caseID
        let before = desk.rows
        let postings: [Posting]
        switch pair.input {
        case .submitted: postings = try desk.refer(1, Self.thomas)
        case .transferred:
            let content = try desk.content(1, [Self.thomas], received: at("2026-11-23T10:00:00Z"))
            postings = desk.say(
                .referralTransferred(ReferralTransferred(from: .hub, by: desk.names.manager, content: content)),
                parts: desk.parts([Self.thomas]))
        case .corrected: postings = try desk.correct(1, Self.thomas)
        case .withdrawn: postings = desk.withdraw(1)
        case .struck: postings = desk.strike(at("2026-11-25T10:00:00Z"))
        case .confirmed: postings = desk.decide(.confirmIdentity, child.child)
        case .unlinked: postings = desk.decide(.unlink, child.child)
        case .split: postings = desk.decide(.split, child.child)
        case .merged: postings = desk.decide(.merge, nil, cases: [try #require(kept), caseID])
        case .born: postings = desk.decide(.born, child.child)
        case .lost: postings = desk.decide(.lost, child.child)
        case .caseClosed: postings = desk.close(caseID)
        case .caseReopened: postings = desk.reopen(caseID)
        }
        switch pair.follows {
        case .identifies:
            #expect(postings.identified.contains { $0.disposition != .awaiting })
            #expect(postings.refusals.isEmpty)
            #expect(desk.participant.nextDue == nil)
        case .holds:
            #expect(postings.isEmpty)
            #expect(desk.participant.nextDue == at("2026-11-25T10:00:00Z"))
        case .notes:
            #expect(postings.isEmpty)
            #expect(desk.rows != before)
        case .says:
            #expect(postings.types == [pair.input == .born ? .unbornBorn : .unbornLost])
            #expect(desk.rows != before)
        case .nothing:
            #expect(postings.isEmpty)
            #expect(desk.participant.nextDue == nil)
        case .refuses(let refusal):
            #expect(postings.refusals == [refusal.rawValue])
            #expect(postings.outgoing.count == 1)
            #expect(postings.identified.isEmpty)
            #expect(desk.rows == before)
        }
        // And in any of them, a restart knows what was known.
        let due = desk.participant.nextDue
        try desk.restart()
        #expect(desk.participant.nextDue == due)
    }
}
