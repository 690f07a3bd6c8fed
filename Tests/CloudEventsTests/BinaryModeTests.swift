import DomainModel
import EventLog
import JSON
import Testing

@testable import CloudEvents

struct BinaryModeTests {
    let plain = headers([
        "ce_specversion": "1.0", "ce_id": "r-1", "ce_source": "/agency/police",
        "ce_type": "frontdoor.referral.submitted.v1",
        "content-type": "application/json",
    ])

    @Test func `Attributes come from the headers and the data are the value as sent`() throws {
        let event = try CloudEvent.read(
            headers([
                "ce_specversion": "1.0", "ce_id": "r-1", "ce_type": "frontdoor.referral.submitted.v1",
                "ce_source": "/agency/police", "ce_subject": "s é", "ce_time": "2026-11-23T14:08:00.5+01:00",
                "ce_localauthority": "E09000002", "ce_sequence7": "x", "ce_causationid": "c",
                "Content-Type": "application/json; charset=utf-8", "traceparent": "not ours",
            ]), #" {"a": 1} "#)
        #expect(event.id == "r-1")
        #expect(event.source == "/agency/police")
        #expect(event.type == "frontdoor.referral.submitted.v1")
        #expect(event.subject == "s é")
        #expect(event.time == Instant(rfc3339: "2026-11-23T13:08:00.500Z"))
        #expect(!event.timeIsFaulty)
        #expect(event.dataContentType == "application/json; charset=utf-8")
        #expect(
            event.extensions == [
                .init("localauthority", "E09000002"), .init("sequence7", "x"), .init("causationid", "c"),
            ])
        #expect(event.value(of: "localauthority") == "E09000002")
        #expect(event.value(of: "missing") == nil)
        #expect(event.unusable.isEmpty)
        #expect(event.dataText == #" {"a": 1} "#)
        #expect(event.typeName == EventTypeName(noun: "referral", participle: "submitted"))
    }

    @Test func `A stored record is read as its headers and value are`() throws {
        let record = StoredRecord(
            source: TopicPartition(Topic("agency.police.referrals"), 0), offset: Offset(3),
            appendTime: Instant(milliseconds: 0), key: nil, headers: plain, value: Array("{}".utf8))
        #expect(try CloudEvent.read(record, parser: JSONParser()) == CloudEvent.read(plain, "{}"))
    }

    @Test func `No value and an empty value are no event`() {
        #expect(fault(plain, nil) == .noValue)
        #expect(fault(plain, "") == .noValue)
    }

    @Test func `Each required attribute is missed by its name`() {
        #expect(fault(headers(["ce_specversion": "1.0"]), "{}") == .missingAttribute("id"))
        #expect(fault(headers(["ce_specversion": "1.0", "ce_id": "1"]), "{}") == .missingAttribute("source"))
        #expect(
            fault(headers(["ce_specversion": "1.0", "ce_id": "1", "ce_source": "/a"]), "{}")
                == .missingAttribute("type"))
        #expect(
            fault(headers(["ce_id": "1", "ce_source": "/a", "ce_type": "t"]), "{}") == .missingAttribute("specversion"))
    }

    @Test(arguments: ["0.3", "1.0.2", "", "2.0", "1"]) func `Other versions of CloudEvents are refused`(version: String)
    {
        let given = headers(["ce_specversion": version, "ce_id": "1", "ce_source": "/a", "ce_type": "t"])
        #expect(fault(given, "{}") == .unsupportedSpecVersion)
    }

    @Test func `A required attribute is not empty, not long, and a text`() {
        func id(_ bytes: [UInt8]) -> CloudEventError? {
            var given = headers(["ce_specversion": "1.0", "ce_source": "/a", "ce_type": "t"])
            given.append("ce_id", bytes)
            return fault(given, "{}")
        }
        #expect(id([]) == .badAttribute("id", expected: "a text that is not empty"))
        #expect(id([UInt8](repeating: 65, count: 256)) == nil)
        #expect(id([UInt8](repeating: 65, count: 257)) == .badAttribute("id", expected: "a text of at most 256 bytes"))
        #expect(id([0x61, 0xFF]) == .badAttribute("id", expected: "a text in UTF-8"))
        for control: [UInt8] in [[0x0A], [0x00], [0x7F], [0xC2, 0x85]] {
            #expect(id([0x61] + control) == .badAttribute("id", expected: "a text without control characters"))
        }
        #expect(id([0xC2, 0xA0]) == nil)
    }

    @Test func `A faulty time is kept as absent and marked`() throws {
        var given = plain
        given.append("ce_time", "31 February".utf8)
        let event = try CloudEvent.read(given, "{}")
        #expect(event.time == nil)
        #expect(event.timeIsFaulty)
        #expect(event.unusable == [.init("time", "31 February")])
    }

    @Test func `Optional attributes that break a rule are set apart, not lost and not refused`() throws {
        var given = plain
        let long = String(repeating: "x", count: 257)
        given.append("ce_subject", long.utf8)
        given.append("ce_Upper", "1".utf8)
        given.append("ce_under_score", "2".utf8)
        given.append("ce_abcdefghijklmnopqrst", "twenty".utf8)
        given.append("ce_abcdefghijklmnopqrstu", "twenty-one".utf8)
        given.append("ce_", "3".utf8)
        given.append("ce_data", "4".utf8)
        given.append("ce_bytes", [0x61, 0xFF])
        let event = try CloudEvent.read(given, "{}")
        #expect(event.subject == nil)
        #expect(event.extensions == [.init("abcdefghijklmnopqrst", "twenty")])
        #expect(
            event.unusable == [
                .init("Upper", "1"), .init("under_score", "2"), .init("abcdefghijklmnopqrstu", "twenty-one"),
                .init("", "3"), .init("data", "4"), .init("bytes", "a\u{FFFD}"), .init("subject", long),
            ])
    }

    @Test func `Of repeated headers the first counts, and the prefix is lower-case`() throws {
        var given = plain
        given.append("ce_id", "second".utf8)
        given.append("ce_ext", "first".utf8)
        given.append("ce_ext", "second".utf8)
        given.append("CE_OTHER", "left".utf8)
        let event = try CloudEvent.read(given, "{}")
        #expect(event.id == "r-1")
        #expect(event.extensions == [.init("ext", "first")])
    }

    @Test func `More attributes than the limit are refused`() {
        var given = plain
        for number in 0..<CloudEventLimits.attributesMax { given.append(name: "ce_e\(number)", value: [65]) }
        #expect(fault(given, "{}") == .tooManyAttributes)
    }

    @Test func `An event written in binary mode is read as it was`() throws {
        let event = CloudEvent(
            id: "1", source: "/service/triage", type: "frontdoor.case.stepped-up.v2", subject: "E09000002-x",
            time: Instant(milliseconds: 1_790_000_000_123),
            extensions: [.init("policyversion", "3"), .init("zz", "é")],
            data: Array(#"{"facts":{}}"#.utf8))
        let again = try CloudEvent.read(headers: event.headers(), value: event.data, parser: JSONParser())
        #expect(again == event)
    }

    @Test func `The hub's own writer and the reader agree, byte for byte with the plain way`() throws {
        let id = EventID(bits: 0x0123_4567_89AB_CDEF_0123_4567_89AB_CDEF)
        let authority = try #require(AuthorityCode(gss: "E09000002"))
        let room = CaseID(authority: authority, number: Identifier(bits: 42))
        let time = Instant(milliseconds: 1_790_000_000_000)
        var writer = HeaderWriter()
        writer.id(id)
        writer.source("/agency/", "met.police")
        writer.type("frontdoor.case.opened.v1")
        writer.subject(room)
        writer.time(time)
        writer.attribute(CloudEventHeader.localAuthority, authority)
        writer.attribute(CloudEventHeader.causationID, id)
        writer.attribute(CloudEventHeader.correlationID, ReferralID(bits: 7))
        writer.attribute(CloudEventHeader.policyVersion, "12")
        let event = CloudEvent(
            id: id.description, source: "/agency/met.police", type: "frontdoor.case.opened.v1",
            subject: room.description, time: time,
            extensions: [
                .init("localauthority", "E09000002"), .init("causationid", id.description),
                .init("correlationid", ReferralID(bits: 7).description), .init("policyversion", "12"),
            ], data: [0x31])
        let written = writer.finish()
        #expect(written == event.headers())
        #expect(try CloudEvent.read(headers: written, value: [0x31], parser: JSONParser()) == event)
    }

    @Test func `Unusable attributes are not written`() throws {
        let event = CloudEvent(
            id: "1", source: "/a", type: "t", extensions: [.init("Bad Name", "x")], unusable: [.init("subject", "\n")],
            data: [0x31])
        let again = try CloudEvent.read(headers: event.headers(), value: event.data, parser: JSONParser())
        #expect(again.extensions.isEmpty && again.unusable.isEmpty && again.subject == nil)
    }
}
