/// What a record's content type says about its mode. Case and parameters do not matter.
enum MediaType {
    case structuredJSON
    case structuredOther
    case batch
    /// The data's own type: binary mode.
    case data

    init(_ header: ArraySlice<UInt8>) {
        var name = header.prefix { $0 != 0x3B }
        while let first = name.first, first == 0x20 || first == 0x09 { name.removeFirst() }
        while let last = name.last, last == 0x20 || last == 0x09 { name.removeLast() }
        if name.isLowerCased("application/cloudevents+json") {
            self = .structuredJSON
        } else if name.prefix(29).isLowerCased("application/cloudevents-batch") {
            self = .batch
        } else if name.prefix(23).isLowerCased("application/cloudevents") {
            self = .structuredOther
        } else {
            self = .data
        }
    }
}

extension ArraySlice<UInt8> {
    /// Whether this is the word, letters of either case being the same. The word is in lower case.
    func isLowerCased(_ word: StaticString) -> Bool {
        guard count == word.utf8CodeUnitCount else { return false }
        return zip(self, UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)).allSatisfy {
            ((65...90).contains($0) ? $0 | 32 : $0) == $1
        }
    }
}
