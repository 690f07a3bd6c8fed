import DomainModel
import Room

// E-mail: one for each state of an alert. Threaded by the case through the ids of messages, which say nothing of it. The
// id of a message comes from what is told, so a second copy after a crash is the same message.
extension Messages {
    struct Envelope: Hashable, Sendable {
        var from: String
        var to: [String]
    }

    func mail(_ row: OutboxRow, sink: SinkName, _ envelope: Envelope, at now: Instant) -> [UInt8] {
        let said = said(row)
        let domain = envelope.from.split(separator: "@").last.map(String.init) ?? "localhost"
        let subject = row.alert.map { "[\(hub)] \(said.title) (\(reference(of: $0)))" } ?? "[\(hub)] \(said.title)"
        var lines = said.facts.map { "\($0.name): \($0.value)" }
        lines.insert(said.title, at: 0)
        if !said.link.isEmpty { lines += ["", said.link] }
        lines += ["", "Sent by a machine; answers are not read."]
        let headers = [
            "Date: \(Words.mail(now))",
            "From: <\(envelope.from)>",
            "To: \(envelope.to.map { "<\($0)>" }.joined(separator: ",\r\n "))",
            "Subject: \(Self.ascii(subject))",
            "Message-ID: <\(row.record).\(sink)@\(domain)>",
            "In-Reply-To: <\(thread(of: row)).\(sink)@\(domain)>",
            "References: <\(thread(of: row)).\(sink)@\(domain)>",
            "Auto-Submitted: auto-generated",
            "MIME-Version: 1.0",
            "Content-Type: text/plain; charset=utf-8",
            "Content-Transfer-Encoding: base64",
        ]
        let text = String(decoding: Base64.encode(Array(lines.joined(separator: "\r\n").utf8)), as: UTF8.self)
        var body = ""
        var rest = text[...]
        while !rest.isEmpty {
            body += rest.prefix(76) + "\r\n"
            rest = rest.dropFirst(76)
        }
        return Array((headers.joined(separator: "\r\n") + "\r\n\r\n" + body).utf8)
    }

    private static func ascii(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { (32...126).contains($0.value) ? $0 : "?" }))
    }
}
