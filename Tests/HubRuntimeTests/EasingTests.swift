import EventLog
import Room
import Testing

@testable import HubRuntime

@Suite struct EasingTests {
    private let batch = ReadLimit(records: 2000, bytes: 8 << 20)
    private let second: Int64 = 1_000_000_000

    private func note(_ easing: inout Easing, seconds: Int64, isDone: Bool = true) {
        easing.note(commit: seconds * second, isDone: isDone)
    }

    /// One that has found the log to be quick.
    private func grown() -> Easing {
        var easing = Easing(slowMilliseconds: 4_000)
        for _ in 0..<10 { note(&easing, seconds: 0) }
        return easing
    }

    @Test func theFirstStepsAreSmallAndGrow() {
        var easing = Easing(slowMilliseconds: 4_000)
        #expect(easing.of(batch).records == 125)
        note(&easing, seconds: 0)
        #expect(easing.of(batch).records == 250)
        #expect(grown().of(batch).records == 2000)
        #expect(grown().of(batch).bytes == 8 << 20)
    }

    @Test func whereNoCommitIsTooSlowAllIsTakenAtOnce() {
        var easing = Easing(slowMilliseconds: nil)
        note(&easing, seconds: 100, isDone: false)
        #expect(easing.of(batch).records == 2000)
    }

    @Test func slowCommitsHalveTheBatchAndQuickOnesGiveItBack() {
        var easing = grown()
        note(&easing, seconds: 5)
        #expect(easing.of(batch).records == 1000)
        note(&easing, seconds: 5)
        #expect(easing.of(batch).records == 500)
        // Neither slow nor quick: as it is.
        note(&easing, seconds: 3)
        #expect(easing.of(batch).records == 500)
        note(&easing, seconds: 0)
        note(&easing, seconds: 0)
        #expect(easing.of(batch).records == 2000)
    }

    @Test func whatWasNotDoneInTimeIsCutToAnEighthAndNeverToNothing() {
        var easing = grown()
        note(&easing, seconds: 15, isDone: false)
        #expect(easing.of(batch).records == 250)
        for _ in 0..<20 { note(&easing, seconds: 15, isDone: false) }
        #expect(easing.of(batch).records == 1)
        #expect(easing.of(batch).bytes >= 1)
    }

    @Test func whatIsUndoneForAnotherReasonIsNotSlow() {
        var easing = grown()
        note(&easing, seconds: 0, isDone: false)
        #expect(easing.of(batch).records == 2000)
    }

    @Test func inTheSmallestStepsTheSameIsDecided() throws {
        let clock = StillClock()
        func picture(slowMilliseconds: Int64?) throws -> (Picture, commits: Int) {
            let log = kafkaLike(clock)
            let services = Services(log, clock: clock, batch: 24, slowCommitMilliseconds: slowMilliseconds)
            try services.start(ensuring: log)
            try services.drain()
            _ = try log.append((0..<24).map { Given.referral($0, danger: $0 % 5 == 0) })
            try services.drain()
            return (try Picture(log), services[.intake].status.commits)
        }
        let whole = try picture(slowMilliseconds: nil)
        // Slower than nothing is every commit.
        let eased = try picture(slowMilliseconds: 0)
        #expect(eased.0 == whole.0)
        #expect(eased.commits > whole.commits)
    }
}
