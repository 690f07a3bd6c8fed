import DomainModel
import EventLog
import HubConfiguration
import JSON
import SyntheticWorld
import Testing

@Suite struct WorldTests {
    private static let hour: Int64 = 3_600_000
    /// 10:00 on the Monday.
    private static let morning = Shipped.monday.adding(milliseconds: 10 * hour)

    private func requested(_ hub: SmallHub, _ count: Int, agency: String = "bd-gps", rating: String = "amber") throws {
        for number in 0..<count {
            try hub.send(
                "agency.\(agency).inbox", "return.requested",
                #"{"reference":"R\#(number)","rating":{"urgency":"\#(rating)","level":3}}"#)
        }
    }

    @Test func mostRequestsAreAnsweredWithinAWorkingDayAndSomeNever() throws {
        let hub = try SmallHub()
        hub.now = Self.morning
        try requested(hub, 500)
        var world = try SmallHub.world()
        var firstAnswers: [String: Instant] = [:]
        for (at, record) in try hub.run(&world) {
            #expect(record.target.topic == Topic("agency.bd-gps.returns"))
            #expect(record.headers.text("ce_source") == "/agency/bd-gps")
            let reference = try #require(try record.field("request"))
            if firstAnswers[reference] == nil { firstAnswers[reference] = at }
        }
        let nextDay = Self.morning.adding(milliseconds: 24 * Self.hour)
        let onTime = firstAnswers.values.filter { $0 <= nextDay }.count
        #expect((0.74...0.93).contains(Double(onTime) / 500))
        #expect((0.02...0.1).contains(Double(500 - firstAnswers.count) / 500))
    }

    @Test func aReminderGetsAnAnswerFromMostWhoForgot() throws {
        let hub = try SmallHub()
        hub.now = Self.morning
        try requested(hub, 100)
        for number in 0..<100 {
            try hub.send("agency.bd-gps.inbox", "obligation.reminded", #"{"reference":"R\#(number)","owed":"return"}"#)
        }
        var world = try SmallHub.world { $0.returnsForgotten = 1 }
        let sent = try hub.run(&world)
        #expect((40...80).contains(sent.count))
    }

    @Test func aWithdrawnRequestIsNotAnswered() throws {
        let hub = try SmallHub()
        hub.now = Self.morning
        try requested(hub, 50)
        for number in 0..<50 {
            try hub.send("agency.bd-gps.inbox", "request.withdrawn", #"{"reference":"R\#(number)"}"#)
        }
        var world = try SmallHub.world()
        #expect(try hub.run(&world).isEmpty)
    }

    @Test func everyKindOfReturnIsWellFormed() throws {
        let hub = try SmallHub()
        hub.now = Self.morning
        try requested(hub, 600)
        var world = try SmallHub.world()
        var kinds: Set<String> = []
        for (_, record) in try hub.run(&world) {
            let type = try #require(record.headers.text("ce_type"))
            guard type != "frontdoor.return.withdrawn.v1" else { continue }
            let kind = try #require(ReturnKind(rawValue: try record.field("kind") ?? ""))
            kinds.insert(kind.rawValue)
            let json = try JSONParser().parse(record.value ?? [])
            if kind == .declined { #expect(DeclineReason(rawValue: try record.field("declineReason") ?? "") != nil) }
            if kind == .nothingKnown { #expect(try json.member("searched")?.elements().count == 1) }
            if type == "frontdoor.return.corrected.v1" { #expect(json.member("earlier") != nil) }
            for finding in try json.member("findings")?.elements().map({ $0 }) ?? [] {
                #expect(FactorCode(try finding.member("factor")?.string() ?? "") != nil)
            }
        }
        #expect(kinds == ["full", "partial", "nil", "declined"])
    }

    private func entry(_ id: String, _ rest: String) -> String {
        #"{"entry":"\#(id)","state":"proposed","asof":"first",\#(rest)}"#
    }

    @Test func teamsDecideInTheirHoursByPeopleWhoMay() throws {
        let hub = try SmallHub()
        // Friday 16:30: a working day ends on Monday.
        hub.now = Shipped.monday.adding(milliseconds: 4 * 24 * Self.hour + 16 * Self.hour + Self.hour / 2)
        for number in 0..<300 {
            try hub.send(
                "team.ex-family-help.queue", "entry.updated", key: "E\(number)",
                entry("E\(number)", #""kind":"lead","case":"C\#(number)","rating":{"urgency":"amber","level":3}"#))
        }
        var world = try SmallHub.world()
        let sent = try hub.run(&world)
        #expect(sent.count == 300)
        let directory = try Shipped.directory()
        let people = try #require(directory.teams.first { $0.id.text == "ex-family-help" }).people
        var inTime = 0
        var accepted = 0
        for (at, record) in sent {
            let local = at.milliseconds / Self.hour % 24
            #expect((9..<17).contains(local))
            let person = try #require(people.first { $0.id.text == (try? record.field("person")) })
            let verb = try #require(DecisionVerb(rawValue: try record.field("verb") ?? ""))
            #expect(
                person.roles.contains { role in
                    directory.permissions.contains { $0.role == role && $0.verbs.contains(verb) }
                })
            #expect(try record.field("asof") == "first")
            if verb == .accept { accepted += 1 }
            if at <= Shipped.monday.adding(milliseconds: 7 * 24 * Self.hour + 17 * Self.hour) { inTime += 1 }
        }
        #expect((0.9...0.99).contains(Double(inTime) / 300))
        #expect((0.85...0.97).contains(Double(accepted) / 300))
    }

    @Test func aDecisionNamesWhatWasNewestWhenItWasTaken() throws {
        let hub = try SmallHub()
        hub.now = Self.morning
        let lead = #""kind":"lead","case":"C","rating":{"urgency":"blue","level":1}"#
        try hub.send("team.bd-mash.queue", "entry.updated", key: "E", entry("E", lead))
        try hub.send(
            "team.bd-mash.queue", "entry.updated", key: "E",
            entry("E", lead).replacing("first", with: "second"))
        var world = try SmallHub.world { $0.decisionsOnOldNews = 0 }
        let sent = try hub.run(&world)
        #expect(sent.count == 1)
        #expect(try sent.first?.record.field("asof") == "second")
    }

    @Test func anEntryTakenBackIsNotDecided() throws {
        let hub = try SmallHub()
        hub.now = Self.morning
        try hub.send("team.bd-mash.queue", "entry.updated", key: "E", entry("E", #""kind":"lead","case":"C""#))
        try hub.send(
            "team.bd-mash.queue", "entry.updated", key: "E", #"{"entry":"E","kind":"lead","state":"withdrawn"}"#)
        var world = try SmallHub.world()
        #expect(try hub.run(&world).isEmpty)
    }

    @Test func reviewsNameTheChildAndACandidate() throws {
        let hub = try SmallHub()
        hub.now = Self.morning
        for number in 0..<40 {
            try hub.send(
                "team.bd-mash.queue", "entry.updated", key: "E\(number)",
                entry("E\(number)", #""kind":"decide","about":"review","childId":"K","candidates":["P","Q"]"#))
        }
        var world = try SmallHub.world { $0.linksUndone = 0 }
        let sent = try hub.run(&world)
        #expect(sent.count == 40)
        var named = 0
        for (_, record) in sent {
            #expect(try record.field("verb") == "confirm-identity")
            #expect(try record.field("child") == "K")
            if let candidate = try record.field("candidate") {
                #expect(candidate == "P")
                named += 1
            }
        }
        #expect((20...39).contains(named))
    }

    @Test func aLinkThatWasWrongIsUndoneByOneWhoMay() throws {
        let hub = try SmallHub()
        hub.now = Self.morning
        try hub.send(
            "team.bd-mash.queue", "entry.updated", key: "E",
            entry("E", #""kind":"decide","about":"review","childId":"K","candidates":["P"]"#))
        var world = try SmallHub.world {
            $0.reviewsConfirmed = 1
            $0.linksUndone = 1
        }
        let sent = try hub.run(&world)
        #expect(try sent.map { try $0.record.field("verb") } == ["confirm-identity", "unlink"])
        #expect(try sent.last?.record.field("child") == "K" && sent.last?.record.field("person") == "bd.amara")
        #expect(sent[1].at > sent[0].at)
    }

    @Test func aRatingThatWouldBeLowerIsLoweredByAPerson() throws {
        let hub = try SmallHub()
        hub.now = Self.morning
        try hub.send(
            "team.bd-mash.queue", "entry.updated", key: "E",
            entry(
                "E",
                #""kind":"decide","about":"rating-review","case":"C","rating":{"urgency":"red","level":4},"proposedRating":{"urgency":"green","level":2}"#
            ))
        var world = try SmallHub.world()
        let record = try #require(try hub.run(&world).first?.record)
        #expect(try record.field("verb") == "rate")
        let rating = try #require(try JSONParser().parse(record.value ?? []).member("rating"))
        #expect(try rating.member("urgency")?.string() == "green" && rating.member("level")?.integer() == 2)
    }

    @Test func whatNamesNoAuthorityIsGivenToOneAndStaysThere() throws {
        let hub = try SmallHub()
        hub.now = Self.morning
        for number in 0..<4 {
            try hub.send(
                "team.hub-review.queue", "entry.updated", key: "E\(number)",
                entry(
                    "E\(number)",
                    #""kind":"decide","about":"unknown-authority","childId":"K","referrals":[{"referral":"R"}]"#))
        }
        var world = try SmallHub.world()
        let authorities = try hub.run(&world).map { try $0.record.field("authority") }
        #expect(authorities.count == 4)
        #expect(Set(authorities).count == 1)
        #expect(AuthorityCode(gss: try #require(authorities.first ?? nil)) != .hub)
    }

    @Test func aDeclineIsJudgedByItsRequest() throws {
        let hub = try SmallHub()
        hub.now = Self.morning
        for number in 0..<30 {
            try hub.send(
                "team.bd-mash.queue", "entry.updated", key: "E\(number)",
                entry("E\(number)", #""kind":"decide","about":"declined","case":"C","return":{"request":"Q"}"#))
        }
        var world = try SmallHub.world()
        let verbs = try hub.run(&world).map { record in
            #expect(try record.record.field("request") == "Q")
            return try record.record.field("verb")
        }
        #expect(Set(verbs) == ["accept-decline", "challenge"])
    }

    @Test func aRefusedCloseIsTakenAgainOnTheNewestNews() throws {
        let hub = try SmallHub()
        hub.now = Self.morning
        try hub.send(
            "team.bd-mash.queue", "entry.updated", key: "E",
            entry("E", #""kind":"lead","case":"C","rating":{"urgency":"blue"}"#))
        try hub.send(
            "team.bd-mash.queue", "decision.refused",
            #"{"entry":"E","verb":"close","reason":"risk-risen","newest":"newer"}"#)
        var world = try SmallHub.world { $0.decisionsOnOldNews = 0 }
        let sent = try hub.run(&world)
        #expect(sent.count == 2)
        for (_, record) in sent { #expect(try record.field("asof") == "newer") }
    }

    @Test func dangerIsAnsweredWithinMinutesAlsoAtNight() throws {
        let hub = try SmallHub()
        hub.now = Shipped.monday.adding(milliseconds: 3 * Self.hour)
        let start = hub.now
        for number in 0..<50 {
            try hub.send(
                "oncall.bd-duty.alerts", "alert.raised", key: "A\(number)",
                #"{"alert":"A\#(number)","code":"danger","role":"mash-manager","arming":1}"#)
        }
        var world = try SmallHub.world { $0.dangersAnsweredLate = 0 }
        let sent = try hub.run(&world)
        #expect(sent.count == 50)
        for (at, record) in sent {
            #expect(at.milliseconds(since: start) < 20 * 60_000)
            #expect(try record.field("person") == "bd.amara")
            #expect(try record.field("until") == nil)
        }
    }

    @Test func aClearedAlertIsNotAnswered() throws {
        let hub = try SmallHub()
        hub.now = Self.morning
        try hub.send("oncall.bd-duty.alerts", "alert.raised", key: "A", #"{"alert":"A","code":"red"}"#)
        try hub.send("oncall.bd-duty.alerts", "alert.cleared", key: "A", #"{"alert":"A"}"#)
        var world = try SmallHub.world()
        #expect(try hub.run(&world).isEmpty)
    }

    @Test func theSameWorldDoesTheSameWhateverTheIds() throws {
        func sent(_ prefix: String) throws -> [(Instant, String?)] {
            let hub = try SmallHub()
            hub.now = Self.morning
            for number in 0..<60 {
                try hub.send(
                    "agency.bi-police.inbox", "return.requested",
                    #"{"reference":"\#(prefix)\#(number)","rating":"red"}"#)
            }
            var world = try SmallHub.world(seed: 7)
            return try hub.run(&world).map { ($0.at, try $0.record.field("kind")) }
        }
        let first = try sent("a")
        let second = try sent("b")
        #expect(first.map(\.0) == second.map(\.0))
        #expect(first.map(\.1) == second.map(\.1))
        #expect(!first.isEmpty)
    }

    @Test func nothingIsPlannedBeyondTheHorizon() throws {
        let hub = try SmallHub()
        var world = try SmallHub.world()
        hub.now = world.horizon.adding(milliseconds: -Self.hour)
        try requested(hub, 100, agency: "bd-schools", rating: "green")
        for (at, _) in try hub.run(&world) { #expect(at <= world.horizon) }
        #expect(world.nextAction == nil)
    }

    @Test func whatCannotBeReadIsLeft() throws {
        let hub = try SmallHub()
        hub.now = Self.morning
        try hub.send("agency.bd-gps.inbox", "return.requested", "{")
        try hub.send("agency.bd-gps.inbox", "return.requested", "[]")
        try hub.send("team.bd-mash.queue", "entry.updated", #"{"entry":7,"kind":"nonsense","state":"proposed"}"#)
        try hub.send("oncall.bd-duty.alerts", "alert.raised", #"{"arming":"x"}"#)
        var world = try SmallHub.world()
        #expect(try hub.run(&world).isEmpty)
    }
}
