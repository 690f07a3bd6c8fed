import DomainModel
import HubConfiguration
import JSON
import Room
import Sealing
import Testing

@testable import Intake

/// SplitMix64: the same messages on every machine and in every run.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

struct FuzzTests {
    private static let tokens = [
        "null", "true", "{}", "[]", #""""#, "-1", "1e999", #""E09000002""#, #""301""#, #""2026-02-31""#,
        "[[[[[[[[[[]]]]]]]]]]",
        #"{"key":"a"}"#, "\u{0}", #""\ud800""#, "9223372036854775808", #""frontdoor""#, ",", ":", "\"",
    ]

    private static func message(_ random: inout SeededGenerator) -> Message {
        let number = Int.random(in: 0..<400, using: &random)
        var message: Message =
            switch Int.random(in: 0..<8, using: &random) {
            case 0, 1: .referral("\(number)")
            case 2: .correction("\(number)", of: "\(Int.random(in: 0..<400, using: &random))")
            case 3: .withdrawal("\(number)", of: "\(Int.random(in: 0..<400, using: &random))")
            case 4: .returned("\(number)", #""kind":"full","findings":[{"factor":"4B"}]"#)
            case 5: .returned("\(number)", #""kind":"declined","declineReason":"other""#)
            case 6:
                .decision(
                    "\(number)", #""person":"bd.amara","verb":"close","cases":[],"rating":{"urgency":"red","level":3}"#)
            default: .answer("\(number)")
            }
        for _ in 0..<Int.random(in: 0..<4, using: &random) { spoil(&message, &random) }
        return message
    }

    private static func spoil(_ message: inout Message, _ random: inout SeededGenerator) {
        let place = message.data.isEmpty ? 0 : Int.random(in: 0..<message.data.count, using: &random)
        switch Int.random(in: 0..<12, using: &random) {
        case 0: message.data.removeSubrange(place...)
        case 1, 2: if !message.data.isEmpty { message.data[place] = UInt8.random(in: 0...255, using: &random) }
        case 3, 4: message.data.insert(contentsOf: Array((tokens.randomElement(using: &random) ?? "").utf8), at: place)
        case 5, 6, 7: replaceValue(&message, &random)
        case 8: message.source = "/agency/bd-schools"
        case 9: message.type = IngressType.allCases.randomElement(using: &random)?.rawValue ?? ""
        case 10: message.isTombstone = Bool.random(using: &random)
        default: message.data += message.data
        }
    }

    /// Puts another value behind one of the colons, so that the JSON stays readable and the reading gets deeper.
    private static func replaceValue(_ message: inout Message, _ random: inout SeededGenerator) {
        let colons = message.data.indices.filter { message.data[$0] == UInt8(ascii: ":") }
        guard let colon = colons.randomElement(using: &random) else { return }
        var end = colon + 1
        while end < message.data.count, ![UInt8(ascii: ","), UInt8(ascii: "}")].contains(message.data[end]) { end += 1 }
        message.data.replaceSubrange(colon + 1..<end, with: Array((tokens.randomElement(using: &random) ?? "").utf8))
    }

    @Test func tenThousandSpoiltMessagesAreEachAcceptedRepeatedOrRefused() {
        var random = SeededGenerator(state: 20_261_123)
        var first = Bench()
        var second = Bench()
        var fates: [Fate: Int] = [:]
        for count in 0..<10_000 {
            let message = Self.message(&random)
            let postings = first.send(message)
            fates[postings.fate, default: 0] += 1
            // Another process that was restarted in between posts the same.
            if count == 5_000 {
                #expect(throws: Never.self) { try second.restart() }
            }
            #expect(second.send(message) == postings)
        }
        #expect(fates[.several] == nil)
        #expect(fates[.nothing] == nil)
        // The mix reaches all three.
        #expect(fates[.accepted, default: 0] > 300)
        #expect(fates[.repeated, default: 0] > 300)
        #expect(fates[.refused, default: 0] > 3_000)
    }
}
