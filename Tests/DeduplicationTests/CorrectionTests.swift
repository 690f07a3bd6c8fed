import DomainModel
import Room
import Testing

@testable import Deduplication

@Suite struct CorrectionTests {
    let thomas = Told(key: 1, given: "Thomas", family: "Ahmed", born: "2015-03-04", nhs: nhs(1))
    let again = Told(key: 2, given: "Thomas", family: "Ahmed", born: "2015-03-04", nhs: nhs(1))
    let yusuf = Told(key: 4, given: "Yusuf", family: "Khan", born: "2012-01-09")

    @Test func aCorrectionThatChangesNobodyPostsNothingButIsMatchedOn() throws {
        var desk = try Desk()
        try desk.refer(1, yusuf)
        var corrected = yusuf
        corrected.nhs = nhs(4)
        #expect(try desk.correct(1, corrected).isEmpty)
        corrected.key = 9
        #expect(try desk.refer(2, corrected).identified.map(\.outcome) == [.linked])
    }

    @Test func whatACorrectionTookAwayIsNoLongerMatchedOn() throws {
        var desk = try Desk()
        try desk.refer(1, thomas)
        var corrected = thomas
        corrected.nhs = nhs(7)
        #expect(try desk.correct(1, corrected).isEmpty)
        #expect(try desk.refer(2, again).identified.map(\.outcome) == [.review])
    }

    @Test func aChildThatACorrectionAddsIsIdentified() throws {
        var desk = try Desk()
        try desk.refer(1, thomas)
        let postings = try desk.correct(1, thomas, yusuf)
        #expect(postings.identified.map(\.child) == [yusuf.child])
        #expect(postings.identified.map(\.outcome) == [.new])
        // And one that it leaves out stays: that is for the MASH to decide.
        #expect(try desk.correct(1, yusuf).isEmpty)
        #expect(try desk.refer(2, again).identified.map(\.outcome) == [.linked])
    }

    @Test func aCorrectionNeverMovesAChildButAsksAPerson() throws {
        var desk = try Desk()
        let first = try #require(try desk.refer(1, thomas).identified.first)
        let own = try #require(try desk.refer(2, yusuf).identified.first)
        var corrected = thomas
        corrected.key = yusuf.key
        let asked = try desk.correct(2, corrected)
        #expect(asked.types == [.childIdentified])
        #expect(asked.identified.map(\.disposition) == [.awaiting])
        #expect(asked.identified.first?.candidates == [try #require(first.person)])

        let postings = desk.decide(.confirmIdentity, yusuf.child, person: first.person)
        #expect(postings.types == [.identityConfirmed, .childIdentified])
        guard case .identityConfirmed(let confirmed) = postings.events[0].body else { return }
        #expect(confirmed.previous == own.person && confirmed.previousCase == own.caseID)
        #expect(confirmed.person == first.person && confirmed.caseID == first.caseID)
        #expect(postings.identified.first?.disposition == .joined)
        #expect(postings.identified.first?.caseID == first.caseID)
        // A person has spoken: no later correction asks again.
        #expect(try desk.correct(2, yusuf).isEmpty)
    }

    @Test func aLinkedChildThatACorrectionMakesAnotherIsAskedAbout() throws {
        var desk = try Desk()
        let first = try #require(try desk.refer(1, thomas).identified.first)
        try desk.refer(2, again)
        var corrected = yusuf
        corrected.key = again.key
        let asked = try desk.correct(2, corrected).identified
        #expect(asked.map(\.disposition) == [.awaiting])
        #expect(asked.first?.candidates == [try #require(first.person)])
        let postings = desk.decide(.confirmIdentity, again.child)
        #expect(postings.types == [.identityConfirmed, .caseOpened, .childIdentified])
        #expect(postings.identified.first?.outcome == .new)
        #expect(postings.identified.first?.person != first.person)
    }

    @Test func aCorrectionOfAChildThatIsAwaitedChangesWhomItMightBeAndNoMore() throws {
        var desk = try Desk()
        let first = try #require(try desk.refer(1, thomas).identified.first)
        let second = try #require(try desk.refer(2, yusuf).identified.first)
        let unsure = Told(key: 5, given: "Thomaz", family: "Ahmed", born: "2015-03-04")
        try desk.refer(3, unsure)
        var corrected = unsure
        corrected.nhs = nhs(1)
        // Certain now; but a person was asked, and the same one is before them.
        #expect(try desk.correct(3, corrected).isEmpty)
        corrected = yusuf
        corrected.key = unsure.key
        #expect(try desk.correct(3, corrected).identified.map(\.candidates) == [[try #require(second.person)]])
        #expect(first.person != second.person)
    }

    @Test func anEarlyCorrectionWaitsForItsReferralAndIsTheLaterVersion() throws {
        var desk = try Desk()
        try desk.refer(7, thomas)
        #expect(try desk.correct(1, again).isEmpty)
        let faulty = Told(key: 2, given: "Tim", family: "Ahmed")
        let identified = try desk.refer(1, faulty, yusuf).identified
        #expect(identified.map(\.child) == [again.child, yusuf.child])
        #expect(identified.map(\.outcome) == [.linked, .new])
        #expect(identified.map(\.early) == [true, false])
        #expect(desk.participant.nextDue == nil)
    }

    @Test func anEarlyCorrectionIsTakenAsSubmittedAfterTheLimit() throws {
        var desk = try Desk()
        try desk.correct(1, thomas, received: "2026-11-23T10:00:00Z")
        #expect(desk.strike(at("2026-11-25T09:59:59.999Z")).isEmpty)
        try desk.restart()
        let postings = desk.strike(at("2026-11-25T10:00:00Z"))
        #expect(postings.types == [.caseOpened, .childIdentified])
        #expect(postings.events.allSatisfy { $0.authority == desk.names.authority })
        #expect(postings.identified.map(\.early) == [true])
        #expect(desk.strike(at("2026-11-25T10:00:00Z")).isEmpty)
    }
}
