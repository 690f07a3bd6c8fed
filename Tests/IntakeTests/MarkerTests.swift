import DomainModel
import HubConfiguration
import JSON
import Room
import Sealing
import Testing

@testable import Intake

/// Nothing that a sender wrote may be found outside the sealed parts and the dead letter's sealed original.
struct MarkerTests {
    /// Not a legal id, name or code, and nothing that the hub writes itself.
    private static let marker = "Zq9-MARK"

    /// Every field of every message kind; `%` is where a marker goes, one at a time and all at once.
    static let messages: [Message] = [
        Message(
            .referrals(Message.police), "referral.submitted", id: "%",
            """
            {"localAuthority":"%","referralSource":"%","immediateDanger":"%","narrative":"%","withhold":["%"],"%":"%",
             "children":[{"key":"%","givenName":"%","familyName":"%","aliases":[{"givenName":"%","familyName":"%"}],
              "birthDate":"%","birthDateEstimated":"%","expectedDate":"%","sex":"%","nhsNumber":"%","upn":"%",
              "laChildId":"%","address":{"protected":"%","lines":["%"],"postcode":"%","uprn":"%"},
              "formerAddresses":[{"lines":["%"]}],"withhold":["%"],"%":"%"}],
             "adults":[{"key":"%","relationship":"%","parentalResponsibility":"%","givenName":"%","birthDate":"%"}],
             "concerns":[{"about":"%","factor":"%","historic":"%","eventDate":"%","opinion":"%","thirdParty":"%",
              "doNotDisclose":"%","narrative":"%","%":"%"}],
             "referrer":{"name":"%","role":"%","email":"%","phone":"%"},
             "sharing":{"consent":"%","agreement":"%","parentsInformed":"%","notInformedReason":"%","article6":"%",
              "article9":"%","article10":"%","regime":"%","gateway":"%","purpose":"%","necessity":"%","%":"%"}}
            """),
        Message(
            .referrals(Message.police), "referral.corrected", id: "%",
            #"{"earlier":"%","children":[{"key":"%","givenName":"%"}],"narrative":"%","%":"%"}"#),
        Message(
            .referrals(Message.police), "referral.withdrawn", id: "%",
            #"{"earlier":"%","reason":"%","narrative":"%","%":"%"}"#),
        Message(
            .returns(Message.gps), "return.submitted", id: "%",
            """
            {"request":"\(Message.request())","kind":"nil","complete":"%","identified":"%","narrative":"%","%":"%",
             "searched":[{"system":"%","person":"%"},"%"],"declineReason":"%",
             "findings":[{"about":"%","factor":"%","eventDate":"%","narrative":"%"}],"sharing":{"consent":"%"}}
            """),
        Message(
            .returns(Message.gps), "return.submitted", id: "%",
            #"{"request":"\#(Message.request())","kind":"declined","declineReason":"%"}"#),
        Message(
            .returns(Message.gps), "return.corrected", id: "%",
            #"{"request":"\#(Message.request())","kind":"full","earlier":"%","narrative":"%"}"#),
        Message(
            .returns(Message.gps), "return.withdrawn", id: "%",
            #"{"request":"\#(Message.request())","earlier":"%","reason":"%"}"#),
        Message(.returns(Message.gps), "return.submitted", id: "%", #"{"request":"%","kind":"%"}"#),
        Message(
            .decisions(Message.mash), "decision.submitted", id: "%",
            #"{"person":"bd.amara","verb":"accept","note":"%","%":"%"}"#),
        Message(
            .decisions(Message.mash), "decision.submitted", id: "%",
            #"{"person":"bd.amara","verb":"accept","reason":"%","entry":"%","cases":["%"],"asof":"%","to":"%","authority":"%","outcome":"%","rating":{"urgency":"%","level":"%"},"child":"%","candidate":"%","request":"%"}"#
        ),
        Message(.decisions(Message.mash), "decision.submitted", id: "%", #"{"person":"%","verb":"%"}"#),
        Message(
            .answers(Message.desk), "alert.answered", id: "%",
            #"{"alert":"00000000000000000000000001","person":"bd.ines","note":"%","%":"%"}"#),
        Message(.answers(Message.desk), "alert.answered", id: "%", #"{"alert":"%","person":"%","until":"%"}"#),
    ]

    /// All that the postings say but the sealed parts, as text.
    private static func open(_ postings: [Posting]) -> String {
        var open = postings
        for place in open.indices {
            switch open[place] {
            case .room(var event):
                for part in event.parts.indices { event.parts[part].opened = nil }
                var facts = JSONWriter()
                event.body.writeFacts(to: &facts)
                open[place] = .room(event)
                return "\(event) \(String(decoding: facts.bytes, as: UTF8.self))" + rest(postings)
            case .deadLetter, .outgoing: continue
            }
        }
        return rest(postings)
    }

    private static func rest(_ postings: [Posting]) -> String {
        var text = ""
        for sent in postings.outgoing { text += "\(sent) " + String(decoding: sent.data, as: UTF8.self) }
        for var letter in postings.deadLetters {
            letter.original = nil
            text += " \(letter)"
        }
        return text
    }

    private static func marked(_ message: Message) -> Message {
        var marked = message
        marked.id = message.id.replacing("%", with: marker)
        marked.data = Array(String(decoding: message.data, as: UTF8.self).replacing("%", with: marker).utf8)
        marked.headers = [("ce_subject", marker), ("ce_time", marker), ("ce_traceparent", marker), ("x", marker)]
        return marked
    }

    @Test func noValueOfAnyMessageIsFoundOutsideTheSealedParts() {
        var accepted = 0
        for message in Self.messages {
            var bench = Bench()
            let postings = bench.send(Self.marked(message))
            #expect([.accepted, .refused].contains(postings.fate))
            #expect(!Self.open(postings).contains(Self.marker), "\(message.type)")
            if postings.fate == .accepted { accepted += 1 }
            // The same again and the same id with other content, and the rows that are kept.
            var other = Self.marked(message)
            #expect(!Self.open(bench.send(other)).contains(Self.marker), "\(message.type)")
            other.data = Array(#"{"x":"\#(Self.marker)","children":[{"key":"\#(Self.marker)"}]}"#.utf8)
            #expect(!Self.open(bench.send(other)).contains(Self.marker), "\(message.type)")
            for row in bench.intake.takeChanges() {
                let text = String(decoding: row.key + (row.value ?? []), as: UTF8.self)
                #expect(!text.contains(Self.marker), "\(message.type)")
            }
        }
        #expect(accepted == 9)
    }

    @Test func theMarkerWouldBeFound() {
        var bench = Bench()
        var postings = bench.send(Self.marked(Self.messages[0]))
        #expect(postings.part(.text)?.contains(Self.marker) == true)
        #expect(postings.part(.child(0))?.contains(Self.marker) == true)
        guard case .room(var event) = postings[0] else {
            Issue.record("no event")
            return
        }
        event.policyVersion = Self.marker
        postings[0] = .room(event)
        #expect(Self.open(postings).contains(Self.marker))
    }

    @Test func anIdThatIsAnNHSNumberGoesNoFurther() {
        var bench = Bench()
        let postings = bench.send(.referral("9434765919"))
        #expect(!Self.open(postings).contains("9434765919"))
    }
}
