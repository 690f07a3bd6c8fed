/// "Did you mean": the known name that a typing slip leads away from least.
public enum Suggestion {
    /// The nearest name, the first of equals; nil where none is near enough to be meant.
    public static func nearest(to typed: String, among names: [String]) -> String? {
        var best: (name: String, distance: Int)?
        for name in names {
            let distance = distance(Array(typed.lowercased().unicodeScalars), Array(name.lowercased().unicodeScalars))
            if distance < best?.distance ?? Int.max { best = (name, distance) }
        }
        let allowed = max(1, typed.drop { $0 == "-" }.count / 3)
        if let best, best.distance <= allowed { return best.name }
        let begun = names.filter { typed.drop { $0 == "-" }.count >= 2 && $0.hasPrefix(typed) }
        return begun.count == 1 ? begun[0] : nil
    }

    /// Slips between two texts: a letter too many, too few, wrong, or two neighbours swapped.
    static func distance(_ a: [Unicode.Scalar], _ b: [Unicode.Scalar]) -> Int {
        var beforeLast = [Int](repeating: 0, count: b.count + 1)
        var last = Array(0...b.count)
        for i in a.indices {
            var row = [i + 1] + [Int](repeating: 0, count: b.count)
            for j in b.indices {
                row[j + 1] = min(last[j + 1] + 1, row[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
                    row[j + 1] = min(row[j + 1], beforeLast[j - 1] + 1)
                }
            }
            beforeLast = last
            last = row
        }
        return last[b.count]
    }
}
