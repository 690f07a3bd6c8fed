/// How grave a made-up contact is meant to be: what a policy of the shipped kind makes of it. The generator knows the
/// factors that agencies state, not the policy; another policy rates them as it will.
enum Gravity: CaseIterable {
    case danger, red, amber, targeted, early, none

    /// Shares that make the published outcomes of contacts (about 22 % referral, 14 % early help, the rest advice or no
    /// further action), together with what re-referrals and sibling concerns add.
    static func drawn(_ draws: inout Draws) -> Gravity {
        switch draws.unit() {
        case ..<0.010: .danger
        case ..<0.035: .red
        case ..<0.145: .amber
        case ..<0.195: .targeted
        case ..<0.330: .early
        default: .none
        }
    }

    /// What a sibling in the same referral has: usually less.
    static func ofSibling(_ draws: inout Draws) -> Gravity {
        switch draws.unit() {
        case ..<0.08: .amber
        case ..<0.35: .early
        default: .none
        }
    }
}

struct StatedConcern {
    /// Nil: nothing is coded, only told.
    var factor: String?
    /// About the first adult instead of the child.
    var aboutAdult = false
    var isHistoric = false
    var words: String
}

extension Gravity {
    /// - Parameter age: in years; nil for an unborn child.
    func concerns(age: Int?, _ draws: inout Draws) -> [StatedConcern] {
        switch self {
        case .danger: [StatedConcern(factor: factor(age: age, &draws), words: "The child is not safe at this moment.")]
        case .red: [StatedConcern(factor: factor(age: age, &draws), words: "A serious matter that cannot wait.")]
        case .amber: Gravity.amberConcerns(age: age, &draws)
        case .targeted:
            [
                StatedConcern(
                    factor: draws.pick(age.map { $0 > 0 } == true ? ["1B", "2B", "3B", "4B"] : ["1B", "2B", "4B"]),
                    aboutAdult: true, words: "The parent struggles and asks for help.")
            ]
        case .early:
            [
                StatedConcern(
                    factor: draws.pick(age.map { $0 > 3 } == true ? ["4A", "5A", "6A", "7A", "14A"] : ["5A", "6A"]),
                    words: "The child needs more help at home or at school.")
            ]
        case .none: Gravity.slightConcerns(&draws)
        }
    }

    private func factor(age: Int?, _ draws: inout Draws) -> String? {
        guard let age else { return "18C" }
        return draws.pick(
            age < 5 ? ["18C", "18C", "19C"] : age < 10 ? ["19C", "19B", "22A"] : ["11A", "24A", "19C", "12A"])
    }

    private static func amberConcerns(age: Int?, _ draws: inout Draws) -> [StatedConcern] {
        guard let age, age > 0 else {
            return [
                StatedConcern(factor: "3B", aboutAdult: true, words: "Violence at home with an infant or a birth near.")
            ]
        }
        if draws.happens(0.15) {
            return ["4B", "1B", "14A"].map {
                StatedConcern(factor: $0, aboutAdult: $0 != "14A", words: "One of several worries that come together.")
            }
        }
        let factors =
            age < 5 ? ["16A", "17A"] : age < 11 ? ["16A", "17A", "18C"] : ["16A", "17A", "18C", "10A", "13A", "15A"]
        return [StatedConcern(factor: draws.pick(factors), words: "This has gone on for some weeks and gets worse.")]
    }

    private static func slightConcerns(_ draws: inout Draws) -> [StatedConcern] {
        switch draws.below(10) {
        case 0, 1: []
        case 2: [StatedConcern(factor: "16A", isHistoric: true, words: "An old worry, told for completeness.")]
        case 3: [StatedConcern(factor: "21", words: "Nothing was found; told because it must be told.")]
        case 4, 5: [StatedConcern(factor: nil, words: "A question about what help there is.")]
        default: [StatedConcern(factor: "20", words: "Something was noticed once and may mean nothing.")]
        }
    }
}
