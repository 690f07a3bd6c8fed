import DomainModel
import HubConfiguration
import Room
import Testing

@Suite struct ConditionTests {
    private let siblings = Given.referral(
        children: [11, 12],
        concerns: [
            ConcernFacts(about: .child(0), factor: Given.factor("18C")),
            ConcernFacts(about: .adult(0), factor: Given.factor("3B"), historic: true),
            ConcernFacts(about: .child(1), factor: Given.factor("21")),
            ConcernFacts(about: .child(1)),
        ])
    private func holds(_ condition: Condition, _ child: Int?, rereferral: Bool = false) -> Bool {
        condition.holds(for: siblings, about: child.map { siblings.children[$0] }, rereferral: rereferral)
    }

    @Test func withoutCriteriaItAlwaysHolds() { #expect(holds(Condition(), 0)) }

    @Test func aConcernAboutASiblingSaysNothingOfThisChild() {
        let abuse = Condition(factors: [Given.factor("18C")])
        #expect(holds(abuse, 0))
        #expect(!holds(abuse, 1))
        #expect(holds(abuse, nil))
    }

    @Test func aConcernAboutAnAdultIsOneForEachChild() {
        let violence = Condition(factors: [Given.factor("3B")])
        #expect(holds(violence, 0) && holds(violence, 1))
    }

    @Test func historicAndCurrentAreToldApart() {
        #expect(!holds(Condition(factors: [Given.factor("3B")], historic: false), 0))
        #expect(holds(Condition(factors: [Given.factor("3B")], historic: true), 0))
        #expect(!holds(Condition(factors: [Given.factor("18C")], historic: true), 0))
    }

    @Test func differentConcernsAreCountedAndNoneIsNoConcern() {
        #expect(holds(Condition(concernsAtLeast: 2), 0))
        #expect(!holds(Condition(concernsAtLeast: 3), 0))
        #expect(!holds(Condition(concernsAtLeast: 2), 1))
    }

    @Test func everyCriterionMustHold() {
        #expect(
            holds(Condition(factors: [Given.factor("18C")], ageBands: [.from5to9], sources: [Given.source("6")]), 0))
        #expect(!holds(Condition(factors: [Given.factor("18C")], ageBands: [.under1]), 0))
        #expect(!holds(Condition(factors: [Given.factor("18C")], sources: [Given.source("2A")]), 0))
        #expect(!holds(Condition(immediateDanger: true), 0))
        #expect(holds(Condition(immediateDanger: false), 0))
        #expect(holds(Condition(rereferral: true), 0, rereferral: true))
        #expect(!holds(Condition(rereferral: true), 0))
    }
}
