import DomainModel

/// Whom contacts were about: the newest for reports by a second agency, a fair choice of all before for referrals again.
/// Both are bounded.
struct Reported {
    struct Report {
        var household: Int
        var place: Int
        var agency: AgencyName
        var at: Instant
    }

    private static let recentMax = 2048
    private static let pastMax = 8192

    private var recent: [Report] = []
    private var recentNext = 0
    private var past: [Report] = []
    private var count = 0

    mutating func add(_ report: Report, _ draws: inout Draws) {
        if recent.count < Reported.recentMax {
            recent.append(report)
        } else {
            recent[recentNext] = report
            recentNext = (recentNext + 1) % Reported.recentMax
        }
        count += 1
        if past.count < Reported.pastMax {
            past.append(report)
        } else {
            let place = draws.below(count)
            if place < Reported.pastMax { past[place] = report }
        }
    }

    /// One of the last three days, if the first that chance finds is.
    func recent(before now: Instant, _ draws: inout Draws) -> Report? {
        for _ in 0..<4 {
            guard let report = draws.pick(recent) else { return nil }
            if now.milliseconds(since: report.at) < 3 * 86_400_000 { return report }
        }
        return nil
    }

    /// One from three days ago or more.
    func past(before now: Instant, _ draws: inout Draws) -> Report? {
        for _ in 0..<4 {
            guard let report = draws.pick(past) else { return nil }
            if now.milliseconds(since: report.at) >= 3 * 86_400_000 { return report }
        }
        return nil
    }
}

/// Messages that follow a contact, by time: a heap.
struct FollowUps {
    struct FollowUp {
        var contact: Contact
        var kind: Submission.Kind
        var at: Instant
    }

    private var heap = TimeHeap<FollowUp>()

    var nextAt: Instant? { heap.nextAt }

    mutating func add(_ contact: Contact, _ kind: Submission.Kind, at: Instant) {
        heap.push(FollowUp(contact: contact, kind: kind, at: at), at: at)
    }

    mutating func pop() -> FollowUp? { heap.pop() }
}

/// What is to happen, by time, and in the order of its coming where the time is the same.
struct TimeHeap<Element: Sendable>: Sendable {
    private struct Node: Sendable {
        var at: Instant
        var order: UInt64
        var element: Element
    }

    private var nodes: [Node] = []
    private var order: UInt64 = 0

    var nextAt: Instant? { nodes.first?.at }
    var count: Int { nodes.count }

    mutating func push(_ element: Element, at: Instant) {
        nodes.append(Node(at: at, order: order, element: element))
        order += 1
        var place = nodes.count - 1
        while place > 0, precedes(place, (place - 1) / 2) {
            nodes.swapAt(place, (place - 1) / 2)
            place = (place - 1) / 2
        }
    }

    mutating func pop() -> Element? {
        guard !nodes.isEmpty else { return nil }
        nodes.swapAt(0, nodes.count - 1)
        let top = nodes.removeLast()
        var place = 0
        while true {
            var least = place
            for child in [2 * place + 1, 2 * place + 2] where child < nodes.count && precedes(child, least) {
                least = child
            }
            if least == place { break }
            nodes.swapAt(place, least)
            place = least
        }
        return top.element
    }

    private func precedes(_ left: Int, _ right: Int) -> Bool {
        (nodes[left].at, nodes[left].order) < (nodes[right].at, nodes[right].order)
    }
}
