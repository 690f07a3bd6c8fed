import ConfigurationFiles
import DomainModel
import EventLog
import HubConfiguration
import JSON
import Room
import Testing

@testable import Delivery

@Suite struct MessageTests {
    private func row(_ incoming: Incoming...) -> OutboxRow {
        var row = OutboxRow(incoming[0])
        for next in incoming.dropFirst() { row.take(next) }
        return row
    }

    private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    /// The whole of what is said, so that a word more is seen.
    @Test func anAlertSaysWhoOwesWhatSinceWhenAndNoMore() throws {
        let said = try Sample.messages().said(row(try Sample.alert(1, "raised", record: 1)))
        #expect(said.title == "Overdue")
        #expect(
            said.facts.map { "\($0.name): \($0.value)" } == [
                "Who: Barking and Dagenham: schools", "Owes: a return", "Since: Mon 23 Nov 2026, 13:08",
                "Due: Mon 23 Nov 2026, 13:08", "For: Barking and Dagenham: duty desk, duty",
                "Reference: 00000000000000000000000001",
            ])
        #expect(said.link == "https://hub.example/alerts/00000000000000000000000001")
    }

    @Test func anAgencyIsToldToSignInAndNothingElse() throws {
        let messages = try Sample.messages()
        let bytes = messages.chat(row(Sample.notice("E09000002-aaaaaaaaaaaaa-aaaa", record: 1)))
        let chat = try #require(try JSONParser().parse(bytes).member("text")?.string())
        #expect(chat == "*You have a request: sign in*\nFor: Barking and Dagenham: schools\n<https://hub.example/in>")
    }

    /// Neither the case nor the referral, in any form that could be turned back, in any kind of message.
    @Test func noCaseAndNoReferralIsInAnyMessage() throws {
        let messages = try Sample.messages()
        let row = row(try Sample.alert(1, "raised", record: 1))
        let mail = messages.mail(
            row, sink: known(SinkName("mail")), Messages.Envelope(from: "hub@hub.example", to: ["a@b.example"]),
            at: Sample.start)
        let all =
            text(messages.alertmanager([row], at: Sample.start)) + text(messages.chat(row)) + text(messages.teams(row))
            + text(mail)
        let alert = try #require(row.alert)
        for hidden in ["\(known(alert.caseID))", "\(known(alert.caseID).number)", "\(known(alert.referral))", "amber"] {
            #expect(!all.contains(hidden))
        }
    }

    /// What no list lets out is not said, whatever the record holds.
    @Test func withoutAnAllowListHardlyAnythingIsSaid() throws {
        let configuration = try Sample.configuration()
        let messages = Messages(DeliverySettings(), configuration.directory, AllowLists())
        let row = row(try Sample.alert(1, "raised", record: 1))
        #expect(messages.said(row).facts.map(\.name) == ["Reference"])
        let posted = text(messages.alertmanager([row], at: Sample.start))
        #expect(!posted.contains("bd-schools") && !posted.contains("duty\",\"step") && !posted.contains("overdue"))
    }

    @Test func toolsMayKnowNothingThatTheDeskMayNot() throws {
        let lists = try Sample.configuration().allowLists
        for field in ["alert", "code", "state", "kind", "agency", "team", "role", "since", "due", "rung"] {
            #expect(lists.letsToolsKnow(field))
        }
        for field in ["case", "referral", "rating", "obligation", "note", "until"] {
            #expect(!lists.letsToolsKnow(field))
        }
    }

    // MARK: Alertmanager

    private func posted(_ row: OutboxRow, at now: Instant = Sample.start) throws -> [[String: String]] {
        let json = try JSONParser().parse(try Sample.messages().alertmanager([row], at: now))
        var alerts: [[String: String]] = []
        for element in try json.elements() {
            var alert: [String: String] = [:]
            for (name, value) in try element.members() {
                if value.kind == .string { alert[name] = try value.string() }
                if value.kind == .object {
                    for (inner, text) in try value.members() { alert["\(name).\(inner)"] = try text.string() }
                }
            }
            alerts.append(alert)
        }
        return alerts
    }

    @Test func whatStandsLastsSevenDaysWhateverTheHubDoes() throws {
        let row = row(try Sample.alert(1, "raised", record: 1))
        let alert = try #require(try posted(row).first)
        let end = try #require(alert["endsAt"].flatMap { Instant(rfc3339: $0) })
        // Just before it is posted again, too.
        #expect(end.milliseconds(since: Sample.start.adding(seconds: 86_400)) >= 7 * 86_400_000)
        #expect(alert["startsAt"] == "2026-11-23T13:08:00Z")
    }

    @Test func aClearEndsItWhenItCameAndNeverBeforeItBegan() throws {
        let later = Sample.start.adding(seconds: 90)
        let raised = try Sample.alert(1, "raised", record: 1)
        let cleared = try posted(row(raised, try Sample.alert(1, "cleared", record: 2, at: later)))
        #expect(cleared.first?["endsAt"] == later.description)
        let early = Sample.start.adding(seconds: -90)
        let odd = try posted(row(raised, try Sample.alert(1, "cleared", record: 2, at: early)))
        #expect(odd.first?["endsAt"] == "2026-11-23T13:08:00.001Z")
    }

    /// Alertmanager knows an alert by its labels: one that changed would be another, and the first would stand for days.
    @Test func noLabelChangesWhileAnAlertStands() throws {
        func labels(_ row: OutboxRow) throws -> [String: String] {
            try #require(try posted(row).first).filter { $0.key.hasPrefix("labels.") }
        }
        let raised = try Sample.alert(1, "raised", record: 1)
        let first = try labels(row(raised))
        var rerouted = try Sample.alert(1, "acknowledged", record: 2, code: "declined", role: "mash-manager")
        if case .alert(var facts) = rerouted.about {
            facts.agency = known(AgencyName("bd-education"))
            rerouted.about = .alert(facts)
        }
        #expect(try labels(row(raised, rerouted)) == first)
        #expect(try labels(row(raised, try Sample.alert(1, "cleared", record: 3))) == first)
        #expect(first["labels.alertname"] == "FrontdoorOverdue")
        #expect(first["labels.severity"] == "warning")
    }

    @Test func eachStepHasLabelsOfItsOwnAndOneThreadForTheCase() throws {
        let raised = try Sample.alert(1, "raised", record: 1)
        let both = try posted(row(raised, try Sample.alert(1, "escalated", record: 2, role: "mash-manager", rung: 1)))
        #expect(both.map { $0["labels.step"] } == ["1", "2"])
        #expect(both.map { $0["labels.role"] } == ["duty", "mash-manager"])
        #expect(Set(both.map { $0["labels.reference"] }).count == 1)
        let other = try posted(row(try Sample.alert(2, "raised", record: 3)))
        #expect(other.first?["labels.thread"] == both.first?["labels.thread"])
    }

    // MARK: Chat and mail

    @Test func aNameCannotPretendToBeALink() throws {
        #expect(Messages.escaped("<!channel> & co") == "&lt;!channel&gt; &amp; co")
        #expect(Words.line("one\r\nBcc: two\u{0}") == "one  Bcc: two ")
    }

    @Test func aCardIsOneThatTeamsTakes() throws {
        let messages = try Sample.messages()
        let json = try JSONParser().parse(messages.teams(row(try Sample.alert(1, "raised", record: 1, code: "danger"))))
        let card = try #require(try json.present("attachments")?.elements().first(where: { _ in true }))
        #expect(try card.member("contentType")?.string() == "application/vnd.microsoft.card.adaptive")
        let body = try #require(card.member("content")?.member("body"))
        let title = try #require(try body.elements().first(where: { _ in true })?.member("text")?.string())
        #expect(title == "A child may be in immediate danger")
    }

    @Test func mailIsThreadedByTheCaseAndTheSameAfterACrash() throws {
        let messages = try Sample.messages()
        let envelope = Messages.Envelope(from: "hub@hub.example", to: ["a@b.example", "c@d.example"])
        func mail(_ incoming: Incoming) -> [Substring] {
            text(messages.mail(row(incoming), sink: known(SinkName("mail")), envelope, at: Sample.start))
                .split(separator: "\r\n", omittingEmptySubsequences: false)
        }
        let first = mail(try Sample.alert(1, "raised", record: 1))
        #expect(first.contains("Date: Mon, 23 Nov 2026 13:08:00 +0000"))
        #expect(first.contains("To: <a@b.example>,") && first.contains(" <c@d.example>"))
        #expect(first.contains("Subject: [frontdoor] Overdue (00000000000000000000000001)"))
        #expect(first.allSatisfy { $0.utf8.count <= 200 && $0.utf8.allSatisfy { (32...126).contains($0) } })
        func header(_ name: String, _ mail: [Substring]) -> Substring? { mail.first { $0.hasPrefix(name) } }
        let again = mail(try Sample.alert(1, "raised", record: 1))
        #expect(header("Message-ID", first) == header("Message-ID", again))
        let other = mail(try Sample.alert(2, "raised", record: 2))
        #expect(header("Message-ID", first) != header("Message-ID", other))
        #expect(header("References", first) == header("References", other))
    }

    // MARK: Records

    @Test func ofAnInboxOnlyHeadersAreReadAndReceiptsAreNoNews() throws {
        func record(_ type: String) -> StoredRecord {
            var headers = Headers()
            headers.append("ce_id", Sample.id(1).description.utf8)
            headers.append("ce_type", type.utf8)
            headers.append("ce_subject", "E09000002-aaaaaaaaaaaaa-aaaa".utf8)
            headers.append("ce_time", Sample.start.description.utf8)
            headers.append("ce_localauthority", "E09000002".utf8)
            return StoredRecord(
                source: TopicPartition(Topic(Sample.inboxTopic), 0), offset: Offset(0), appendTime: Sample.start,
                key: nil, headers: headers, value: Array("not even JSON".utf8))
        }
        let topics = HubTopics()
        let parser = JSONParser()
        let request = Incoming(record("frontdoor.return.requested.v1"), topics: topics, parser: parser)
        #expect(request == Sample.notice("E09000002-aaaaaaaaaaaaa-aaaa", record: 1))
        for type in ["referral.received", "submission.refused", "return.received", "referral.concluded"] {
            #expect(Incoming(record("frontdoor.\(type).v1"), topics: topics, parser: parser) == nil)
        }
    }
}

@Suite struct AliveTests {
    private let services: [(service: Service, last: Instant)] = [
        (.deadlines, Sample.start), (.intake, Sample.start.adding(seconds: -200)),
    ]

    /// What has not got on has no sign of life, and what its silence wakes stands all the same.
    @Test func onlyWhatGetsOnIsAlive() throws {
        let json = try JSONParser().parse(Alive.alerts(services, hub: "h", holds: 180_000, at: Sample.start))
        var found: [String] = []
        for alert in try json.elements() {
            let labels = try #require(alert.member("labels"))
            let end = try #require(Instant(rfc3339: try known(alert.member("endsAt")).string()))
            let seconds = end.milliseconds(since: Sample.start) / 1000
            found.append(
                "\(try known(labels.member("alertname")).string()) \(try known(labels.member("service")).string()) \(seconds)"
            )
        }
        #expect(
            found == [
                "FrontdoorAlive deadlines 180", "FrontdoorSilent deadlines 691200", "FrontdoorSilent intake 691200",
            ])
    }

    @Test func aSinkThatTakesNothingIsToldOfByThoseThatDo() throws {
        let failing = [known(SinkName("mail"))]
        let posted = String(
            decoding: Alive.alerts([], failing: failing, hub: "h", holds: 180_000, at: Sample.start), as: UTF8.self)
        #expect(posted.contains(#""alertname":"FrontdoorSinkFailing","hub":"h","sink":"mail","severity":"warning""#))
        // It ends by itself when the sink takes something again.
        #expect(posted.contains(#""endsAt":"2026-11-23T13:11:00Z""#))
        let metrics = Alive.metrics(services, failing: failing, hub: "h")
        #expect(metrics.hasSuffix("frontdoor_sink_failing{hub=\"h\",sink=\"mail\"} 1\n"))
        #expect(Alive.services(in: metrics).count == 2)
    }

    /// Who was woken by a silence is told that it is over, once, and not where nobody can have been woken.
    @Test func afterASilenceThatMayHaveWokenSomebodyItsEndIsTold() {
        func at(_ seconds: Int) -> Instant { Sample.start.adding(seconds: Int64(seconds)) }
        // The process before this one last got on three minutes ago with one, and just now with the other.
        var comebacks = Comebacks([(.intake, at(-180)), (.deadlines, at(-100))])
        comebacks.take([(.intake, at(0)), (.deadlines, at(0)), (.delivery, at(0))], holds: 180_000, at: at(0))
        #expect(comebacks.all.map(\.service) == [.intake] && comebacks.all.map(\.since) == [at(0)])
        // One that stands still within this process: its silence is over only when it gets on again.
        for seconds in stride(from: 30, through: 300, by: 30) {
            comebacks.take([(.intake, at(seconds)), (.deadlines, at(0))], holds: 180_000, at: at(seconds))
        }
        #expect(comebacks.all.isEmpty, "five minutes on, nothing is told any more")
        comebacks.take([(.intake, at(330)), (.deadlines, at(325))], holds: 180_000, at: at(330))
        #expect(comebacks.all.map(\.service) == [.deadlines] && comebacks.all.map(\.since) == [at(330)])
        let posted = String(
            decoding: Alive.alerts([], back: [(.intake, at(0))], hub: "h", holds: 180_000, at: at(5)), as: UTF8.self)
        #expect(posted.contains(#""alertname":"FrontdoorBack","hub":"h","service":"intake","severity":"info""#))
        // Its end is fixed: it is told for five minutes, and ends by itself.
        #expect(posted.contains(#""endsAt":"2026-11-23T13:13:00Z""#))
    }

    @Test func aClockThatIsSetBackMakesNobodyDead() {
        #expect(Alive.isAlive(Sample.start, holds: 1000, at: Sample.start.adding(seconds: -3600)))
        #expect(!Alive.isAlive(Sample.start, holds: 1000, at: Sample.start.adding(seconds: 1)))
    }

    @Test func theMetricsAreReadBack() {
        let back = Alive.services(in: Alive.metrics(services, hub: "h"))
        #expect(back.map(\.service) == services.map(\.service))
        #expect(back.map(\.last) == services.map(\.last))
    }

    @Test func aServiceThatThisProcessDoesNotRunOwesNoSign() {
        let signs = SignsOfLife([.intake], at: Sample.start)
        signs.note([.intake, .delivery], at: Sample.start.adding(seconds: 5))
        #expect(signs.all.map(\.service) == [.intake])
        #expect(signs.all.first?.last == Sample.start.adding(seconds: 5))
    }
}
