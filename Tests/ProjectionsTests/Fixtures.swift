import DomainModel
import HubConfiguration
import JSON
import Room
import Sealing

@testable import Projections

enum Given {
    static let start = Instant(milliseconds: 1_795_516_200_000)
    static let barking: AuthorityCode = {
        guard let code = AuthorityCode(gss: "E09000002") else { fatalError("a code") }
        return code
    }()
    static let police = name(AgencyName.self, "bd-police")
    static let school = name(AgencyName.self, "bd-schools")
    static let mash = name(TeamName.self, "bd-mash")
    static let familyHelp = name(TeamName.self, "bd-family-help")
    static let desk = name(DeskName.self, "bd-duty")
    static let officer = name(StaffName.self, "bd.ines")
    static let amara = NamedPerson(staff: name(StaffName.self, "bd.amara"), team: mash, role: .mashManager)

    static func name<Subject>(_: Name<Subject>.Type, _ text: String) -> Name<Subject> {
        guard let name = Name<Subject>(text) else { fatalError("no name: \(text)") }
        return name
    }
    static func id<Subject>(_ bits: Int) -> Identifier<Subject> { Identifier(bits: UInt128(bits)) }
    static func caseID(_ bits: Int) -> CaseID { CaseID(authority: barking, number: id(bits)) }
    static func minutes(_ count: Int64) -> Instant { start.adding(milliseconds: count * 60_000) }

    static func event(
        _ number: Int, _ body: EventBody, _ subject: Subject = .hub, by source: Service = .routing, at: Instant = start
    ) -> Event {
        Event(id: id(number), source: source, time: at, authority: barking, subject: subject, body: body)
    }

    static func submitted(_ number: Int = 1, children: [Int] = [11, 12]) -> EventBody {
        guard let source = ReferralSource("6") else { fatalError("a source") }
        return .referralSubmitted(
            ReferralSubmitted(
                content: ReferralContent(
                    referral: id(number), agency: police, agencyKind: .police, reference: "ref", source: source,
                    receivedAt: start, immediateDanger: false,
                    children: children.enumerated().map {
                        ChildFacts(child: id($1), part: .child($0), ageBand: .from5to9)
                    }, adults: [], concerns: [])))
    }
    static func identified(
        child: Int, case number: Int?, referral: Int = 1, outcome: IdentityOutcome = .new, duplicate: Bool = false,
        comparisons: [ComparisonFacts] = []
    ) -> EventBody {
        .childIdentified(
            ChildIdentified(
                referral: id(referral), child: id(child), part: .child(0), outcome: outcome,
                disposition: number == nil ? .awaiting : .opened, caseID: number.map { caseID($0) }, person: id(31),
                model: "test", score: 0, comparisons: comparisons, duplicate: duplicate))
    }
    static func rated(_ urgency: RAG, from previous: RAG? = nil, child: Int = 11, case number: Int = 21) -> EventBody {
        .caseRated(
            CaseRated(
                caseID: caseID(number), child: id(child), referral: id(1), rating: Rating(urgency, level: .targeted),
                previous: previous.map { Rating($0, level: .targeted) }))
    }
    static func routed(child: Int = 11, case number: Int = 21) -> EventBody {
        .caseRouted(
            CaseRouted(
                caseID: caseID(number), child: id(child), referral: id(1), lead: familyHelp, leadKind: .familyHelp,
                rating: Rating(.amber, level: .targeted)))
    }
    static func requested(_ request: String, case number: Int = 21, child: Int = 11) -> EventBody {
        .returnRequested(
            ReturnRequested(
                request: request, agency: school, caseID: caseID(number), child: id(child), referral: id(1),
                rating: .amber, purpose: "safeguarding-assessment", necessity: "assess-level-of-need"))
    }
    static func returned(_ request: String, agency: AgencyName = school) -> EventBody {
        .returnSubmitted(
            ReturnSubmitted(
                content: ReturnContent(
                    request: request, agency: agency, submission: id(41), kind: .full, complete: true, identified: true)
            ))
    }

    // MARK: Obligations

    static func facts(
        _ number: Int, _ kind: ObligationKind = .informationReturn, agency: AgencyName? = school, team: TeamName? = nil,
        case caseNumber: Int? = 21, child: Int? = nil, referral: Int? = 1
    ) -> ObligationFacts {
        ObligationFacts(
            obligation: id(number), kind: kind, agency: agency, team: team, caseID: caseNumber.map { caseID($0) },
            child: child.map { id($0) }, referral: referral.map { id($0) })
    }
    static func opened(_ facts: ObligationFacts, due: Int64? = 60) -> EventBody {
        .obligationOpened(
            ObligationOpened(
                facts: facts, start: start, budget: "60m", calendar: name(CalendarName.self, "office"),
                due: due.map { minutes($0) }, arming: 1))
    }
    static func met(_ facts: ObligationFacts, at: Int64, onTime: Bool) -> EventBody {
        .obligationMet(
            ObligationMet(
                facts: facts, at: minutes(at), onTime: onTime, latenessMilliseconds: onTime ? 0 : (at - 60) * 60_000))
    }
    static func raised(_ facts: ObligationFacts, rung: Int = 0, arming: Int = 1, code: String = "overdue")
        -> AlertRaised
    {
        AlertRaised(
            alert: id(900), desk: desk, role: .duty, facts: facts, code: code, since: start, due: minutes(60),
            arming: arming, rung: rung)
    }
}
