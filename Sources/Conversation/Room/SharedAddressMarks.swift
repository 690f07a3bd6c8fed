public import DomainModel
public import HubConfiguration
public import Sealing

extension SharedAddress {
    /// As it is adopted: the authority and the marks, and nothing that says where it is.
    public func marked(by keyed: KeyedHash) -> SharedAddress {
        var marks = self.marks
        if let mark = postcode.flatMap({ SharedAddress.mark(postcode: $0, in: authority, by: keyed) }) {
            marks.append(mark)
        }
        if let mark = uprn.flatMap({ SharedAddress.mark(uprn: $0, in: authority, by: keyed) }) { marks.append(mark) }
        return SharedAddress(authority: authority, marks: marks.sorted())
    }

    public static func mark(postcode text: String, in authority: AuthorityCode, by keyed: KeyedHash) -> AddressMark? {
        postcode(text).map { mark("postcode", $0, authority, keyed) }
    }

    public static func mark(uprn text: String, in authority: AuthorityCode, by keyed: KeyedHash) -> AddressMark? {
        uprn(text).map { mark("uprn", $0, authority, keyed) }
    }

    private static func mark(
        _ kind: String, _ text: String, _ authority: AuthorityCode, _ keyed: KeyedHash
    ) -> AddressMark {
        var derivation = keyed.derivation("shared-address")
        derivation.add(authority)
        derivation.add(kind)
        derivation.add(text)
        return derivation.id()
    }
}
