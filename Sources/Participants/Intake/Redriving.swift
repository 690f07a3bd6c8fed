import DomainModel
import HubConfiguration
import JSON
import Room
import Sealing

// A dead letter is taken once more, on the word of a named person.
//
// The decision brings what Intake needs: the original and what came with it, sealed as they lie in the dead letter. Only
// this hub can have sealed them, and what they are bound to names the letter; so nothing can be slipped in under an
// agency's name, Intake reads no topic again, and a replay finds all that was decided on in the decision itself,
// whatever retention has taken meanwhile.
//
// What was refused is judged by the configuration that is in force now, as if it came now, with the moment at which it
// came. A participant of the room that could not take an event is given it by its runtime, when that reads the decision.
extension Intake {
    mutating func redriven(
        _ submission: Submission, _ decision: DecisionSubmitted, of team: Team
    ) throws(Refusal) -> [Posting] {
        let (letter, subject) = try letter(submission.data)
        let key = Intake.key(of: letter)
        var decision = decision
        decision.redrive = letter
        // Before another message is read: that makes what was read of this one invalid.
        let text = DecisionReader.decisionText
            .write(submission.data, concerns: [], others: submission.others, isAlways: false)

        var taken: [Posting] = []
        var authority = team.authority
        var about = own(subject, of: team) ?? .authority(authority)
        var correlation: ReferralID?
        if letter.service == .intake {
            let original = try original(letter, submission)
            guard original.authority == team.authority || team.authority == .hub else {
                throw Refusal(.otherAuthority, at: JSONPointer("letter"))
            }
            if state.redriven[key] != nil { throw Refusal(.alreadyRedriven, at: JSONPointer("letter")) }
            do throws(Refusal) {
                taken = try accept(original.record)
            } catch {
                throw Refusal(.stillRefused, at: JSONPointer("letter"))
            }
            for case .room(let event) in taken.prefix(1) {
                // On the thread of what came of it.
                authority = event.authority
                about = event.subject
                correlation = event.correlation
            }
        } else if letter.origin.topic != nil {
            throw Refusal(.noSuchLetter, at: JSONPointer("letter"))
        } else {
            if state.redriven[key] != nil { throw Refusal(.alreadyRedriven, at: JSONPointer("letter")) }
            if case .referral(let referral) = about { correlation = referral }
        }

        let event = try event(
            submission.key, .decisionSubmitted(decision), subject: about, of: authority, for: submission.record,
            correlation: correlation, parts: text.map { [(.text, $0)] } ?? [])
        state.redrive(RedrivenRow(decision: event.id), under: key)
        record(submission, in: team.authority)
        let receipt = receipts(submission.record, team.authority).decision(
            event.id, subject: nil, to: team.id, receivedAt: submission.record.receivedAt, repeated: 0)
        return [.room(event)] + taken + [.outgoing(receipt)]
    }

    /// What an event of the room was about, as the decision names it: nothing but the hub's own ids goes into the room.
    private func own(_ subject: Subject?, of team: Team) -> Subject? {
        switch subject {
        case .caseID(let caseID): caseID.authority == team.authority ? subject : nil
        case .request(let text): HubReference(text)?.authority == team.authority ? subject : nil
        case .referral: subject
        case .authority, .hub, nil: nil
        }
    }

    /// One letter may be of several only in what a hand-made message claims, and that must not use up the true one.
    private static func key(of letter: Redrive) -> EventID {
        var derivation = Derivation("redriven")
        derivation.add(letter.letter)
        derivation.add(letter.origin.description)
        derivation.add(letter.service.rawValue)
        return derivation.id()
    }

    private func letter(_ data: JSONValue) throws(Refusal) -> (Redrive, Subject?) {
        do throws(JSONError) {
            guard let json = data.member("letter") else {
                throw JSONError(expected: "the dead letter").inside("letter")
            }
            do throws(JSONError) {
                let redrive = Redrive(
                    letter: try json.required("id"), origin: try position(json), service: try service(json))
                let text: String? = try json.optional("subject")
                return (redrive, text.flatMap { Subject($0) })
            } catch {
                throw error.inside("letter")
            }
        } catch {
            throw Refusal(error)
        }
    }

    private func position(_ json: JSONValue) throws(JSONError) -> InputPosition {
        let text: String = try json.required("origin")
        guard let position = InputPosition(text) else {
            throw JSONError(expected: "a position in a topic").inside("origin")
        }
        return position
    }

    private func service(_ json: JSONValue) throws(JSONError) -> Service {
        let name: String = try json.required("service")
        guard let service = Service(rawValue: name), service != .clock, service != .delivery else {
            throw JSONError(expected: "a service that decides").inside("service")
        }
        return service
    }

    /// The message as it came, from where the decision came: that is the input which is answered now.
    private func original(
        _ letter: Redrive, _ submission: Submission
    ) throws(Refusal) -> (record: IngressRecord, authority: AuthorityCode) {
        let place = JSONPointer("letter")
        guard Intake.letter(at: letter.origin) == letter.letter, let json = submission.data.member("letter"),
            let value = opened("original", .original, json, letter.letter),
            let bytes = opened("head", .head, json, letter.letter), let parsed = try? JSONParser().parse(bytes),
            let head = try? LetterHead(json: parsed)
        else { throw Refusal(.noSuchLetter, at: place) }
        let record = IngressRecord(
            topic: head.topic, position: submission.record.position, receivedAt: head.receivedAt, headers: head.headers,
            value: value)
        return (record, head.authority)
    }

    private func opened(_ member: StaticString, _ part: PartName, _ json: JSONValue, _ letter: EventID) -> [UInt8]? {
        guard let held = json.member(member).flatMap({ try? HeldPart(json: $0) }),
            held.key == KeyName(event: letter, part: part)
        else { return nil }
        return equipment.openBrought(held.part)
    }
}
