import DomainModel
import EventLog
import JSON
import Sealing
import Testing

@testable import Room

struct RoomCodecTests {
    let codec = RoomCodec(topics: HubTopics())
    let parser = JSONParser()

    @Test func anEventIsABinaryCloudEventKeyedByItsId() throws {
        var event = Sample.event()
        event.causation = EventID(bits: 2)
        event.correlation = ReferralID(bits: 5)
        event.policyVersion = "2026-11-01"
        event.input = InputPosition(topic: "agency.bd-police.referrals", partition: 0, offset: 17)
        let record = codec.record(of: event)
        #expect(record.target == codec.topics.room(of: Sample.authority))
        #expect(record.key == event.id.bytes)
        #expect(record.header("ce_specversion") == "1.0")
        #expect(record.header("ce_id") == event.id.description)
        #expect(record.header("ce_source") == "/service/intake")
        #expect(record.header("ce_type") == "frontdoor.referral.repeated.v1")
        #expect(record.header("ce_subject") == "referral/\(ReferralID(bits: 5))")
        #expect(record.header("ce_time") == "2026-11-23T13:08:00.123Z")
        #expect(record.header("ce_localauthority") == "E09000002")
        #expect(record.header("ce_causationid") == EventID(bits: 2).description)
        #expect(record.header("ce_correlationid") == ReferralID(bits: 5).description)
        #expect(record.header("ce_policyversion") == "2026-11-01")
        #expect(record.header("ce_inputposition") == "agency.bd-police.referrals/0@17")
        #expect(record.header("content-type") == "application/json")
        var read = event
        read.position = InputPosition(partition: record.target.partition, offset: 7)
        #expect(try codec.event(from: record.stored(), parser: parser) == read)
    }

    @Test func whatAnEventLacksHasNoHeader() throws {
        let record = codec.record(of: Sample.event())
        for name in ["ce_causationid", "ce_correlationid", "ce_policyversion", "ce_inputposition"] {
            #expect(!record.headerNames.contains(name))
        }
    }

    @Test func sealedPartsKeepTheirOrderAndTheEventThatSealedThem() throws {
        let sealedBy = EventID(bits: 77)
        let parts = [PartName.adult(1), .child(0), .text].map { name in
            Part(key: KeyName(event: sealedBy, part: name), sealed: [0, 255, UInt8(name.index)])
        }
        let event = Sample.event(parts: parts)
        let read = try #require(try codec.event(from: codec.record(of: event).stored(), parser: parser))
        #expect(read.parts == parts)
        #expect(read.part(.child(0))?.key.event == sealedBy)
        #expect(read.part(.child(1)) == nil)
    }

    @Test func openedBytesAreNeverWritten() {
        let secret = Array("Asha Example".utf8)
        let part = Part(key: KeyName(event: EventID(bits: 1), part: .child(0)), sealed: [1], opened: secret)
        let record = codec.record(of: Sample.event(parts: [part]))
        #expect(record.value.map { String(decoding: $0, as: UTF8.self).contains("Asha") } == false)
        #expect(record.value.map { $0.firstRange(of: Base64.encode(secret)) == nil } == true)
    }

    @Test func aStrikeGoesWhereItIsSent() {
        let strike = Sample.event(.clockStruck(ClockStruck(now: Sample.time)))
        #expect(codec.record(of: strike, partition: 11).target.partition == 11)
    }

    @Test func anUnknownTypeIsSkipped() throws {
        let record = codec.record(of: Sample.event())
        var headers = Headers()
        record.headers.forEach { name, value in
            let isType = name.elementsEqual("ce_type".utf8)
            headers.append(
                name: String(decoding: name, as: UTF8.self),
                value: isType ? Array("frontdoor.case.dreamt.v1".utf8) : Array(value))
        }
        let stored = StoredRecord(
            source: record.target, offset: Offset(0), appendTime: Sample.time, key: nil, headers: headers,
            value: record.value)
        #expect(try codec.event(from: stored, parser: parser) == nil)
        #expect(try codec.event(from: record.stored(without: "ce_type"), parser: parser) == nil)
    }

    @Test(arguments: ["ce_id", "ce_source", "ce_subject", "ce_time", "ce_localauthority"])
    func aKnownTypeWithoutAnAttributeStopsTheReader(_ header: String) {
        let stored = codec.record(of: Sample.event()).stored(without: header)
        #expect(throws: RoomError.missingAttribute) { try codec.event(from: stored, parser: parser) }
    }

    @Test func factsThatCannotBeReadStopTheReaderWithTheirPlace() {
        let stored = codec.record(of: Sample.event()).stored(value: Array(#"{"facts":{"agency":"bd-police"}}"#.utf8))
        #expect {
            try codec.event(from: stored, parser: parser)
        } throws: { error in
            guard case RoomError.badData(.referralRepeated, let fault) = error else { return false }
            return fault.pointer.description == "/referral"
        }
        #expect(throws: RoomError.missingAttribute) {
            try codec.event(from: codec.record(of: Sample.event()).stored(value: .some(nil)), parser: parser)
        }
    }

    /// Two inboxes must not tell, by anything they share, that both agencies reported.
    @Test func whatLeavesCarriesNeitherCauseNorCorrelation() {
        let outgoing = Outgoing(
            recipient: .agency(Sample.agency), id: EventID(bits: 3), source: .intake, type: .referralReceived,
            subject: "E09000002-1", time: Sample.time, authority: Sample.authority, key: "k", data: Array("{}".utf8))
        let record = codec.record(of: outgoing)
        #expect(record.target.topic.name == "agency.bd-police.inbox")
        #expect(record.target.partition == 0)
        #expect(record.key == Array("k".utf8))
        #expect(
            record.headerNames == [
                "ce_specversion", "ce_id", "ce_source", "ce_type", "ce_subject", "ce_time", "ce_localauthority",
                "content-type",
            ])
    }

    @Test func aDeadLetterComesBackWithItsOriginalSealed() throws {
        let letter = DeadLetter(
            id: EventID(bits: 4), time: Sample.time, authority: .hub,
            origin: InputPosition(topic: "agency.bd-police.referrals", partition: 0, offset: 3), reason: "not-json",
            pointer: "/children", service: .intake, original: [9], originalLength: 1, originalHash: "00")
        let held = HeldPart(key: KeyName(event: letter.id, part: .original), sealed: [1, 2, 3])
        let record = codec.record(of: letter, original: held)
        let read = try #require(codec.deadLetter(from: record.stored(), parser: parser))
        #expect(read.id == letter.id)
        #expect(read.reason == "not-json")
        #expect(read.pointer == "/children")
        #expect(read.origin == "agency.bd-police.referrals/0@3")
        #expect(read.length == 1)
        #expect(read.original == held)
        let bare = try #require(
            codec.deadLetter(from: codec.record(of: letter, original: nil).stored(), parser: parser))
        #expect(bare.original == nil)
    }
}

struct EventTests {
    @Test(arguments: [
        Subject.referral(ReferralID(bits: 1)), .request("E09000002-x"), .caseID(Sample.caseID),
        .authority(Sample.authority), .authority(.hub), .hub,
    ])
    func aSubjectIsReadAsItIsWritten(_ subject: Subject) {
        #expect(Subject(subject.description) == subject)
    }

    @Test(arguments: ["", "child/1", "referral/1", "case/E09000002", "authority/301", "hubs"])
    func whatNamesNothingIsNoSubject(_ text: String) { #expect(Subject(text) == nil) }

    @Test(arguments: [
        InputPosition(partition: 3, offset: 1042),
        InputPosition(topic: "p.agency.a/b.returns", partition: 0, offset: 0),
    ])
    func aPositionIsReadAsItIsWritten(_ position: InputPosition) {
        #expect(InputPosition(position.description) == position)
    }

    @Test(arguments: ["", "room", "room/1", "room@1", "room/x@1", "room/1@"])
    func whatIsNoPlaceIsNoPosition(_ text: String) { #expect(InputPosition(text) == nil) }

    @Test func anEventThatFollowsHasOneIdForOneDecision() {
        let cause = Sample.event()
        let body = EventBody.caseOpened(
            CaseOpened(
                caseID: Sample.caseID, person: PersonID(bits: 1), child: ChildID(bits: 2),
                referral: ReferralID(bits: 5),
                receivedAt: Sample.time))
        func follow(_ service: Service = .deduplication, _ subject: Subject = .hub, _ distinct: UInt128 = 1) -> Event {
            cause.followed(by: service, body, subject: subject, distinct: distinct)
        }
        let first = follow()
        #expect(first.id == follow().id)
        #expect(first.causation == cause.id)
        #expect(first.time == cause.time)
        #expect(first.authority == cause.authority)
        var ids: Set = [first.id, cause.id]
        for other in [follow(.triage), follow(.deduplication, .caseID(Sample.caseID)), follow(.deduplication, .hub, 2)]
        {
            #expect(ids.insert(other.id).inserted)
        }
        // Two children in one decision, whatever batch or place they stand in.
        var moved = cause
        moved.position = InputPosition(partition: 5, offset: 5)
        #expect(moved.followed(by: .deduplication, body, subject: .hub, distinct: 1).id == first.id)
    }
}
