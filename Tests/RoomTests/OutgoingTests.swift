import DomainModel
import JSON
import Room
import Testing

struct OutgoingTests {
    private func lists(_ text: String) throws(JSONError) -> AllowLists {
        try AllowLists(json: try Sample.parse(#"{"types":{"entry.updated":{"team":\#(text)}}}"#))
    }

    private func written(_ writer: inout OutgoingWriter) -> String { String(decoding: writer.finish(), as: UTF8.self) }

    @Test func onlyWhatIsListedIsWritten() throws {
        var writer = OutgoingWriter(
            try lists(#"["entry","child.givenName","marks","concerns.factor"]"#), .entryUpdated, to: .team)
        writer.field("entry", "e")
        writer.field("referrer", "Sam")
        writer.field("marks", ["m"])
        writer.field("others", ["o"])
        writer.object("child") { writer in
            writer.field("givenName", "Asha")
            writer.field("address", "1 Example Street")
        }
        writer.list("concerns", [("3B", "words"), ("4B", "more words")]) { writer, concern in
            writer.field("factor", concern.0)
            writer.field("narrative", concern.1)
        }
        writer.field("givenName", "outside its object")
        #expect(writer.heldBack == 6)
        #expect(
            written(&writer)
                == #"{"entry":"e","marks":["m"],"child":{"givenName":"Asha"},"concerns":[{"factor":"3B"},{"factor":"4B"}]}"#
        )
    }

    @Test func whatIsAbsentIsNeitherWrittenNorHeldBack() throws {
        var writer = OutgoingWriter(try lists(#"["entry"]"#), .entryUpdated, to: .team)
        writer.field("entry", String?.none)
        writer.field("secret", String?.none)
        writer.field("list", [String]())
        writer.list("concerns", [String]()) { writer, _ in writer.field("factor", "3B") }
        #expect(writer.heldBack == 0)
        #expect(written(&writer) == "{}")
    }

    @Test func aListIsForOneAudienceAndOneType() throws {
        let lists = try lists(#"["entry"]"#)
        for (type, audience) in [
            (OutgoingType.entryUpdated, Audience.agency), (.entryUpdated, .desk), (.alertRaised, .team),
        ] {
            var writer = OutgoingWriter(lists, type, to: audience)
            writer.field("entry", "e")
            #expect(writer.heldBack == 1)
            #expect(written(&writer) == "{}")
        }
    }

    @Test func withoutListsNothingLeaves() {
        var writer = OutgoingWriter(AllowLists(), .referralReceived, to: .agency)
        writer.field("reference", "r")
        #expect(written(&writer) == "{}")
    }

    @Test(arguments: [
        #"{}"#, #"{"types":{"entry.dreamt":{"team":[]}}}"#, #"{"types":{"entry.updated":{"public":[]}}}"#,
        #"{"types":{"entry.updated":{"team":"entry"}}}"#, #"{"types":{"entry.updated":{"team":[1]}}}"#,
    ])
    func listsThatNameWhatIsNotAreRefused(_ text: String) {
        #expect(throws: JSONError.self) { try AllowLists(json: try Sample.parse(text)) }
    }
}
