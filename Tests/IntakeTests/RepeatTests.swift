import ConfigurationFiles
import DomainModel
import HubConfiguration
import JSON
import Room
import Sealing
import Testing

@testable import Intake

struct RepeatTests {
    @Test func aRepeatedReferralGetsItsReceiptAgainAndANoteInTheRoom() throws {
        var bench = Bench()
        let faulty = #"{"localAuthority":"301","children":[{"key":"a","sex":"X"}]}"#
        let first = bench.send(.referral("x", faulty))
        var later = Message.referral("x", faulty.replacing(",", with: " , "))
        later.at = Bench.start.adding(seconds: 60)
        let again = bench.send(later)
        #expect(again.fate == .repeated)
        let referral = try #require(first.referral?.referral)
        #expect(
            again.events.first?.body == .referralRepeated(ReferralRepeated(referral: referral, agency: Message.police)))
        #expect(again.told == first.told.replacing(#""repeated":false"#, with: #""repeated":true"#))
        #expect(again.outgoing.first?.subject == first.outgoing.first?.subject)
        let third = bench.send(later)
        #expect(Set([first, again, third].compactMap { $0.events.first?.id }).count == 3)
        #expect(Set([first, again, third].compactMap { $0.outgoing.first?.id }).count == 3)
    }

    @Test func aRepeatOnTheOtherChannelsGetsTheReceiptAlone() {
        var bench = Bench()
        for message in [
            Message.returned(), .returned("n", #""kind":"nil""#), .decision(), .answer(), .withdrawal("w", of: "r"),
        ] {
            let first = bench.send(message)
            let again = bench.send(message)
            #expect(first.fate == .accepted)
            #expect(again.fate == .repeated)
            #expect(again.told == first.told.replacing(#""repeated":false"#, with: #""repeated":true"#))
            #expect(again.outgoing.first?.subject == first.outgoing.first?.subject)
            #expect(again.outgoing.first?.id != first.outgoing.first?.id)
        }
    }

    @Test func anIdIsOneAgencysOwn() throws {
        var bench = Bench()
        let ours = try #require(bench.send(.referral("1")).referral)
        var theirs = Message.referral("1")
        theirs.topic = .referrals(Message.gps)
        theirs.source = "/agency/bd-gps"
        let other = try #require(bench.send(theirs).referral)
        #expect(ours.referral != other.referral)
        #expect(ours.reference != other.reference)
        #expect(Set(ours.children.map(\.child)).isDisjoint(with: other.children.map(\.child)))
    }

    @Test func afterARestartTheAnswersAreTheSame() throws {
        let messages: [Message] = [
            .referral("1"), .referral("2", #"{"children":[{"key":"a"}]}"#), .returned("3"), .decision("4"),
            .answer("5"),
            .correction("6", of: "1"), .withdrawal("7", of: "2"), .referral("1"),
        ]
        let further: [Message] =
            messages + [
                .correction("8", of: "6"), .referral("2"), .decision("9"), .returned("10"), .referral("11"),
            ]
        var whole = Bench()
        for message in messages { _ = whole.send(message) }
        var restarted = whole
        try restarted.restart()
        for message in further { #expect(restarted.send(message) == whole.send(message)) }
        #expect(
            restarted.intake.adopt(
                Bench.configuration.directory, policies: Bench.configuration.policies, now: Bench.start
            ).isEmpty)
    }
}
