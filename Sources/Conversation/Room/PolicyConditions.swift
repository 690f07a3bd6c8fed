public import DomainModel
public import HubConfiguration

extension Condition {
    /// Whether every criterion that is given holds; a condition without criteria always holds.
    ///
    /// What is said of a child is said of the child itself or of an adult of the household: a concern about another
    /// child says nothing of this one, or siblings could never be rated apart.
    ///
    /// - Parameters:
    ///   - child: nil asks whether it holds for any child of the referral.
    ///   - rereferral: whether the child was referred within the twelve months before; false where nobody knows yet.
    public func holds(for referral: ReferralContent, about child: ChildFacts?, rereferral: Bool = false) -> Bool {
        guard let child else {
            if referral.children.isEmpty {
                return holds(for: referral, part: nil, ageBand: nil, rereferral: rereferral)
            }
            return referral.children.contains { holds(for: referral, about: $0, rereferral: rereferral) }
        }
        return holds(for: referral, part: child.part, ageBand: child.ageBand, rereferral: rereferral)
    }

    private func holds(for referral: ReferralContent, part: PartName?, ageBand: AgeBand?, rereferral: Bool) -> Bool {
        if let immediateDanger, immediateDanger != referral.immediateDanger { return false }
        if let expected = self.rereferral, expected != rereferral { return false }
        if !sources.isEmpty, !sources.contains(referral.source) { return false }
        if !ageBands.isEmpty {
            guard let ageBand, ageBands.contains(ageBand) else { return false }
        }
        if !factors.isEmpty || historic != nil {
            let states = referral.concerns.contains { concern in
                guard concern.concerns(part), historic == nil || historic == concern.historic else { return false }
                guard !factors.isEmpty else { return true }
                guard let factor = concern.factor else { return false }
                return factors.contains(factor)
            }
            guard states else { return false }
        }
        if let concernsAtLeast {
            var different: [FactorCode] = []
            for concern in referral.concerns where concern.concerns(part) {
                guard let factor = concern.factor, !factor.saysNone, !different.contains(factor) else { continue }
                different.append(factor)
            }
            guard different.count >= concernsAtLeast else { return false }
        }
        return true
    }
}

extension ConcernFacts {
    /// Whether it is said of that child: of itself, or of an adult of the household.
    public func concerns(_ child: PartName?) -> Bool { about.kind != .child || child == nil || about == child }
}

extension FactorCode {
    /// 21 of the census says that no factor was found: it is not a concern to be counted.
    public var saysNone: Bool { code == "21" }
}
