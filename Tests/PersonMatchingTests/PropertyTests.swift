import DomainModel
import PersonMatching
import Testing

@Suite struct MatchingPropertyTests {
    private static func random(_ lottery: inout Lottery) -> MatchRecord {
        let given = ["Thomas", "Tomas", "Yusuf", "T", "Baby", "Mia", "Thomas James"].randomElement(using: &lottery)
        let family = ["Ahmed", "Ahmet", "Khan", "Khan-Ahmed", "Thomas"].randomElement(using: &lottery)
        let born = ["2015-03-04", "2015-04-03", "2015-03-05", "2012-01-01"].randomElement(using: &lottery)
        return record(
            Bool.random(using: &lottery) ? given : "Thomas", family,
            born: Int.random(in: 0..<8, using: &lottery) == 0 ? nil : born,
            nhs: Bool.random(using: &lottery) ? nhs(Int.random(in: 0..<6, using: &lottery) * 40) : nil,
            sex: [.male, .female, .unknown].randomElement(using: &lottery),
            postcode: Bool.random(using: &lottery) ? "RM1 1AA" : "E1 4NS",
            line: Bool.random(using: &lottery) ? "1 High Street" : nil,
            parent: Int.random(in: 0..<4, using: &lottery) == 0 ? "Amina" : nil,
            due: Int.random(in: 0..<8, using: &lottery) == 0 ? "2027-02-01" : nil)
    }

    @Test(arguments: UInt64(1)...8)
    func whatWasAddedInAnyOrderDecidesTheSame(seed: UInt64) {
        var lottery = Lottery(state: seed)
        var added: [(MatchRecord, ChildID, PersonID)] = (0..<60).map { place in
            (Self.random(&lottery), child(UInt128(place)), person(UInt128.random(in: 0..<25, using: &lottery)))
        }
        let asked = (0..<80).map { _ in Self.random(&lottery) }
        var first = PersonIndex()
        for (record, child, person) in added { first.add(record, of: child, to: person) }
        added.shuffle(using: &lottery)
        var second = PersonIndex()
        for (record, child, person) in added {
            // Added elsewhere and taken away again: leaves no trace.
            second.add(asked[0], of: child, to: person)
            second.add(record, of: child, to: person)
            second.add(record, of: child, to: PersonID(bits: 999))
            second.remove(child, from: PersonID(bits: 999))
        }
        #expect(first.count == second.count)
        for record in asked { #expect(first.decide(record) == second.decide(record)) }
    }

    @Test(arguments: UInt64(1)...8)
    func theWaterfallSumsToTheScoreAndALinkIsToOnePerson(seed: UInt64) {
        var lottery = Lottery(state: seed &* 77)
        var index = PersonIndex()
        var outcomes: [IdentityOutcome: Int] = [:]
        var told: [MatchRecord] = []
        for place in 0..<120 {
            var record = Self.random(&lottery)
            record.nhsNumber = Bool.random(using: &lottery) ? nhs(place * 40) : record.nhsNumber
            if place % 2 == 1, let former = told.randomElement(using: &lottery) { record = former }
            told.append(record)
            let decision = index.decide(record)
            outcomes[decision.outcome, default: 0] += 1
            #expect(decision.comparisons.reduce(0) { $0 + $1.milliBits } == decision.score)
            #expect((decision.person != nil) == (decision.outcome == .linked))
            #expect(decision.candidates.isEmpty == (decision.outcome != .review))
            #expect(decision.model == MatchModel.shipped.version)
            if decision.outcome == .linked {
                #expect(decision.score >= MatchModel.shipped.policy.linkScore)
                #expect((decision.margin ?? Int.max) >= MatchModel.shipped.policy.margin)
                #expect(!decision.comparisons.contains { $0.field == .nhsNumber && $0.level == .differs })
            }
            if place % 3 == 0 || decision.outcome == .new {
                index.add(record, of: child(UInt128(place)), to: decision.person ?? person(UInt128(place)))
            }
        }
        for outcome in [IdentityOutcome.linked, .new, .review] { #expect(outcomes[outcome, default: 0] > 0) }
    }

    @Test func absentFieldsWeighNothing() {
        for field in Comparison.Field.allCases {
            #expect(MatchModel.shipped[field, .absent] == MatchModel.Weight(unrelated: 0, sibling: 0))
        }
    }
}
