import DomainModel
import EventLog
import JSON
import Testing

@testable import CloudEvents

struct StructuredModeTests {
    let text = #"""
        {"specversion":"1.0", "id":"r-1", "source":"/agency/gp", "type":"frontdoor.return.submitted.v1",
         "time":"2026-11-23T13:08:00Z", "subject":null, "localauthority":"E08000025", "priority":3, "urgent":true,
         "datacontenttype":"application/json", "data":{"z":[1, 2], "a":"é\/"}, "unknownext":"kept"}
        """#

    @Test(arguments: [
        "application/cloudevents+json", "Application/CloudEvents+JSON; charset=UTF-8",
        " application/cloudevents+json ;x",
    ])
    func `The content type says that an event is structured, whatever its case and parameters`(type: String) throws {
        let event = try CloudEvent.read(headers(["content-type": type, "ce_id": "of another mode"]), text)
        #expect(event.id == "r-1")
        #expect(event.source == "/agency/gp")
        #expect(event.time == Instant(rfc3339: "2026-11-23T13:08:00Z"))
        #expect(event.subject == nil)
        #expect(event.dataContentType == "application/json")
        #expect(
            event.extensions == [
                .init("localauthority", "E08000025"), .init("priority", "3"), .init("urgent", "true"),
                .init("unknownext", "kept"),
            ])
        #expect(event.dataText == #"{"z":[1,2],"a":"é/"}"#)
    }

    @Test func `Without headers a value with a specversion is structured`() throws {
        let parser = JSONParser()
        let expected = try CloudEvent.read(headers(["content-type": "application/cloudevents+json"]), text)
        #expect(try CloudEvent.read(Headers(), text) == expected)
        #expect(try CloudEvent.read(headers(["content-type": "application/json"]), text) == expected)
        #expect(try CloudEvent.read(structured: Array(text.utf8)[...], parser: parser) == expected)
    }

    @Test func `A structured event written in binary mode says the same`() throws {
        let event = try CloudEvent.read(Headers(), text)
        #expect(try CloudEvent.read(headers: event.headers(), value: event.data, parser: JSONParser()) == event)
    }

    @Test func `What is not an envelope is refused for what it is`() {
        #expect(fault("not json") == .notJSON(JSONError(expected: "well-formed JSON")))
        #expect(fault("[{}]") == .notJSON(JSONError(expected: "an object")))
        #expect(fault("{}") == .missingAttribute("specversion"))
        #expect(fault(#"{"id":"1","data":{}}"#) == .missingAttribute("specversion"))
        #expect(fault(#"{"specversion":1.0,"id":"1"}"#) == .unsupportedSpecVersion)
        #expect(
            fault(#"{"specversion":"1.0","id":7.5,"source":"/a","type":"t"}"#)
                == .badAttribute("id", expected: "a text in UTF-8"))
        #expect(
            fault(#"{"specversion":"1.0","id":"","source":"/a","type":"t"}"#)
                == .badAttribute("id", expected: "a text that is not empty"))
        #expect(fault(#"{"specversion":"1.0","id":"1","source":"/a","type":"t"}"#) == .noData)
        #expect(fault(#"{"specversion":"1.0","id":"1","source":"/a","type":"t","data":null}"#) == .noData)
    }

    @Test func `Batches and other formats are refused`() {
        #expect(fault(headers(["content-type": "application/cloudevents-batch+json"]), "[]") == .batched)
        #expect(fault(headers(["content-type": "application/CloudEvents-Batch+json; x=y"]), "[]") == .batched)
        #expect(fault(headers(["content-type": "application/cloudevents+avro"]), "{}") == .unsupportedFormat)
    }

    func encoded(_ data: String) -> String {
        #"{"specversion":"1.0","id":"1","source":"/a","type":"t","data_base64":\#(data)}"#
    }

    @Test func `Data in base 64 are read where they are JSON`() throws {
        #expect(try CloudEvent.read(Headers(), encoded(#""eyJhIjogWzFdfQ==""#)).dataText == #"{"a":[1]}"#)
        #expect(try CloudEvent.read(Headers(), encoded(#""NDI3""#)).dataText == "427")
        let notBase64 = CloudEventError.badAttribute("data_base64", expected: "a text in base 64")
        for text in [#""eyJh""#, #""////""#] { #expect(fault(encoded(text))?.reasonCode == "data-base64-not-json") }
        #expect(fault(encoded(#""""#))?.expected == "a JSON document, not an empty text")
        for text in [#""a""#, #""ab=c""#, #""a===""#, #""ab!=""#, #""NB==""#, "7", #""NDI3\n""#] {
            #expect(fault(encoded(text)) == notBase64, "\(text)")
        }
        #expect(
            fault(#"{"specversion":"1.0","id":"1","source":"/a","type":"t","data":1,"data_base64":"NDI3"}"#)
                == .badAttribute("data_base64", expected: "either data or data_base64"))
    }

    @Test func `Faulty optional attributes are set apart`() throws {
        let event = try CloudEvent.read(
            Headers(),
            #"{"specversion":"1.0","id":"1","source":"/a","type":"t","data":1,"time":"soon","Name":"x","#
                + #""list":[1, 2],"half":0.5,"subject":"a\u0000b"}"#)
        #expect(event.timeIsFaulty && event.time == nil && event.subject == nil && event.extensions.isEmpty)
        #expect(
            event.unusable == [
                .init("Name", "x"), .init("list", "[1,2]"), .init("half", "0.5"), .init("subject", "a\0b"),
                .init("time", "soon"),
            ])
    }
}

struct EventTypeNameTests {
    @Test func `A type names noun, participle and version`() throws {
        let name = try #require(EventTypeName("frontdoor.case.stepped-up.v12"))
        #expect(name.noun == "case" && name.participle == "stepped-up" && name.version == 12)
        #expect(name.description == "frontdoor.case.stepped-up.v12")
        #expect(name == EventTypeName(noun: "case", participle: "stepped-up", version: 12))
    }

    @Test(arguments: [
        "", "frontdoor", "frontdoor.case.opened", "frontdoor.case.opened.1", "frontdoor.case.opened.v",
        "other.case.opened.v1",
        "frontdoor.case.opened.v0", "frontdoor.case.opened.v01", "frontdoor.case.opened.v10000", "frontdoor..opened.v1",
        "frontdoor.Case.opened.v1", "frontdoor.case.opened.v1.x", "frontdoor.-case.opened.v1", "frontdoor.case.up-.v1",
        "frontdoor.case.opened.v1 ", "frontdoor.case.opened.v+1", "frontdoor.case.opéned.v1",
    ])
    func `What is not of the form is no type`(text: String) {
        #expect(EventTypeName(text) == nil)
    }
}
