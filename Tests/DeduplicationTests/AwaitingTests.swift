import DomainModel
import Room
import Testing

@testable import Deduplication

@Suite struct AwaitingTests {
    let thomas = Told(key: 1, given: "Thomas", family: "Ahmed", born: "2015-03-04", nhs: nhs(1))
    /// Another child, with his number pasted in.
    let yusuf = Told(key: 2, given: "Yusuf", family: "Khan", born: "2012-01-09", nhs: nhs(1))

    private func asked(_ desk: inout Desk, _ number: UInt128, _ told: Told) throws -> ChildIdentified {
        let identified = try #require(try desk.refer(number, told).identified.first)
        #expect(identified.outcome == .review && identified.disposition == .awaiting)
        return identified
    }

    @Test func aSecondReportOfAChildWhoWaitsWaitsBesideIt() throws {
        var desk = try Desk()
        let known = try #require(try desk.refer(1, thomas).identified.first?.person)
        #expect(try asked(&desk, 2, yusuf).candidates == [known])
        // By itself it is like nobody who is known.
        let again = Told(key: 3, given: "Yusuf", family: "Khan", born: "2012-01-09")
        #expect(try asked(&desk, 3, again).candidates == [known])
        #expect(try Desk.alone(thomas, again).outcome == .new)
    }

    @Test func aKnownChildsNumberLinksNobodyWhoIsNamedAsOneWhoWaits() throws {
        let tomaz = Told(key: 2, given: "Tomaz", family: "Ahmed", born: "2015-03-04")
        let numbered = Told(key: 3, given: "Tomaz", family: "Ahmed", born: "2015-03-04", nhs: nhs(1))
        #expect(try Desk.alone(thomas, numbered).outcome == .linked)
        var desk = try Desk()
        let known = try #require(try desk.refer(1, thomas).identified.first?.person)
        _ = try asked(&desk, 2, tomaz)
        #expect(try asked(&desk, 3, numbered).candidates == [known])
    }

    @Test func whoeverHasNumberNameAndBirthDateIsNotInDoubtBecauseOfOneWhoWaits() throws {
        var desk = try Desk()
        let known = try #require(try desk.refer(1, thomas).identified.first?.person)
        _ = try asked(&desk, 2, yusuf)
        _ = try asked(&desk, 3, Told(key: 3, given: "Tomaz", family: "Ahmed", born: "2015-03-04"))
        let himself = Told(key: 4, given: "Thomas", family: "Ahmed", born: "2015-03-04", nhs: nhs(1))
        #expect(try desk.refer(4, himself).identified.map(\.person) == [known])
    }

    @Test func itsAnswerAsNewIsShownToThoseWhoWaitBesideIt() throws {
        var desk = try Desk()
        let known = try #require(try desk.refer(1, thomas).identified.first?.person)
        _ = try asked(&desk, 2, yusuf)
        let again = Told(key: 3, given: "Yusuf", family: "Khan", born: "2012-01-09")
        #expect(try asked(&desk, 3, again).candidates == [known])
        let postings = desk.decide(.confirmIdentity, yusuf.child)
        #expect(postings.types == [.identityConfirmed, .caseOpened, .childIdentified, .childIdentified])
        let made = try #require(postings.identified.first?.person)
        let shown = try #require(postings.identified.last)
        #expect(shown.child == again.child && shown.disposition == .awaiting && shown.candidates == [made])
        #expect(shown.comparisons.reduce(0) { $0 + $1.milliBits } == shown.score)
        // Whoever answers takes the one that was made meanwhile: one child, one case.
        let joined = try #require(desk.decide(.confirmIdentity, again.child, person: made).identified.first)
        #expect(joined.person == made && joined.duplicate)
        // Nobody waits any more: a third report is weighed against those who are known alone.
        let third = Told(key: 5, given: "Yusuf", family: "Khan", born: "2012-01-09", postcode: "RM1 1AA")
        #expect(try desk.refer(5, third).identified.flatMap(\.candidates).filter { $0 != made } == [])
    }

    @Test func itsAnswerAsKnownTurnsItIntoThatPersonsRecord() throws {
        var desk = try Desk()
        let known = try #require(try desk.refer(1, thomas).identified.first?.person)
        let tomaz = Told(key: 2, given: "Tomaz", family: "Ahmed", born: "2015-03-04")
        _ = try asked(&desk, 2, tomaz)
        let beside = Told(key: 3, given: "Tomaz", family: "Ahmed", born: "2015-03-04", nhs: nhs(1))
        _ = try asked(&desk, 3, beside)
        // The one beside might be nobody else before and after, so it is not shown again.
        #expect(desk.decide(.confirmIdentity, tomaz.child, person: known).identified.map(\.child) == [tomaz.child])
        #expect(desk.decide(.confirmIdentity, beside.child, person: known).identified.map(\.person) == [known])
        let third = Told(key: 4, given: "Tomaz", family: "Ahmed", born: "2015-03-04", nhs: nhs(1))
        #expect(try desk.refer(4, third).identified.map(\.person) == [known])
    }

    private let tomaz = Told(key: 3, given: "Tomaz", family: "Ahmed", born: "2015-03-04")
    private let again = Told(key: 2, given: "Thomas", family: "Ahmed", born: "2015-03-04", nhs: nhs(1))

    @Test func whoeverWaitsIsShownWhomAnUnlinkMade() throws {
        var desk = try Desk()
        let known = try #require(try desk.refer(1, thomas).identified.first?.person)
        try desk.refer(2, again)
        #expect(try asked(&desk, 3, tomaz).candidates == [known])
        let postings = desk.decide(.unlink, again.child)
        let made = try #require(postings.identified.first { $0.child == again.child }?.person)
        let shown = postings.identified.filter { $0.child == tomaz.child }
        #expect(shown.map(\.disposition) == [.awaiting] && shown.map { Set($0.candidates) } == [[known, made]])
        // What is asked stays open, and either may be the answer, after a restart as well.
        try desk.restart()
        #expect(desk.decide(.confirmIdentity, tomaz.child, person: made).identified.first?.person == made)
    }

    @Test func whoeverWaitsIsShownOnceWhomASplitMade() throws {
        var desk = try Desk()
        let known = try #require(try desk.refer(1, thomas).identified.first?.person)
        try desk.refer(2, again)
        let third = Told(key: 4, given: "Thomas", family: "Ahmed", born: "2015-03-04", nhs: nhs(1))
        try desk.refer(4, third)
        _ = try asked(&desk, 3, tomaz)
        let postings = desk.decide(.split, again.child, with: [third.child])
        let made = try #require(postings.identified.first { $0.child == again.child }?.person)
        let shown = postings.identified.filter { $0.child == tomaz.child }
        #expect(shown.map { Set($0.candidates) } == [[known, made]])
    }

    @Test func whoeverWaitsIsShownTheOneThatAMergeLeaves() throws {
        var desk = try Desk()
        let first = try #require(try desk.refer(1, thomas).identified.first)
        try desk.refer(2, again)
        let second = try #require(desk.decide(.unlink, again.child).identified.first)
        #expect(Set(try asked(&desk, 3, tomaz).candidates) == Set([first, second].compactMap(\.person)))
        let postings = desk.decide(.merge, nil, cases: [first, second].compactMap(\.caseID))
        let shown = postings.identified.filter { $0.child == tomaz.child }
        #expect(shown.map(\.candidates) == [[first.person].compactMap { $0 }])
    }

    @Test func whatACorrectionPutsBeforeAPersonIsNobodysRecordMeanwhile() throws {
        var desk = try Desk()
        try desk.refer(1, thomas)
        let mixedUp = Told(key: 2, given: "Yusuf", family: "Khan", born: "2012-01-09", nhs: nhs(2))
        let second = try #require(try desk.refer(2, mixedUp).identified.first?.person)
        // The sender had mixed two children up: what was Yusuf's report names Thomas's number and yet another child.
        let corrected = Told(key: 2, given: "Idris", family: "Khan", born: "2013-05-06", nhs: nhs(1))
        #expect(try desk.correct(2, corrected).identified.map(\.outcome) == [.review])
        let idris = Told(key: 3, given: "Idris", family: "Khan", born: "2013-05-06", postcode: "RM1 1AA")
        let shown = try asked(&desk, 3, idris)
        #expect(shown.candidates.contains(second))
    }

    @Test func childrenOfOneReferralWhoWaitStandInTheWayOfNobody() throws {
        var desk = try Desk()
        let known = try #require(try desk.refer(1, thomas).identified.first?.person)
        let again = Told(key: 4, given: "Thomas", family: "Ahmed", born: "2015-03-04", nhs: nhs(1))
        let identified = try desk.refer(2, yusuf, again).identified
        #expect(identified.map(\.outcome) == [.review, .linked])
        #expect(identified.last?.person == known)
    }

    @Test func anUnbornChildWhoWaitsKeepsTheNextFromBeingLinked() throws {
        func expected(_ key: UInt128, _ date: String) -> Told { Told(key: key, family: "Ahmed", expected: date) }
        var desk = try Desk()
        desk.mother = Told(key: 90, given: "Amina", family: "Ahmed", born: "1995-02-03", nhs: nhs(90))
        let first = try #require(try desk.refer(1, expected(1, "2027-03-01")).identified.first?.person)
        _ = try asked(&desk, 2, expected(2, "2027-05-20"))
        #expect(try asked(&desk, 3, expected(3, "2027-03-04")).candidates == [first])
        try desk.restart()
        #expect(try asked(&desk, 4, expected(4, "2027-03-04")).candidates == [first])
        desk.decide(.confirmIdentity, ChildID(bits: 2), person: first)
        desk.decide(.confirmIdentity, ChildID(bits: 3), person: first)
        desk.decide(.confirmIdentity, ChildID(bits: 4), person: first)
        #expect(try desk.refer(5, expected(5, "2027-03-04")).identified.map(\.person) == [first])
    }

    /// Small populations in which everybody is like somebody. Nothing is linked past a child who waits and is named alike
    /// in full, unless a record of that very name and birth date is the person's already.
    @Test func nothingIsLinkedPastOneWhoWaits() throws {
        var linked = 0
        for seed in UInt64(1)...8 { linked += try linksBesideOneWhoWaits(seed: seed) }
        #expect(linked > 20)
    }

    /// - Returns: how many were linked while somebody waited.
    private func linksBesideOneWhoWaits(seed: UInt64) throws -> Int {
        var lottery = Lottery(state: seed)
        var desk = try Desk()
        var steady = try Desk()
        var told: [ChildID: Told] = [:]
        var waiting: [ChildID] = []
        var records: [PersonID: [Told]] = [:]
        var linkedBesideOneWhoWaits = 0
        for step in 0..<45 {
            let one = Told(
                key: UInt128(step + 1), given: ["Thomas", "Tomas", "Yusuf", "Yusef"].randomElement(using: &lottery),
                family: ["Ahmed", "Khan"].randomElement(using: &lottery),
                born: ["2015-03-04", "2015-04-03"].randomElement(using: &lottery),
                nhs: Int.random(in: 0..<3, using: &lottery) > 0 ? nhs(Int.random(in: 0..<5, using: &lottery)) : nil)
            if step % 9 == 8 { try desk.restart() }
            let identified = try #require(try desk.refer(UInt128(step + 1), one).identified.first)
            try steady.refer(UInt128(step + 1), one)
            told[one.child] = one
            func isNamed(_ other: Told) -> Bool {
                other.given == one.given && other.family == one.family && other.born == one.born
            }
            if identified.outcome == .linked, let person = identified.person {
                if !waiting.isEmpty { linkedBesideOneWhoWaits += 1 }
                let isTheirs = records[person, default: []].contains(where: isNamed)
                #expect(isTheirs || !waiting.contains { told[$0].map(isNamed) == true })
            }
            if identified.disposition == .awaiting {
                waiting.append(one.child)
            } else if let person = identified.person {
                records[person, default: []].append(one)
            }
            // Now and then somebody answers.
            if Int.random(in: 0..<4, using: &lottery) == 0, let child = waiting.randomElement(using: &lottery) {
                let candidates = desk.identified.last { $0.child == child }?.candidates ?? []
                let person = Bool.random(using: &lottery) ? candidates.first : nil
                let answer = try #require(desk.decide(.confirmIdentity, child, person: person).identified.first)
                steady.decide(.confirmIdentity, child, person: person)
                waiting.removeAll { $0 == child }
                if let person = answer.person, let one = told[child] { records[person, default: []].append(one) }
            }
        }
        #expect(desk.log.map(\.postings) == steady.log.map(\.postings))
        #expect(desk.rows == steady.rows)
        return linkedBesideOneWhoWaits
    }
}

extension Desk {
    /// What a report would come to if only one child were known.
    fileprivate static func alone(_ known: Told, _ told: Told) throws -> ChildIdentified {
        var desk = try Desk()
        try desk.refer(1, known)
        return try #require(try desk.refer(2, told).identified.first)
    }
}
