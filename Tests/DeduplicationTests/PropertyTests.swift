import DomainModel
import JSON
import Room
import Testing

@testable import Deduplication

/// Seeded, and the same everywhere.
struct Lottery: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}

@Suite struct DeduplicationPropertyTests {
    /// What happens in a room, drawn by seed: small populations, so that namesakes, twins and repeats abound.
    private func live(_ desk: inout Desk, seed: UInt64, steps: Int, restarts: Bool = false) throws -> [ChildID] {
        var lottery = Lottery(state: seed)
        var submitted: [ChildID] = []
        var referrals: [UInt128: [Told]] = [:]
        var next: UInt128 = 10
        func told(_ key: UInt128) -> Told {
            let number = Int.random(in: 0..<8, using: &lottery)
            return Told(
                key: key, given: ["Thomas", "Tomas", "Yusuf", "Baby"].randomElement(using: &lottery),
                family: ["Ahmed", "Khan", "Ahmet"].randomElement(using: &lottery),
                born: ["2015-03-04", "2015-04-03", "2012-01-09"].randomElement(using: &lottery),
                nhs: Bool.random(using: &lottery) ? nhs(number) : nil)
        }
        for step in 0..<steps {
            if restarts, step % 7 == 0 { try desk.restart() }
            let hour = at("2026-01-01T00:00:00Z").adding(seconds: Int64(step) * 7 * 3600)
            let number = UInt128(Int.random(in: 1...max(1, step / 2 + 1), using: &lottery))
            switch Int.random(in: 0..<13, using: &lottery) {
            case 0..<5:
                let children = (0..<Int.random(in: 1...3, using: &lottery)).map { told(next + UInt128($0)) }
                next += 3
                guard referrals[UInt128(step) + 1000] == nil else { continue }
                referrals[UInt128(step) + 1000] = children
                submitted += children.map(\.child)
                let content = try desk.content(UInt128(step) + 1000, children, received: hour)
                desk.say(
                    .referralSubmitted(ReferralSubmitted(content: content)), now: hour, parts: desk.parts(children))
            case 5, 6:
                // A correction of one that came, or of one that never did.
                let known = UInt128(step - Int.random(in: 0...max(0, step), using: &lottery)) + 1000
                var children = referrals[known] ?? [told(next)]
                next += 3
                if referrals[known] == nil {
                    referrals[known] = children
                    submitted += children.map(\.child)
                }
                children[0] = told(children[0].key)
                let content = try desk.content(known, children, received: hour)
                desk.say(
                    .referralCorrected(ReferralCorrected(content: content)), now: hour, parts: desk.parts(children))
            case 7: desk.withdraw(number + 1000)
            case 8, 9:
                let awaiting = desk.identified.last { $0.disposition == .awaiting }
                let person = Bool.random(using: &lottery) ? awaiting?.candidates.first : nil
                desk.decide(.confirmIdentity, awaiting?.child, person: person)
            case 10:
                let verb: DecisionVerb = Bool.random(using: &lottery) ? .unlink : .split
                let second = submitted.randomElement(using: &lottery).map { [$0] } ?? []
                desk.decide(
                    verb, submitted.randomElement(using: &lottery), with: verb == .split ? second : [])
            case 12:
                let cases = desk.identified.compactMap(\.caseID)
                guard let kept = cases.randomElement(using: &lottery), let gone = cases.randomElement(using: &lottery)
                else { continue }
                desk.decide(.merge, nil, cases: [kept, gone])
            default:
                if let caseID = desk.identified.compactMap(\.caseID).randomElement(using: &lottery) {
                    if Bool.random(using: &lottery) { desk.close(caseID) } else { desk.reopen(caseID) }
                }
            }
        }
        desk.strike(at("2030-01-01T00:00:00Z"))
        return submitted
    }

    @Test(arguments: UInt64(1)...12)
    func everyChildIsIdentifiedAndNobodyHasTwoOpenCases(seed: UInt64) throws {
        var desk = try Desk()
        let submitted = try live(&desk, seed: seed, steps: 90)
        #expect(submitted.count > 40)
        // A child is said to be someone once when it comes, then only as a person decides; it is asked about again
        // only by a correction.
        var first: [ChildID: Int] = [:]
        var ids: Set<EventID> = []
        for (input, postings) in desk.log {
            for event in postings.events { #expect(ids.insert(event.id).inserted) }
            for identified in postings.identified {
                #expect((identified.caseID == nil) == (identified.disposition == .awaiting))
                switch input.body {
                case .referralSubmitted, .clockStruck: first[identified.child, default: 0] += 1
                case .referralCorrected:
                    if identified.disposition != .awaiting || first[identified.child] == nil {
                        first[identified.child, default: 0] += 1
                    }
                default: #expect(first[identified.child] != nil)
                }
            }
        }
        for child in submitted { #expect(first[child] == 1) }

        // The thread of each case begins with its opening, and its person stays one.
        var persons: [CaseID: PersonID] = [:]
        var cases: [PersonID: CaseID] = [:]
        for event in desk.log.flatMap({ $0.postings.events }) {
            switch event.body {
            case .caseOpened(let opened):
                #expect(persons.updateValue(opened.person, forKey: opened.caseID) == nil)
                #expect(cases.updateValue(opened.caseID, forKey: opened.person) == nil)
            case .childIdentified(let identified):
                guard let caseID = identified.caseID, let person = identified.person else { continue }
                #expect(persons[caseID] == person)
                #expect(identified.comparisons.reduce(0) { $0 + $1.milliBits } == identified.score)
            default: break
            }
        }
    }

    @Test(arguments: UInt64(1)...6)
    func twoRunsAndARestartDecideTheSame(seed: UInt64) throws {
        var first = try Desk()
        var second = try Desk()
        var third = try Desk()
        _ = try live(&first, seed: seed, steps: 80)
        _ = try live(&second, seed: seed, steps: 80)
        _ = try live(&third, seed: seed, steps: 80, restarts: true)
        #expect(first.log.map(\.postings) == second.log.map(\.postings))
        #expect(first.rows == second.rows)
        #expect(first.log.map(\.postings) == third.log.map(\.postings))
        #expect(first.rows == third.rows)
    }

    @Test(arguments: UInt64(1)...4)
    func aReplayFoldsToTheSameState(seed: UInt64) throws {
        var desk = try Desk()
        _ = try live(&desk, seed: seed, steps: 80)
        var replayed = Deduplication(try Desk.equipment())
        var rows: [[UInt8]: [UInt8]] = [:]
        for (input, postings) in desk.log {
            replayed.replay(input, own: postings.events)
            for change in replayed.takeChanges() { rows[change.key] = change.value }
        }
        #expect(rows == desk.rows)
        #expect(replayed.nextDue == desk.participant.nextDue)
    }
}
