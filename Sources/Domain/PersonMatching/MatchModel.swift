/// What each level of each comparison weighs, and where the outcomes part. A file under `deploy/matching/`, learned by
/// `frontdoor match train`; frozen with the release, and its version goes with every decision.
///
/// Two weights a level, in thousandths of a bit: log2 of how much more often it is seen between two records of one child
/// than between records of two unrelated children, and than between a child and a brother or sister. The first sum over
/// the fields is the score; the second, over the fields that a brother or sister does not share, is the personal evidence.
public struct MatchModel: Hashable, Sendable {
    public struct Weight: Hashable, Sendable {
        public var unrelated: Int32
        public var sibling: Int32
        public init(unrelated: Int32, sibling: Int32) {
            self.unrelated = unrelated
            self.sibling = sibling
        }
    }

    /// Where the outcomes part, milli-bits.
    public struct Policy: Hashable, Sendable {
        /// The score from which a child may be linked.
        public var linkScore = 10_000
        /// The personal evidence from which a child may be linked: against a brother or sister not known yet.
        public var linkPersonal = 6_500
        /// What must agree beside name, birth date and sex: against a namesake born on the same day.
        public var linkBeside = 2_000
        /// The score from which name and birth date alone may link, all equal and nothing against it.
        public var linkNameAlone = 10_000
        /// How far the second-best person must be behind.
        public var margin = 7_000
        /// From which a person is asked.
        public var reviewScore = -5_500
        public var reviewPersonal = -4_250
        /// More unrelated family names at one address than this, and it says nothing of a household.
        public var sharedAddressFamiliesMax = 4
        public init() {}
    }

    public var version: String
    public var policy: Policy
    /// How often two unrelated people have one name or one birth date, in millionths: the share that its own frequency is
    /// held against.
    public var givenCoincidence = 4000
    public var familyCoincidence = 2000
    public var birthCoincidence = 300
    private var weights: [Weight]

    public init(version: String = "", policy: Policy = Policy()) {
        self.version = version
        self.policy = policy
        weights = Array(
            repeating: Weight(unrelated: 0, sibling: 0),
            count: Comparison.Field.allCases.count * Comparison.Level.count)
    }

    public subscript(field: Comparison.Field, level: Comparison.Level) -> Weight {
        get { weights[field.place * Comparison.Level.count + level.place] }
        set { weights[field.place * Comparison.Level.count + level.place] = newValue }
    }

    // MARK: The file

    public struct Fault: Error, Hashable, Sendable {
        public let line: Int
        public let what: String
    }

    /// Reads the file: `name: value` a line, `#` before what is for people. Everything has to be there and nothing else,
    /// since a weight left out would weigh nothing without anybody's noticing.
    public init(text: some StringProtocol) throws(Fault) {
        self.init()
        var missing = Set(MatchModel.settings.map(\.name) + MatchModel.scored.map { MatchModel.name($0.0, $0.1) })
        missing.insert("version")
        for (place, raw) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let line = raw.prefix { $0 != "#" }
            let parts = line.split(separator: ":", maxSplits: 1)
            let words = parts.first.map { $0.split(separator: " ") } ?? []
            if words.isEmpty { continue }
            guard parts.count == 2, words.count == 1, missing.remove(String(words[0])) != nil else {
                throw Fault(line: place + 1, what: "no setting of a model, or one that stood before")
            }
            let name = String(words[0])
            let values = parts[1].split(separator: " ")
            if name == "version" {
                guard values.count == 1 else { throw Fault(line: place + 1, what: "one word") }
                version = String(values[0])
            } else if let setting = MatchModel.settings.first(where: { $0.name == name }) {
                guard values.count == 1, let value = Int(values[0]) else {
                    throw Fault(line: place + 1, what: "a whole number")
                }
                self[keyPath: setting.path] = value
            } else if let (field, level) = MatchModel.scored.first(where: { MatchModel.name($0.0, $0.1) == name }) {
                guard values.count == 2, let unrelated = Int32(values[0]), let sibling = Int32(values[1]) else {
                    throw Fault(line: place + 1, what: "two whole numbers: against unrelated children, and siblings")
                }
                self[field, level] = Weight(unrelated: unrelated, sibling: sibling)
            }
        }
        guard missing.isEmpty else {
            throw Fault(line: 0, what: "missing: \(missing.sorted().joined(separator: ", "))")
        }
    }

    /// The file's text, with a remark behind each line where there is one.
    public func text(remark: (Comparison.Field, Comparison.Level) -> String? = { _, _ in nil }) -> String {
        var text = "version: \(version)\n"
        for setting in MatchModel.settings { text += "\(setting.name): \(self[keyPath: setting.path])\n" }
        for (field, level) in MatchModel.scored {
            let weight = self[field, level]
            text += "\(MatchModel.name(field, level)): \(weight.unrelated) \(weight.sibling)"
            if let remark = remark(field, level) { text += "  # \(remark)" }
            text += "\n"
        }
        return text
    }

    /// A name for what the model says: any other weight makes another.
    public var fingerprint: String {
        var bare = self
        bare.version = "-"
        var text = bare.text()
        let hash = text.withUTF8 { Mixing.hash($0, seed: 11) }
        let digits = String(hash >> 32, radix: 16)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }

    private static func name(_ field: Comparison.Field, _ level: Comparison.Level) -> String {
        "\(field.rawValue).\(level.rawValue)"
    }

    private static var settings: [(name: String, path: WritableKeyPath<MatchModel, Int>)] {
        [
            ("link-score", \.policy.linkScore), ("link-personal", \.policy.linkPersonal),
            ("link-beside", \.policy.linkBeside),
            ("link-name-alone", \.policy.linkNameAlone), ("margin", \.policy.margin),
            ("review-score", \.policy.reviewScore), ("review-personal", \.policy.reviewPersonal),
            ("shared-address-families-max", \.policy.sharedAddressFamiliesMax),
            ("given-coincidence", \.givenCoincidence), ("family-coincidence", \.familyCoincidence),
            ("birth-coincidence", \.birthCoincidence),
        ]
    }

    /// The levels that each field can have, `absent` left out: it weighs nothing.
    public static let levels: [(field: Comparison.Field, levels: [Comparison.Level])] = [
        (.nhsNumber, [.equal, .differs]),
        (.upn, [.equal, .differs]),
        (
            .givenName,
            [
                .equal, .oneEdit, .bothNames, .alike, .shortForm, .transliterated, .further, .swapped, .initial,
                .beginning, .differs,
            ]
        ),
        (.furtherName, [.equal, .initial, .alike, .differs]),
        (.familyName, [.equal, .contained, .oneEdit, .alike, .swapped, .differs]),
        (.birthDate, [.equal, .dayMonthSwapped, .oneEdit, .near, .yearOff, .sameYear, .differs]),
        (.expectedDate, [.equal, .near, .differs]),
        (.sex, [.equal, .differs]),
        (.address, [.equal, .postcode, .line, .shared, .differs]),
        (.parent, [.equal, .alike, .differs]),
    ]
    static let scored = levels.flatMap { entry in entry.levels.map { (entry.field, $0) } }
}

/// Logarithms in thousandths of a bit, in whole numbers: the same on every machine.
public enum MilliBits {
    public static func log2(_ value: UInt64) -> Int {
        guard value > 0 else { return 0 }
        let whole = 63 - value.leadingZeroBitCount
        // The mantissa in 1...2 with 31 bits behind the point, squared ten times: a bit of the logarithm each.
        var mantissa = whole <= 31 ? value << UInt64(31 - whole) : value >> UInt64(whole - 31)
        var fraction = 0
        for _ in 0..<12 {
            mantissa = (mantissa * mantissa) >> 31
            fraction <<= 1
            if mantissa >= 1 << 32 {
                mantissa >>= 1
                fraction |= 1
            }
        }
        return whole * 1000 + fraction * 1000 / 4096
    }
}
