import DomainModel

/// All that one contact is made from: a few words, from which its message can be written again, corrected or withdrawn.
struct Contact {
    enum Fault: CaseIterable { case birthDate, nhsNumber, factor, sex }

    /// Counts from 0 over the whole plan; part of the message's id.
    var number: Int
    /// The household's number.
    var household: Int
    var place: Int
    var sender: Senders.Sender
    var at: Instant
    var gravity: Gravity
    var kind: Submission.Kind
    var fault: Fault?
    /// Nil, or the number of the version that corrects it.
    var version = 0

    var isDanger: Bool { gravity == .danger }
}

/// Which of a household's children a contact names.
extension Contact {
    /// The first is whom the contact is about.
    static func children(of household: Household, _ draws: inout Draws) -> [Int] {
        let count = household.children.count
        let first = draws.below(count)
        guard count > 1, draws.happens(0.45) else { return [first] }
        return [first] + (0..<count).filter { $0 != first }
    }
}
