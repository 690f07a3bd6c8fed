import DomainModel
import JSON
import Room

// Webhooks of chats: one message for each state of an alert.
extension Messages {
    /// What Slack takes, and Mattermost and Rocket.Chat with it.
    func chat(_ row: OutboxRow) -> [UInt8] {
        let said = said(row)
        var lines = ["*\(Self.escaped(said.title))*"]
        lines += said.facts.map { "\($0.name): \(Self.escaped($0.value))" }
        if !said.link.isEmpty { lines.append("<\(said.link)>") }
        var json = JSONWriter()
        json.beginObject()
        json.field("text", lines.joined(separator: "\n"))
        json.endObject()
        return json.bytes
    }

    /// The three characters that Slack's format gives a meaning.
    static func escaped(_ text: String) -> String {
        var escaped = ""
        for character in text {
            switch character {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            default: escaped.append(character)
            }
        }
        return escaped
    }

    /// An adaptive card, as workflows of Microsoft Teams take it.
    func teams(_ row: OutboxRow) -> [UInt8] {
        let said = said(row)
        var json = JSONWriter(reserving: 1024)
        json.beginObject()
        json.field("type", "message")
        json.key("attachments")
        json.beginArray()
        json.beginObject()
        json.field("contentType", "application/vnd.microsoft.card.adaptive")
        json.key("content")
        json.beginObject()
        json.field("$schema", "http://adaptivecards.io/schemas/adaptive-card.json")
        json.field("type", "AdaptiveCard")
        json.field("version", "1.4")
        json.key("body")
        json.beginArray()
        json.beginObject()
        json.field("type", "TextBlock")
        json.field("text", said.title)
        json.field("weight", "Bolder")
        json.field("size", "Medium")
        json.field("wrap", true)
        json.endObject()
        json.beginObject()
        json.field("type", "FactSet")
        json.key("facts")
        json.beginArray()
        for fact in said.facts {
            json.beginObject()
            json.field("title", fact.name)
            json.field("value", fact.value)
            json.endObject()
        }
        json.endArray()
        json.endObject()
        json.endArray()
        if !said.link.isEmpty {
            json.key("actions")
            json.beginArray()
            json.beginObject()
            json.field("type", "Action.OpenUrl")
            json.field("title", "Open")
            json.field("url", said.link)
            json.endObject()
            json.endArray()
        }
        json.endObject()
        json.endObject()
        json.endArray()
        json.endObject()
        return json.bytes
    }
}
