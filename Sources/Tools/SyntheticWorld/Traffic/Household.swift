import DomainModel

/// A family that does not exist. It is made anew from its number whenever it is needed, so that a population of any
/// size costs no memory.
struct Household {
    struct Child {
        var givenName: String
        var familyName: String
        /// Nil for a child not born yet.
        var birthDate: CivilDate?
        var expectedDate: CivilDate?
        var isGirl: Bool
        /// Ten digits; nil where nobody has noted it.
        var nhsNumber: Int?
        /// The twelve digits behind the check letter; nil for a child below school age.
        var pupilNumber: Int?
        /// Lives with the second parent.
        var livesApart: Bool

        /// In whole years on the day; nil for an unborn child.
        func age(on day: CivilDate) -> Int? {
            birthDate.map { born in
                let hadBirthday = (day.month, day.day) >= (born.month, born.day)
                return day.year - born.year - (hadBirthday ? 0 : 1)
            }
        }
    }

    struct Adult {
        var givenName: String
        var familyName: String
        var isWoman: Bool
        var relationship: String
        var parentalResponsibility: Bool
        /// 0: the first address, 1: the second.
        var address: Int
    }

    static let childrenMax = 4

    var children: [Child]
    var adults: [Adult]
    /// House number and street, the second for a parent who lives apart.
    var streets: [(number: Int, street: String, postcode: [UInt8])]
    /// The first address must stay unknown to those outside: a refuge, a placement.
    var isProtected: Bool

    /// - Parameter today: the day that ages are counted from; the same for one plan.
    init(number: Int, seed: UInt64, today: CivilDate) {
        var draws = Draws(seed, UInt64(number))
        let familyName = Names.families[draws.below(Names.families.count)]
        let otherName = draws.happens(0.45) ? Names.families[draws.below(Names.families.count)] : familyName
        let separated = draws.happens(0.3)
        isProtected = draws.happens(0.02)

        streets = []
        for _ in 0..<(separated ? 2 : 1) {
            // ZZ99 is the prefix that statistics use for no fixed abode: nobody lives there.
            var postcode = Array("ZZ99 ".utf8)
            postcode.append(UInt8(48 + draws.below(10)))
            for _ in 0..<2 { postcode.append(Names.postcodeLetters[draws.below(Names.postcodeLetters.count)]) }
            streets.append((1 + draws.below(180), Names.streets[draws.below(Names.streets.count)], postcode))
        }

        adults = [
            Adult(
                givenName: Names.girls[draws.below(Names.girls.count)], familyName: otherName, isWoman: true,
                relationship: "parent", parentalResponsibility: true, address: 0)
        ]
        if draws.happens(0.7) {
            adults.append(
                Adult(
                    givenName: Names.boys[draws.below(Names.boys.count)], familyName: familyName, isWoman: false,
                    relationship: "parent", parentalResponsibility: draws.happens(0.85), address: separated ? 1 : 0))
        }

        children = []
        let size = [1, 1, 1, 1, 2, 2, 2, 3, 3, 4][draws.below(10)]
        let isExpecting = draws.happens(0.03)
        let hasTwins = size > 1 && draws.happens(0.06)
        var age = draws.below(17 * 365)
        for place in 0..<size {
            let isUnborn = isExpecting && place == size - 1
            if place > 0, !(hasTwins && place == 1) { age = max(0, age - 400 - draws.below(1200)) }
            let isGirl = draws.happens(0.49)
            let names = isGirl ? Names.girls : Names.boys
            var givenName = names[draws.below(names.count)]
            // Two children of one family with one name would be one child to everyone.
            while children.contains(where: { $0.givenName == givenName }) {
                givenName = names[draws.below(names.count)]
            }
            let born = today.adding(days: -age - 1)
            let index = number * Household.childrenMax + place
            children.append(
                Child(
                    givenName: givenName, familyName: familyName, birthDate: isUnborn ? nil : born,
                    expectedDate: isUnborn ? today.adding(days: 20 + draws.below(200)) : nil, isGirl: isGirl,
                    nhsNumber: isUnborn || draws.happens(0.04) ? nil : TestNHSNumber.at(index, seed: seed),
                    pupilNumber: !isUnborn && age > 4 * 365 ? 301_900_000_000 + index % 100_000_000 : nil,
                    livesApart: separated && draws.happens(0.2)))
        }
    }
}
