import DomainModel
import Room

// What was set aside for a participant is given to it again, when it reads that a named person said so.
//
// It goes by the room: the decision is an event in the order of the room, so the state at which the participant takes
// the earlier event is the same in every process and in every replay, and the commit that takes it is the one that moves
// behind the decision: it happens once. What it posts answers the earlier event, whose id its own ids come from.

/// What a decision to redrive lets go.
struct Release {
    /// To be given to the participant, in their order: what was set aside, and what waited behind it and nothing else.
    var events: [Event] = []
    /// What nothing waits for any more.
    var subjects: [Subject] = []
}

extension Event {
    /// What this decision wants a participant to be given again; nil where it is no such decision.
    func redrive(for service: Service) -> Redrive? {
        guard case .decisionSubmitted(let decision) = body, decision.verb == .redrive, let redrive = decision.redrive,
            redrive.service == service, redrive.origin.topic == nil, let position,
            redrive.origin.partition == position.partition, redrive.origin.offset < position.offset
        else { return nil }
        return redrive
    }
}

extension SetAsideLedger {
    /// - Parameter reading: an event by its position in the room.
    /// - Returns: nil where nothing is to be given: no such letter, of another authority, or redriven before.
    func released<Failure: Error>(
        by decision: Event, for service: Service, reading: (InputPosition) throws(Failure) -> Event?
    ) throws(Failure) -> Release? {
        guard let position = decision.position, wasGiven(service, at: position).isEmpty,
            var wanted = decision.redrive(for: service)
        else { return nil }
        let open = open(service)
        var roots: Set<InputPosition> = []
        // A decision to redrive may have been set aside in its turn: then it is its letter that is redriven.
        while true {
            guard let found = open.first(where: { $0.position == wanted.origin }), found.reason != .waits,
                let event = try reading(wanted.origin), event.authority == decision.authority,
                SetAsidePostings.letter(of: event, for: service) == wanted.letter
            else { break }
            roots.insert(wanted.origin)
            guard let further = event.redrive(for: service) else { break }
            wanted = further
        }
        guard !roots.isEmpty else { return nil }

        var release = Release()
        var waitedFor: [Subject] = []
        var stillWaitedFor: Set<Subject> = []
        for (place, reason) in open {
            guard let event = try reading(place) else { continue }
            let subjects = event.subjectsToWaitFor
            let isLetGo =
                roots.contains(place)
                || reason == .waits && place.partition == position.partition
                    && stillWaitedFor.isDisjoint(with: subjects)
            if isLetGo {
                release.events.append(event)
                waitedFor += subjects
            } else {
                stillWaitedFor.formUnion(subjects)
            }
        }
        release.subjects = waitedFor.filter { !stillWaitedFor.contains($0) }
        return release
    }
}
