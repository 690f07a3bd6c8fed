import DomainModel
import HubConfiguration
import Testing

@Suite struct ShippedPolicyTests {
    private let day = CivilDate(year: 2026, month: 11, day: 10)!

    @Test(arguments: ["needs-assessment", "risk-assessment"]) func aShippedPolicyHasNoProblem(_ name: String) throws {
        #expect(try Shipped.policy(name).problems(on: day, directory: try Shipped.directory()) == [])
    }

    @Test func theReviewDateIsWatched() throws {
        let policy = try Shipped.policy("needs-assessment")
        let directory = try Shipped.directory()
        #expect(policy.problems(on: policy.reviewOn, directory: directory) == [])
        let after = CivilDate(daysSinceEpoch: policy.reviewOn.daysSinceEpoch + 1)
        #expect(policy.problems(on: after, directory: directory).count == 1)
    }

    @Test func inRiskAssessmentOnlyRedAndAmberGoThroughTheMASH() throws {
        let policy = try Shipped.policy("risk-assessment")
        #expect(policy.asks.allSatisfy { $0.ratings.allSatisfy { $0 >= .amber } })
        #expect(policy.routes.filter(\.decide).allSatisfy { $0.ratings == [.red] })
    }

    /// Each change spoils one thing; what is then said names it.
    struct Spoiling: Sendable {
        let says: String
        let spoil: @Sendable (inout Policy) -> Void
        init(_ says: String, _ spoil: @escaping @Sendable (inout Policy) -> Void) {
            self.says = says
            self.spoil = spoil
        }
    }

    static let spoilings: [Spoiling] = [
        Spoiling("rules[0] has an empty id") { $0.rules[0].id = "" },
        Spoiling("the id immediate-danger is used twice") { $0.rules[1].id = "immediate-danger" },
        Spoiling("is called fallback") { $0.rules[3].id = "fallback" },
        Spoiling("always applies") { $0.rules[2].when = Condition() },
        Spoiling("no rule rates immediate danger red") { $0.rules[0].rating = .amber },
        Spoiling("atOnce[0] wakes the desk for every referral") { $0.atOnce[0] = Condition() },
        Spoiling("no agency of the kind lado serves") { $0.asks[0].kinds = [.lado] },
        Spoiling("asks[0] names no rating") { $0.asks[0].ratings = [] },
        Spoiling("purpose or necessity") { $0.asks[0].necessity = "" },
        Spoiling("routes has no last rule") { $0.routes.removeLast() },
        Spoiling("never reached") { $0.routes.insert(RouteRule(lead: .mash), at: 0) },
        Spoiling("has no team of the kind hub-review") { $0.routes[0].lead = .hubReview },
        Spoiling("a budget begins with a whole number") { $0.clocks[0].budget = "soon" },
        Spoiling("there is no calendar moon") { $0.clocks[0].calendar = CalendarName("moon")! },
        Spoiling("there is no ladder none") { $0.clocks[0].ladder = "none" },
        Spoiling("no rule for answer at red") { $0.clocks.removeAll { $0.kind == .answer } },
        Spoiling("reminderPercent") { $0.clocks[0].reminderPercent = 100 },
        Spoiling("has no rung") { $0.ladders[0].rungs = [] },
        Spoiling("the unit of a budget") { $0.ladders[0].rungs[0].after = "5 minutes" },
        Spoiling("has the role practitioner") { $0.ladders[0].rungs[0].role = .practitioner },
        Spoiling("outcomes[0] names no source") { $0.outcomes[0].sources = [] },
        Spoiling("no gateway is in force") { $0.gateways.removeAll { $0.inForceFrom != nil } },
        Spoiling("no authority of this hub") { $0.gateways[0].authorities = [AuthorityCode(gss: "E10000013")!] },
        Spoiling("version is empty") { $0.version = "" },
        Spoiling("agreedBy is empty") { $0.agreedBy = "" },
        Spoiling("agreedOn lies in the future") { $0.agreedOn = CivilDate(year: 2027, month: 1, day: 1)! },
        Spoiling("is not after agreedOn") { $0.reviewOn = $0.agreedOn },
    ]

    @Test(arguments: spoilings.indices) func whatIsWrongIsNamed(_ index: Int) throws {
        let spoiling = Self.spoilings[index]
        var policy = try Shipped.policy("needs-assessment")
        spoiling.spoil(&policy)
        let problems = policy.problems(on: day, directory: try Shipped.directory())
        #expect(problems.contains { $0.contains(spoiling.says) }, "\(problems)")
    }
}
