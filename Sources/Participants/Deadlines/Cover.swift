import DomainModel
import HubConfiguration
import Room

// A request is not paused by the holidays of whoever was asked: it goes down the chain of cover.
extension Deadlines {
    /// The agency's last hours before its holidays are over, and it has not answered. Its cover is asked, by Triage, who
    /// reads this; what is owed stays owed until that request is in the room, so that no moment has nobody to owe it.
    mutating func leaves(_ row: LedgerRow, _ cause: Event) {
        guard let agency = row.facts.agency, let setting = state.setting(row.authority) else { return }
        let cover = setting.cover(of: agency, at: cause.time)
        if let cover, owes(cover, row.facts.caseID) {
            // It was asked about this child already, in its own right.
            withdraw(row.facts.obligation, Reason.rerouted, cause)
            return
        }
        var working: [String] = []
        if cover == nil { working = ["nobody of the chain of cover is in session"] }
        _ = post(
            .obligationExtended(
                ObligationExtended(
                    facts: row.facts, due: row.due, arming: row.arming + 1, reason: Reason.outsideTerm,
                    working: working, cover: cover)),
            about: row.facts, cause, distinct: UInt128(row.arming + 1))
    }

    private func owes(_ agency: AgencyName, _ caseID: CaseID?) -> Bool {
        guard let caseID, let open = state.cases[caseID]?.open else { return false }
        return open.contains { id in
            state.open[id].map { $0.facts.kind == .informationReturn && $0.facts.agency == agency } ?? false
        }
    }

    /// When the clock of a request began. Cover takes over what is owed as it stands: it is due no later for that.
    mutating func started(_ requested: ReturnRequested, _ input: Event) -> Instant {
        var start = input.time
        guard let away = requested.coverFor else { return start }
        for id in state.cases[requested.caseID]?.open ?? [] {
            guard let row = state.open[id], row.facts.kind == .informationReturn, row.facts.agency == away else {
                continue
            }
            start = min(start, row.start)
            withdraw(id, Reason.rerouted, input)
        }
        return start
    }
}
