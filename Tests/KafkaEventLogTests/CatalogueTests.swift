import EventLog
import Testing

@testable import Kafka
@testable import KafkaEventLog

/// What is known of the topics of a cluster while its brokers come and go.
@Suite struct CatalogueTests {
    private let room = Topic("hub.events")

    private func told(_ topic: Topic, partitions: Int32 = 12, isReady: Bool) -> KafkaTopicInfo {
        KafkaTopicInfo(topic: topic, partitions: partitions, isReady: isReady, replicas: 3)
    }

    private func known(_ topic: Topic) -> [Topic: Catalogue.Entry] {
        [
            topic: Catalogue.Entry(
                topic: topic, partitions: 12,
                specification: TopicSpecification(topic, partitions: 12, cleanup: .delete))
        ]
    }

    /// Whoever was told that there is no such topic ended, with every broker but one alive.
    @Test(arguments: [true, false]) func aTopicThatLostALeaderIsStillThere(isTrusted: Bool) {
        let found = Catalogue.sort([told(room, isReady: false)], known: known(room), trusting: isTrusted)
        #expect(found.entries[room]?.partitions == 12)
        #expect(found.unknown.isEmpty && found.leaderless.isEmpty)
    }

    @Test func oneNeverSeenWithAllItsLeadersIsWaitedFor() {
        let found = Catalogue.sort([told(room, isReady: false)], known: [:], trusting: true)
        #expect(found.entries.isEmpty && found.unknown.isEmpty)
        #expect(found.leaderless == [room])
    }

    @Test func settingsAreAskedForOfWhatIsNewAndOfWhatIsNoLongerTrusted() {
        let ready = [told(room, isReady: true)]
        #expect(Catalogue.sort(ready, known: [:], trusting: true).unknown == ready)
        #expect(Catalogue.sort(ready, known: known(room), trusting: false).unknown == ready)
        #expect(Catalogue.sort(ready, known: known(room), trusting: true).unknown.isEmpty)
    }

    @Test func oneThatIsGoneIsForgotten() {
        let found = Catalogue.sort([], known: known(room), trusting: true)
        #expect(found.entries.isEmpty && found.leaderless.isEmpty)
    }
}
