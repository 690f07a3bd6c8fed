import CommandLine
import ConfigurationFiles
import DomainModel
import EventLog
import Foundation
import HubConfiguration
import InvariantChecker
import JSON
import Projections
import Room

/// What came of the week: the figures that a head of service would read, one thread, and the judgement.
struct DemoOutcome {
    let contacts: Int
    let figures: FiguresProjection
    let returns: [(name: String, figures: FiguresProjection.OnTime)]
    let decisions: FiguresProjection.OnTime
    let acknowledgements: FiguresProjection.OnTime
    let openEntries: [(kind: TeamKind, count: Int)]
    let deadLetters: Int
    let thread: (caseID: CaseID, lines: [ThreadProjection.Line])?
    let invariants: InvariantReport
    let seconds: Double
    let peakMemoryBytes: Int
}

extension Demo {
    func judge(_ terminal: Terminal) throws(CommandFailure) -> DemoOutcome {
        let reader = RoomReader(log: log, topics: topics)
        var figures = FiguresProjection()
        var ledger = ObligationsProjection()
        var stories = Stories()
        try reader.forEachEvent { event in
            figures.take(event)
            ledger.take(event)
            stories.take(event)
        }
        var deadLetters = 0
        for partition in 0..<topics.partitions {
            try reader.forEachRecord(of: TopicPartition(topics.deadLetters, partition)) { _ in deadLetters += 1 }
        }
        var entries: [(kind: TeamKind, count: Int)] = TeamKind.allCases.map { ($0, 0) }
        for team in configuration.directory.teams {
            let queue = try QueueCommand.read(team.id, reader)
            if let place = entries.firstIndex(where: { $0.kind == team.kind }) {
                entries[place].count += queue.open.count
            }
        }
        let checker = InvariantChecker(
            log: log,
            plan: CheckPlan(
                prefix: topics.prefix, markers: try PersonalValues.all(in: reader), expectAtRest: true, now: now))
        let report: InvariantReport
        do {
            report = try checker.run { terminal.remark("checking: \($0)") }
        } catch {
            throw CommandFailure(.internalError, "the checker could not read the log: \(error)")
        }
        var thread: (caseID: CaseID, lines: [ThreadProjection.Line])?
        if let chosen = stories.best { thread = (chosen, try ThreadCommand.read(chosen, reader)) }
        return DemoOutcome(
            contacts: sent, figures: figures,
            returns: FiguresProjection.onTime(ledger, kind: .informationReturn, at: now),
            decisions: total(FiguresProjection.onTime(ledger, kind: .decide, at: now)),
            acknowledgements: total(FiguresProjection.onTime(ledger, kind: .acknowledge, at: now)),
            openEntries: entries, deadLetters: deadLetters, thread: thread, invariants: report, seconds: seconds,
            peakMemoryBytes: ProcessUsage.peakMemoryBytes)
    }

    private func total(_ list: [(name: String, figures: FiguresProjection.OnTime)]) -> FiguresProjection.OnTime {
        list.reduce(into: FiguresProjection.OnTime()) { sum, element in
            sum.due += element.figures.due
            sum.onTime += element.figures.onTime
            sum.late += element.figures.late
            sum.declined += element.figures.declined
            sum.open += element.figures.open
        }
    }
}

/// Finds a case worth telling: one on which much of different kinds happened, and not too much of it.
private struct Stories {
    private var kinds: [CaseID: Set<EventType>] = [:]
    private var order: [CaseID] = []
    private var counts: [CaseID: Int] = [:]

    mutating func take(_ event: Event) {
        let named: CaseID?
        if case .caseID(let subject) = event.subject { named = subject } else { named = nil }
        guard let named else { return }
        if kinds[named] == nil { order.append(named) }
        kinds[named, default: []].insert(event.body.type)
        counts[named, default: 0] += 1
    }

    var best: CaseID? {
        func worth(_ named: CaseID) -> Int {
            let kinds = kinds[named] ?? []
            // A thread that shows the promise of the hub: asked, late, woken, answered, decided, closed.
            let telling: [EventType] = [
                .returnSubmitted, .alertRaised, .alertCleared, .caseAccepted, .caseClosed, .caseSteppedUp,
                .returnDeclined, .obligationReminded,
            ]
            return kinds.count + 3 * telling.count { kinds.contains($0) }
        }
        return order.filter { (counts[$0] ?? 0) <= 70 }.max { left, right in
            (worth(left), right) < (worth(right), left)
        }
    }
}

extension DemoOutcome {
    func show(_ terminal: Terminal) {
        if let thread {
            ThreadCommand.show(thread.lines, caseID: thread.caseID, terminal)
            terminal.print()
        }
        terminal.print(terminal.styled("The week", .bold))
        var table = Table([.text("Figure"), .number("Count"), .longText("")])
        func row(_ name: String, _ count: Int, _ remark: String = "") {
            table.add([name, Words.count(count), remark])
        }
        row("Contacts", contacts)
        row("Referrals accepted", figures.referrals, "of \(Words.count(figures.children, "child", "children"))")
        row(
            "Messages refused", figures.refused,
            "\(Words.count(deadLetters, "dead letter", "dead letters")), each with its reason")
        row("Repeats of a message", figures.repeats, "answered with the same receipt")
        row("Corrections and withdrawals", figures.corrections + figures.withdrawals)
        row("Reports of a child already open", figures.duplicates, "linked to the open case, none discarded")
        row("Re-referrals within twelve months", figures.rereferrals)
        row("Misspelt children linked", figures.misspeltLinked, "by what else agrees")
        row("Brothers and sisters kept apart", figures.siblingsApart, "new children of a home that is known")
        row(
            "Children put before a person", figures.reviews,
            "\(Words.count(figures.reviewsAnswered)) answered by a named person")
        row(
            "Links undone by a person", figures.linksUndone,
            "whoever had seen one was told; \(Words.count(figures.ratingsAsked)) ratings put before a person, none lowered"
        )
        row(
            "Cases opened", figures.casesOpened,
            "\(Words.count(figures.casesReopened)) reopened, \(Words.count(figures.casesClosed)) closed by named people"
        )
        for rating in figures.byRating.reversed() { row("First rated \(rating.key.rawValue)", rating.count) }
        row("Rose to a higher rating", figures.rises)
        for lead in figures.byLead { row("Proposed to \(lead.key.rawValue)", lead.count) }
        row(
            "Decided within a working day", decisions.onTime,
            "of \(Words.count(decisions.due)) due, \(Words.share(decisions.onTime, of: decisions.due))")
        row("Referrers acknowledged in time", acknowledgements.onTime, "of \(Words.count(acknowledgements.due)) due")
        row(
            "Alerts raised", figures.alertsRaised,
            "\(Words.count(figures.dangers)) of danger, \(Words.count(figures.alertsEscalated)) escalated, \(Words.count(figures.alertsCleared)) cleared"
        )
        for entry in openEntries where entry.count > 0 { row("Still in queues of \(entry.kind.rawValue)", entry.count) }
        terminal.print(table)
        var sources = Table([.text("Referral source"), .number("Referrals")])
        for source in figures.bySource { sources.add([source.key, Words.count(source.count)]) }
        terminal.print(sources)
        var agencies = Table([
            .text("Returns"), .number("Due"), .number("On time"), .number("Share"), .number("Declined"),
        ])
        for agency in returns {
            agencies.add([
                agency.name, Words.count(agency.figures.due), Words.count(agency.figures.onTime),
                Words.share(agency.figures.onTime, of: agency.figures.due), Words.count(agency.figures.declined),
            ])
        }
        terminal.print(agencies)
        terminal.print(terminal.styled("What must always hold, by a checker that reads only the log", .bold))
        var checks = Table([.number("No."), .number("Checked"), .number("Failed"), .longText("")])
        for result in invariants.results {
            checks.add([
                String(result.number), Words.count(result.checked), Words.count(result.failed),
                InvariantReport.title(of: result.number),
            ])
        }
        terminal.print(checks)
        for result in invariants.results {
            for example in result.examples { terminal.print("  \(result.number): \(example)") }
        }
        terminal.print(
            invariants.holds ? terminal.styled("All hold.", .green) : terminal.styled("Some do not hold.", .red))
        terminal.print(
            "\(Words.duration(.milliseconds(Int(seconds * 1000)))), \(Words.bytes(peakMemoryBytes)) at most.")
    }

    var json: String {
        var json = JSONWriter(reserving: 4096)
        json.beginObject()
        json.field("contacts", contacts)
        json.field("accepted", figures.referrals)
        json.field("refused", figures.refused)
        json.field("children", figures.children)
        json.key("queues")
        json.beginObject()
        for lead in figures.byLead {
            json.key(lead.key.rawValue)
            json.value(lead.count)
        }
        json.endObject()
        json.field("reviews", figures.reviews)
        json.field("reviewsAnswered", figures.reviewsAnswered)
        json.field("misspeltLinked", figures.misspeltLinked)
        json.field("siblingsApart", figures.siblingsApart)
        json.field("linksUndone", figures.linksUndone)
        json.field("duplicates", figures.duplicates)
        json.field("rereferrals", figures.rereferrals)
        json.key("returns")
        json.beginObject()
        for agency in returns {
            json.key(agency.name)
            json.beginObject()
            json.field("due", agency.figures.due)
            json.field("onTime", agency.figures.onTime)
            json.endObject()
        }
        json.endObject()
        json.key("decisions")
        json.beginObject()
        json.field("due", decisions.due)
        json.field("onTime", decisions.onTime)
        json.endObject()
        json.key("alerts")
        json.beginObject()
        json.field("raised", figures.alertsRaised)
        json.field("cleared", figures.alertsCleared)
        json.endObject()
        json.field("deadLetters", deadLetters)
        json.key("invariants")
        json.beginObject()
        for result in invariants.results {
            json.key(String(result.number))
            json.beginObject()
            json.field("checked", result.checked)
            json.field("failed", result.failed)
            json.endObject()
        }
        json.endObject()
        json.field("seconds", seconds)
        json.field("peakMemoryBytes", peakMemoryBytes)
        json.endObject()
        return String(decoding: json.bytes, as: UTF8.self)
    }
}
