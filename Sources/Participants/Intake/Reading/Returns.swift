import CloudEvents
import DomainModel
import HubConfiguration
import JSON
import Room
import Sealing

/// A return as it was read: the facts, and the plain bytes of its text.
struct ReadReturn {
    var content: ReturnContent
    var text: [UInt8]
}

/// Reads the data of `return.submitted` and `return.corrected`. The reference was verified before.
struct ReturnReader {
    let policy: Policy?
    let agency: AgencyName
    let reference: HubReference
    let submission: EventID
    let receivedAt: Instant

    func read(_ data: JSONValue, others: [CloudEvent.Attribute]) throws(Refusal) -> ReadReturn {
        let today = CivilDate(daysSinceEpoch: Int(receivedAt.milliseconds / 86_400_000))
        var marks = Marks()
        var text = TextPart(
            kept: ["narrative", "searched", "sharing"],
            taken: ["request", "kind", "complete", "identified", "declineReason", "findings", "earlier"])
        let kind: ReturnKind
        var reason: DeclineReason?
        do throws(JSONError) {
            kind = try data.required("kind")
            if kind == .declined { reason = try declineReason(data, marks: &marks, text: &text) }
        } catch {
            throw Refusal(error)
        }
        let complete = flag(data, "complete", faulty: false, &marks, &text) ?? false
        // Not being sure that the right person was meant comes before a person; so does not being able to tell.
        let identified = flag(data, "identified", faulty: false, &marks, &text) ?? true
        var findings: [ConcernFacts] = []
        var words: [(about: PartName, stated: JSONValue)] = []
        if data.member("findings") != nil {
            if let elements = marks.list(data, "findings", at: .root) {
                guard elements.count <= Limits.concernsPerReferralMax else {
                    throw Refusal(.tooMany, at: JSONPointer("findings"))
                }
                let reader = ConcernReader(today: today)
                for (index, finding) in elements.enumerated() {
                    let place = Place.root.at("findings").at(index)
                    let facts = reader.concern(finding, at: place, default: .child(0), marks: &marks) { about in
                        about == "child" ? .child(0) : about == "adult" ? .adult(0) : nil
                    }
                    findings.append(facts)
                    words.append((facts.about, finding))
                }
            } else {
                text.faulty.append("findings")
            }
        }
        marks.checkText(data, "narrative", max: TextLimits.narrativeBytesMax, at: .root)
        let content = ReturnContent(
            request: reference.description, agency: agency, submission: submission, kind: kind, complete: complete,
            identified: identified, searched: searched(data, kind: kind, marks: &marks), findings: findings,
            declineReason: reason,
            sharing: SharingReader(policy: policy, authority: reference.authority, today: today)
                .read(data, marks: &marks),
            marks: marks.list)
        let bytes = text.write(data, concerns: words, others: others, isAlways: true) ?? []
        return ReadReturn(content: content, text: bytes)
    }

    /// Needed with a decline; one that the list lacks is still a decline, and goes before the MASH as `other`.
    private func declineReason(
        _ data: JSONValue, marks: inout Marks, text: inout TextPart
    ) throws(JSONError) -> DeclineReason {
        let stated: String = try data.required("declineReason")
        if let reason = DeclineReason(rawValue: stated) { return reason }
        marks.add(.root, "declineReason", .unknownCode)
        text.faulty.append("declineReason")
        return .other
    }

    private func flag(
        _ data: JSONValue, _ name: StaticString, faulty: Bool, _ marks: inout Marks, _ text: inout TextPart
    ) -> Bool? {
        let count = marks.list.count
        let flag = marks.flag(data, name, at: .root, faulty: faulty)
        if marks.list.count > count { text.faulty.append(name) }
        return flag
    }

    /// How many systems and persons were searched. A nil that names none is no proof that anyone looked: it is accepted
    /// and marked.
    private func searched(_ data: JSONValue, kind: ReturnKind, marks: inout Marks) -> Int {
        var count = 0
        if let elements = marks.list(data, "searched", at: .root) {
            for (index, element) in elements.enumerated() {
                if element.kind == .object {
                    count += 1
                } else {
                    marks.add(Place.root.at("searched").at(index), .wrongType)
                }
                // A list of thousands says no more than one of a hundred, and each element may be marked.
                if index >= Limits.concernsPerReferralMax { break }
            }
        }
        if kind == .nothingKnown, count == 0 { marks.add(.root, "searched", .missing) }
        return count
    }
}
