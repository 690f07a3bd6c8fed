import ConfigurationFiles
import DomainModel
import HubConfiguration
import Room
import Testing

@testable import Routing

@Suite struct StalePairTests {
    @Test func everyInputHasARow() {
        var rows: [Trigger] = []
        for pair in StalePairs.table {
            #expect(!rows.contains(pair.trigger), "\(pair.trigger) stands twice")
            #expect(pair.posts.count == CaseStanding.allCases.count && pair.sends.count == CaseStanding.allCases.count)
            #expect(!pair.because.isEmpty)
            rows.append(pair.trigger)
        }
        for verb in DecisionVerb.allCases { #expect(rows.contains(.decision(verb)), "no row for \(verb)") }
        for type in EventType.allCases where type != .decisionSubmitted && !StalePairs.own.contains(type) {
            #expect(rows.contains(.event(type)), "no row for \(type)")
        }
    }

    @Test(arguments: StalePairs.table.indices, CaseStanding.allCases)
    func theCellIsAsTheTableSays(row: Int, standing: CaseStanding) {
        let pair = StalePairs.table[row]
        var house = StalePairTests.house(standing)
        guard house.trigger(pair.trigger, standing) else {
            Issue.record("no input for \(pair.trigger)")
            return
        }
        #expect(house.posted == pair.posts[standing.rawValue], "\(pair.trigger) where \(standing)")
        var sent: [OutgoingType] = []
        for record in house.sent where record.recipient.audience == .agency && record.type != .referralAcknowledged {
            sent.append(record.type)
        }
        #expect(sent == pair.sends[standing.rawValue], "\(pair.trigger) where \(standing)")
    }

    /// Case 1 in that standing; referral 2 waits to join it; where there is a lead, one agency was asked.
    static func house(_ standing: CaseStanding) -> House {
        var house = House()
        house.refer(House.content(1), number: 1)
        house.refer(House.content(2, agency: "bd-police", source: "6"), number: 2)
        if standing == .unknown { return house }
        house.identify(1, as: .opened, case: 1)
        if standing == .awaiting { return house }
        house.rate(1, .amber, 3)
        house.request("q1", agency: "bd-gps", case: 1)
        if standing == .proposed { return house }
        house.decide(.accept, by: House.carol, entry: house.lead(1)?.entry)
        if standing == .accepted { return house }
        house.decide(.close, by: House.carol, entry: house.lead(1)?.entry, asof: house.newest(1))
        return house
    }
}

extension House {
    /// - Returns: false where the test knows no such input.
    fileprivate mutating func trigger(_ trigger: Trigger, _ standing: CaseStanding) -> Bool {
        switch trigger {
        case .decision(let verb):
            // The entry as the person saw it last, also where it has ended since.
            let entry = events.reversed().lazy.compactMap { event in
                event.body.entries.first { $0.kind == .lead }?.entry
            }.first
            decide(
                verb, by: House.carol, entry: entry ?? House.id("no-entry"), asof: newest(1),
                to: verb == .redirect ? House.team("bd-early-help") : nil)
            return true
        case .event(let type): return feed(type)
        }
    }

    private mutating func feed(_ type: EventType) -> Bool {
        let id = House.caseID(1)
        let referral: ReferralID = House.id("referral", 1)
        let returned = ReturnContent(
            request: "q1", agency: House.agency("bd-gps"), submission: House.id("return"), kind: .full)
        switch type {
        case .childIdentified: identify(2, as: .joined, case: 1)
        case .caseRated: rate(1, .red, 4)
        case .referralCorrected:
            feed(
                .referralCorrected(ReferralCorrected(content: House.content(1))), subject: .referral(referral),
                parts: [House.part(1, .child(0), #"{"givenName":"New"}"#)])
        case .returnRequested: request("q2", agency: "bd-police", case: 1)
        case .identityMerged:
            // The case that goes on is another child's so far, and led.
            refer(House.content(5), number: 5)
            identify(5, as: .opened, case: 5)
            rate(5, .amber, 3, referral: 5)
            guard let body = body(type, id, referral, returned) else { return false }
            feed(body, subject: .caseID(House.caseID(5)), by: .deduplication)
        default:
            guard let body = body(type, id, referral, returned) else { return false }
            feed(body, subject: .caseID(id), by: .triage)
        }
        return true
    }

    private func body(
        _ type: EventType, _ id: CaseID, _ referral: ReferralID, _ returned: ReturnContent
    ) -> EventBody? {
        switch type {
        case .caseOpened:
            .caseOpened(
                CaseOpened(
                    caseID: id, person: House.id("person"), child: House.child(1), referral: referral,
                    receivedAt: .distantPast))
        case .caseReopened: .caseReopened(CaseReopened(caseID: id, referral: referral, reason: "referred-again"))
        case .returnSubmitted: .returnSubmitted(ReturnSubmitted(content: returned))
        case .returnCorrected: .returnCorrected(ReturnCorrected(content: returned, earlier: House.id("return")))
        case .returnDeclined: .returnDeclined(ReturnDeclined(content: returned))
        case .returnWithdrawn:
            .returnWithdrawn(
                ReturnWithdrawn(
                    request: "q1", agency: House.agency("bd-gps"), earlier: House.id("return"), reason: .other))
        case .referralSubmitted: .referralSubmitted(ReferralSubmitted(content: House.content(3)))
        case .referralTransferred:
            .referralTransferred(ReferralTransferred(from: .hub, by: House.hana, content: House.content(3)))
        case .referralWithdrawn:
            .referralWithdrawn(
                ReferralWithdrawn(referral: referral, agency: House.agency("bd-schools"), reason: .sentInError))
        case .referralRepeated:
            .referralRepeated(ReferralRepeated(referral: referral, agency: House.agency("bd-schools")))
        case .identityUnlinked, .identityConfirmed, .identitySplit, .unbornBorn, .unbornLost:
            identity(type, id, referral)
        case .identityMerged:
            .identityMerged(
                IdentitiesMerged(
                    by: House.amara, decision: House.id("d"), person: House.id("person", 5),
                    merged: House.id("person", 1),
                    caseID: House.caseID(5), mergedCase: id,
                    children: [ChildOfReferral(referral: referral, child: House.child(1))], reason: .samePerson))
        case .clockStruck, .configurationAdopted, .policyAdopted: adoption(type)
        default: others(type)
        }
    }

    private func identity(_ type: EventType, _ id: CaseID, _ referral: ReferralID) -> EventBody {
        let decided = IdentityDecided(
            by: House.amara, decision: House.id("d"), referral: referral, child: House.child(1), caseID: id,
            previousCase: id, reason: .wrongLink)
        var left = decided
        left.caseID = House.caseID(4)
        return switch type {
        case .identityUnlinked: .identityUnlinked(left)
        case .identitySplit: .identitySplit(left)
        case .unbornBorn: .unbornBorn(decided)
        case .unbornLost: .unbornLost(decided)
        default: .identityConfirmed(decided)
        }
    }

    private func adoption(_ type: EventType) -> EventBody? {
        guard let shipped = House.shipped, let policy = shipped.policies.first else { return nil }
        return switch type {
        case .configurationAdopted:
            .configurationAdopted(
                ConfigurationAdopted(hash: "c", content: shipped.directory.slice(for: House.authority)))
        case .policyAdopted: .policyAdopted(PolicyAdopted(hash: "p", content: policy))
        default: .clockStruck(ClockStruck(now: .distantPast))
        }
    }

    private func others(_ type: EventType) -> EventBody? {
        let facts = ObligationFacts(obligation: House.id("o"), kind: .decide, caseID: House.caseID(1))
        guard let desk = DeskName("bd-duty"), let staff = StaffName("bd.ines"), let calendar = CalendarName("c") else {
            return nil
        }
        let raised = AlertRaised(
            alert: House.id("a"), desk: desk, role: .duty, facts: facts, code: "overdue", since: .distantPast,
            arming: 0,
            rung: 0)
        let ended = ObligationEnded(facts: facts, reason: "case-closed")
        return switch type {
        case .alertAnswered: .alertAnswered(AlertAnswered(alert: House.id("a"), desk: desk, staff: staff))
        case .submissionRefused:
            .submissionRefused(SubmissionRefused(channel: .referrals, reason: "r", deadLetter: House.id("l")))
        case .obligationOpened:
            .obligationOpened(
                ObligationOpened(facts: facts, start: .distantPast, budget: "1wd", calendar: calendar, arming: 0))
        case .obligationMet: .obligationMet(ObligationMet(facts: facts, at: .distantPast))
        case .obligationExtended: .obligationExtended(ObligationExtended(facts: facts, arming: 1, reason: "r"))
        case .obligationWithdrawn: .obligationWithdrawn(ended)
        case .obligationDeclined: .obligationDeclined(ended)
        case .obligationReminded:
            .obligationReminded(ObligationReminded(facts: facts, due: .distantPast, arming: 0))
        case .alertRaised: .alertRaised(raised)
        case .alertEscalated: .alertEscalated(raised)
        case .alertAcknowledged:
            .alertAcknowledged(
                AlertAcknowledged(alert: House.id("a"), desk: desk, staff: staff, obligation: House.id("o")))
        case .alertCleared:
            .alertCleared(AlertCleared(alert: House.id("a"), desk: desk, obligation: House.id("o"), reason: "met"))
        case .heartbeatSent: .heartbeatSent(HeartbeatSent(agency: House.agency("bd-schools")))
        case .alertDelivered: delivery(desk).map { .alertDelivered($0) }
        case .alertFailed: delivery(desk).map { .alertFailed($0) }
        default: nil
        }
    }

    private func delivery(_ desk: DeskName) -> AlertDelivery? {
        guard let sink = SinkName("pager") else { return nil }
        return AlertDelivery(
            record: House.id("d"), alert: House.id("a"), desk: desk, caseID: House.caseID(1),
            referral: House.id("referral", 1), told: "raised", sink: sink, channel: .alertmanager, at: .distantPast,
            attempts: 1)
    }
}
