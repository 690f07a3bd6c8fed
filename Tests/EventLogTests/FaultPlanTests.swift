import EventLog
import Synchronization
import Testing

@Suite struct FaultPlanTests {
    private let known = ["intake", "routing"]

    private final class Done: Sendable {
        private let inside = Mutex<[FaultPlan.Harm]>([])
        var harms: [FaultPlan.Harm] { inside.withLock { $0 } }
        func take(_ harm: FaultPlan.Harm) { inside.withLock { $0.append(harm) } }
    }

    @Test func aPointANumberAndAnEndAreRead() throws {
        #expect(
            try FaultPlan("after-commit:1", participants: known) == .harm(.kill, at: .afterCommit, of: nil, nth: 1))
        #expect(
            try FaultPlan("mid-produce:routing:50:stop", participants: known)
                == .harm(.stop, at: .midProduce, of: ParticipantName("routing"), nth: 50))
        #expect(
            try FaultPlan("after-poll:7:slow-12", participants: known)
                == .harm(.slow(seconds: 12), at: .afterPoll, of: nil, nth: 7))
        #expect(
            try FaultPlan("in-revoke:intake:2:kill", participants: known)
                == .harm(.kill, at: .inRevoke, of: ParticipantName("intake"), nth: 2))
    }

    @Test func everyPointOfTheIssueIsThere() {
        #expect(
            FaultPoint.allCases.map(\.rawValue) == [
                "after-poll", "at-begin", "mid-produce", "after-flush", "after-offsets", "during-commit",
                "after-commit", "mid-restore", "in-revoke",
            ])
    }

    @Test func aTrapsTextMayHoldAnything() throws {
        #expect(
            try FaultPlan("trap:intake:a:b ,c", participants: known) == .trap(ParticipantName("intake"), on: "a:b ,c"))
    }

    @Test(arguments: [
        ("", FaultPlan.Refusal.point("")), ("before-poll:1", .point("before-poll")), ("at-begin", .form),
        ("at-begin:routing", .form), ("at-begin:triage:1", .participant("triage", known: ["intake", "routing"])),
        ("at-begin:0", .number("0")), ("at-begin:-1", .number("-1")), ("at-begin:routing:x", .number("x")),
        ("at-begin:1:explode", .harm("explode")), ("at-begin:1:slow-", .harm("slow-")),
        ("at-begin:1:slow-0", .harm("slow-0")), ("at-begin:1:slow-3601", .harm("slow-3601")),
        ("at-begin:1:kill:more", .form), ("trap:routing", .form), ("trap:routing:", .form),
        ("trap:triage:x", .participant("triage", known: ["intake", "routing"])),
    ])
    func whatIsMalformedIsRefused(text: String, refusal: FaultPlan.Refusal) {
        #expect(throws: refusal) { try FaultPlan(text, participants: known) }
        #expect(!refusal.description.isEmpty)
    }

    @Test func harmIsDoneOnceAtTheNthTimeAndOnlyToWhoIsNamed() throws {
        let done = Done()
        let plan = try FaultPlan("after-poll:routing:3:stop", participants: known)
        let faults = try #require(Faults(plan) { done.take($0) })
        for _ in 0..<5 { faults.reach(.afterPoll, by: ParticipantName("intake")) }
        for _ in 0..<5 { faults.reach(.atBegin, by: ParticipantName("routing")) }
        for _ in 0..<2 { faults.reach(.afterPoll, by: ParticipantName("routing")) }
        #expect(done.harms.isEmpty)
        for _ in 0..<5 { faults.reach(.afterPoll, by: ParticipantName("routing")) }
        #expect(done.harms == [.stop])
    }

    @Test func withoutANameEveryServiceCounts() throws {
        let done = Done()
        let plan = try FaultPlan("at-begin:2", participants: known)
        let faults = try #require(Faults(plan) { done.take($0) })
        faults.reach(.atBegin, by: ParticipantName("intake"))
        faults.reach(.atBegin, by: ParticipantName("routing"))
        faults.reach(.atBegin, by: ParticipantName("intake"))
        #expect(done.harms == [.kill])
    }
}
