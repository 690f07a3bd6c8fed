import DomainModel
import EventLog
import Room
import Testing

struct TopicTests {
    /// From the tests of Kafka's own Java client (UtilsTest, murmur2).
    @Test(arguments: [
        ("21", -973_932_308), ("foobar", -790_332_482), ("a-little-bit-long-string", -985_981_536),
        ("a-little-bit-longer-string", -1_486_304_829),
        ("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58_897_971),
        ("abc", 479_470_107),
    ])
    func murmur2IsThatOfKafkasJavaClient(_ key: String, _ hash: Int) {
        #expect(Int(Int32(bitPattern: Murmur2.hash(Array(key.utf8)))) == hash)
    }

    @Test func anAuthorityHasOnePartitionOfTheRoomAndOfAllItsTables() {
        let topics = HubTopics(partitions: 12)
        #expect(topics.room(of: Sample.authority) == TopicPartition(Topic("hub.events"), 3))
        for digits in 0..<200 {
            guard let authority = AuthorityCode(gss: "E0600\(1000 + digits)") else { continue }
            #expect((0..<12).contains(topics.partition(of: authority)))
        }
    }

    @Test(arguments: ["", "shared.", "a.b."])
    func aTopicFromOutsideIsItsOwners(_ prefix: String) {
        let topics = HubTopics(prefix: prefix)
        #expect(topics.ingress(topics.referrals(Sample.agency)) == .referrals(Sample.agency))
        #expect(topics.ingress(topics.returns(Sample.agency)) == .returns(Sample.agency))
        #expect(topics.ingress(topics.decisions(Sample.team)) == .decisions(Sample.team))
        #expect(topics.ingress(topics.answers(Sample.desk)) == .answers(Sample.desk))
        for own in [
            topics.events, topics.deadLetters, topics.inbox(Sample.agency), topics.queue(Sample.team),
            topics.alerts(Sample.desk),
        ] {
            #expect(topics.ingress(own) == nil, "\(own)")
        }
    }

    @Test func anAgencyWithDotsInItsNameKeepsThem() throws {
        let agency = try #require(AgencyName("bd.police.north"))
        let topics = HubTopics(prefix: "x.")
        #expect(topics.ingress(topics.referrals(agency)) == .referrals(agency))
    }

    @Test(arguments: ["other.agency.a.referrals", "x.agency.referrals", "x.agency..referrals", "x.team.a.referrals"])
    func whatIsNobodysIsNoTopicFromOutside(_ name: String) {
        #expect(HubTopics(prefix: "x.").ingress(Topic(name)) == nil)
    }

    @Test func aRecipientReadsATopicOfItsOwn() {
        let topics = HubTopics(prefix: "p.")
        #expect(topics.topic(of: .agency(Sample.agency)).name == "p.agency.bd-police.inbox")
        #expect(topics.topic(of: .team(Sample.team)).name == "p.team.bd-mash.queue")
        #expect(topics.topic(of: .desk(Sample.desk)).name == "p.oncall.bd-duty.alerts")
        #expect(topics.table(.triage) == TableName("p.hub.table.triage"))
        #expect(topics.keys == TableName("p.hub.table.keys"))
    }
}
