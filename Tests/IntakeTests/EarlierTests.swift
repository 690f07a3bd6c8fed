import DomainModel
import HubConfiguration
import JSON
import Room
import Sealing
import Testing

@testable import Intake

/// The stale pairs of Intake: what a message names as earlier may not have come yet, may have been withdrawn, or may
/// have been corrected. Every pair is accepted; the room and the referral's id say where it goes.
struct EarlierTests {
    enum Earlier: CaseIterable, Sendable { case unknown, known, withdrawn, corrected, aCorrection, refused }

    /// The first version lies in Essex's room; the correction states Barking's.
    private static func prepare(_ earlier: Earlier) -> Bench {
        var bench = Bench()
        guard earlier != .unknown else { return bench }
        let data = earlier == .refused ? "{}" : #"{"localAuthority":"881","children":[{"key":"a"}]}"#
        _ = bench.send(.referral("first", data))
        if earlier == .withdrawn { _ = bench.send(.withdrawal("w", of: "first")) }
        if earlier == .corrected || earlier == .aCorrection { _ = bench.send(.correction("c", of: "first")) }
        return bench
    }

    /// - Returns: nil for what stands under the first version's own id and room.
    private static let rooms: [(earlier: Earlier, room: String)] = [
        (.unknown, "own"), (.known, "kept"), (.withdrawn, "kept"), (.corrected, "kept"), (.aCorrection, "kept"),
        (.refused, "own"),
    ]

    @Test(arguments: Earlier.allCases)
    func aCorrectionGoesWhereItsFirstVersionIs(earlier: Earlier) throws {
        var bench = Self.prepare(earlier)
        var message = Message.correction("later", of: earlier == .aCorrection ? "c" : "first")
        message.at = Bench.start.adding(seconds: 3600)
        let postings = bench.send(message)
        let content = try #require(postings.referral)
        let isKept = try #require(Self.rooms.first { $0.earlier == earlier }).room == "kept"
        #expect(postings.fate == .accepted)
        #expect(postings.events.first?.body.type == .referralCorrected)
        #expect(postings.events.first?.authority == (isKept ? Message.essex : Message.barking))
        #expect(content.receivedAt == (isKept ? Bench.start : message.at))

        // The first version under its own id, known before or coming only now, has the same ids.
        var alone = Bench()
        let first = try #require(alone.send(.referral("first", #"{"children":[{"key":"a"}]}"#)).referral)
        #expect(content.referral == first.referral)
        #expect(content.children.map(\.child) == first.children.map(\.child))
    }

    @Test(arguments: Earlier.allCases)
    func aWithdrawalGoesWhereItsFirstVersionIs(earlier: Earlier) throws {
        var bench = Self.prepare(earlier)
        let postings = bench.send(.withdrawal("later", of: earlier == .aCorrection ? "c" : "first"))
        let isKept = try #require(Self.rooms.first { $0.earlier == earlier }).room == "kept"
        #expect(postings.fate == .accepted)
        // A withdrawal states no authority of its own.
        #expect(postings.events.first?.authority == (isKept ? Message.essex : .hub))
        guard case .referralWithdrawn(let facts) = postings.events.first?.body else {
            Issue.record("not withdrawn")
            return
        }
        var alone = Bench()
        #expect(facts.referral == alone.send(.referral("first")).referral?.referral)
    }

    @Test(arguments: Earlier.allCases, ["return.corrected", "return.withdrawn"])
    func aReturnsCorrectionGoesWhereItsRequestIs(earlier: Earlier, type: String) {
        var bench = Bench()
        func later(_ id: String, _ type: String, of earlier: String) -> Message {
            Message(
                .returns(Message.gps), type, id: id,
                #"{"request":"\#(Message.request())","kind":"full","earlier":"\#(earlier)"}"#)
        }
        if earlier != .unknown {
            _ = bench.send(.returned("first", earlier == .refused ? #""kind":0"# : #""kind":"full""#))
        }
        if earlier == .withdrawn { _ = bench.send(later("w", "return.withdrawn", of: "first")) }
        if earlier == .corrected || earlier == .aCorrection {
            _ = bench.send(later("c", "return.corrected", of: "first"))
        }
        let named = earlier == .aCorrection ? "c" : "first"
        let postings = bench.send(later("later", type, of: named))
        #expect(postings.fate == .accepted)
        #expect(postings.events.first?.authority == Message.barking)
        var alone = Bench()
        let expected = alone.send(.returned(named)).events.first?.id
        switch postings.events.first?.body {
        case .returnCorrected(let facts): #expect(facts.earlier == expected)
        case .returnWithdrawn(let facts): #expect(facts.earlier == expected)
        default: Issue.record("neither corrected nor withdrawn")
        }
    }

    @Test func aCorrectionWithoutAnEarlierIdIsRefused() {
        var bench = Bench()
        let data = #"{"localAuthority":"881","children":[{"key":"a"}]}"#
        let postings = bench.send(Message(.referrals(Message.police), "referral.corrected", id: "x", data))
        #expect(postings.refusal?.pointer == "/earlier")
        #expect(postings.events.first?.authority == Message.essex)
    }

    @Test func anotherAgencysReferralCannotBeCorrected() {
        var bench = Bench()
        let first = bench.send(.referral("first"))
        var theirs = Message.correction("x", of: "first")
        theirs.topic = .referrals(Message.gps)
        theirs.source = "/agency/bd-gps"
        #expect(bench.send(theirs).referral?.referral != first.referral?.referral)
    }
}
