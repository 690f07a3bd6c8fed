import DomainModel
import EventLog
import JSON
import Testing

@testable import CloudEvents

struct HostileInputTests {
    static let marker = "4857773456MARKER"

    /// Every kind of fault, each with the marker wherever a sender could put it.
    static let faulty: [(Headers, String?)] = {
        let m = marker
        let core = #""specversion":"1.0","id":"\#(m)","source":"/\#(m)","type":"\#(m)","\#(m)":"\#(m)""#
        let long = String(repeating: m, count: 20)
        return [
            (headers(["ce_specversion": m, "ce_\(m)": m]), m),
            (headers(["ce_specversion": "1.0", "ce_\(m)": m, m: m]), m),
            (headers(["ce_specversion": "1.0", "ce_id": m, "ce_source": long, "ce_type": m]), m),
            (headers(["ce_specversion": "1.0", "ce_id": "\(m)\n", "ce_source": m, "ce_type": m]), m),
            (headers(["ce_specversion": "1.0", "ce_id": m, "ce_source": m]), m),
            (headers(["ce_specversion": "1.0", "ce_id": m]), nil),
            (headers(["content-type": "application/cloudevents+\(m)"]), m),
            (headers(["content-type": "application/cloudevents-batch+json;\(m)"]), m),
            (headers(["content-type": m]), m),
            (Headers(), #"{"\#(m)":"\#(m)""#),
            (Headers(), #"{"\#(m)":"\#(m)"}"#),
            (Headers(), #"["\#(m)"]"#),
            (Headers(), #"{"specversion":"\#(m)"}"#),
            (Headers(), #"{\#(core)}"#),
            (Headers(), #"{\#(core),"data_base64":"\#(m)!"}"#),
            (Headers(), #"{\#(core),"data_base64":"TUFSS0VS"}"#),
            (Headers(), #"{\#(core),"data":"\#(m)","data_base64":"\#(m)"}"#),
            (Headers(), #"{\#(core),"data":"\#(m)"} \#(m)"#),
            (Headers(), #"{\#(core),"data":[1e999,"\#(m)"]}"#),
            (
                Headers(),
                #"{\#(core),"data":1"# + (0..<100).map { #","\#(m)\#($0)":"\#(m)""# }.joined() + "}"
            ),
        ]
    }()

    @Test func `No error holds anything of what was sent`() {
        var reasons: Set<String> = []
        for (headers, value) in HostileInputTests.faulty {
            guard let error = fault(headers, value) else {
                Issue.record("one of the faulty records was read")
                continue
            }
            reasons.insert(error.reasonCode)
            var dumped = ""
            dump(error, to: &dumped)
            for text in [error.reasonCode, error.pointer.description, error.expected, error.description, dumped] {
                #expect(!text.contains("MARKER") && !text.contains("4857773456"))
            }
            #expect(!error.expected.isEmpty)
        }
        #expect(
            reasons == [
                "no-value", "not-json", "no-data", "missing-attribute", "bad-attribute", "unsupported-spec-version",
                "unsupported-format", "batched", "too-many-attributes", "data-base64-not-json",
            ])
    }

    @Test func `Ten thousand mutated records are read or refused, and never trap`() throws {
        var random = SeededGenerator(seed: 47)
        let parser = JSONParser()
        let binary = headers([
            "ce_specversion": "1.0", "ce_id": "r-1", "ce_source": "/agency/police",
            "ce_type": "frontdoor.case.opened.v1",
            "ce_time": "2026-11-23T13:08:00Z", "ce_localauthority": "E09000002", "content-type": "application/json",
        ])
        let structured = Array(
            (#"{"specversion":"1.0","id":"r-1","source":"/agency/police","type":"t","time":"2026-11-23T13:08:00Z","#
                + #""subject":"\ud83d\ude00","data":{"a":[1,2.5,"x",{"b":null}]},"ext":"\u0000"}"#).utf8)
        var counts = (read: 0, refused: 0)
        for round in 0..<10_000 {
            var bytes = round.isMultiple(of: 2) ? binary.bytes : structured
            for _ in 0...Int.random(in: 0...3, using: &random) {
                let place = Int.random(in: 0..<max(1, bytes.count), using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0 where round % 5 == 0: bytes.removeSubrange(min(place, bytes.count)...)
                case 1: bytes.insert(UInt8.random(in: 0...255, using: &random), at: min(place, bytes.count))
                default: if place < bytes.count { bytes[place] = UInt8.random(in: 0...255, using: &random) }
                }
            }
            do {
                let event: CloudEvent
                if round.isMultiple(of: 2) {
                    // A buffer of another layout never becomes headers at all.
                    event = try CloudEvent.read(
                        headers: Headers(bytes: bytes) ?? Headers(), value: structured, parser: parser)
                } else {
                    event = try CloudEvent.read(headers: Headers(), value: bytes, parser: parser)
                }
                let again = try CloudEvent.read(headers: event.headers(), value: event.data, parser: parser)
                #expect(again.id == event.id && again.extensions == event.extensions && again.data == event.data)
                counts.read += 1
            } catch { counts.refused += 1 }
        }
        #expect(counts.read > 1000 && counts.refused > 1000)
    }
}
