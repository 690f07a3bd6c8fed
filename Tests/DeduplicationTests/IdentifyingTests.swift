import DomainModel
import Room
import Sealing
import Testing

@testable import Deduplication

@Suite struct IdentifyingTests {
    let thomas = Told(key: 1, given: "Thomas", family: "Ahmed", born: "2015-03-04", nhs: nhs(1), postcode: "RM1 1AA")
    let again = Told(key: 2, given: "Tomas", family: "Ahmed", born: "2015-03-04", nhs: nhs(1))

    @Test func aNewChildOpensACaseBeforeItIsIdentified() throws {
        var desk = try Desk()
        let postings = try desk.refer(1, thomas)
        #expect(postings.types == [.caseOpened, .childIdentified])
        let identified = try #require(postings.identified.first)
        #expect(identified.outcome == .new)
        #expect(identified.disposition == .opened)
        #expect(!identified.duplicate && identified.rereferral == nil && !identified.early)
        let caseID = try #require(identified.caseID)
        #expect(caseID.authority == desk.names.authority)
        #expect(postings.events.allSatisfy { $0.subject == .caseID(caseID) && $0.correlation == referral(1) })
        guard case .caseOpened(let opened) = postings.events[0].body else { return }
        #expect(opened.person == identified.person && opened.caseID == caseID && opened.child == thomas.child)
        #expect(opened.receivedAt == at("2026-11-23T10:00:00Z"))
    }

    @Test func aRepeatFromAnotherAgencyJoinsTheOpenCase() throws {
        var desk = try Desk()
        let first = try #require(try desk.refer(1, thomas).identified.first)
        let postings = try desk.refer(2, again)
        #expect(postings.types == [.childIdentified])
        let second = try #require(postings.identified.first)
        #expect(second.outcome == .linked && second.disposition == .joined && second.duplicate)
        #expect(second.person == first.person && second.caseID == first.caseID)
        #expect(second.rereferral == nil)
        #expect(second.comparisons.reduce(0) { $0 + $1.milliBits } == second.score)
    }

    @Test func aTwinWithTheSiblingsNumberPastedInIsNeverLinked() throws {
        var desk = try Desk()
        let first = try #require(try desk.refer(1, thomas).identified.first)
        let twin = Told(key: 3, given: "Timothy", family: "Ahmed", born: "2015-03-04", nhs: nhs(1))
        let postings = try desk.refer(2, twin)
        #expect(postings.types == [.childIdentified])
        let asked = try #require(postings.identified.first)
        #expect(asked.outcome == .review && asked.disposition == .awaiting)
        #expect(asked.caseID == nil && asked.person == nil)
        #expect(asked.candidates == [try #require(first.person)])
    }

    @Test func twinsOfOneReferralAreTwoPeople() throws {
        var desk = try Desk()
        let twin = Told(key: 3, given: "Tomas", family: "Ahmed", born: "2015-03-04", nhs: nhs(2))
        let identified = try desk.refer(1, thomas, twin).identified
        #expect(identified.map(\.outcome) == [.new, .new])
        #expect(identified[0].caseID != identified[1].caseID)
    }

    @Test func theSecondChildOfAReferralThatIsTheSamePersonIsForReview() throws {
        var desk = try Desk()
        let identified = try desk.refer(1, thomas, again).identified
        #expect(identified.map(\.outcome) == [.new, .review])
        try desk.refer(2, Told(key: 8, given: "Thomas", family: "Ahmed", born: "2015-03-04", nhs: nhs(1)))
        let bridging = try desk.refer(
            3, Told(key: 6, given: "Thomas", family: "Ahmed", born: "2015-03-04", nhs: nhs(1)),
            Told(key: 7, given: "Thomas", family: "Ahmed", born: "2015-03-04", nhs: nhs(1)))
        #expect(bridging.identified.map(\.outcome) == [.linked, .review])
    }

    @Test func aNamesakeIsForReview() throws {
        var desk = try Desk()
        try desk.refer(1, Told(key: 1, given: "Thomas James", family: "Ahmed", born: "2015-03-04"))
        let namesake = Told(key: 4, given: "Thomas Idris", family: "Ahmed", born: "2015-03-04")
        #expect(try desk.refer(2, namesake).identified.first?.disposition == .awaiting)
    }

    @Test func aBrotherIsNewAndHasACaseOfHisOwn() throws {
        var desk = try Desk()
        let first = try #require(try desk.refer(1, thomas).identified.first)
        let brother = Told(key: 5, given: "Yusuf", family: "Ahmed", born: "2012-01-09", postcode: "RM1 1AA")
        let second = try #require(try desk.refer(2, brother).identified.first)
        #expect(second.outcome == .new && second.caseID != first.caseID)
    }

    @Test func whatIntakeMarkedIsNotMatchedOn() throws {
        var desk = try Desk()
        try desk.refer(1, thomas)
        let marks = [
            Mark(pointer: "/data/children/0/nhsNumber", code: .badCheckDigit),
            Mark(pointer: "/children/0/birthDate", code: .futureDate),
            Mark(pointer: "/children/1/familyName", code: .tooLong),
        ]
        let marked = try desk.refer(2, again, marks: marks).identified
        // The names are compared, and are alike; the number and the date that would make it certain are not there.
        #expect(marked.map(\.outcome) == [.review])
        let fields = marked.flatMap { $0.comparisons.map(\.field) }
        #expect(fields.contains("given-name") && !fields.contains("nhs-number") && !fields.contains("birth-date"))
        #expect(try desk.refer(3, Told(key: 9, born: "2015-02-31", nhs: "123")).identified.map(\.outcome) == [.new])
    }

    @Test func aPartThatCannotBeOpenedOrReadIsSomebodyNew() throws {
        var desk = try Desk()
        let content = try desk.content(1, [thomas], received: at("2026-11-23T10:00:00Z"))
        let body = EventBody.referralSubmitted(ReferralSubmitted(content: content))
        #expect(desk.say(body).identified.map(\.outcome) == [.new])
        let other = try desk.content(2, [again], received: at("2026-11-23T10:00:00Z"))
        let rubbish = Part(key: KeyName(event: EventID(bits: 9), part: .child(0)), sealed: [1, 2, 3])
        let postings = desk.say(.referralSubmitted(ReferralSubmitted(content: other)), parts: [rubbish])
        #expect(postings.identified.map(\.outcome) == [.new])
    }

    @Test func authoritiesDoNotKnowEachOthersChildren() throws {
        var desk = try Desk()
        try desk.refer(1, thomas)
        let elsewhere = try desk.refer(2, again, in: desk.names.other)
        #expect(elsewhere.identified.map(\.outcome) == [.new])
        #expect(elsewhere.identified.first?.caseID?.authority == desk.names.other)
    }

    @Test func theHubsOwnRoomWaitsForItsTransfer() throws {
        var desk = try Desk()
        #expect(try desk.refer(1, thomas, in: .hub).isEmpty)
        let content = try desk.content(1, [thomas], received: at("2026-11-20T10:00:00Z"))
        let postings = desk.say(
            .referralTransferred(ReferralTransferred(from: .hub, by: desk.names.manager, content: content)),
            parts: desk.parts([thomas]))
        #expect(postings.types == [.caseOpened, .childIdentified])
        guard case .caseOpened(let opened) = postings.events[0].body else { return }
        #expect(opened.receivedAt == at("2026-11-20T10:00:00Z"))
    }

    @Test func nothingIsPostedBeforeTheFirstAdoption() throws {
        var desk = try Desk(adopted: false)
        #expect(try desk.refer(1, thomas).isEmpty)
        #expect(desk.decide(.confirmIdentity, thomas.child).isEmpty)
        #expect(desk.rows.isEmpty)
    }

    @Test func noNameIsInWhatIsPostedOrKept() throws {
        var desk = try Desk()
        try desk.refer(1, thomas)
        try desk.refer(2, Told(key: 4, given: "Thomas", family: "Ahmed", born: "2015-03-04"))
        for key in desk.rowOrder {
            let text = String(decoding: desk.rows[key] ?? [], as: UTF8.self)
            for secret in ["Thomas", "thomas", "Ahmed", "2015-03-04", nhs(1), "RM1"] {
                #expect(!text.contains(secret))
            }
        }
    }
}

@Suite struct RereferralTests {
    let thomas = Told(key: 1, given: "Thomas", family: "Ahmed", born: "2015-03-04", nhs: nhs(1))
    let again = Told(key: 2, given: "Thomas", family: "Ahmed", born: "2015-03-04", nhs: nhs(1))

    @Test(arguments: [
        ("2026-03-10T09:00:00Z", "2027-03-10T23:59:59Z", true),
        ("2026-03-10T09:00:00Z", "2027-03-11T00:00:00Z", false),
        // London's dates: 00:30 on the 11th of June is 23:30 UTC on the 10th.
        ("2026-06-09T23:30:00Z", "2027-06-10T12:00:00Z", true),
        ("2026-06-10T12:00:00Z", "2027-06-10T23:30:00Z", false),
        // Twelve months after 29 February is 28 February; to a 29 February, only from one of 28 February or later.
        ("2028-02-29T12:00:00Z", "2029-02-28T12:00:00Z", true),
        ("2028-02-29T12:00:00Z", "2029-03-01T12:00:00Z", false),
        ("2027-02-28T12:00:00Z", "2028-02-28T12:00:00Z", true),
        ("2027-02-28T12:00:00Z", "2028-02-29T12:00:00Z", false),
        ("2027-03-01T12:00:00Z", "2028-02-29T12:00:00Z", true),
    ])
    func countsTwelveMonthsAndTheirLastDay(first: String, second: String, isOne: Bool) throws {
        #expect(Rereferral.isOne(received: at(second), after: at(first)) == isOne)
        var desk = try Desk()
        let opened = try #require(try desk.refer(1, thomas, received: first).identified.first)
        desk.close(try #require(opened.caseID))
        let postings = try desk.refer(2, again, received: second)
        #expect(postings.types == [.caseReopened, .childIdentified])
        let identified = try #require(postings.identified.first)
        #expect(identified.disposition == .reopened && identified.caseID == opened.caseID)
        #expect(!identified.duplicate)
        #expect((identified.rereferral != nil) == isOne)
        if isOne { #expect(identified.rereferral?.receivedAt == at(first)) }
        guard case .caseReopened(let reopened) = postings.events[0].body else { return }
        #expect(reopened.reason == "referred-again" && reopened.entries.isEmpty && reopened.referral == referral(2))
    }

    @Test func whatItsSenderTookBackMakesNoRereferral() throws {
        var desk = try Desk()
        let opened = try #require(try desk.refer(1, thomas, received: "2026-03-10T09:00:00Z").identified.first)
        desk.withdraw(1)
        desk.close(try #require(opened.caseID))
        #expect(try desk.refer(2, again, received: "2026-05-10T09:00:00Z").identified.first?.rereferral == nil)
    }

    @Test func newInformationOnAnOpenCaseIsNoRereferral() throws {
        var desk = try Desk()
        try desk.refer(1, thomas, received: "2026-03-10T09:00:00Z")
        #expect(try desk.refer(2, again, received: "2026-05-10T09:00:00Z").identified.first?.rereferral == nil)
    }
}
