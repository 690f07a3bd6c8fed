import DomainModel
import Room
import Testing

@testable import Delivery

@Suite struct AlertmanagerOutboxTests {
    private let peers = [Sample.target("am", .alertmanager), Sample.target("am.2", .alertmanager)]

    @Test func whatStandsIsPostedToEveryPeerAgainAndAgain() throws {
        var desk = Desk(peers)
        desk.take(try Sample.alert(1, "raised", record: 1))
        #expect(desk.deliverAll() == ["am: raised", "am.2: raised"])
        #expect(desk.deliverAll() == [])
        desk.wait(59_999)
        #expect(desk.deliverAll() == [])
        desk.wait(1)
        #expect(desk.deliverAll() == ["am: raised", "am.2: raised"])
        #expect(desk.noted.count == 2, "a post of what is there already is no news")
    }

    @Test func aClearIsPostedForAWhileAndThenItIsOver() throws {
        var desk = Desk(peers, Outbox.Settings(repost: 60_000, resolved: 120_000))
        desk.take(try Sample.alert(1, "raised", record: 1))
        _ = desk.deliverAll()
        desk.wait(5000)
        desk.take(try Sample.alert(1, "cleared", record: 2, at: desk.now))
        #expect(desk.deliverAll() == ["am: cleared", "am.2: cleared"])
        for _ in 0..<2 {
            desk.wait(60_000)
            #expect(desk.deliverAll() == ["am: cleared", "am.2: cleared"])
        }
        desk.wait(600_000)
        #expect(desk.deliverAll() == [])
        #expect(desk.isEmpty)
        #expect(desk.noted.map(\.facts.told) == ["raised", "raised", "cleared", "cleared"])
    }

    @Test func afterARestartWhatStandsIsPostedAtOnce() throws {
        var desk = Desk(peers)
        desk.take(try Sample.alert(1, "raised", record: 1))
        _ = desk.deliverAll()
        try desk.restart()
        #expect(desk.deliverAll() == ["am: raised", "am.2: raised"])
        #expect(desk.noted.count == 2)
    }

    @Test func ofWhatCameAndWentBeforeItWasSentNothingIsSaid() throws {
        var desk = Desk(peers)
        desk.take(try Sample.alert(1, "raised", record: 1))
        desk.take(try Sample.alert(1, "cleared", record: 2))
        #expect(desk.deliverAll() == [])
        #expect(desk.isEmpty)
    }

    /// Committed as begun, sent, and the process killed before it learnt how that went.
    @Test func whatMayHaveArrivedIsClearedAllTheSame() throws {
        var desk = Desk(peers)
        desk.take(try Sample.alert(1, "raised", record: 1))
        #expect(desk.begin().count == 2)
        try desk.restart()
        desk.take(try Sample.alert(1, "cleared", record: 2))
        #expect(desk.deliverAll() == ["am: cleared", "am.2: cleared"])
    }

    @Test func theOneOfABatchThatIsRefusedHoldsUpNoOther() throws {
        var desk = Desk([peers[0]])
        for number in 1...9 { desk.take(try Sample.alert(number, "raised", record: number)) }
        var delivered: [EventID] = []
        for _ in 0..<40 {
            for sending in desk.begin() {
                if sending.rows.contains(where: { $0.record == Sample.id(5) }) {
                    desk.finish(0, .failed(Failure(reason: .refused, isOfItem: true)))
                } else {
                    delivered += sending.rows.map(\.record)
                    desk.finish(0, .delivered)
                }
            }
        }
        #expect(delivered.sorted() == [1, 2, 3, 4, 6, 7, 8, 9].map { Sample.id($0) })
        let failed = desk.noted.filter(\.isFailure)
        #expect(failed.map(\.facts.record) == [Sample.id(5)])
        #expect(failed.first?.facts.reason == "refused")
    }

    @Test func aStepThatWasWokenIsAnAlertOfItsOwnAndAllEndTogether() throws {
        var desk = Desk([peers[0]])
        desk.take(try Sample.alert(1, "raised", record: 1))
        _ = desk.deliverAll()
        desk.take(try Sample.alert(1, "escalated", record: 2, role: "mash-manager", rung: 1))
        let rungs = desk.begin().first?.rows.first?.rungs.map(\.role)
        #expect(rungs == ["duty", "mash-manager"])
        desk.finish(0, .delivered)
        desk.take(try Sample.alert(1, "cleared", record: 3, role: "mash-manager", rung: 1))
        #expect(desk.begin().first?.rows.first?.rungs.count == 2)
    }
}

@Suite struct PersonOutboxTests {
    @Test func eachStateIsToldOnce() throws {
        var desk = Desk([Sample.target("chat", .chat)])
        var told: [String] = []
        for (number, state) in ["raised", "escalated", "acknowledged", "cleared"].enumerated() {
            desk.take(try Sample.alert(1, state, record: number + 1))
            told += desk.deliverAll()
            desk.wait(3_600_000)
            told += desk.deliverAll()
        }
        #expect(told == ["chat: raised", "chat: escalated", "chat: acknowledged", "chat: cleared"])
        #expect(desk.isEmpty)
    }

    @Test func aSinkThatWasOutOfReachIsToldWhatIsSoNow() throws {
        var desk = Desk([Sample.target("chat", .chat)])
        desk.take(try Sample.alert(1, "raised", record: 1))
        desk.take(try Sample.alert(2, "raised", record: 2))
        _ = desk.begin()
        desk.finish(0, .failed(Failure(reason: .unreachable)))
        desk.take(try Sample.alert(1, "escalated", record: 3, rung: 1))
        desk.take(try Sample.alert(2, "cleared", record: 4))
        desk.wait(300_000)
        let told = desk.deliverAll()
        // The second was never begun, so nobody need hear that it is over.
        #expect(told == ["chat: escalated"])
    }

    @Test func aDeadSinkHoldsUpNoOther() throws {
        var desk = Desk([Sample.target("dead", .email), Sample.target("chat", .chat)])
        for number in 1...50 { desk.take(try Sample.alert(number, "raised", record: number)) }
        var told = 0
        while let sending = desk.begin().first(where: { $0.target == 1 }) {
            told += sending.rows.count
            desk.finish(1, .delivered)
        }
        // The other one hangs all the while.
        #expect(told == 50)
        #expect(desk.noted.allSatisfy { $0.facts.sink.text == "chat" })
        desk.finish(0, .failed(Failure(reason: .timedOut)))
        #expect(desk.noted.last?.facts.reason == "timed-out")
    }

    @Test func aFailureIsNotedOnceAndWaitedForLongerEachTime() throws {
        var desk = Desk([Sample.target("chat", .chat)])
        desk.take(try Sample.alert(1, "raised", record: 1))
        var waits: [Int64] = []
        for number in 0..<12 {
            #expect(desk.outbox.failing.isEmpty == (number < 5))
            #expect(desk.begin().count == 1)
            desk.finish(0, .failed(Failure(reason: .overloaded)))
            #expect(desk.begin().isEmpty)
            let wait = try #require(desk.outbox.nextDue).milliseconds(since: desk.now)
            waits.append(wait)
            desk.wait(wait)
        }
        #expect(zip(waits, waits.dropFirst()).prefix(6).allSatisfy { $0 < $1 * 2 })
        #expect(waits[0] <= 2000 && waits[0] >= 1000)
        #expect(waits[11] <= 300_000 && waits[11] >= 150_000)
        #expect(desk.noted.count == 1)
        #expect(desk.deliverAll() == ["chat: raised"])
        #expect(desk.outbox.failing.isEmpty)
        #expect(desk.noted.last?.facts.attempts == 13)
    }

    @Test func aWaitThatTheToolAsksForIsKeptUpToAnHour() throws {
        var desk = Desk([Sample.target("chat", .chat)])
        desk.take(try Sample.alert(1, "raised", record: 1))
        _ = desk.begin()
        desk.finish(0, .failed(Failure(reason: .overloaded, asked: 120_000)))
        #expect(desk.outbox.nextDue == desk.now.adding(milliseconds: 120_000))
        desk.wait(120_000)
        _ = desk.begin()
        desk.finish(0, .failed(Failure(reason: .overloaded, asked: 86_400_000)))
        #expect(desk.outbox.nextDue == desk.now.adding(milliseconds: 3_600_000))
    }

    @Test func anAlertThatStandsIsTriedForEverAndOneThatIsOverForADay() throws {
        var desk = Desk([Sample.target("chat", .chat)])
        desk.take(try Sample.alert(1, "raised", record: 1))
        func fail(_ desk: inout Desk) {
            if !desk.begin().isEmpty { desk.finish(0, .failed(Failure(reason: .unreachable))) }
            desk.wait(3_600_000)
        }
        for _ in 0..<100 { fail(&desk) }
        #expect(desk.noted.filter(\.facts.gaveUp).isEmpty)
        desk.take(try Sample.alert(1, "cleared", record: 2, at: desk.now))
        for _ in 0..<25 { fail(&desk) }
        #expect(desk.noted.filter(\.facts.gaveUp).map(\.facts.record) == [Sample.id(2)])
        #expect(desk.isEmpty)
        #expect(desk.begin().isEmpty)
    }

    @Test func aStepIsForItsRoleAndItsClearForWhoeverWasTold() throws {
        var desk = Desk([
            Sample.target("duty", .chat, roles: ["duty"]), Sample.target("manager", .chat, roles: ["mash-manager"]),
        ])
        desk.take(try Sample.alert(1, "raised", record: 1))
        #expect(desk.deliverAll() == ["duty: raised"])
        desk.take(try Sample.alert(1, "escalated", record: 2, role: "mash-manager", rung: 1))
        #expect(desk.deliverAll() == ["duty: escalated", "manager: escalated"])
        desk.take(try Sample.alert(1, "cleared", record: 3, role: "mash-manager", rung: 1))
        #expect(desk.deliverAll() == ["duty: cleared", "manager: cleared"])
        desk.take(try Sample.alert(2, "raised", record: 4))
        #expect(desk.deliverAll() == ["duty: raised"])
        desk.take(try Sample.alert(2, "cleared", record: 5))
        #expect(desk.deliverAll() == ["duty: cleared"])
        #expect(desk.isEmpty)
    }

    @Test func aNewSinkIsToldOfWhatStands() throws {
        var desk = Desk([])
        desk.take(try Sample.alert(1, "raised", record: 1))
        desk.take(try Sample.alert(2, "raised", record: 2))
        desk.take(try Sample.alert(2, "cleared", record: 3))
        desk.save()
        try desk.restart([Sample.target("chat", .chat)])
        #expect(desk.begin().flatMap(\.rows).map(\.record) == [Sample.id(1)])
    }

    @Test func aSinkThatIsTakenAwayHasNoClaim() throws {
        var desk = Desk([Sample.target("chat", .chat)])
        desk.take(try Sample.alert(1, "raised", record: 1))
        _ = desk.begin()
        try desk.restart([])
        desk.take(try Sample.alert(1, "cleared", record: 2))
        desk.save()
        #expect(desk.isEmpty)
    }

    @Test func anAgencyIsToldOfEachRequestAndForgottenThen() throws {
        var desk = Desk([Sample.target("mail", .email)])
        desk.take(Sample.notice("ref-1", record: 1))
        desk.take(Sample.notice("ref-2", record: 2))
        desk.take(Sample.notice("ref-1", record: 3, told: "reminded"))
        #expect(desk.deliverAll().sorted() == ["mail: reminded", "mail: requested"])
        #expect(desk.isEmpty)
        desk.take(Sample.notice("ref-1", record: 4, told: "withdrawn"))
        #expect(desk.deliverAll() == ["mail: withdrawn"])
    }

    @Test func anOldRequestIsNoNews() throws {
        var desk = Desk([Sample.target("mail", .email)])
        desk.wait(86_400_000)
        desk.take(Sample.notice("ref-1", record: 1))
        #expect(desk.deliverAll() == [])
        #expect(desk.isEmpty)
    }

    @Test func whatAnotherProcessReadsIsLeftToIt() throws {
        var desk = Desk([Sample.target("chat", .chat)])
        desk.take(try Sample.alert(1, "raised", record: 1))
        desk.save()
        try desk.restart(topics: ["oncall.ex-duty.alerts"])
        #expect(desk.begin().isEmpty)
        #expect(desk.outbox.nextDue == nil)
    }

    /// Records in any order of results, kills anywhere: whoever stands at the end was told so last, and nobody is told
    /// after the clear.
    @Test(arguments: UInt64(1)...30)
    func whateverFailsAndWhoeverIsKilledTheLastWordIsTrue(_ seed: UInt64) throws {
        var draws = Jitter(seed: seed)
        var desk = Desk([
            Sample.target("am", .alertmanager), Sample.target("chat", .chat), Sample.target("mail", .email),
        ])
        var last: [Int: String] = [:]
        /// By target and alert: the last state that arrived, whether or not the outbox learnt of it.
        var arrived: [String: String] = [:]
        var record = 0
        func settle(_ desk: inout Desk, failing: Bool) throws {
            for sending in desk.begin() {
                let fate = failing ? draws.next() % 4 : 0
                if fate <= 1 {
                    for row in sending.rows {
                        arrived["\(sending.target) \(known(row.alert).alert.bits)"] = row.told
                    }
                }
                switch fate {
                case 0: desk.finish(sending.target, .delivered)
                case 1: return try desk.restart()
                case 2: desk.finish(sending.target, .failed(Failure(reason: .broken)))
                default: desk.finish(sending.target, .failed(Failure(reason: .refused, isOfItem: true)))
                }
            }
        }
        for _ in 0..<200 {
            let alert = Int(draws.next() % 6) + 1
            record += 1
            let state =
                switch last[alert] {
                case nil, "cleared": "raised"
                case "raised": draws.next() % 2 == 0 ? "escalated" : "cleared"
                default: "cleared"
                }
            last[alert] = state
            desk.take(try Sample.alert(alert, state, record: record, at: desk.now))
            desk.save()
            try settle(&desk, failing: true)
            desk.wait(Int64(draws.next() % 5000))
        }
        for _ in 0..<60 {
            try settle(&desk, failing: false)
            desk.wait(60_000)
        }
        for target in 0..<3 {
            for (alert, state) in last {
                let told = arrived["\(target) \(alert)"]
                if state == "cleared" {
                    #expect(told == nil || told == "cleared", "target \(target), alert \(alert), seed \(seed)")
                } else {
                    #expect(told == state, "target \(target), alert \(alert), seed \(seed)")
                }
            }
        }
    }
}

@Suite struct BackoffTests {
    @Test func itDoublesUpToTheMostAndHalfIsChance() {
        var jitter = Jitter(seed: 7)
        let backoff = Backoff(first: 1000, most: 60_000)
        for failures in 1...100 {
            let whole = min(60_000, Int64(1000) << Int64(min(failures - 1, 20)))
            let delay = backoff.delay(after: failures, &jitter)
            #expect(delay <= whole && delay >= whole / 2)
        }
    }

    @Test func theSameSeedGivesTheSameWaits() {
        var one = Jitter(seed: 3)
        var two = Jitter(seed: 3)
        let backoff = Backoff(first: 1000, most: 60_000)
        let first = (1...20).map { backoff.delay(after: $0, &one) }
        #expect(first == (1...20).map { backoff.delay(after: $0, &two) })
        var other = Jitter(seed: 4)
        #expect(first != (1...20).map { backoff.delay(after: $0, &other) })
    }
}

@Suite struct AnswerTests {
    @Test(arguments: [
        (200, "delivered"), (202, "delivered"), (400, "refused!"), (413, "refused!"), (401, "refused"),
        (404, "refused"), (302, "refused"), (408, "timed-out"), (429, "overloaded"), (503, "overloaded"),
        (500, "broken"), (0, "broken"),
    ])
    func aStatusMeans(_ status: Int, _ expected: String) {
        #expect(words(Answers.outcome(code: 0, status: status, isMail: false, asked: nil)) == expected)
    }

    @Test(arguments: [(28, "timed-out"), (7, "unreachable"), (60, "not-trusted"), (64, "not-trusted"), (67, "refused")])
    func aFailedCallMeans(_ code: Int, _ expected: String) {
        #expect(words(Answers.outcome(code: code, status: 0, isMail: false, asked: nil)) == expected)
        #expect(words(Answers.outcome(code: code, status: 0, isMail: true, asked: nil)) == expected)
    }

    @Test func mailIsRefusedForGoodOrForNow() {
        #expect(words(Answers.outcome(code: 0, status: 250, isMail: true, asked: nil)) == "delivered")
        #expect(words(Answers.outcome(code: 55, status: 451, isMail: true, asked: nil)) == "overloaded")
        #expect(words(Answers.outcome(code: 55, status: 550, isMail: true, asked: nil)) == "refused")
    }

    private func words(_ outcome: CallOutcome) -> String {
        switch outcome {
        case .delivered: "delivered"
        case .failed(let failure): failure.reason.rawValue + (failure.isOfItem ? "!" : "")
        }
    }
}
