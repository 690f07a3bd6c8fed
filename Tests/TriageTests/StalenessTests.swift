import DomainModel
import HubConfiguration
import Room
import Sealing
import Testing

@testable import Triage

@Suite struct StalenessTests {
    // MARK: Cases

    @Test func everyPairOfEventAndCaseHasOneRow() {
        for stimulus in CaseStimulus.allCases {
            for standing in CaseStanding.allCases {
                #expect(CaseCell.all.filter { $0.stimulus == stimulus && $0.standing == standing }.count == 1)
            }
        }
    }

    @Test(arguments: CaseCell.all.indices) func whatFollowsForACase(_ index: Int) throws {
        let cell = CaseCell.all[index]
        var desk = try Desk()
        let first = referral(1, from: "bd-housing", ["1A"])
        switch cell.standing {
        case .unknown:
            if cell.stimulus == .corrected { desk.receive(.referralSubmitted(ReferralSubmitted(content: first))) }
        case .unrated: desk.identify(first, with: 1)
        case .rated: desk.refer(first, to: 1)
        case .closed:
            desk.refer(first, to: 1)
            desk.close(1)
        }
        let caseID = desk.caseID(1)
        try #require(desk.triage.state.standing(of: caseID) == cell.standing)
        let before = desk.rating(1)
        let said = stimulate(&desk, cell.stimulus, first)
        let rated = said.rated.first
        switch cell.consequence {
        case .nothing:
            #expect(said.isEmpty)
            #expect(desk.triage.state.standing(of: caseID) == cell.standing)
            #expect(desk.rating(1) == before)
        case .rates:
            let rated = try #require(rated)
            #expect(rated.rating >= before)
            #expect(!said.requested.isEmpty)
            #expect(desk.triage.state.standing(of: caseID) == .rated)
        case .raises:
            let rated = try #require(rated)
            #expect(rated.rating > before)
            #expect(rated.rating.urgency == .red)
            #expect(desk.triage.state.standing(of: caseID) == .rated)
        case .sets:
            #expect(rated?.rating == Rating(.blue, level: .universal))
            #expect(rated?.by != nil)
        case .refuses(let reason):
            #expect(said.refused.map(\.reason) == [reason])
            #expect(said.count == 1)
            #expect(desk.triage.state.standing(of: caseID) == cell.standing)
        case .ends:
            #expect(said.isEmpty)
            #expect(desk.triage.state.standing(of: caseID) == .closed)
            #expect(desk.triage.state.cases[caseID]?.isLost == true)
            // Not even what is red is rated or asked about any more.
            #expect(desk.refer(referral(8, ["19B"]), to: 1).isEmpty)
        case .closes:
            #expect(said.isEmpty)
            #expect(desk.triage.state.standing(of: caseID) == .closed)
            #expect(desk.triage.state.cases[caseID]?.requests == [])
        case .beginsAnew:
            #expect(said.isEmpty)
            #expect(desk.triage.state.standing(of: caseID) == .unrated)
            #expect(desk.refer(referral(8), to: 1).rated.first?.rating == Rating(.blue, level: .universal))
        }
    }

    private func identity(_ desk: Desk, _ referral: ReferralContent, moves: Bool = true) -> IdentityDecided {
        IdentityDecided(
            by: Desk.manager(desk.authority), decision: EventID(bits: 9), referral: referral.referral,
            child: referral.children[0].child, caseID: desk.caseID(moves ? 4 : 1),
            previousCase: moves ? desk.caseID(1) : nil, reason: .wrongLink)
    }

    private func stimulate(_ desk: inout Desk, _ stimulus: CaseStimulus, _ first: ReferralContent) -> [EventBody] {
        switch stimulus {
        case .identified: return desk.refer(referral(2, from: "bd-housing", ["16A"]), to: 1)
        case .awaiting:
            return desk.receive(
                .childIdentified(
                    ChildIdentified(
                        referral: ReferralID(bits: 3), child: ChildID(bits: 300), part: .child(0), outcome: .review,
                        disposition: .awaiting, model: "rule-1", score: 0)))
        case .corrected:
            return desk.receive(
                .referralCorrected(ReferralCorrected(content: referral(1, from: "bd-housing", ["19B"]))))
        case .referralWithdrawn:
            return desk.receive(
                .referralWithdrawn(
                    ReferralWithdrawn(referral: first.referral, agency: first.agency, reason: .sentInError)))
        case .childUnlinked:
            return desk.receive(
                .identityUnlinked(
                    IdentityDecided(
                        by: Desk.manager(desk.authority), decision: EventID(bits: 9), referral: first.referral,
                        child: first.children[0].child, previousCase: desk.caseID(1), reason: .wrongLink)))
        case .childSplitOff: return desk.receive(.identitySplit(identity(desk, first)))
        case .mergedAway:
            return desk.receive(
                .identityMerged(
                    IdentitiesMerged(
                        by: Desk.manager(desk.authority), decision: EventID(bits: 9), person: PersonID(bits: 5),
                        merged: PersonID(bits: 1), caseID: desk.caseID(5), mergedCase: desk.caseID(1),
                        children: [ChildOfReferral(referral: first.referral, child: first.children[0].child)],
                        reason: .samePerson)))
        case .born: return desk.receive(.unbornBorn(identity(desk, first, moves: false)))
        case .lost: return desk.receive(.unbornLost(identity(desk, first, moves: false)))
        case .ratedByPerson:
            return desk.decide(Rating(.blue, level: .universal), [1])
        case .loweredUnseen: return desk.decide(Rating(.blue, level: .universal), [1], seesAll: false)
        case .closed: return desk.close(1)
        case .reopenedAgain: return desk.reopen(1, "referred-again", referral: ReferralID(bits: 8))
        case .reopenedMeanwhile: return desk.reopen(1, "referred-meanwhile", referral: first.referral)
        }
    }

    /// Routing closes while a referral that it has not read yet is being rated; then it reads it, and reopens.
    @Test func aCloseThatOvertookAReferralLosesNeitherItsRatingNorItsRequests() throws {
        var desk = try Desk()
        desk.refer(referral(1, from: "bd-housing", ["1A"]), to: 1)
        let second = referral(2, from: "bd-housing", ["19B"])
        let rated = try #require(desk.refer(second, to: 1).rated.first)
        desk.close(1)
        let said = desk.reopen(1, "referred-meanwhile", referral: second.referral)
        #expect(said.rated.first?.rating == rated.rating)
        #expect(said.asked.contains("bd-police"))
        #expect(said.rated.first?.referral == second.referral)
    }

    // MARK: Requests

    @Test func everyPairOfReturnAndRequestHasOneRow() {
        for stimulus in RequestStimulus.allCases {
            for standing in [nil] + RequestStanding.allCases {
                #expect(RequestCell.all.filter { $0.stimulus == stimulus && $0.standing == standing }.count == 1)
            }
        }
    }

    @Test(arguments: RequestCell.all.indices) func whatFollowsForARequest(_ index: Int) throws {
        let cell = RequestCell.all[index]
        var desk = try Desk()
        let said = desk.refer(referral(1, from: "bd-housing", ["16A"]), to: 1)
        var request = try said.request(to: "bd-gps")
        let key = try #require(RequestKey(request.request))
        switch cell.standing {
        case nil:
            request.request = try Shipped.equipment().keyed.issueReference(
                authority: desk.authority, for: EventID(bits: 4711), to: request.agency
            ).description
        case .open: break
        case .answered: desk.receive(.returnSubmitted(ReturnSubmitted(content: findings(request, []))))
        case .declined:
            desk.receive(.returnDeclined(ReturnDeclined(content: findings(request, [], kind: .declined))))
        case .withdrawn: desk.close(1)
        }
        if let standing = cell.standing {
            try #require(desk.triage.state.requests[key]?.standing == standing)
        }
        let answer: EventBody =
            switch cell.stimulus {
            case .submitted: .returnSubmitted(ReturnSubmitted(content: findings(request, ["19B"])))
            case .declined: .returnDeclined(ReturnDeclined(content: findings(request, ["19B"], kind: .declined)))
            case .corrected:
                .returnCorrected(
                    ReturnCorrected(content: findings(request, ["19B"]), earlier: EventID(bits: 5)))
            case .withdrawn:
                .returnWithdrawn(
                    ReturnWithdrawn(
                        request: request.request, agency: request.agency, earlier: EventID(bits: 5), reason: .other))
            case .fromAnother:
                .returnSubmitted(ReturnSubmitted(content: findings(request, ["19B"], from: "bd-police")))
            }
        let follows = desk.receive(answer)
        #expect(follows.rated.map(\.rating.urgency) == (cell.raises ? [.red] : []))
        if !cell.raises { #expect(follows.isEmpty) }
        let now =
            cell.standing == nil
            ? RequestKey(request.request).flatMap { desk.triage.state.requests[$0]?.standing }
            : desk.triage.state.requests[key]?.standing
        #expect(now == cell.becomes)
        if !cell.raises { #expect(desk.rating(1) == Rating(.amber, level: .targeted)) }
    }
}

extension Rating {
    static func >= (left: Rating, right: Rating?) -> Bool { right.map { left.raised(to: $0) == left } ?? true }
    static func > (left: Rating, right: Rating?) -> Bool { left >= right && left != right }
}
