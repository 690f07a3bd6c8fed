import DomainModel
import HubConfiguration
import PersonMatching
import Room
import Sealing

/// The addresses that one authority has listed as shared, by their marks.
struct SharedAddresses {
    private let authority: AuthorityCode
    private let marks: Set<AddressMark>
    private let keyed: KeyedHash

    init(_ configuration: HubDirectory?, of authority: AuthorityCode, keyed: KeyedHash) {
        self.authority = authority
        self.keyed = keyed
        marks = Set(configuration?.sharedAddresses.flatMap(\.marks) ?? [])
    }

    var isEmpty: Bool { marks.isEmpty }

    func isTheSame(as other: SharedAddresses?) -> Bool { marks == (other?.marks ?? []) }

    func has(postcode: String) -> Bool {
        !marks.isEmpty
            && SharedAddress.mark(postcode: postcode, in: authority, by: keyed).map(marks.contains) == true
    }

    func has(_ address: Address) -> Bool {
        guard !marks.isEmpty else { return false }
        if let postcode = address.postcode, has(postcode: postcode) { return true }
        return address.uprn.flatMap { SharedAddress.mark(uprn: $0, in: authority, by: keyed) }.map(marks.contains)
            == true
    }
}
