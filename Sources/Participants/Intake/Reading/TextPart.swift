import CloudEvents
import DomainModel
import JSON

/// Writes the sealed free text of a message: its narrative, the words of its concerns, and all that the schema does not
/// know or that could not be read, so that nothing a sender wrote is lost.
struct TextPart {
    /// Members that the text holds under their own names, in this order.
    var kept: [StaticString]
    /// Members that the facts or other parts hold whole.
    var taken: [StaticString]
    /// Of both, those that could not be read: they go among the unknown.
    var faulty: [StaticString] = []

    /// - Parameters:
    ///   - concerns: whom each concern is about, by the hub's own word, and the concern as it was sent.
    ///   - isAlways: false: nil where there is nothing to hold.
    func write(
        _ data: JSONValue, concerns: [(about: PartName, stated: JSONValue)], others: [CloudEvent.Attribute],
        isAlways: Bool
    ) -> [UInt8]? {
        var json = JSONWriter(reserving: 512)
        json.beginObject()
        var isEmpty = true
        for name in kept where !faulty.contains(where: { same($0, name) }) {
            guard let value = data.member(name) else { continue }
            json.key(name)
            value.write(to: &json)
            isEmpty = false
        }
        if !concerns.isEmpty {
            json.key("concerns")
            json.beginArray()
            for concern in concerns { write(concern.stated, about: concern.about, to: &json) }
            json.endArray()
            isEmpty = false
        }
        if writeUnknown(data, to: &json) { isEmpty = false }
        if !others.isEmpty {
            json.key("extensions")
            json.beginObject()
            for other in others {
                json.key(other.name)
                json.value(other.value)
            }
            json.endObject()
            isEmpty = false
        }
        json.endObject()
        return isEmpty && !isAlways ? nil : json.bytes
    }

    /// A concern as it was sent, but about one of the hub's parts in place of the sender's key.
    private func write(_ concern: JSONValue, about part: PartName, to json: inout JSONWriter) {
        json.beginObject()
        json.key("about")
        json.value(part.description)
        if let members = try? concern.members() {
            for (name, value) in members {
                json.key(name == "about" ? "statedAbout" : name)
                value.write(to: &json)
            }
        } else {
            json.key("stated")
            concern.write(to: &json)
        }
        json.endObject()
    }

    private func writeUnknown(_ data: JSONValue, to json: inout JSONWriter) -> Bool {
        guard let members = try? data.members() else { return false }
        let known = (kept + taken).filter { name in !faulty.contains { same($0, name) } }.map(\.description)
        // Of members with one name the first counts; a later one is kept as unknown.
        var seen = [Bool](repeating: false, count: known.count)
        var isOpen = false
        for (name, value) in members {
            if let place = known.firstIndex(of: name), !seen[place] {
                seen[place] = true
                continue
            }
            if !isOpen {
                json.key("unknown")
                json.beginObject()
                isOpen = true
            }
            json.key(name)
            value.write(to: &json)
        }
        if isOpen { json.endObject() }
        return isOpen
    }

    private func same(_ left: StaticString, _ right: StaticString) -> Bool { left.description == right.description }
}
