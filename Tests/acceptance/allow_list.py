"""What leaves the room, for messages with a marked value in every field: nothing but what topics/audiences.yaml names,
and never a word of one agency in the inbox of another."""

import collections
import json
import os
import re

from hub import Hub, all_hours, call, expect, main, until, verify

AUDIENCES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "topics", "audiences.yaml")
HEADERS = {
    "ce_specversion", "ce_id", "ce_source", "ce_type", "ce_subject", "ce_time", "ce_localauthority", "content-type"}
# Ends so long that no sealed bytes, written in base 64, look like them by chance.
MARK = re.compile(rb"ZqMarkq([A-Za-z0-9.-]{1,60}?)qkraMqZ")
FOLDED = re.compile(rb"(?:zqmarkq|ZQMARKQ)([A-Za-z0-9. -]{1,60}?)(?:qkramqz|QKRAMQZ)")
AUTHORITY = "E09000002"


def mark(what):
    """A free text that can be found again, whole and whatever its case."""
    return f"ZqMarkq{what}qkraMqZ"


# Values of a form of their own, which cannot carry a marker: found by themselves.
TYPED = {
    "2015-03-14": "first.birthDate", "2017-08-21": "second.birthDate", "1985-01-30": "adult.birthDate",
    "9990000018": "first.nhsNumber", "9990000026": "second.nhsNumber", "9990000034": "adult.nhsNumber",
    "ZZ99 1AA": "first.postcode", "ZZ99 2BB": "second.postcode", "ZZ99 3CC": "adult.postcode",
    "ZZ99 4DD": "first.formerPostcode", "ZZ99 5EE": "school.postcode",
    "2026-01-11": "concern.plain.eventDate", "2026-02-12": "concern.other.eventDate",
}


def valid_nhs(stem):
    sum_ = sum(int(digit) * weight for digit, weight in zip(stem, range(10, 1, -1)))
    check = 11 - sum_ % 11
    return None if check == 10 else stem + str(0 if check == 11 else check)


def numbers(count):
    found, stem = [], 999000000
    while len(found) < count:
        number = valid_nhs(str(stem))
        stem += 7
        if number:
            found.append(number)
    return found


FIRST_NHS, SECOND_NHS, ADULT_NHS = numbers(3)
for old in [name for name in TYPED if name.startswith("999")]:
    del TYPED[old]
TYPED.update({FIRST_NHS: "first.nhsNumber", SECOND_NHS: "second.nhsNumber", ADULT_NHS: "adult.nhsNumber"})


def upn(digits):
    letters = "ABCDEFGHJKLMNPQRTUVWXYZ"
    return letters[sum(int(digit) * place for place, digit in enumerate(digits, 2)) % 23] + digits


FIRST_UPN, SECOND_UPN = upn("801200001001"), upn("801200001002")
TYPED.update({FIRST_UPN: "first.upn", SECOND_UPN: "second.upn"})


def person(who, **fields):
    return {
        "givenName": mark(f"{who}.givenName"), "familyName": mark(f"{who}.familyName"),
        "aliases": [{"givenName": mark(f"{who}.aliasGiven"), "familyName": mark(f"{who}.aliasFamily")}],
        "birthDateEstimated": False, "sex": "F", "laChildId": mark(f"{who}.laChildId"),
        "formerAddresses": [{"lines": [mark(f"{who}.formerLine")], "postcode": "ZZ99 4DD"}],
        mark(f"{who}.unknownName"): mark(f"{who}.unknown"), **fields,
    }


def event(agency, number, kind, data):
    return json.dumps({
        "specversion": "1.0", "id": mark(f"{agency}.id{number}"), "source": f"/agency/{agency}",
        "type": f"frontdoor.{kind}.v1", "datacontenttype": "application/json", "subject": mark(f"{agency}.subject"),
        "marked": mark(f"{agency}.attribute"), "traceparent": mark(f"{agency}.trace"),
        "correlationid": mark(f"{agency}.correlation"), "data": data}).encode() + b"\n"


def sharing(who):
    return {
        "consent": "given", "agreement": mark(f"{who}.agreement"), "parentsInformed": "yes",
        "notInformedReason": mark(f"{who}.notInformed"), "purpose": mark(f"{who}.purpose"),
        "necessity": mark(f"{who}.necessity"), "gateway": mark(f"{who}.gateway"), "regime": "uk-gdpr"}


def police_referral():
    first = person(
        "first", key=mark("first.key"), birthDate="2015-03-14", nhsNumber=FIRST_NHS, upn=FIRST_UPN,
        address={"lines": [mark("first.line")], "postcode": "ZZ99 1AA", "uprn": mark("first.uprn")},
        withhold=["bd-social-care"])
    second = person(
        "second", key=mark("second.key"), birthDate="2017-08-21", nhsNumber=SECOND_NHS, upn=SECOND_UPN,
        address={"protected": True, "lines": [mark("second.line")], "postcode": "ZZ99 2BB"}, withhold=["bd-gps"])
    adult = person(
        "adult", key=mark("adult.key"), relationship="parent", parentalResponsibility=True, birthDate="1985-01-30",
        nhsNumber=ADULT_NHS, address={"lines": [mark("adult.line")], "postcode": "ZZ99 3CC"})

    def concern(name, about, factor, **fields):
        return {
            "about": about, "factor": factor, "narrative": mark(f"concern.{name}"), mark(f"concern.{name}.unknown"): 1,
            **fields}

    return event("bd-police", 1, "referral.submitted", {
        "localAuthority": AUTHORITY, "referralSource": "6", "children": [first, second], "adults": [adult],
        "concerns": [
            concern("plain", mark("first.key"), "19B", eventDate="2026-01-11"),
            concern("third", mark("first.key"), "16A", thirdParty=True),
            concern("secret", mark("first.key"), "17A", doNotDisclose=True),
            concern("adult", mark("adult.key"), "3A", opinion=True),
            concern("other", mark("second.key"), "19B", eventDate="2026-02-12"),
            concern("strange", mark("first.key"), mark("factor")),
        ],
        "narrative": mark("police.narrative"),
        "referrer": {
            "name": mark("police.referrer"), "role": mark("police.role"), "email": mark("police.email"),
            "phone": mark("police.phone")},
        "withhold": ["bd-hospital"], "sharing": sharing("police"), mark("police.unknownName"): mark("police.unknown"),
    })


def school_referral():
    """The same child, from another agency."""
    child = person("school.child", key=mark("school.key"))
    child.update(
        givenName=mark("first.givenName"), familyName=mark("first.familyName"), birthDate="2015-03-14",
        nhsNumber=FIRST_NHS, address={"lines": [mark("school.line")], "postcode": "ZZ99 5EE"})
    return event("bd-education", 1, "referral.submitted", {
        "localAuthority": AUTHORITY, "referralSource": "2B", "children": [child],
        "concerns": [{"about": mark("school.key"), "factor": "16A", "narrative": mark("school.concern")}],
        "narrative": mark("school.narrative"), "referrer": {"name": mark("school.referrer")},
        "sharing": sharing("school")})


def returned(agency, request, **fields):
    return event(agency, 2, "return.submitted", {
        "request": request, "searched": [{"system": mark(f"{agency}.system"), "person": mark(f"{agency}.searcher")}],
        "narrative": mark(f"{agency}.narrative"), "sharing": sharing(agency),
        mark(f"{agency}.unknownName"): mark(f"{agency}.unknown"), **fields})


def findings(agency):
    return [
        {"about": "child", "factor": "16A", "narrative": mark(f"{agency}.finding")},
        {"about": "child", "factor": "16A", "thirdParty": True, "narrative": mark(f"{agency}.findingThird")},
        {"about": "child", "factor": "16A", "doNotDisclose": True, "narrative": mark(f"{agency}.findingSecret")},
        {"about": "adult", "narrative": mark(f"{agency}.findingAdult")},
    ]


def allow_lists():
    """The file's one shape: types by two spaces, audiences by four, paths in brackets or one a line."""
    lists, kind, audience = collections.defaultdict(set), None, None
    with open(AUDIENCES, encoding="utf-8") as file:
        for line in file:
            line = line.split("#")[0].rstrip()
            if re.fullmatch(r"  [a-z.-]+:", line):
                kind = line.strip()[:-1]
            elif found := re.fullmatch(r"    (agency|team|desk):\s*(\[(.*)\])?", line):
                audience = found[1]
                lists[kind, audience] |= {path.strip() for path in (found[3] or "").split(",") if path.strip()}
            elif found := re.fullmatch(r"      - (\S+)", line):
                lists[kind, audience].add(found[1])
    expect(len(lists) >= 18 and sum(map(len, lists.values())) > 150, "audiences.yaml cannot be read: mend this reader")
    return lists


def paths(value, path=""):
    """Every path of a document down to its leaves; the elements of a list share one."""
    if isinstance(value, dict):
        for name, member in value.items():
            yield from paths(member, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for element in value:
            yield from paths(element, path)
    else:
        yield path


def marks(data):
    found = {name.decode() for name in MARK.findall(data)}
    # Also what was folded on the way, as names are for comparing.
    found |= {name.decode() + " (folded)" for name in FOLDED.findall(data)}
    return found | {what for text, what in TYPED.items() if text.encode() in data}


def deep_marks(record):
    return marks(record.raw_headers) | marks((record.key or "").encode()) | marks(record.value or b"")


PARTICULARS = {
    f"{field}" for field in ("givenName", "familyName", "birthDate", "nhsNumber", "line", "postcode")}
ASKED = {f"first.{field}" for field in PARTICULARS}


def check_forms(log):
    """Field by field against the lists."""
    lists = allow_lists()
    counts = collections.Counter()
    for ending, audience in ((".inbox", "agency"), (".queue", "team"), (".alerts", "desk")):
        for topic in log.names(ending):
            for record in log.records(topic):
                counts[audience, record.type] += 1
                extra = set(record.headers) - HEADERS
                expect(not extra, f"{record.type} to {topic} carries {extra}")
                allowed = lists[record.type, audience]
                for path in set(paths(record.data)):
                    covered = any(path == entry or path.startswith(entry + ".") for entry in allowed)
                    expect(covered, f"{record.type} to {topic} carries {path}, which audiences.yaml does not name")
    return counts


def check_inboxes(log):
    references = collections.defaultdict(set)
    for topic in log.names(".inbox"):
        agency = topic.split(".")[1]
        for record in log.records(topic):
            found = deep_marks(record)
            if record.type == "return.requested":
                one = "first" if any(what.startswith("first.") for what in found) else "second"
                allowed = {f"{one}.{field}" for field in PARTICULARS}
                if agency in ("bd-schools", "bd-education"):
                    allowed.add(f"{one}.upn")
                if one == "second":
                    allowed -= {"second.line", "second.postcode"}
                    expect(agency != "bd-gps", "an agency is asked about a child whom it must not be told of")
                # Where the other agency's referral is what was asked for, its address of the child is the particulars.
                expect(found <= allowed, f"a request to {agency} holds {sorted(found - allowed)}")
                expect(found, f"a request to {agency} says nothing about the child")
            else:
                expect(not found, f"{record.type} to {agency} holds {sorted(found)}")
            references[agency] |= set(re.findall(rb"[0-9a-z]{26}|E\d{8}-[0-9a-z]+-[0-9a-z]+", record.value + record.raw_headers))
    for agency in ("bd-hospital", "bd-social-care"):
        told = [r.type for r in log.records(f"agency.{agency}.inbox")]
        # Social care must not be told of the first child; the hospital of none of the referral's.
        if agency == "bd-hospital":
            expect(not told, f"an agency that must not be told has {told}")
        expect(
            not any("first." in what for r in log.records(f"agency.{agency}.inbox") for what in deep_marks(r)),
            f"{agency} is told of a child whom it must not be told of")
    agencies = sorted(references)
    for place, one in enumerate(agencies):
        for other in agencies[place + 1 :]:
            shared = references[one] & references[other]
            expect(not shared, f"{one} and {other} share {shared}")
    return agencies


# What a team works with: the child, the words about it and about the adults, and what came back.
def allowed_in_queue(entry_child):
    own = {f"{entry_child}.{field}" for field in PARTICULARS | {"aliasGiven", "aliasFamily", "laChildId", "upn"}}
    if entry_child == "second":
        own -= {"second.line", "second.postcode"}
        words = {"concern.other", "concern.other.eventDate"}
    else:
        words = {
            "concern.plain", "concern.plain.eventDate", "concern.strange", "school.narrative", "school.concern",
            "bd-gps.narrative", "bd-gps.finding", "bd-gps.findingAdult", "bd-health-visitors.narrative", "school.line",
            "school.postcode", "school.child.aliasGiven", "school.child.aliasFamily", "school.child.laChildId"}
    return own | words | {"police.narrative", "concern.adult"}


def check_queues(log):
    seen = set()
    for topic in log.names(".queue"):
        for record in log.records(topic):
            found = deep_marks(record)
            if record.type != "entry.updated":
                expect(not found, f"{record.type} to {topic} holds {sorted(found)}")
                continue
            expect(not marks(record.raw_headers), f"a header of {topic} holds a marked value")
            child = "second" if "second.familyName" in found else "first"
            extra = found - allowed_in_queue(child)
            expect(not extra, f"an entry of {topic} about the {child} child holds {sorted(extra)}")
            if child == "second":
                expect(record.data["child"]["address"] == "protected: ask", "a protected address does not say so")
            seen |= found
    expect("first.familyName" in seen and "second.familyName" in seen, "the teams do not see whom they work for")
    return seen


def check_rest(log, said):
    for topic in log.names(".alerts") + ["hub.events", "hub.dead-letters"]:
        for record in log.records(topic):
            found = deep_marks(record)
            if topic == "hub.events" and record.type.startswith("referral."):
                # When something happened is a fact, which Triage reads: whether it was lately.
                found -= {"concern.plain.eventDate", "concern.other.eventDate"}
            expect(not found, f"{record.type or 'a record'} on {topic} holds {sorted(found)}")
    for key, value in log.database.execute("SELECT key, value FROM table_rows"):
        found = (marks(key) | marks(value or b"")) - {"concern.plain.eventDate", "concern.other.eventDate"}
        expect(not found, f"a row of a table holds {sorted(found)}")
    expect(not marks(said.encode()), "what the hub prints holds a marked value")
    # A search that finds nothing anywhere would be content with everything.
    (first, *_) = log.records("agency.bd-police.referrals")
    expect({"second.line", "second.postcode", "first.uprn"} <= marks(first.value), "this search finds nothing")


def test(scratch):
    os.environ["FRONTDOOR_CONFIG"] = all_hours(scratch)
    hub = Hub(f"{scratch}/data", f"{scratch}/hub.txt")
    data = ["--data", hub.folder]
    try:
        hub.start()
        log = hub.log()

        def publish(agency, *messages):
            call("publish", *data, "--agency", agency, "-", stdin=b"".join(messages))
            hub.rest(log, 30)

        def requests(agency):
            return [r.data["reference"] for r in log.records(f"agency.{agency}.inbox") if r.type == "return.requested"]

        publish("bd-police", police_referral())
        publish("bd-education", school_referral())
        asked = {name.split(".")[1]: len(requests(name.split(".")[1])) for name in log.names(".inbox")}
        print("asked:", {agency: count for agency, count in asked.items() if count})
        expect(asked["bd-gps"] == 1 and asked["bd-schools"] >= 1, f"not who was to be asked: {asked}")
        publish(
            "bd-gps", returned("bd-gps", requests("bd-gps")[0], kind="full", findings=findings("bd-gps")),
            returned("bd-gps", mark("bd-gps.wrongReference"), kind="full"))
        visitors = requests("bd-health-visitors")
        publish(
            "bd-health-visitors",
            returned("bd-health-visitors", visitors[0], kind="declined", declineReason=mark("declineReason")))
        publish("bd-schools", returned("bd-schools", requests("bd-schools")[0], kind="nil"))

        def open_leads():
            return [e for e in log.queue().values() if e["kind"] == "lead" and e["state"] == "proposed"]

        for entry in open_leads():
            call(
                "decide", "bd-macpt", "accept", *data, "--entry", entry["entry"], "--by", "bd.ewa", "--note",
                mark("decision.note"))
        hub.rest(log, 30)
        taken = [e for e in log.queue().values() if e["kind"] == "lead" and e["state"] == "accepted"]
        expect(len(taken) == 2, f"{len(taken)} children are led, not two")
        call(
            "decide", "bd-macpt", "close", *data, "--entry", taken[0]["entry"], "--by", "bd.ewa", "--outcome",
            "protection", "--note", mark("close.note"))
        alerts = [json.loads(line) for line in call("alerts", *data, "--json").stdout.splitlines()]
        expect(alerts, "two children at risk, and nobody is woken")
        for alert in alerts:
            call(
                "alerts", "answer", alert["alert"], *data, "--desk", "bd-duty", "--by", "bd.ines", "--note",
                mark("answer.note"))
        hub.rest(log, 30)

        problems = []
        for check in (check_forms, check_inboxes, check_queues, lambda log: check_rest(log, hub.said())):
            try:
                found = check(log)
                if check is check_forms:
                    print("left the room:", ", ".join(f"{count} {kind}" for (_, kind), count in sorted(found.items())))
                if check is check_inboxes:
                    print("inboxes that share nothing:", ", ".join(found))
            except Exception as failure:  # all four are tried, so that one run shows all that is wrong
                problems.append(str(failure) or repr(failure))
        hub.stop()
        verify(hub.folder)
        expect(not marks(hub.said().encode()), "what the hub prints at its end holds a marked value")
        expect(not problems, "\n  ".join(problems))
        log.close()
    finally:
        hub.end()


main(test)
