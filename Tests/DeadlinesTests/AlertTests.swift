import DomainModel
import HubConfiguration
import Room
import Testing

@testable import Deadlines

@Suite struct AlertTests {
    /// A return overdue since 25 November, 10:00.
    private func overdue() -> (Thread, AlertID) {
        var thread = Thread()
        thread.read(Given.requested())
        thread.strike("2026-11-25T10:00:00Z")
        return (thread, Names.alert(Names.informationReturn("req-1", agency: Given.police)))
    }

    @Test func anAnswerWithoutATimeCommitsToTheLongestThatThePolicyAllows() throws {
        var (thread, alert) = overdue()
        let own = thread.answer(alert)
        #expect(own.types == [.alertAcknowledged])
        #expect(own.answers.first?.until == Given.instant("2026-11-26T10:00:00Z"))
        #expect(own.answers.first?.promise == 1)
        #expect(thread.strike("2026-11-26T09:59:59Z").isEmpty)
        let broken = try #require(thread.strike("2026-11-26T10:00:00Z").rung.first)
        #expect(broken.arming == 2 && broken.rung == 0 && broken.alert == alert)
        #expect(thread.give().types == [.obligationMet, .alertCleared])
    }

    @Test func whatIsPutOffTooOftenIsPutOffNoMore() {
        var (thread, alert) = overdue()
        for promise in 1...3 {
            let answer = thread.answer(alert, until: thread.now.adding(seconds: 3600)).answers.first
            #expect(answer?.promise == promise && answer?.isSpent == false)
            #expect(thread.strike(thread.now.adding(seconds: 3600)).rung.map(\.rung) == [0])
        }
        let spent = thread.answer(alert, until: thread.now.adding(seconds: 3600))
        #expect(spent.answers.first?.isSpent == true && spent.answers.first?.until == nil)
        let record = thread.outgoing.last.map { String(decoding: $0.data, as: UTF8.self) } ?? ""
        #expect(record.contains(#""state":"acknowledged""#) && record.contains(#""spent":true"#))
        // The ladder goes on as if nobody had answered.
        #expect(thread.strike(thread.now.adding(seconds: 8 * 3600)).rung.map(\.rung) == [1])
        #expect(thread.give().types == [.obligationMet, .alertCleared])
    }

    @Test func aNewDueTimeHasItsOwnPromises() {
        var (thread, alert) = overdue()
        for _ in 0..<3 {
            thread.answer(alert, until: thread.now.adding(seconds: 60))
            thread.strike(thread.now.adding(seconds: 60))
        }
        thread.give()
        thread.read(
            .returnWithdrawn(
                ReturnWithdrawn(request: "req-1", agency: Given.police, earlier: Given.id(41), reason: .sentInError)))
        thread.strike(thread.now.adding(seconds: 3 * 86_400))
        #expect(thread.answer(alert).answers.first?.promise == 1)
    }

    @Test func onARedThePromisesAreShorter() {
        var thread = Thread()
        thread.read(Given.requested(rating: .red))
        thread.strike("2026-11-24T14:00:00Z")
        let alert = Names.alert(Names.informationReturn("req-1", agency: Given.police))
        let answer = thread.answer(alert, until: thread.now.adding(seconds: 86_400)).answers.first
        #expect(answer?.until == Given.instant("2026-11-24T16:00:00Z"))
        #expect(answer?.asked == Given.instant("2026-11-25T14:00:00Z"))
    }

    @Test func aPromiseArmsAgainForThen() throws {
        var (thread, alert) = overdue()
        let own = thread.answer(alert, until: Given.instant("2026-11-25T15:30:00Z"))
        #expect(own.types == [.alertAcknowledged])
        #expect(thread.deadlines.nextDue == Given.instant("2026-11-25T15:30:00Z"))
        let broken = try #require(thread.strike("2026-11-25T15:30:00Z").rung.first)
        #expect(broken.rung == 0 && broken.arming == 2 && broken.alert == alert)
        // The ladder begins again from there.
        #expect(thread.strike("2026-11-25T23:30:00Z").rung.map(\.rung) == [1])
    }

    @Test func aPromiseReachesADayAtMostAndNeverBack() {
        for (until, expected) in [
            ("2027-11-25T10:00:00Z", "2026-11-26T10:00:00Z"), ("2026-11-25T09:00:00Z", "2026-11-25T10:00:00Z"),
        ] {
            var (thread, alert) = overdue()
            thread.answer(alert, until: Given.instant(until))
            #expect(thread.deadlines.nextDue == Given.instant(expected))
        }
    }

    @Test func aPromiseOnDangerDoesNotMeetItAndABrokenOneRingsAsDanger() throws {
        var thread = Thread()
        let alert = try #require(thread.refer(Given.referral(danger: true)).rung.first?.alert)
        #expect(thread.answer(alert, until: Given.instant("2026-11-24T11:00:00Z")).met.isEmpty)
        #expect(thread.strike("2026-11-24T10:59:59Z").rung.isEmpty)
        let rung = thread.strike("2026-11-24T11:00:00Z").rung
        #expect(rung.first?.code == "danger")
        #expect(rung.first?.arming == 2)
        #expect(thread.answer(alert).met.count == 1)
    }

    @Test func acknowledgedBeforeItIsDueItRingsAgainWhenItIs() {
        var thread = Thread()
        thread.read(Given.rated(.red))
        thread.read(Given.requested(rating: .red))
        thread.give(Given.content("req-1", .declined))
        let review = Names.alert(Names.review("req-1", owner: Given.mash))
        thread.answer(review)
        let rung = thread.strike("2026-11-24T12:00:00Z").rung.filter { $0.alert == review }
        #expect(rung.map(\.code) == ["overdue"])
    }

    @Test func anotherDesksAnswerCountsForNothing() {
        var (thread, alert) = overdue()
        #expect(thread.answer(alert, desk: Given.name(DeskName.self, "ex-duty")).isEmpty)
    }

    @Test func anAnswerToWhatIsClearedOrUnknownCountsForNothing() {
        var (thread, alert) = overdue()
        thread.give()
        #expect(thread.answer(alert).isEmpty)
        #expect(thread.answer(Given.id(12345)).isEmpty)
    }

    @Test func theLastRecordOfAnAlertIsItsPresentState() {
        var (thread, alert) = overdue()
        #expect(thread.alerts.map(\.type) == [.alertRaised])
        thread.strike("2026-11-25T18:00:00Z")
        #expect(thread.alerts.map(\.type) == [.alertEscalated])
        thread.answer(alert)
        #expect(thread.alerts.map(\.type) == [.alertAcknowledged])
        thread.give()
        #expect(thread.alerts.map(\.type) == [.alertCleared])
        #expect(thread.alerts.map(\.key) == [alert.description])
    }

    @Test func anAlertCarriesItsFieldsAndNoReferenceOfTheAgencys() throws {
        let (thread, alert) = overdue()
        let record = try #require(thread.outgoing.first { $0.type == .alertRaised })
        #expect(record.recipient == .desk(Given.desk) && record.subject == alert.description)
        let text = String(decoding: record.data, as: UTF8.self)
        #expect(
            text
                == """
                {"alert":"\(alert)","obligation":"\(Names.informationReturn("req-1", agency: Given.police))","code":"overdue",\
                "state":"raised","kind":"return","agency":"bd-police","case":"\(Given.caseID(21))",\
                "referral":"\(Given.id(1) as ReferralID)","rating":"amber","role":"duty","onCall":"bd.ines",\
                "since":"2026-11-25T10:00:00Z","due":"2026-11-25T10:00:00Z","arming":1,"rung":0}
                """)
        #expect(!text.contains("req-1"))
    }

    @Test func aConflictingRepeatIsAnAlertAtOnceAndAnOrdinaryRefusalIsNot() {
        var thread = Thread()
        #expect(thread.read(Given.refused()).types == [.obligationOpened])
        let own = thread.read(Given.refused("same-id-other-content", letter: 73))
        #expect(own.rung.map(\.code) == ["conflicting-repeat"])
    }

    @Test func theNextAcceptedSubmissionOnTheChannelMeetsWhatItsSenderOwes() {
        var thread = Thread()
        thread.read(Given.refused(letter: 71))
        thread.read(Given.refused(letter: 72))
        thread.read(Given.refused(letter: 73, on: .returns))
        thread.read(Given.refused(letter: 74, of: Given.school))
        #expect(thread.refer().met.filter { $0.facts.kind == .resubmit }.count == 2)
        #expect(thread.give().met.count == 1)
        #expect(thread.refer(Given.referral(2, agency: Given.school)).met.count == 1)
    }

    @Test func aRefusalThatNoAgencyCanBeNamedForBindsNobody() {
        var thread = Thread()
        #expect(thread.read(Given.refused(of: nil)).isEmpty)
    }
}
