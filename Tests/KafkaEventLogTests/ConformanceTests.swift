import EventLogConformance
import Foundation
import Testing

@Suite(.enabled(if: TestCluster.isWanted, TestCluster.reason))
struct ConformanceTests {
    @Test(
        "every case of the conformance suite on one broker",
        arguments: ConformanceCase.all(carrying: false, clock: false, transactions: true))
    func conformsOnOneBroker(to each: ConformanceCase) throws {
        try run(each, on: TestCluster.one.get())
    }

    /// Where copies, and leaders on several brokers, make a difference: races, transactions, what is made and found
    /// late. With FRONTDOOR_KAFKA_EVERY=1 all cases.
    private static let distributed: [ConformanceCase] = {
        let all = ConformanceCase.all(carrying: false, clock: false, transactions: true)
        if ProcessInfo.processInfo.environment["FRONTDOOR_KAFKA_EVERY"] == "1" { return all }
        let wanted = [
            "a step commits", "a step with one record too large", "a member killed before its commit",
            "positions survive", "a topic that appears later", "when a member is killed", "ensure creates",
            "a table restores", "four threads append",
        ]
        return all.filter { each in
            // The races have names of their own.
            each.name.split(separator: ":")[0].allSatisfy(\.isLetter) || wanted.contains { each.name.hasPrefix($0) }
        }
    }()

    @Test("conformance on three brokers, where they matter", arguments: distributed)
    func conformsOnThreeBrokers(to each: ConformanceCase) throws {
        try run(each, on: TestCluster.three.get())
    }

    private func run(_ each: ConformanceCase, on cluster: TestCluster) throws {
        let harness = try KafkaHarness(cluster)
        defer { harness.close() }
        do { try each.run(harness) } catch {
            Issue.record("\(error)\n\(LibraryLog.about(harness.own))")
        }
    }
}
