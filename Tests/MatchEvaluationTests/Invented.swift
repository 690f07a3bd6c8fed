import DomainModel
import MatchEvaluation
import PersonMatching

/// Households that nobody measured against before: other names than the published sets, other mistakes, and more of what
/// is hard. Twins with rhyming names, namesakes, children of one name and birth date, a hostel, numbers pasted in from a
/// brother, families that move together and apart.
struct Invented {
    struct Child {
        var family: Int
        var given: String
        var middle: String?
        var surname: String
        var birth: CivilDate
        var sex: Sex
        var line: String
        var postcode: String
        var nhs: NHSNumber?
        var upn: UPN?
        var parent: FoldedName
        var twinOf: Int?
    }

    private(set) var children: [Child] = []
    private(set) var known: [(truth: Int, child: ChildrenFile.Child)] = []
    private(set) var referrals: [(truth: Int, child: ChildrenFile.Child)] = []
    private var draws: SeededDraws
    private var serial = 0

    init(seed: UInt64, families: Int = 1300) {
        draws = SeededDraws(seed &* 7919)
        for family in 0..<families { found(family) }
        for _ in 0..<families / 150 { addDouble() }
        for place in children.indices where draws.chance(0.72) {
            known.append((place, told("K\(place)", place, isKnown: true)))
        }
        for place in children.indices where draws.chance(0.9) {
            referrals.append((place, told("R\(place)", place, isKnown: false)))
        }
    }

    // MARK: Families

    private mutating func pick(_ list: [String]) -> String { list[draws.below(list.count)] }

    private mutating func surname() -> String {
        if draws.chance(0.35) { return pick(Invented.commonSurnames) }
        return (pick(Invented.firstParts) + pick(Invented.lastParts)).capitalisedFirst
    }

    private mutating func found(_ family: Int) {
        let surname = surname()
        // Every fortieth family lives in the hostel.
        let isHostel = family % 40 == 0
        let line = isHostel ? "Harbour House, 2 Quay Road" : "\(1 + draws.below(240)) \(pick(Invented.streets))"
        let postcode = isHostel ? "ZY1 1AA" : postcode()
        let parent = FoldedName(given: pick(Invented.parents), family: draws.chance(0.75) ? surname : self.surname())
        var count = 1
        while count < 6, draws.chance(0.5) { count += 1 }
        var birth = date(from: CivilDate(year: 2008, month: 1, day: 1)!, days: 5500)
        var taken: [String] = []
        for number in 0..<count {
            let isTwin = number > 0 && draws.chance(0.06)
            if number > 0, !isTwin { birth = birth.adding(days: 400 + draws.below(1400)) }
            var sex: Sex = draws.chance(0.5) ? .male : .female
            var given = name(sex)
            if isTwin, draws.chance(0.4), let rhyme = Invented.rhymes[children.last?.given ?? ""] {
                given = rhyme
                sex = children.last?.sex ?? sex
            }
            while taken.contains(given) { given = name(sex) }
            taken.append(given)
            add(
                Child(
                    family: family, given: given, middle: draws.chance(0.35) ? name(sex) : nil, surname: surname,
                    birth: birth, sex: sex, line: line, postcode: postcode, nhs: nil, upn: nil, parent: parent,
                    twinOf: isTwin ? children.count - 1 : nil))
        }
    }

    private mutating func name(_ sex: Sex) -> String { pick(sex == .male ? Invented.boys : Invented.girls) }

    private mutating func add(_ child: Child) {
        var child = child
        serial += 1
        child.nhs = nhsNumber(serial)
        if child.birth.year < 2020 { child.upn = upn(serial) }
        children.append(child)
    }

    /// Another child of the same name and birth date, in another family.
    private mutating func addDouble() {
        var child = children[draws.below(children.count)]
        let home = children[draws.below(children.count)]
        child.family = home.family
        child.line = home.line
        child.postcode = home.postcode
        child.parent = home.parent
        child.middle = draws.chance(0.35) ? name(child.sex) : nil
        child.twinOf = nil
        add(child)
    }

    private mutating func date(from first: CivilDate, days: Int) -> CivilDate { first.adding(days: draws.below(days)) }

    private mutating func postcode() -> String {
        let letters = Array("ABDEFGHJLNPQRSTUWXYZ")
        return "Z\(letters[draws.below(20)])\(1 + draws.below(40)) \(draws.below(10))\(letters[draws.below(20)])"
            + "\(letters[draws.below(20)])"
    }

    private func nhsNumber(_ number: Int) -> NHSNumber? {
        for check in 0...9 {
            if let made = NHSNumber("9\(String(10_000_000 + number * 7).suffix(8))\(check)") { return made }
        }
        return nil
    }

    private func upn(_ number: Int) -> UPN? {
        for letter in "ABCDEFGHJKLMNPQRTUVWXYZ" {
            if let made = UPN("\(letter)9\(String(10_000_000_000 + number * 13).suffix(10))\(number % 7)") {
                return made
            }
        }
        return nil
    }

    // MARK: Telling

    private mutating func slip(_ text: String) -> String {
        var letters = Array(text)
        guard letters.count > 2 else { return text }
        let place = draws.below(letters.count - 1)
        switch draws.below(4) {
        case 0: letters.insert(letters[place], at: place)
        case 1: letters.remove(at: place)
        case 2: letters.swapAt(place, place + 1)
        default:
            let row = Array("qwertyuiopasdfghjklzxcvbnm")
            if let at = row.firstIndex(of: Character(letters[place].lowercased())) {
                letters[place] = row[(at + 1) % row.count]
            }
        }
        return String(letters)
    }

    private mutating func told(_ id: String, _ place: Int, isKnown: Bool) -> ChildrenFile.Child {
        let child = children[place]
        let care = isKnown ? 0.3 : 1.0
        var given: String? = child.given
        var middle = draws.chance(isKnown ? 0.8 : 0.4) ? child.middle : nil
        var surname: String? = child.surname
        var birth: CivilDate? = child.birth
        var isEstimated = false
        var line: String? = child.line
        var postcode: String? = child.postcode
        var sex: Sex? = draws.chance(0.94) ? child.sex : nil
        if draws.chance(0.01 * care) { sex = child.sex == .male ? .female : .male }
        if draws.chance(0.1 * care) { given = given.map { slip($0) } }
        if draws.chance(0.03 * care) { given = given.map { String($0.prefix(3)) } }
        if draws.chance(0.02 * care) { given = given.map { String($0.prefix(1)) } }
        if draws.chance(0.01 * care) { given = ["Baby", "unknown"][draws.below(2)] }
        if draws.chance(0.02 * care) { given = child.middle ?? given }
        if draws.chance(0.07 * care) { surname = surname.map { slip($0) } }
        if draws.chance(0.04 * care) { surname = surname.map { "\($0)-\(self.surname())" } }
        if draws.chance(0.05 * care) { surname = child.parent.family.map { $0 } ?? surname }
        if draws.chance(0.02 * care) { swap(&given, &surname) }
        if draws.chance(0.05 * care) { birth = birth?.adding(days: [1, -1, 10, 365][draws.below(4)]) }
        if draws.chance(0.02 * care) {
            birth = birth.flatMap { CivilDate(year: $0.year, month: $0.day, day: $0.month) ?? $0 }
        }
        if draws.chance(0.03 * care) { birth = nil }
        if draws.chance(0.04 * care) {
            birth = birth.flatMap { CivilDate(year: $0.year, month: 1, day: 1) }
            isEstimated = true
        }
        if draws.chance(0.26 * care) {
            line = "\(1 + draws.below(240)) \(pick(Invented.streets))"
            postcode = self.postcode()
        }
        if draws.chance(0.15 * care) {
            line = line.map { $0.replacing(" Road", with: " Rd").replacing(" Street", with: " St") }
        }
        if draws.chance(0.1 * care) { line = nil }
        if draws.chance(0.1 * care) { postcode = nil }
        var number = draws.chance(isKnown ? 0.85 : 0.45) ? child.nhs : nil
        if number != nil, draws.chance(0.004) {
            // A brother's or sister's, pasted in.
            let others = children.indices.filter { children[$0].family == child.family && $0 != place }
            if !others.isEmpty { number = children[others[draws.below(others.count)]].nhs }
        }
        let upn = draws.chance(isKnown ? 0.6 : 0.2) ? child.upn : nil
        let parents = draws.chance(isKnown ? 0.7 : 0.45) ? [child.parent] : []
        if draws.chance(0.3) { middle = middle.map { String($0.prefix(1)) } }
        return ChildrenFile.Child(
            id: id,
            record: MatchRecord(
                names: [FoldedName(given: given, middle: middle, family: surname)], birthDate: birth,
                birthDateIsEstimated: isEstimated, sex: sex, nhsNumber: number, upn: upn,
                addresses: [FoldedAddress(line: line, postcode: postcode)], parents: parents))
    }
}

extension Invented {
    static let boys = """
        Aled Rhys Emyr Iestyn Gethin Macsen Osian Cai Ifan Idris Bartosz Kacper Filip Wiktor Oskar Igor Dawid Abdi Mahad \
        Liban Guled Ayanle Zakariye Chidi Emeka Tobenna Kelechi Ikenna Obinna Arjun Rohan Vihaan Kabir Ishaan Dev Nikhil \
        Harpreet Gurdeep Zayd Haroon Faisal Junaid Sufyan Bilal Stanley Alfie Archie Ronnie Reggie Vinnie Albie Rupert \
        Hugo Monty Barnaby Cosmo Rafferty Fergus Hamish Lachlan Callum Struan Kayden Hayden Tyler Kyler Dorin Razvan \
        Bogdan Cristian Andrei Matei Duarte Tiago Rui Nuno Mehmet Emre Kerem Burak Yasin Wei Jun Hao
        """.split(separator: " ").map(String.init)
    static let girls = """
        Carys Nia Ffion Seren Efa Lowri Mali Cadi Heledd Sioned Zuzanna Oliwia Maja Hania Lena Kinga Hodan Ifrah Sagal \
        Hibaq Ayaan Nimco Adaeze Chioma Ngozi Amara Ifeoma Nkechi Ananya Diya Kavya Meera Priya Riya Tanvi Simran \
        Jasleen Noor Hafsa Mariyah Safiya Iqra Zoya Elsie Ivy Edie Mabel Dotty Nancy Betsy Ottilie Clementine Cecily \
        Beatrix Iona Eilidh Ailsa Mhairi Kayla Shayla Ayla Tayla Ioana Bianca Denisa Larisa Leonor Matilde Ines Zeynep \
        Elif Defne Ece Azra Mei Xin Lan Thea Orla Saoirse Niamh Aoife
        """.split(separator: " ").map(String.init)
    static let rhymes = [
        "Kayden": "Hayden", "Hayden": "Kayden", "Tyler": "Kyler", "Kyler": "Tyler", "Kayla": "Shayla", "Ayla": "Tayla",
        "Tayla": "Ayla", "Priya": "Riya", "Riya": "Priya", "Alfie": "Albie", "Ronnie": "Vinnie", "Vinnie": "Ronnie",
    ]
    static let parents = """
        Gwen Dafydd Elin Marek Agnieszka Dorota Fadumo Hassan Yusra Ngozi Uche Sunita Rakesh Manpreet Shazia Imran Tracy \
        Kelly Darren Wayne Gemma Lindsay Morag Angus Mihaela Florin Sandra Paulo Ayse Murat Li Fang Bernadette Ciara
        """.split(separator: " ").map(String.init)
    static let commonSurnames = """
        Evans Davies Griffiths Nowak Kowalska Ali Hassan Warsame Okafor Eze Patel Shah Kaur Singh Hussain Begum Thompson \
        Wright Walker Hughes MacDonald Campbell Popescu Ionescu Silva Costa Yilmaz Kaya Chen Wang Murphy Byrne
        """.split(separator: " ").map(String.init)
    static let firstParts = """
        penha black thorn wick ald har mor tre pol car pen llan aber stan hart whit brad ash oak elm rav kest osb wint \
        sumner gold silver cop tarr vell
        """.split(separator: " ").map(String.init)
    static let lastParts = """
        ligon well burn ford ton wood ley worth more garth vane stow field shaw croft bury mere gate brook land ridge dell \
        combe sett nell
        """.split(separator: " ").map(String.init)
    static let streets = [
        "Limekiln Road", "Gasworks Lane", "Jubilee Street", "Tannery Road", "Foundry Street", "Priory Close",
        "Cobden Street", "Waterloo Road", "Chapel Row", "Ferry Lane", "Glebe Avenue", "Orchard Way", "Mill Street",
        "Station Road", "Beacon Hill", "Canal Side", "Windmill Road", "Kiln Close", "Moor Lane", "Castle Street",
    ]
}

extension String {
    fileprivate var capitalisedFirst: String { prefix(1).uppercased() + dropFirst() }
}

/// How the referrals of invented households came out.
struct InventedFigures {
    var figures = HouseholdFigures()
    var falseLinks: [String] = []

    init(_ world: Invented, model: MatchModel) {
        let knownChildren = KnownChildren(ChildrenFile(world.known.map(\.child)), model: model)
        var ids: [Int: String] = [:]
        for one in world.known { ids[one.truth] = one.child.id }
        for referral in world.referrals {
            let decision = knownChildren.decide(referral.child)
            figures.add(decision, truth: ids[referral.truth])
            if let person = decision.person, person != ids[referral.truth] { falseLinks.append(decision.id) }
        }
    }
}
