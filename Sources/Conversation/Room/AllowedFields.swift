/// The fields that may leave for one type and audience, as a tree: a field is looked for among the few that stand beside
/// it, and no path is put together for it. Paths are written with dots; the elements of a list share one.
struct AllowedFields: Sendable {
    private struct Node: Sendable {
        let nameStart: Int
        let nameCount: Int
        var mayLeave = false
        var firstChild = AllowedFields.none
        var nextSibling: Int
    }

    /// The place of what stands under no name of the list.
    static let none = -1
    static let root = 0

    private var names: [UInt8] = []
    private var nodes = [Node(nameStart: 0, nameCount: 0, nextSibling: AllowedFields.none)]

    mutating func insert(_ path: String) {
        var place = AllowedFields.root
        for name in path.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false) {
            let name = Array(name)
            let found = name.withUnsafeBufferPointer { self.place(of: $0, in: place) }
            if found != AllowedFields.none {
                place = found
                continue
            }
            nodes.append(Node(nameStart: names.count, nameCount: name.count, nextSibling: nodes[place].firstChild))
            names += name
            nodes[place].firstChild = nodes.count - 1
            place = nodes.count - 1
        }
        nodes[place].mayLeave = true
    }

    /// - Returns: ``none`` where the list knows nothing of that name there.
    func place(of name: StaticString, in parent: Int) -> Int {
        place(of: UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount), in: parent)
    }

    func mayLeave(_ place: Int) -> Bool { place != AllowedFields.none && nodes[place].mayLeave }

    private func place(of name: UnsafeBufferPointer<UInt8>, in parent: Int) -> Int {
        guard parent != AllowedFields.none else { return AllowedFields.none }
        return names.withUnsafeBufferPointer { names in
            var place = nodes[parent].firstChild
            while place != AllowedFields.none {
                let node = nodes[place]
                if node.nameCount == name.count,
                    names[node.nameStart..<node.nameStart + node.nameCount].elementsEqual(name)
                {
                    return place
                }
                place = node.nextSibling
            }
            return AllowedFields.none
        }
    }
}
