import DomainModel
import HubConfiguration
import JSON
import Room
import Sealing

/// Which adoptions a changed configuration asks for: none where its content is what is in force already.
enum Adoption {
    /// - Returns: the configuration and then the policy of one authority, each only where it differs. A policy that the
    ///   authority names and the files lack is left out: the earlier one stays in force.
    static func events(
        for entry: AuthorityEntry, of directory: HubDirectory, policies: [Policy], last: AdoptionRow?,
        keyed: KeyedHash, now: Instant
    ) -> [Event] {
        var events: [Event] = []
        // Where a refuge is stays in the file.
        let slice = directory.slice(for: entry.gss) { $0.marked(by: keyed) }
        let digest = hash(of: slice)
        let version = String(digest.description.prefix(16))
        if digest.description != last?.configurationHash {
            events.append(
                event(
                    "configuration", after: last?.configuration, digest, authority: entry.gss, version: version,
                    body: .configurationAdopted(ConfigurationAdopted(hash: digest.description, content: slice)),
                    now: now))
        }
        if let policy = policies.first(where: { $0.id == entry.policy }) {
            let digest = hash(of: policy)
            if digest.description != last?.policyHash {
                events.append(
                    event(
                        "policy", after: last?.policy, digest, authority: entry.gss, version: version,
                        body: .policyAdopted(PolicyAdopted(hash: digest.description, content: policy)), now: now))
            }
        }
        return events
    }

    private static func hash(of content: some JSONWritable) -> Digest32 {
        var json = JSONWriter(reserving: 16_384)
        content.write(to: &json)
        return Digest.sha256(json.bytes)
    }

    /// The id comes from the adoption before and the content, so that going back to an earlier content is an adoption of
    /// its own, and the same step done again after a crash is not.
    private static func event(
        _ kind: String, after previous: EventID?, _ digest: Digest32, authority: AuthorityCode, version: String,
        body: EventBody, now: Instant
    ) -> Event {
        var derivation = Derivation("adoption")
        derivation.add(kind)
        derivation.add(authority)
        if let previous { derivation.add(previous) } else { derivation.addNone() }
        derivation.add(digest)
        return Event(
            id: derivation.id(), source: .intake, time: now, authority: authority, subject: .authority(authority),
            causation: previous, policyVersion: version, body: body)
    }
}
