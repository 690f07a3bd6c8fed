extension Story {
    static func by(_ staff: String, _ team: String, _ role: String) -> String {
        #"{"staff":"\#(staff)","team":"\#(team)","role":"\#(role)"}"#
    }
    static func entry(_ name: String, _ team: String, _ kind: String, _ state: String) -> String {
        #"{"entry":"\#(id(name))","team":"\#(team)","kind":"\#(kind)","state":"\#(state)"}"#
    }
    static func owed(_ name: String, _ kind: String, _ more: String = "") -> String {
        #""facts":{"obligation":"\#(id(name))","kind":"\#(kind)"\#(more.isEmpty ? "" : "," + more)}"#
    }
    static let macpt = by("bd.ewa", "bd-macpt", "team-manager")

    mutating func open(_ name: String, _ kind: String, at time: String, due: String?, _ more: String = "") {
        let due = due.map { #","due":"\#($0)""# } ?? ""
        event(
            "obligation.opened", "opened-\(name)", at: time, by: "deadlines",
            #"{\#(Story.owed(name, kind, more)),"start":"\#(time)","budget":"1h","calendar":"office-hours"\#(due),"arming":1}"#
        )
    }
    mutating func meet(_ name: String, _ kind: String, at time: String) {
        event(
            "obligation.met", "met-\(name)", at: time, by: "deadlines",
            #"{\#(Story.owed(name, kind)),"at":"\#(time)","onTime":true}"#)
    }
    mutating func raise(
        _ name: String, _ kind: String, at time: String, code: String, arming: Int = 1, _ more: String = ""
    ) {
        event(
            "alert.raised", "raised-\(name)-\(arming)", at: time, by: "deadlines",
            #"{"alert":"\#(Story.id("alert-\(name)"))","desk":"bd-duty","role":"duty",\#(Story.owed(name, kind, more)),"code":"\#(code)","since":"\#(time)","arming":\#(arming),"rung":0}"#
        )
        alert("alert.raised", name, "raised")
    }
    mutating func clear(_ name: String, at time: String) {
        event(
            "alert.cleared", "cleared-\(name)", at: time, by: "deadlines",
            #"{"alert":"\#(Story.id("alert-\(name)"))","desk":"bd-duty","obligation":"\#(Story.id(name))","reason":"met"}"#
        )
        alert("alert.cleared", name, "cleared")
    }
    mutating func alert(_ type: String, _ name: String, _ state: String) {
        let id = Story.id("alert-\(name)")
        out(
            type, "desk-\(state)-\(name)", to: "oncall.bd-duty.alerts", subject: id, key: id,
            #"{"alert":"\#(id)","obligation":"\#(Story.id(name))","state":"\#(state)","code":"overdue","arming":1,"rung":0}"#
        )
    }
    mutating func show(_ name: String, _ team: String, _ kind: String, _ state: String, _ more: String = "") {
        let id = Story.id(name)
        out(
            "entry.updated", "shown-\(name)-\(state)", to: "team.\(team).queue", subject: id, key: id,
            #"{"entry":"\#(id)","kind":"\#(kind)","state":"\#(state)"\#(more.isEmpty ? "" : "," + more)}"#)
    }

    /// Two referrals, three children: a Red with danger that is accepted and then closed, one waiting for a review, one
    /// proposed to Family Help; a return, an answer, a repeat of each kind, a refusal. Then one that is linked to another
    /// child's case and taken out again, and one unborn that its family loses.
    static func good() -> Story {
        var story = Story()
        story.adopt()
        story.firstReferral()
        story.decisionsAndReturn()
        story.secondReferral()
        story.repeatsAndRefusal()
        story.linkUndone()
        story.childLost()
        return story
    }

    private mutating func adopt() {
        event(
            "configuration.adopted", "configuration", at: "2026-11-02T08:00:00Z", by: "intake",
            #"{"hash":"h","content":{"agencies":[{"id":"bd-police"},{"id":"bd-gps"},{"id":"bd-school"}],"teams":[{"id":"bd-mash","authority":"E09000002","people":[{"id":"bd.amara","roles":["mash-manager"]}]},{"id":"bd-macpt","authority":"E09000002","people":[{"id":"bd.ewa","roles":["team-manager"]}]},{"id":"bd-family-help","authority":"E09000002","people":[{"id":"bd.carol","roles":["team-manager"]}]}],"desks":[{"id":"bd-duty","authority":"E09000002","people":[{"id":"bd.ines","roles":["duty"]}]}]}}"#
        )
        event(
            "policy.adopted", "policy", at: "2026-11-02T08:00:00Z", by: "intake",
            #"{"hash":"p","content":{"outcomes":[{"outcome":"no-further-action","sources":["6"],"words":"It was looked at and closed."}]}}"#
        )
    }

    private mutating func firstReferral() {
        let time = "2026-11-02T09:00:00Z"
        ingress("agency.bd-police.referrals", "in-r1")
        event(
            "referral.submitted", "r1", at: time, by: "intake", input: "agency.bd-police.referrals/0@0",
            sealed: #"{"child-0":{"event":"e","part":"child-0","sealed":"q83vEjRWeJq83vEjRWeJ"}}"#,
            #"{"content":{"referral":"\#(Story.id("r1"))","agency":"bd-police","agencyKind":"police","reference":"\#(Story.reference("r1"))","source":"6","receivedAt":"\#(time)","immediateDanger":true,"children":[{"child":"\#(Story.id("c1"))","part":"child-0","ageBand":"5-9","withhold":["bd-school"]}],"concerns":[{"about":"child-0","eventDate":"2019-04-30"}]}}"#
        )
        out(
            "referral.received", "receipt-r1", to: "agency.bd-police.inbox", subject: Story.reference("r1"),
            #"{"reference":"\#(Story.reference("r1"))","receivedAt":"\#(time)","children":1,"marks":[{"pointer":"/children/0/birthDate","code":"no-such-date"}],"repeated":false,"notice":"This hub is not an emergency service."}"#
        )
        let about = #""referral":"\#(Story.id("r1"))""#
        open("answer", "answer", at: time, due: "2026-11-02T09:15:00Z", about)
        raise("answer", "answer", at: time, code: "danger", about)
        open("acknowledge", "acknowledge", at: time, due: "2026-11-03T09:00:00Z", about)
        open("decide", "decide", at: time, due: "2026-11-03T09:00:00Z", about)
        event(
            "case.opened", "case1-opened", at: time, by: "deduplication",
            #"{"case":"\#(Story.caseID("case1"))","person":"\#(Story.id("p1"))","child":"\#(Story.id("c1"))","referral":"\#(Story.id("r1"))","receivedAt":"\#(time)"}"#
        )
        identified("c1", "r1", disposition: "opened", caseID: "case1")
        rate("case1", "c1", "r1", "red", 4, name: "rated-1")
        event(
            "return.requested", "request", at: time, by: "triage",
            #"{"request":"\#(Story.reference("q1"))","agency":"bd-gps","case":"\#(Story.caseID("case1"))","child":"\#(Story.id("c1"))","referral":"\#(Story.id("r1"))","rating":"red","topics":["attendance"],"purpose":"safeguarding","necessity":"section 47"}"#
        )
        out(
            "return.requested", "sent-request", to: "agency.bd-gps.inbox", subject: Story.reference("q1"),
            #"{"reference":"\#(Story.reference("q1"))","asked":["attendance"],"purpose":"safeguarding","necessity":"section 47","rating":"red","notice":"Not an emergency service.","child":{"givenName":"Zebedee","familyName":"O'Quirke","birthDate":"2019-04-30","nhsNumber":"9434765919","address":{"lines":["1 High Street"],"postcode":"ZZ1 9ZZ"}}}"#
        )
        open("return", "return", at: time, due: "2026-11-02T10:00:00Z", #""request":"\#(Story.reference("q1"))""#)
        event(
            "case.routed", "routed-1", at: time, by: "routing",
            #"{"case":"\#(Story.caseID("case1"))","child":"\#(Story.id("c1"))","referral":"\#(Story.id("r1"))","lead":"bd-macpt","leadKind":"macpt","entries":[\#(Story.entry("lead1", "bd-macpt", "lead", "proposed")),\#(Story.entry("decide1", "bd-mash", "decide", "proposed"))]}"#
        )
        show(
            "lead1", "bd-macpt", "lead", "proposed",
            #""case":"\#(Story.caseID("case1"))","rating":{"urgency":"red","level":4},"child":{"givenName":"Zebedee","address":"1 High Street, ZZ1 9ZZ"},"narrative":"Zebedee was seen alone.","concerns":[{"about":"child-0","narrative":"Zebedee"}]"#
        )
        show("decide1", "bd-mash", "decide", "proposed")
        event(
            "referral.acknowledged", "acknowledged", at: time, by: "routing",
            #"{"referral":"\#(Story.id("r1"))","agency":"bd-police","reference":"\#(Story.reference("r1"))"}"#)
        out(
            "referral.acknowledged", "sent-acknowledged", to: "agency.bd-police.inbox", subject: Story.reference("r1"),
            #"{"reference":"\#(Story.reference("r1"))","words":"It is being considered."}"#)
        meet("acknowledge", "acknowledge", at: time)
    }

    mutating func identified(_ child: String, _ referral: String, disposition: String, caseID: String?) {
        let caseField = caseID.map { #","case":"\#(Story.caseID($0))""# } ?? ""
        event(
            "referral.identified", "identified-\(child)", at: "2026-11-02T09:00:00Z", by: "deduplication",
            #"{"referral":"\#(Story.id(referral))","child":"\#(Story.id(child))","part":"child-0","outcome":"new","disposition":"\#(disposition)"\#(caseField),"model":"certain-1","score":-2147000001}"#
        )
    }

    mutating func rate(
        _ name: String, _ child: String, _ referral: String, _ urgency: String, _ level: Int, name record: String,
        by: String? = nil
    ) {
        event(
            "case.rated", record, at: "2026-11-02T09:00:00Z", by: "triage",
            #"{"case":"\#(Story.caseID(name))","child":"\#(Story.id(child))","referral":"\#(Story.id(referral))","rating":{"urgency":"\#(urgency)","level":\#(level)}\#(by.map { ",\"by\":\($0)" } ?? "")}"#
        )
    }

    mutating func decide(_ name: String, _ verb: String, offset: Int, by: String = Story.macpt) {
        let time = "2026-11-02T09:05:00Z"
        ingress("team.bd-macpt.decisions", "in-\(name)")
        event(
            "decision.submitted", name, at: time, by: "intake", input: "team.bd-macpt.decisions/0@\(offset)",
            #"{"by":\#(by),"verb":"\#(verb)","reason":"threshold-met","cases":["\#(Story.caseID("case1"))"]}"#)
        out(
            "decision.received", "receipt-\(name)", to: "team.bd-macpt.queue", subject: Story.id(name),
            #"{"decision":"\#(Story.id(name))","receivedAt":"\#(time)","repeated":false,"notice":"Not an emergency service."}"#
        )
    }

    private mutating func decisionsAndReturn() {
        let time = "2026-11-02T09:05:00Z"
        decide("accept", "accept", offset: 0)
        event(
            "case.accepted", "accepted", at: time, by: "routing",
            #"{"case":"\#(Story.caseID("case1"))","by":\#(Story.macpt),"decision":"\#(Story.id("accept"))","reason":"threshold-met","lead":"bd-macpt","leadAccepted":true,"entries":[\#(Story.entry("lead1", "bd-macpt", "lead", "accepted"))]}"#
        )
        show("lead1", "bd-macpt", "lead", "accepted")
        meet("decide", "decide", at: time)

        ingress("agency.bd-gps.returns", "in-return")
        event(
            "return.submitted", "return1", at: time, by: "intake", input: "agency.bd-gps.returns/0@0",
            #"{"content":{"request":"\#(Story.reference("q1"))","agency":"bd-gps","submission":"\#(Story.id("return1"))","kind":"nil","searched":2}}"#
        )
        out(
            "return.received", "receipt-return", to: "agency.bd-gps.inbox", subject: Story.reference("q1"),
            #"{"reference":"\#(Story.reference("q1"))","receivedAt":"\#(time)","kind":"nil","repeated":false}"#)
        meet("return", "return", at: time)

        ingress("oncall.bd-duty.answers", "in-answer")
        event(
            "alert.answered", "answered", at: time, by: "intake", input: "oncall.bd-duty.answers/0@0",
            #"{"alert":"\#(Story.id("alert-answer"))","desk":"bd-duty","staff":"bd.ines"}"#)
        out(
            "answer.received", "receipt-answer", to: "oncall.bd-duty.alerts", subject: Story.id("alert-answer"),
            #"{"alert":"\#(Story.id("alert-answer"))","receivedAt":"\#(time)","repeated":false}"#)
        event(
            "alert.acknowledged", "alert-acknowledged", at: time, by: "deadlines",
            #"{"alert":"\#(Story.id("alert-answer"))","desk":"bd-duty","staff":"bd.ines","obligation":"\#(Story.id("answer"))"}"#
        )
        alert("alert.acknowledged", "answer", "acknowledged")
        meet("answer", "answer", at: time)
        clear("answer", at: time)

        decide("close", "close", offset: 1)
        event(
            "case.closed", "closed", at: time, by: "routing",
            #"{"case":"\#(Story.caseID("case1"))","by":\#(Story.macpt),"decision":"\#(Story.id("close"))","reason":"needs-met","outcome":"no-further-action","entries":[\#(Story.entry("lead1", "bd-macpt", "lead", "done")),\#(Story.entry("decide1", "bd-mash", "decide", "withdrawn"))]}"#
        )
        show("lead1", "bd-macpt", "lead", "done")
        show("decide1", "bd-mash", "decide", "withdrawn")
        out(
            "referral.concluded", "concluded", to: "agency.bd-police.inbox", subject: Story.reference("r1"),
            #"{"reference":"\#(Story.reference("r1"))","child":"child-0","words":"It was looked at and closed."}"#)
    }

    private mutating func secondReferral() {
        let time = "2026-11-02T10:00:00Z"
        ingress("agency.bd-school.referrals", "in-r2")
        event(
            "referral.submitted", "r2", at: time, by: "intake", input: "agency.bd-school.referrals/0@0",
            #"{"content":{"referral":"\#(Story.id("r2"))","agency":"bd-school","agencyKind":"school","reference":"\#(Story.reference("r2"))","source":"2A","receivedAt":"\#(time)","children":[{"child":"\#(Story.id("c2"))","part":"child-0","ageBand":"5-9"},{"child":"\#(Story.id("c3"))","part":"child-1","ageBand":"10-15","protectedAddress":true}]}}"#
        )
        out(
            "referral.received", "receipt-r2", to: "agency.bd-school.inbox", subject: Story.reference("r2"),
            #"{"reference":"\#(Story.reference("r2"))","receivedAt":"\#(time)","children":2,"repeated":false}"#)
        open("decide-c2", "decide", at: time, due: "2026-11-03T10:00:00Z", #""referral":"\#(Story.id("r2"))""#)
        identified("c2", "r2", disposition: "awaiting", caseID: nil)
        event(
            "identity.requested", "review", at: time, by: "routing",
            #"{"referral":"\#(Story.id("r2"))","child":"\#(Story.id("c2"))","candidates":["\#(Story.id("p1"))"],"entries":[\#(Story.entry("review2", "bd-mash", "decide", "proposed"))]}"#
        )
        show("review2", "bd-mash", "decide", "proposed")
        event(
            "case.opened", "case2-opened", at: time, by: "deduplication",
            #"{"case":"\#(Story.caseID("case2"))","person":"\#(Story.id("p3"))","child":"\#(Story.id("c3"))","referral":"\#(Story.id("r2"))","receivedAt":"\#(time)"}"#
        )
        identified("c3", "r2", disposition: "opened", caseID: "case2")
        rate("case2", "c3", "r2", "green", 2, name: "rated-2")
        event(
            "return.requested", "request-c3", at: time, by: "triage",
            #"{"request":"\#(Story.reference("q3"))","agency":"bd-police","case":"\#(Story.caseID("case2"))","child":"\#(Story.id("c3"))","referral":"\#(Story.id("r2"))","rating":"green","purpose":"safeguarding","necessity":"section 17"}"#
        )
        out(
            "return.requested", "sent-request-c3", to: "agency.bd-police.inbox", subject: Story.reference("q3"),
            #"{"reference":"\#(Story.reference("q3"))","purpose":"safeguarding","necessity":"section 17","rating":"green","child":{"givenName":"Zebedee"}}"#
        )
        // Late: its alert stands.
        open("return3", "return", at: time, due: "2026-11-02T11:00:00Z", #""agency":"bd-police""#)
        raise("return3", "return", at: "2026-11-02T11:00:00Z", code: "overdue")
        event(
            "case.routed", "routed-2", at: time, by: "routing",
            #"{"case":"\#(Story.caseID("case2"))","child":"\#(Story.id("c3"))","referral":"\#(Story.id("r2"))","lead":"bd-family-help","leadKind":"family-help","entries":[\#(Story.entry("lead2", "bd-family-help", "lead", "proposed"))]}"#
        )
        show("lead2", "bd-family-help", "lead", "proposed")
    }

    private mutating func repeatsAndRefusal() {
        let time = "2026-11-02T10:30:00Z"
        ingress("agency.bd-police.referrals", "in-repeat")
        event(
            "referral.repeated", "repeat", at: time, by: "intake", input: "agency.bd-police.referrals/0@1",
            #"{"referral":"\#(Story.id("r1"))","agency":"bd-police"}"#)
        out(
            "referral.received", "receipt-repeat", to: "agency.bd-police.inbox", subject: Story.reference("r1"),
            #"{"reference":"\#(Story.reference("r1"))","receivedAt":"\#(time)","children":1,"repeated":true}"#)
        ingress("agency.bd-gps.returns", "in-return-repeat")
        out(
            "return.received", "receipt-return-repeat", to: "agency.bd-gps.inbox", subject: Story.reference("q1"),
            #"{"reference":"\#(Story.reference("q1"))","receivedAt":"\#(time)","repeated":true}"#)

        ingress("agency.bd-police.referrals", "in-refused")
        event(
            "submission.refused", "refused", at: time, by: "intake", input: "agency.bd-police.referrals/0@2",
            #"{"channel":"referrals","agency":"bd-police","reason":"not-json","deadLetter":"\#(Story.id("letter"))","reference":"\#(Story.reference("refused"))"}"#
        )
        out(
            "submission.refused", "told-refused", to: "agency.bd-police.inbox", subject: Story.reference("refused"),
            #"{"reference":"\#(Story.reference("refused"))","channel":"referrals","reason":"not-json","advice":"Send it again."}"#
        )
        lines.append(
            Line(
                name: "letter", topic: "hub.dead-letters", key: Story.id("letter"),
                headers: [
                    ("ce_id", Story.id("letter")), ("ce_source", "/service/intake"),
                    ("ce_type", "frontdoor.dead-letter.recorded.v1"), ("ce_time", time),
                ],
                value:
                    #"{"reason":"not-json","origin":"agency.bd-police.referrals/0@2","service":"intake","length":9434765919,"sha256":"ab12","original":{"event":"e","part":"original","sealed":"q83vEjRWeJq83vEjRWeJ"}}"#
            ))
        event("clock.struck", "strike", at: time, by: "clock", #"{"now":"\#(time)"}"#)
        event("clock.struck", "strike", at: time, by: "clock", #"{"now":"\#(time)"}"#)
    }
}
