import DomainModel
import EventLog
import Foundation
import HubConfiguration
import Room
import Testing

@testable import HubRuntime

/// What can be told of a hub from its log alone.
@Suite struct LogObserverTests {
    private let clock = StillClock()

    private func observer(_ log: any EventLog) -> LogObserver {
        LogObserver(log: log, topics: Given.topics, services: Service.allCases)
    }

    @Test func whatNobodyHasReadYetIsLagWithWhoeverIsToReadIt() throws {
        let log = memory(clock)
        let process = Process(log, clock: clock)
        try process.start()
        try process.drain()
        let observer = observer(log)
        let known = Given.specifications()
        func behind() -> [LogObserver.Lag] { observer.observe(known, at: clock.now).lags.filter { $0.records > 0 } }
        #expect(behind().filter { $0.service != .delivery } == [])
        _ = try log.append((0..<3).map { Given.referral($0) })
        let source = TopicPartition(Given.topics.referrals(Given.police), 0)
        #expect(behind().filter { $0.service == .intake } == [.init(service: .intake, source: source, records: 3)])
        try process.drain()
        #expect(behind().filter { $0.service != .delivery } == [])
    }

    @Test func deadLettersAreCountedByReasonOnceEach() throws {
        let log = memory(clock)
        let process = Process(log, clock: clock)
        try process.start()
        let source = TopicPartition(Given.topics.referrals(Given.police), 0)
        let observer = observer(log)
        for turn in 1...3 {
            _ = try log.append([NewRecord(source, key: nil, headers: Headers(), value: Array("Zebedeeah".utf8))])
            try process.drain()
            let found = observer.observe(Given.specifications(), at: clock.now).deadLetters
            #expect(found.map(\.count) == [turn] && found.map(\.service) == ["intake"])
            #expect(found.map(\.reason) == ["not-json"])
        }
    }

    @Test func anAlertStandsTillItIsClearedAndIsOverdueFromItsDueTimeOn() throws {
        let log = memory(clock)
        let process = Process(log, clock: clock)
        try process.start()
        _ = try log.append([Given.referral(1, danger: true)])
        try process.drain()
        let observer = observer(log)
        let known = Given.specifications()
        let raised = observer.observe(known, at: clock.now)
        #expect(raised.alerts.map(\.code) == ["danger"] && raised.overdue.isEmpty)
        let later = observer.observe(known, at: clock.now.adding(seconds: 3600))
        #expect(later.overdue.map(\.kind) == ["answer"] && later.overdue.map(\.count) == [1])
        // Another that begins anew sees the same.
        let fresh = self.observer(log).observe(known, at: clock.now.adding(seconds: 3600))
        #expect(fresh.alerts.map(\.code) == later.alerts.map(\.code) && fresh.overdue.map(\.kind) == ["answer"])
    }

    @Test(arguments: ["Ada Example", "9990000018", "", "A", "a_b", String(repeating: "a", count: 41), "ö"])
    func whatIsNoCodeOfTheHubsGoesIntoNoLabel(_ text: String) {
        #expect(LogObserver.code(text) == nil)
        #expect(LogObserver.code("same-id-other-content") == "same-id-other-content")
    }

    @Test func aLabelCannotEndItsLine() {
        var text = MetricsText()
        text.family("x", .gauge, "X.")
        text.value("x", [("name", "a\"b\\c\nd")], 1)
        #expect(text.text == "# HELP x X.\n# TYPE x gauge\nx{name=\"a\\\"b\\\\c\\nd\"} 1\n")
    }

    @Test func aCommitIsOpenTillItEndsAndSortedByHowLongItTook() {
        let meter = ServiceMeter()
        #expect(meter.reading.openTransactionSeconds == 0 && !meter.reading.isReady)
        meter.start()
        meter.beginCommit()
        #expect(meter.reading.commitSince != nil && meter.reading.isReady)
        meter.endCommit(isDone: true)
        meter.beginCommit()
        meter.endCommit(isDone: false)
        let reading = meter.reading
        #expect(reading.commits == 1 && reading.commitSince == nil)
        #expect(reading.commitsWithin.last == 1 && reading.commitsWithin == reading.commitsWithin.sorted())
    }
}
