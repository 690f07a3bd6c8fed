import DomainModel
import PersonMatching

func date(_ text: String) -> CivilDate? { CivilDate(iso8601: text) }

/// A valid NHS number from nine digits; tries the next where the check digit would be 10.
func nhs(_ seed: Int) -> NHSNumber? {
    for nine in seed..<seed + 20 {
        for check in 0...9 {
            if let number = NHSNumber("\(400_000_000 + nine)\(check)") { return number }
        }
    }
    return nil
}

func record(
    _ given: String?, _ family: String?, born: String? = nil, nhs: NHSNumber? = nil, upn: String? = nil,
    sex: Sex? = nil, postcode: String? = nil, line: String? = nil, parent: String? = nil, due: String? = nil,
    estimated: Bool = false
) -> MatchRecord {
    MatchRecord(
        names: [FoldedName(given: given, family: family)], birthDate: born.flatMap { date($0) },
        birthDateIsEstimated: estimated, expectedDate: due.flatMap { date($0) }, sex: sex, nhsNumber: nhs,
        upn: upn.flatMap { UPN($0) }, addresses: postcode.map { [FoldedAddress(line: line, postcode: $0)] } ?? [],
        parents: parent.map { [FoldedName(given: $0, family: family)] } ?? [])
}

func person(_ number: UInt128) -> PersonID { PersonID(bits: number) }
func child(_ number: UInt128) -> ChildID { ChildID(bits: number) }

func index(_ records: MatchRecord...) -> PersonIndex {
    var index = PersonIndex()
    for (place, record) in records.enumerated() {
        index.add(record, of: child(UInt128(place + 1)), to: person(UInt128(place + 1)))
    }
    return index
}

/// Seeded, and the same everywhere.
struct Lottery: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
