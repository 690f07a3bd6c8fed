import DomainModel
import JSON
import Room
import Sealing

// The same owner, id and content again: the receipt again, and for a referral a note in its room. Nothing is decided
// anew: what was accepted once stays accepted, whatever the configuration says by now.
extension Intake {
    mutating func again(_ submission: Submission, _ row: SubmissionRow) -> [Posting] {
        let times = state.repeated(submission.key)
        let receipts = receipts(submission.record, row.authority)
        switch submission.record.topic {
        case .referrals(let agency):
            let reference = equipment.keyed.issueReference(authority: row.authority, for: row.about, to: agency)
            let receipt = receipts.referral(
                reference.description, to: agency, receivedAt: row.receivedAt, children: Int(row.children),
                marks: marks(submission, row, agency), repeated: times, cause: submission.key)
            return [.room(repeated(submission, row, agency, times)), .outgoing(receipt)]
        case .returns(let agency):
            // Verified when it was accepted, and the content is the same.
            let reference = (try? submission.data.member("request")?.string()).flatMap { HubReference($0) }
            var read: ReadReturn?
            if let reference, submission.type != .returnWithdrawn {
                let reader = ReturnReader(
                    policy: policy(of: row.authority), agency: agency, reference: reference, submission: row.about,
                    receivedAt: row.receivedAt)
                read = try? reader.read(submission.data, others: [])
            }
            return [
                .outgoing(
                    receipts.returned(
                        reference?.description ?? row.about.description, to: agency, receivedAt: row.receivedAt,
                        kind: read?.content.kind.rawValue, marks: read?.content.marks ?? withdrawal(submission),
                        repeated: times, cause: row.about))
            ]
        case .decisions(let team):
            let entry = try? submission.data.member("entry")?.string()
            return [
                .outgoing(
                    receipts.decision(
                        row.about, subject: entry.flatMap { EntryID($0) }, to: team, receivedAt: row.receivedAt,
                        repeated: times))
            ]
        case .answers(let desk):
            let alert = (try? submission.data.member("alert")?.string()).flatMap { AlertID($0) }
            return [
                .outgoing(
                    receipts.answer(
                        row.about, alert: alert?.description ?? row.about.description, to: desk,
                        receivedAt: row.receivedAt, repeated: times))
            ]
        case .records: return []
        }
    }

    private func repeated(
        _ submission: Submission, _ row: SubmissionRow, _ agency: AgencyName, _ times: Int
    ) -> Event {
        var derivation = Derivation("repeat")
        derivation.add(submission.key)
        derivation.add(times)
        return Event(
            id: derivation.id(), source: .intake, time: submission.record.receivedAt, authority: row.authority,
            subject: .referral(row.about.retyped()), causation: submission.key, correlation: row.about.retyped(),
            policyVersion: state.version(of: row.authority),
            body: .referralRepeated(ReferralRepeated(referral: row.about.retyped(), agency: agency)),
            input: submission.record.position)
    }

    /// The marks of the first receipt, from the same content again; none where by now it could not be read.
    private func marks(_ submission: Submission, _ row: SubmissionRow, _ name: AgencyName) -> [Mark] {
        guard submission.type != .referralWithdrawn else { return withdrawal(submission) }
        guard let agency = state.members.agency(name) else { return [] }
        let mark = submission.type == .referralSubmitted ? room(of: submission).mark : nil
        let reader = ReferralReader(
            members: state.members, policy: policy(of: row.authority), keyed: equipment.keyed, agency: agency,
            authority: row.authority, authorityMark: mark, referral: row.about.retyped(),
            receivedAt: state.submissions[row.about]?.receivedAt ?? row.receivedAt)
        return (try? reader.read(submission.data, others: []))?.content.marks ?? []
    }

    private func withdrawal(_ submission: Submission) -> [Mark] {
        var marks = Marks()
        _ = submission.withdrawalReason(&marks)
        return marks.list
    }
}
