import CommandLine
import JSON
import Provisioning

/// What `frontdoor topics` prints, for people and for scripts.
enum TopicsReport {
    static func list(_ topics: [WantedTopic], _ terminal: Terminal, asJSON: Bool) {
        if asJSON {
            for topic in topics { terminal.print(json(topic, as: "topic")) }
            return
        }
        var table = Table([
            .text("Topic"), .number("Partitions"), .text("Cleanup"), .text("Kept"), .number("Bytes"),
            .longText("Written by"), .longText("Read by"),
        ])
        for topic in topics {
            table.add([
                topic.name, Words.count(Int(topic.partitions)), value(of: "cleanup.policy", in: topic) ?? "-",
                kept(topic),
                value(of: "max.message.bytes", in: topic).flatMap { Int($0) }.map { Words.count($0) } ?? "-",
                topic.writers.map(\.description).joined(separator: ", "),
                topic.readers.map(\.description).joined(separator: ", "),
            ])
        }
        terminal.print(table)
    }

    static func list(_ rules: [AccessRule], _ terminal: Terminal, asJSON: Bool) {
        for rule in rules { terminal.print(asJSON ? json(rule, as: "rule") : rule.description) }
    }

    /// Everything that differs, a line each.
    static func show(_ plan: TopicPlan, _ terminal: Terminal, asJSON: Bool, revokes: Bool) {
        if asJSON {
            for topic in plan.creations { terminal.print(json(topic, as: "make")) }
            for alteration in plan.alterations { terminal.print(json(alteration)) }
            for rule in plan.permissions { terminal.print(json(rule, as: "allow")) }
            for rule in plan.excess { terminal.print(json(rule, as: revokes ? "take-away" : "too-much")) }
            for finding in plan.findings { terminal.print(json(finding)) }
            return
        }
        for topic in plan.creations {
            let settings = topic.settings.map(\.description).joined(separator: ", ")
            terminal.print(
                "make       \(topic.name): \(Words.count(Int(topic.partitions), "partition", "partitions")), \(Words.count(topic.replication, "copy", "copies")), \(settings)"
            )
        }
        for alteration in plan.alterations {
            terminal.print(
                "set        \(alteration.topic): \(alteration.changes.map(\.description).joined(separator: ", "))")
        }
        for rule in plan.permissions { terminal.print("allow      \(rule)") }
        for rule in plan.excess {
            terminal.print(
                revokes
                    ? "take away  \(rule)" : "too much   \(rule): the catalogue does not say so; --revoke takes it away"
            )
        }
        for finding in plan.findings { terminal.print("\(finding.isDrift ? "differs" : "left   ")    \(finding)") }
    }

    static func close(_ plan: TopicPlan, _ terminal: Terminal, done: Bool, asJSON: Bool) {
        if asJSON { return }
        if plan.isDone, plan.excess.isEmpty {
            terminal.print("There is nothing to make, to set or to allow.")
            return
        }
        let counts = [
            Words.count(plan.creations.count, "topic", "topics") + " made",
            Words.count(plan.alterations.count, "topic", "topics") + " set",
            Words.count(plan.permissions.count, "rule", "rules") + " allowed",
        ].joined(separator: ", ")
        terminal.print(
            done ? "Done: \(counts)." : "Nothing was changed. With --yes: \(counts).")
    }

    private static func value(of setting: String, in topic: WantedTopic) -> String? {
        topic.settings.first { $0.name == setting }?.value
    }

    private static func kept(_ topic: WantedTopic) -> String {
        guard let text = value(of: "retention.ms", in: topic), let milliseconds = Int(text) else { return "the last" }
        return milliseconds < 0 ? "for ever" : Words.count(milliseconds / 86_400_000, "day", "days")
    }

    private static func json(_ topic: WantedTopic, as kind: String) -> String {
        var json = JSONText()
        json.field("kind", kind)
        json.field("topic", topic.name)
        json.field("partitions", Int(topic.partitions))
        json.field("replication", topic.replication)
        json.raw("settings", settings(topic.settings.map { ($0.name, $0.value) }))
        json.list("writers", topic.writers.map(\.description))
        json.list("readers", topic.readers.map(\.description))
        return json.finished
    }

    private static func json(_ alteration: TopicAlteration) -> String {
        var json = JSONText()
        json.field("kind", "set")
        json.field("topic", alteration.topic)
        json.raw("settings", settings(alteration.changes.map { ($0.name, $0.after) }))
        return json.finished
    }

    private static func json(_ rule: AccessRule, as kind: String) -> String {
        var json = JSONText()
        json.field("kind", kind)
        json.field("principal", rule.principal)
        json.field("operation", rule.operation.rawValue)
        json.field("resource", rule.resource.rawValue)
        json.field("name", rule.name)
        json.field("prefix", rule.isPrefix)
        if !rule.isAllowed { json.field("denied", true) }
        return json.finished
    }

    private static func json(_ finding: Finding) -> String {
        var json = JSONText()
        json.field("kind", finding.isDrift ? "differs" : "left")
        json.field("problem", finding.description)
        return json.finished
    }

    private static func settings(_ all: [(name: String, value: String)]) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        for setting in all {
            writer.key(setting.name)
            writer.value(setting.value)
        }
        writer.endObject()
        return writer.bytes
    }
}
