/// How two records compare, field by field: levels only.
struct PairComparison: Hashable, Sendable {
    var nhsNumber = Comparison.Level.absent
    var upn = Comparison.Level.absent
    var given = Comparison.Level.absent
    var further = Comparison.Level.absent
    var family = Comparison.Level.absent
    var birthDate = Comparison.Level.absent
    var expectedDate = Comparison.Level.absent
    var sex = Comparison.Level.absent
    var address = Comparison.Level.absent
    var parent = Comparison.Level.absent
    /// What a rare name or birth date weighs more than the average of its level, and a common one less.
    var givenRarity = 0
    var familyRarity = 0
    var birthRarity = 0

    /// In the order of the waterfall.
    var levels: [(field: Comparison.Field, level: Comparison.Level, rarity: Int)] {
        [
            (.nhsNumber, nhsNumber, 0), (.upn, upn, 0), (.givenName, given, givenRarity),
            (.furtherName, further, 0), (.familyName, family, familyRarity), (.birthDate, birthDate, birthRarity),
            (.expectedDate, expectedDate, 0), (.sex, sex, 0), (.address, address, 0), (.parent, parent, 0),
        ]
    }

    func score(_ model: MatchModel) -> Int {
        identity(model) + place(model)
            + Int(model[.nhsNumber, nhsNumber].unrelated) + Int(model[.upn, upn].unrelated)
    }

    /// Of name, dates and sex alone.
    func identity(_ model: MatchModel) -> Int {
        Int(model[.givenName, given].unrelated) + givenRarity + Int(model[.furtherName, further].unrelated)
            + Int(model[.familyName, family].unrelated) + familyRarity
            + Int(model[.birthDate, birthDate].unrelated) + birthRarity
            + Int(model[.expectedDate, expectedDate].unrelated)
            + Int(model[.sex, sex].unrelated)
    }

    private func place(_ model: MatchModel) -> Int {
        Int(model[.address, address].unrelated) + Int(model[.parent, parent].unrelated)
    }

    /// What tells a child from a brother or sister: nothing that a household shares is in it.
    func personal(_ model: MatchModel) -> Int {
        Int(model[.nhsNumber, nhsNumber].sibling) + Int(model[.upn, upn].sibling)
            + Int(model[.givenName, given].sibling) + Int(model[.furtherName, further].sibling)
            + Int(model[.birthDate, birthDate].sibling) + Int(model[.expectedDate, expectedDate].sibling)
            + Int(model[.sex, sex].sibling)
    }

    /// What tells a child from a namesake born on the same day.
    func beside(_ model: MatchModel) -> Int {
        Int(model[.nhsNumber, nhsNumber].unrelated) + Int(model[.upn, upn].unrelated)
            + Int(model[.furtherName, further].unrelated) + Int(model[.address, address].unrelated)
            // A mother of that given name and another family name is no proof of anything.
            + (parent == .alike ? 0 : Int(model[.parent, parent].unrelated))
    }

    func waterfall(_ model: MatchModel, prior: Int) -> [Comparison] {
        var lines: [Comparison] = []
        for line in levels where line.level != .absent {
            lines.append(
                Comparison(
                    line.field, line.level, milliBits: Int(model[line.field, line.level].unrelated) + line.rarity))
        }
        lines.append(Comparison(.prior, .differs, milliBits: prior))
        return lines
    }
}
