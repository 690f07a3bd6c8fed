import CommandLine
import DomainModel
import EventLog
import JSON
import Room

/// What the senders told of persons, read from the ingress topics as they were written: the values that must be found
/// nowhere open behind them.
enum PersonalValues {
    static func all(in reader: RoomReader) throws(CommandFailure) -> [String] {
        var values: Set<String> = []
        let parser = JSONParser()
        let existing: [TopicSpecification]
        do throws(LogError) { existing = try reader.log.topics() } catch { throw Common.failure(error) }
        for specification in existing {
            guard case .referrals = reader.topics.ingress(specification.topic) else { continue }
            try reader.forEachRecord(of: TopicPartition(specification.topic, 0)) { record throws(CommandFailure) in
                guard let value = record.value, let json = try? parser.parse(value) else { return }
                for group in ["children", "adults"] {
                    guard let people = json.member(named: group), let elements = try? people.elements() else {
                        continue
                    }
                    for person in elements { collect(person, &values) }
                }
                text(json.member("narrative"), &values)
            }
        }
        return values.sorted()
    }

    private static func collect(_ person: JSONValue, _ values: inout Set<String>) {
        text(person.member("givenName"), &values)
        text(person.member("familyName"), &values)
        // A birth in the very week of the demo is a date that stands in every record of that day.
        if let date = try? person.member("birthDate")?.string(), date < "2026-11" { values.insert(date) }
        text(person.member("nhsNumber"), &values)
        text(person.member("upn"), &values)
        if let address = person.member("address") {
            text(address.member("postcode"), &values)
            if let lines = address.member("lines"), let elements = try? lines.elements() {
                for line in elements { text(line, &values) }
            }
        }
    }

    /// Short texts would be found by chance.
    private static func text(_ value: JSONValue?, _ values: inout Set<String>) {
        if let text = try? value?.string(), text.utf8.count >= 4 { values.insert(text) }
    }
}
