import DomainModel
import HubConfiguration
import JSON
import Room
import Sealing

// What each channel's messages become, once they are known to be new.
//
// | message | what it names is | becomes |
// |---|---|---|
// | referral.submitted | – | referral.submitted in the room of its authority, else of `hub` |
// | referral.corrected, .withdrawn | unknown | the same in the room of the authority that it states itself, else `hub`, under the id that the earlier one will have: Deduplication holds it |
// | | known, corrected or withdrawn before | the same in the room kept in the table, under the first referral's id |
// | return.submitted, .corrected, .withdrawn | a request that the hub issued to this agency | the same in the room that the reference names; whether the request or the earlier return is still open is for Triage and Deadlines |
// | | another reference | refused |
// | decision.submitted | an entry or a case, open or not | decision.submitted in the team's room: Routing, Triage and Deduplication know the state |
// | alert.answered | an alert, open or not | alert.answered in the desk's room: Deadlines knows |
extension Intake {
    mutating func referral(_ submission: Submission, from name: AgencyName) throws(Refusal) -> [Posting] {
        guard let agency = state.members.agency(name) else { throw Refusal(.unknownSender) }
        let room = room(of: submission)
        do throws(Refusal) {
            if submission.type == .referralWithdrawn { return try withdrawn(submission, agency, room.authority) }
            return try submitted(submission, agency, room.authority, mark: room.mark)
        } catch {
            // Where the message names no authority of this hub, the sender's own is the better guess.
            guard room.mark == nil || room.authority != .hub else { throw error }
            throw Refusal(error.reason, at: error.pointer, authority: error.authority ?? room.authority)
        }
    }

    private mutating func submitted(
        _ submission: Submission, _ agency: Agency, _ authority: AuthorityCode, mark: MarkCode?
    ) throws(Refusal) -> [Posting] {
        let record = submission.record
        let isCorrection = submission.type == .referralCorrected
        let about = isCorrection ? try referralOfEarlier(submission) : submission.key
        // A correction's clocks are those of the first version.
        let receivedAt = isCorrection ? state.submissions[about]?.receivedAt ?? record.receivedAt : record.receivedAt
        let reader = ReferralReader(
            members: state.members, policy: policy(of: authority), keyed: equipment.keyed, agency: agency,
            authority: authority, authorityMark: mark, referral: about.retyped(), receivedAt: receivedAt)
        let read = try reader.read(submission.data, others: submission.others)
        let body: EventBody =
            isCorrection
            ? .referralCorrected(ReferralCorrected(content: read.content))
            : .referralSubmitted(ReferralSubmitted(content: read.content))
        let event = try event(
            submission.key, body, subject: .referral(about.retyped()), of: authority, for: record,
            correlation: about.retyped(), parts: read.parts)
        state.record(
            SubmissionRow(
                content: submission.content, about: about, receivedAt: record.receivedAt, authority: authority,
                children: read.content.children.count),
            under: submission.key)
        let receipt = receipts(record, authority).referral(
            read.content.reference, to: agency.id, receivedAt: record.receivedAt,
            children: read.content.children.count, marks: read.content.marks, repeated: 0, cause: event.id)
        return [.room(event), .outgoing(receipt)]
    }

    private mutating func withdrawn(
        _ submission: Submission, _ agency: Agency, _ authority: AuthorityCode
    ) throws(Refusal) -> [Posting] {
        let about = try referralOfEarlier(submission)
        var marks = Marks()
        let reason = submission.withdrawalReason(&marks)
        let text = TextPart(kept: ["narrative"], taken: ["earlier", "localAuthority"], faulty: [])
            .write(submission.data, concerns: [], others: submission.others, isAlways: false)
        let event = try event(
            submission.key,
            .referralWithdrawn(ReferralWithdrawn(referral: about.retyped(), agency: agency.id, reason: reason)),
            subject: .referral(about.retyped()), of: authority, for: submission.record, correlation: about.retyped(),
            parts: text.map { [(.text, $0)] } ?? [])
        state.record(
            SubmissionRow(
                content: submission.content, about: about, receivedAt: submission.record.receivedAt,
                authority: authority),
            under: submission.key)
        let reference = equipment.keyed.issueReference(authority: authority, for: about, to: agency.id)
        let receipt = receipts(submission.record, authority).referral(
            reference.description, to: agency.id, receivedAt: submission.record.receivedAt, children: 0,
            marks: marks.list, repeated: 0, cause: event.id)
        return [.room(event), .outgoing(receipt)]
    }

    /// The id that the first version has, or will have when it comes.
    private func referralOfEarlier(_ submission: Submission) throws(Refusal) -> EventID {
        let earlier = try submission.requiredEarlier()
        return submission.earlierRow?.about ?? earlier
    }

    /// Where a referral belongs: a correction where its first version is, anything else where it says, and what names no
    /// authority of this hub in `hub`, before a person.
    func room(of submission: Submission) -> (authority: AuthorityCode, mark: MarkCode?) {
        if submission.type != .referralSubmitted, let row = submission.earlierRow {
            return (row.authority, nil)
        }
        guard let stated = submission.data.member("localAuthority") else { return (.hub, .missing) }
        if let text = try? stated.string() {
            return state.members.authority(text).map { ($0, nil) } ?? (.hub, .unknownCode)
        }
        // The DfE's code written as a number is plain enough to be read.
        let code = try? stated.integer()
        return (code.flatMap { state.members.authority(String($0)) } ?? .hub, .wrongType)
    }

    mutating func returned(_ submission: Submission, from agency: AgencyName) throws(Refusal) -> [Posting] {
        let reference = try reference(submission, from: agency)
        let authority = reference.authority
        do throws(Refusal) {
            return try returned(submission, from: agency, reference)
        } catch {
            throw Refusal(error.reason, at: error.pointer, authority: authority)
        }
    }

    private mutating func returned(
        _ submission: Submission, from agency: AgencyName, _ reference: HubReference
    ) throws(Refusal) -> [Posting] {
        let record = submission.record
        let authority = reference.authority
        let request = reference.description
        let id = submission.key
        let body: EventBody
        let text: [UInt8]?
        let kind: ReturnKind?
        var marks = Marks()
        var marked: [Mark]
        if submission.type == .returnWithdrawn {
            let reason = submission.withdrawalReason(&marks)
            marked = marks.list
            kind = nil
            body = .returnWithdrawn(
                ReturnWithdrawn(
                    request: request, agency: agency, earlier: try submission.requiredEarlier(),
                    reason: reason))
            text = TextPart(kept: ["narrative"], taken: ["request", "earlier"])
                .write(submission.data, concerns: [], others: submission.others, isAlways: false)
        } else {
            let reader = ReturnReader(
                policy: policy(of: authority), agency: agency, reference: reference, submission: id,
                receivedAt: record.receivedAt)
            let read = try reader.read(submission.data, others: submission.others)
            kind = read.content.kind
            marked = read.content.marks
            text = read.text
            if submission.type == .returnCorrected {
                body = .returnCorrected(
                    ReturnCorrected(content: read.content, earlier: try submission.requiredEarlier()))
            } else if read.content.kind == .declined {
                body = .returnDeclined(ReturnDeclined(content: read.content))
            } else {
                body = .returnSubmitted(ReturnSubmitted(content: read.content))
            }
        }
        let event = try event(
            id, body, subject: .request(request), of: authority, for: record, parts: text.map { [(.text, $0)] } ?? [])
        state.record(
            SubmissionRow(
                content: submission.content, about: id, receivedAt: record.receivedAt, authority: authority),
            under: submission.key)
        let receipt = receipts(record, authority).returned(
            request, to: agency, receivedAt: record.receivedAt, kind: kind?.rawValue, marks: marked, repeated: 0,
            cause: id)
        return [.room(event), .outgoing(receipt)]
    }

    /// The reference that the message names, if the hub gave it to this agency. Any other is refused and not copied.
    func reference(_ submission: Submission, from agency: AgencyName) throws(Refusal) -> HubReference {
        guard let text = try? submission.data.member("request")?.string(), text.utf8.count <= TextLimits.codeBytesMax,
            let reference = equipment.keyed.verify(text, from: agency), state.members.knows(reference.authority)
        else { throw Refusal(.referenceNotYours, at: JSONPointer("request")) }
        return reference
    }

    mutating func decision(_ submission: Submission, of name: TeamName) throws(Refusal) -> [Posting] {
        guard let team = state.members.team(name) else { throw Refusal(.unknownSender) }
        let permissions = state.inForce.configuration(of: team.authority)?.permissions ?? []
        let decision = try DecisionReader(members: state.members, permissions: permissions)
            .decision(submission.data, of: team)
        if decision.verb == .redrive { return try redriven(submission, decision, of: team) }
        let subject: Subject =
            if let first = decision.cases.first {
                .caseID(first)
            } else if let request = decision.request {
                .request(request)
            } else {
                .authority(team.authority)
            }
        let text = DecisionReader.decisionText
            .write(submission.data, concerns: [], others: submission.others, isAlways: false)
        let event = try event(
            submission.key, .decisionSubmitted(decision), subject: subject, of: team.authority,
            for: submission.record, parts: text.map { [(.text, $0)] } ?? [])
        record(submission, in: team.authority)
        let receipt = receipts(submission.record, team.authority).decision(
            event.id, subject: decision.entry, to: name, receivedAt: submission.record.receivedAt, repeated: 0)
        return [.room(event), .outgoing(receipt)]
    }

    mutating func answer(_ submission: Submission, of name: DeskName) throws(Refusal) -> [Posting] {
        guard let desk = state.members.desk(name) else { throw Refusal(.unknownSender) }
        let answer = try DecisionReader(members: state.members, permissions: []).answer(submission.data, of: desk)
        let text = DecisionReader.answerText
            .write(submission.data, concerns: [], others: submission.others, isAlways: false)
        let event = try event(
            submission.key, .alertAnswered(answer), subject: .authority(desk.authority), of: desk.authority,
            for: submission.record, parts: text.map { [(.text, $0)] } ?? [])
        record(submission, in: desk.authority)
        let receipt = receipts(submission.record, desk.authority).answer(
            event.id, alert: answer.alert.description, to: name, receivedAt: submission.record.receivedAt, repeated: 0)
        return [.room(event), .outgoing(receipt)]
    }

    mutating func record(_ submission: Submission, in authority: AuthorityCode) {
        state.record(
            SubmissionRow(
                content: submission.content, about: submission.key, receivedAt: submission.record.receivedAt,
                authority: authority),
            under: submission.key)
    }
}
