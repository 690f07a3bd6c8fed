/// What the checker found, invariant by invariant. Examples name positions, ids and types, never a value.
public struct InvariantReport: Sendable {
    /// In the order of the numbers, which are those of the design: 1, 2, 3, 4, 5, 6, 7, 10.
    public var results: [(number: Int, checked: Int, failed: Int, examples: [String])]

    public init(results: [(number: Int, checked: Int, failed: Int, examples: [String])]) { self.results = results }

    /// Nothing failed, and something was there to be checked: a checker that saw nothing has shown nothing.
    public var holds: Bool { results.contains { $0.checked > 0 } && results.allSatisfy { $0.failed == 0 } }

    /// What is said of one invariant in a table.
    public static func title(of number: Int) -> String {
        switch number {
        case 1: "Every input is in the room once or refused, and its sender is told"
        case 2: "Every child has one lead, or a named person closed the case"
        case 3: "Each reads its own only; decisions are by listed people"
        case 4: "Automation lowers no rating and closes no case"
        case 5: "Obligations end, alerts are raised once and cleared"
        case 6: "A link undone is undone everywhere, and whoever saw it is told"
        case 7: "No personal data in the open"
        case 10: "Only allowed fields leave, and nothing links two agencies"
        default: "Invariant \(number)"
        }
    }
}

/// Collects what is found while the log is read.
final class Findings {
    static let numbers = [1, 2, 3, 4, 5, 6, 7, 10]
    /// Per invariant: enough to look into a failure, few enough to print.
    private static let examplesMax = 20

    private var checked = [Int](repeating: 0, count: 11)
    private var failed = [Int](repeating: 0, count: 11)
    private var examples = [[String]](repeating: [], count: 11)

    func expect(_ number: Int, _ holds: Bool, _ example: @autoclosure () -> String) {
        checked[number] += 1
        guard !holds else { return }
        failed[number] += 1
        if examples[number].count < Findings.examplesMax { examples[number].append(example()) }
    }

    /// `count` things were looked at and all hold.
    func passed(_ number: Int, _ count: Int = 1) { checked[number] += count }

    var report: InvariantReport {
        InvariantReport(
            results: Findings.numbers.map {
                (number: $0, checked: checked[$0], failed: failed[$0], examples: examples[$0])
            })
    }
}
