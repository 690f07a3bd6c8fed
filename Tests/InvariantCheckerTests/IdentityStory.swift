extension Story {
    static let amara = by("bd.amara", "bd-mash", "mash-manager")

    private mutating func referred(_ referral: String, _ child: String, offset: Int, band: String) {
        let time = "2026-11-02T10:40:00Z"
        ingress("agency.bd-school.referrals", "in-\(referral)")
        event(
            "referral.submitted", referral, at: time, by: "intake", input: "agency.bd-school.referrals/0@\(offset)",
            #"{"content":{"referral":"\#(Story.id(referral))","agency":"bd-school","agencyKind":"school","reference":"\#(Story.reference(referral))","source":"2A","receivedAt":"\#(time)","children":[{"child":"\#(Story.id(child))","part":"child-0","ageBand":"\#(band)"}]}}"#
        )
        out(
            "referral.received", "receipt-\(referral)", to: "agency.bd-school.inbox",
            subject: Story.reference(referral),
            #"{"reference":"\#(Story.reference(referral))","receivedAt":"\#(time)","children":1,"repeated":false}"#)
    }

    private mutating func identify(
        _ child: String, _ referral: String, as person: String, on name: String, _ record: String
    ) {
        event(
            "referral.identified", record, at: "2026-11-02T10:40:00Z", by: "deduplication",
            #"{"referral":"\#(Story.id(referral))","child":"\#(Story.id(child))","part":"child-0","outcome":"new","disposition":"opened","case":"\#(Story.caseID(name))","person":"\#(Story.id(person))","model":"certain-1","score":0}"#
        )
    }

    private mutating func ask(
        _ request: String, of agency: String, about child: String, _ referral: String, on name: String
    ) {
        event(
            "return.requested", "request-\(request)", at: "2026-11-02T10:40:00Z", by: "triage",
            #"{"request":"\#(Story.reference(request))","agency":"\#(agency)","case":"\#(Story.caseID(name))","child":"\#(Story.id(child))","referral":"\#(Story.id(referral))","rating":"green","purpose":"safeguarding","necessity":"section 17"}"#
        )
        out(
            "return.requested", "sent-\(request)", to: "agency.\(agency).inbox", subject: Story.reference(request),
            #"{"reference":"\#(Story.reference(request))","purpose":"safeguarding","necessity":"section 17","rating":"green","child":{"givenName":"Zebedee"}}"#
        )
    }

    private mutating func takeBack(_ request: String, from agency: String) {
        out(
            "request.withdrawn", "taken-back-\(request)", to: "agency.\(agency).inbox",
            subject: Story.reference(request),
            #"{"reference":"\#(Story.reference(request))","words":"Please delete it."}"#)
    }

    private mutating func decides(_ name: String, _ verb: String, _ child: String, offset: Int) {
        let time = "2026-11-02T10:50:00Z"
        ingress("team.bd-mash.decisions", "in-\(name)")
        event(
            "decision.submitted", name, at: time, by: "intake", input: "team.bd-mash.decisions/0@\(offset)",
            #"{"by":\#(Story.amara),"verb":"\#(verb)","reason":"other","child":"\#(Story.id(child))"}"#)
        out(
            "decision.received", "receipt-\(name)", to: "team.bd-mash.queue", subject: Story.id(name),
            #"{"decision":"\#(Story.id(name))","receivedAt":"\#(time)","repeated":false}"#)
    }

    private func showing(_ name: String, _ children: String...) -> String {
        let list = children.map { #"{"referral":"\#(Story.id("r-\($0)"))","children":["\#(Story.id($0))"]}"# }
        return #""case":"\#(Story.caseID(name))","referrals":[\#(list.joined(separator: ","))]"#
    }

    private mutating func shows(_ entry: String, _ record: String, _ more: String) {
        let id = Story.id(entry)
        out(
            "entry.updated", record, to: "team.bd-family-help.queue", subject: id, key: id,
            #"{"entry":"\#(id)","kind":"lead","state":"proposed",\#(more)}"#)
    }

    mutating func linkUndone() {
        let time = "2026-11-02T10:50:00Z"
        referred("r6", "c6", offset: 1, band: "5-9")
        identify("c6", "r6", as: "p6", on: "case3", "identified-c6")
        rate("case3", "c6", "r6", "green", 2, name: "rated-c6")
        event(
            "case.routed", "routed-3", at: time, by: "routing",
            #"{"case":"\#(Story.caseID("case3"))","child":"\#(Story.id("c6"))","referral":"\#(Story.id("r6"))","lead":"bd-family-help","leadKind":"family-help","entries":[\#(Story.entry("lead6", "bd-family-help", "lead", "proposed"))]}"#
        )
        shows("lead6", "shown-lead6", showing("case3", "c6"))
        referred("r4", "c4", offset: 2, band: "5-9")
        identify("c4", "r4", as: "p6", on: "case3", "identified-c4")
        rate("case3", "c4", "r4", "green", 2, name: "rated-c4")
        ask("q4", of: "bd-gps", about: "c4", "r4", on: "case3")
        shows("lead6", "shown-lead6-with-c4", showing("case3", "c6", "c4"))
        decides("unlink", "unlink", "c4", offset: 0)
        event(
            "identity.unlinked", "unlinked", at: time, by: "deduplication",
            #"{"by":\#(Story.amara),"decision":"\#(Story.id("unlink"))","referral":"\#(Story.id("r4"))","child":"\#(Story.id("c4"))","person":"\#(Story.id("p4"))","previous":"\#(Story.id("p6"))","case":"\#(Story.caseID("case4"))","previousCase":"\#(Story.caseID("case3"))","reason":"wrong-link"}"#
        )
        event(
            "case.opened", "case4-opened", at: time, by: "deduplication",
            #"{"case":"\#(Story.caseID("case4"))","person":"\#(Story.id("p4"))","child":"\#(Story.id("c4"))","referral":"\#(Story.id("r4"))","receivedAt":"\#(time)"}"#
        )
        identify("c4", "r4", as: "p4", on: "case4", "identified-c4-again")
        event(
            "case.routed", "routed-4", at: time, by: "routing",
            #"{"case":"\#(Story.caseID("case4"))","child":"\#(Story.id("c4"))","referral":"\#(Story.id("r4"))","lead":"bd-family-help","leadKind":"family-help","entries":[\#(Story.entry("lead4", "bd-family-help", "lead", "proposed"))]}"#
        )
        takeBack("q4", from: "bd-gps")
        shows("lead6", "shown-lead6-without-c4", showing("case3", "c6"))
        out(
            "link.withdrawn", "told-family-help", to: "team.bd-family-help.queue", subject: Story.caseID("case3"),
            #"{"case":"\#(Story.caseID("case3"))","words":"Please delete it."}"#)
        shows("lead4", "shown-lead4", showing("case4", "c4"))
        rate("case4", "c4", "r4", "green", 2, name: "rated-c4-again")
    }

    mutating func childLost() {
        let time = "2026-11-02T10:55:00Z"
        referred("r5", "c5", offset: 3, band: "unborn")
        identify("c5", "r5", as: "p5", on: "case5", "identified-c5")
        rate("case5", "c5", "r5", "green", 2, name: "rated-c5")
        ask("q5", of: "bd-gps", about: "c5", "r5", on: "case5")
        event(
            "case.routed", "routed-5", at: time, by: "routing",
            #"{"case":"\#(Story.caseID("case5"))","child":"\#(Story.id("c5"))","referral":"\#(Story.id("r5"))","lead":"bd-family-help","leadKind":"family-help","entries":[\#(Story.entry("lead5", "bd-family-help", "lead", "proposed"))]}"#
        )
        shows("lead5", "shown-lead5", showing("case5", "c5"))
        let about = #""case":"\#(Story.caseID("case5"))""#
        open("decide-c5", "decide", at: time, due: "2026-11-03T10:55:00Z", about)
        decides("loss", "lost", "c5", offset: 1)
        event(
            "unborn.lost", "lost", at: time, by: "deduplication",
            #"{"by":\#(Story.amara),"decision":"\#(Story.id("loss"))","referral":"\#(Story.id("r5"))","child":"\#(Story.id("c5"))","person":"\#(Story.id("p5"))","case":"\#(Story.caseID("case5"))","reason":"loss"}"#
        )
        event(
            "case.closed", "closed-5", at: time, by: "routing",
            #"{"case":"\#(Story.caseID("case5"))","by":\#(Story.amara),"decision":"\#(Story.id("loss"))","reason":"loss","entries":[\#(Story.entry("lead5", "bd-family-help", "lead", "done"))]}"#
        )
        show("lead5", "bd-family-help", "lead", "done")
        takeBack("q5", from: "bd-gps")
        event(
            "obligation.withdrawn", "withdrawn-decide-c5", at: time, by: "deadlines",
            #"{\#(Story.owed("decide-c5", "decide")),"reason":"ended"}"#)
    }
}
