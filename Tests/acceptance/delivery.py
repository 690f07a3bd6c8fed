"""Who is told what by which tool: over real Alertmanagers, webhooks that fail, and a mail server with TLS."""

import base64
import collections
import datetime
import email
import json
import os
import re
import shutil
import subprocess
import sys
import time

from hub import Hub, all_hours, call, expect, main, until, verify
from receivers import DEPLOY, Alertmanager, Mailbox, Webhooks, free_ports

AUTHORITY = "E09000002"
# Each is a word that nothing else holds: found wherever it may have got to.
PERSONAL = {
    "givenName": "Zebedeeah", "familyName": "Quillfeather", "alias": "Xanthippe", "adultGiven": "Wolfgangus",
    "adultFamily": "Tanglewood", "line": "17 Umbrella Crescent", "postcode": "ZZ99 7QX", "birthDate": "2015-03-14",
    "adultBirthDate": "1985-01-30", "nhsNumber": "9990000018", "upn": "A801200001001", "laChildId": "LA-44871-Q",
    "uprn": "100023336956", "key": "sibling-kestrel", "concern": "Left alone with a kettle.",
    "narrative": "Seen by a patrol near the viaduct.", "referrer": "Constable Ottoline", "email": "ottoline@police.example",
    "phone": "07700 900461", "messageId": "police-id-7781", "returnId": "schools-id-9912",
    "returnNarrative": "Attendance fell off in autumn.", "note": "Rang the head, she will look it up.",
}
SERVICES = {"intake", "deadlines", "delivery"}


def referral():
    p = PERSONAL
    return json.dumps({
        "specversion": "1.0", "id": p["messageId"], "source": "/agency/bd-police",
        "type": "frontdoor.referral.submitted.v1", "data": {
            "localAuthority": AUTHORITY, "referralSource": "6", "immediateDanger": True,
            "children": [{
                "key": p["key"], "givenName": p["givenName"], "familyName": p["familyName"],
                "aliases": [{"givenName": p["alias"]}], "birthDate": p["birthDate"], "nhsNumber": p["nhsNumber"],
                "upn": p["upn"], "laChildId": p["laChildId"], "sex": "F",
                "address": {"lines": [p["line"]], "postcode": p["postcode"], "uprn": p["uprn"]}}],
            "adults": [{
                "key": "adult", "givenName": p["adultGiven"], "familyName": p["adultFamily"],
                "birthDate": p["adultBirthDate"], "relationship": "parent"}],
            "concerns": [{"about": p["key"], "factor": "19B", "narrative": p["concern"]}],
            "narrative": p["narrative"],
            "referrer": {"name": p["referrer"], "email": p["email"], "phone": p["phone"]}}}).encode() + b"\n"


def configuration(scratch, peers, webhooks, mailbox):
    """The shipped one, with clocks of seconds for what a Red asks, and all kinds of tools."""
    folder = f"{scratch}/config"
    shutil.copytree(DEPLOY, folder)
    path = f"{folder}/policies/needs-assessment.yaml"
    with open(path, encoding="utf-8") as file:
        text = file.read()
    text, count = re.subn(
        r"\{kind: return, ratings: \[red\], budget: 4h,", "{kind: return, ratings: [red], budget: 6s,", text)
    expect(count == 1, "the clock of a Red's return is not where it was")
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    others = "[ex-duty, bi-duty, hub-duty, bd-edt, ex-edt, bi-edt]"
    # Which desk is woken must not depend on when a test runs.
    shutil.copy(f"{all_hours(scratch)}/hub.yaml", f"{folder}/hub.yaml")
    with open(f"{folder}/hub.yaml", "a", encoding="utf-8") as file:
        file.write(f"""
delivery:
  link: https://hub.example/alerts/{{reference}}
  signIn: https://hub.example/sign-in
  repostSeconds: 1
  resolvedSeconds: 5
  timeoutSeconds: 2
  backoffSeconds: 1
  backoffSecondsMax: 2
  aliveSeconds: 1
  aliveHoldsSeconds: 4
  metricsFile: {scratch}/frontdoor.prom
  sinks:
    - id: pager
      kind: alertmanager
      desks: [bd-duty]
      urls: {json.dumps([peer.url for peer in peers])}
    - {{id: good, kind: chat, desks: [bd-duty], urls: ["{webhooks.url('/good')}"]}}
    - {{id: secret, kind: chat, desks: [bd-duty], urlFile: {scratch}/secret-url}}
    - {{id: failing, kind: chat, desks: [bd-duty], urls: ["{webhooks.url('/failing')}"]}}
    - {{id: busy, kind: chat, desks: [bd-duty], urls: ["{webhooks.url('/busy')}"]}}
    - {{id: hanging, kind: chat, desks: [bd-duty], urls: ["{webhooks.url('/hanging')}"]}}
    - {{id: teams, kind: teams, desks: [bd-duty], urls: ["{webhooks.url('/teams')}"]}}
    - id: mail
      kind: email
      desks: [bd-duty]
      urls: ["smtp://localhost:{mailbox.port}"]
      caFile: {mailbox.certificate}
      from: hub@hub.example
      to: [duty@desk.example]
    - id: schools
      kind: email
      agencies: [bd-schools]
      urls: ["smtp://localhost:{mailbox.port}"]
      caFile: {mailbox.certificate}
      from: hub@hub.example
      to: [dsl@school.example]
      cover: [deputy@school.example]
    - {{id: untrusted, kind: email, agencies: [bd-gps], urls: ["smtp://localhost:{mailbox.port}"], from: hub@hub.example, to: [gp@surgery.example]}}
    - {{id: plain, kind: email, agencies: [bd-schools], urls: ["smtp://localhost:{mailbox.plain_port}"], from: hub@hub.example, to: [plain@school.example]}}
    - {{id: elsewhere, kind: chat, desks: {others}, urls: ["{webhooks.url('/elsewhere')}"]}}
""")
    with open(f"{scratch}/secret-url", "w", encoding="utf-8") as file:
        file.write(webhooks.url("/secret") + "\n")
    return folder


def lines(*arguments, code=0):
    return [json.loads(line) for line in call(*arguments, "--json", code=code).stdout.splitlines()]


def hub_alerts(peer):
    """What stands at a peer, but for the signs of life."""
    own = ("FrontdoorAlive", "FrontdoorSilent", "FrontdoorSinkFailing", "FrontdoorBack")
    return [a for a in peer.alerts() if a["labels"]["alertname"] not in own]


def failing(peer):
    return [a for a in peer.alerts() if a["labels"]["alertname"] == "FrontdoorSinkFailing"]


def states(peer, name):
    return {
        a["labels"]["service"]: a["status"]["state"] for a in peer.alerts() if a["labels"]["alertname"] == name}


def seconds_ahead(alert):
    end = datetime.datetime.fromisoformat(alert["endsAt"].replace("Z", "+00:00"))
    return (end - datetime.datetime.now(datetime.timezone.utc)).total_seconds()


def decoded(mail):
    """Headers, and the text as a reader sees it."""
    _, content = mail
    message = email.message_from_bytes(content)
    return message, base64.b64decode(message.get_payload()).decode()


def test(scratch):
    begin = time.monotonic()
    webhooks = Webhooks()
    webhooks.answers = {"/failing": [500, 500, 200], "/busy": [429, 200], "/hanging": [0]}
    mailbox = Mailbox(scratch)
    ports = free_ports(4)
    peers = [
        Alertmanager(scratch, "one", (ports[0], ports[1], ports[3]), webhooks),
        Alertmanager(scratch, "two", (ports[2], ports[3], ports[1]), webhooks),
    ]
    hub = Hub(f"{scratch}/data", f"{scratch}/hub.txt")
    data = ["--data", hub.folder]

    def step(what):
        print(f"  {time.monotonic() - begin:5.1f} s  {what}")

    try:
        for peer in peers:
            peer.start()
        config = configuration(scratch, peers, webhooks, mailbox)
        expect(call("check", "--config", config, *data).stdout == b"Nothing is wrong.\n", "check finds fault")
        for peer in peers:
            peer.ready()
        run = ["--config", config]
        hub.start(*run)
        log = hub.log()

        def alive_everywhere():
            hub.must_run()
            return all(states(peer, "FrontdoorAlive") == dict.fromkeys(SERVICES, "active") for peer in peers)

        until("every service gives a sign of life", alive_everywhere, 20, every=0.1)
        until(
            "the silence is held down",
            lambda: all(states(peer, "FrontdoorSilent") == dict.fromkeys(SERVICES, "suppressed") for peer in peers), 10,
            every=0.1)
        step("signs of life at both peers")

        # A child in danger: told once by every tool that can be reached.
        call("publish", *data, "--agency", "bd-police", "-", stdin=referral())

        def danger():
            return all(any(a["labels"]["alertname"] == "FrontdoorDanger" for a in hub_alerts(p)) for p in peers)

        until("both peers have the danger", danger, 20, every=0.05)
        for path in ("/good", "/secret", "/failing", "/busy", "/teams"):
            until(f"{path} is told", lambda path=path: webhooks.taken(path), 20, every=0.05)
        until("the desk has its mail", lambda: [m for m in mailbox.mails if m[0] == ["duty@desk.example"]], 20, every=0.05)
        expect([s for _, s in webhooks.tried("/failing")][:3] == [500, 500, 200], "a failing tool is not tried again")
        waits = [b - a for (a, _), (b, _) in zip(webhooks.tried("/failing"), webhooks.tried("/failing")[1:])]
        expect(waits[0] >= 0.45, f"it is tried again without a wait: {waits}")
        busy = webhooks.tried("/busy")
        expect(busy[1][0] - busy[0][0] >= 0.95, "the wait that a tool asked for is not kept")
        step("one danger, told by all tools that can be reached")

        # Nobody returns: every agency that was asked is overdue.
        asked = {a.split(".")[1] for a in log.names(".inbox")
                 if any(r.type == "return.requested" for r in log.records(a))}
        expect(len(asked) >= 3 and "bd-schools" in asked, f"these were asked: {asked}")

        def overdue(peer):
            return {
                a["labels"]["agency"] for a in hub_alerts(peer)
                if a["labels"]["alertname"] == "FrontdoorOverdue" and a["labels"].get("owed") == "return"}

        until("all are overdue at both peers", lambda: all(overdue(p) >= asked for p in peers), 30, every=0.1)
        for peer in peers:
            found = hub_alerts(peer)
            names = collections.Counter((a["labels"]["reference"], a["labels"]["step"]) for a in found)
            expect(set(names.values()) == {1}, f"an alert is there twice: {names}")
            for a in found:
                expect(seconds_ahead(a) > 7 * 86400, f"{a['labels']['alertname']} ends in {seconds_ahead(a):.0f} s")
                expect(len({b["labels"]["thread"] for b in found if b["labels"].get("owed") == "return"}) == 1,
                       "the alerts of one case are in two threads")
        step(f"{len(asked)} returns overdue at both peers, each once")

        # The schools' person and their cover were asked to sign in, and told nothing else.
        mine = until("the schools have their mail", lambda: [
            m for m in mailbox.mails if sorted(m[0]) == ["deputy@school.example", "dsl@school.example"]], 20)
        message, text = decoded(mine[0])
        expect(message["Subject"] == "[frontdoor] You have a request: sign in", message["Subject"])
        expect("https://hub.example/sign-in" in text and "return" not in text, f"the mail says more: {text}")

        # One Alertmanager is killed, and comes back with nothing.
        standing = {(a["labels"]["reference"], a["labels"]["step"]) for a in hub_alerts(peers[0])}
        peers[0].kill()
        peers[0].start()
        peers[0].ready()
        until(
            "what stands is back",
            lambda: {(a["labels"]["reference"], a["labels"]["step"]) for a in hub_alerts(peers[0])} >= standing, 20,
            every=0.05)
        step("an Alertmanager was killed, and knows again what stands")

        # A desk answers; its note goes nowhere.
        (first,) = [a for a in lines("alerts", *data) if a["code"] == "danger"]
        call("alerts", "answer", first["alert"], *data, "--config", config, "--by", "bd.ines", "--note", PERSONAL["note"])
        until(
            "the danger is resolved at both",
            lambda: not any(a["labels"]["alertname"] == "FrontdoorDanger" for p in peers for a in hub_alerts(p)), 20,
            every=0.05)

        # The schools return: their alert is gone within one interval.
        (request,) = [r.data["reference"] for r in log.records("agency.bd-schools.inbox") if r.type == "return.requested"]
        returned = json.dumps({
            "specversion": "1.0", "id": PERSONAL["returnId"], "source": "/agency/bd-schools",
            "type": "frontdoor.return.submitted.v1", "data": {
                "request": request, "kind": "nil", "complete": True, "narrative": PERSONAL["returnNarrative"],
                "searched": [{"system": "register", "person": PERSONAL["referrer"]}]}}).encode() + b"\n"
        call("publish", *data, "--agency", "bd-schools", "-", stdin=returned)
        sent = time.monotonic()
        until("the schools' alert is resolved at both", lambda: not any("bd-schools" in overdue(p) for p in peers), 20,
              every=0.02)
        took = time.monotonic() - sent
        expect(took < 3, f"it took {took:.1f} s")
        step(f"a return resolved its alert {took:.2f} s after it was published")
        expect(all(overdue(p) >= asked - {"bd-schools"} for p in peers), "another alert went with it")

        # The hub is killed: what is overdue stands, and somebody outside it is woken.
        expect(call("alive", *data, "--config", config).returncode == 0, "alive")
        with open(f"{scratch}/frontdoor.prom", encoding="utf-8") as file:
            expect(SERVICES == set(re.findall(r'service="([a-z]+)"', file.read())), "the metrics lack a service")
        expect(webhooks.taken("/outside-the-hub") == [], "somebody was woken while the hub was alive")
        # What a kill finds under way is told again; here it finds nothing, so that each may be counted.
        until("all that stands is noted", lambda: all_noted(log), 20, every=0.05)
        hub.kill()
        killed = time.monotonic()

        def woken():
            found = {
                a["labels"]["service"] for _, note in webhooks.taken("/outside-the-hub") for a in note["alerts"]
                if a["labels"]["alertname"] == "FrontdoorSilent" and a["status"] == "firing"}
            return found == SERVICES

        until("somebody outside the hub is woken", woken, 30, every=0.05)
        step(f"the hub was killed, and somebody outside it woken {time.monotonic() - killed:.1f} s later")
        expect(all(overdue(p) >= asked - {"bd-schools"} for p in peers), "a dead hub looks like alerts that were resolved")
        expect(lines("alive", *data, "--config", config, code=1), "alive says nothing of a dead hub")

        hub.start(*run)
        hub.ready()
        until("the hub is alive again", alive_everywhere, 20, every=0.1)
        until(
            "its silence is held down again",
            lambda: all(states(peer, "FrontdoorSilent") == dict.fromkeys(SERVICES, "suppressed") for peer in peers), 20,
            every=0.1)
        hub.rest(log)
        until("the rest is noted", lambda: settled(log), 20, every=0.1)

        def over():
            return {
                a["labels"]["service"] for _, note in webhooks.taken("/outside-the-hub") for a in note["alerts"]
                if a["labels"]["alertname"] == "FrontdoorBack" and a["status"] == "firing"}

        until("who was woken is told that the hub is back", lambda: over() == SERVICES, 20, every=0.05)
        step("the hub is back, and who was woken has been told")
        until(
            "a tool that takes nothing is told of",
            lambda: all("hanging" in {a["labels"]["sink"] for a in failing(p)} for p in peers), 40, every=0.1)
        expect({a["labels"]["sink"] for a in failing(peers[0])} <= {"hanging", "untrusted", "plain"}, "a good tool is failing")
        step("a tool that takes nothing is told of by those that do")

        # A tool that is added while the hub runs is told what stands, and an agency that is to send heartbeats and sends
        # none is missed; a tool that is faulty changes nothing.
        with open(f"{config}/hub.yaml", encoding="utf-8") as file:
            text = file.read()
        changed, count = re.subn(r"(id: bd-voluntary, .*calendar: office-hours)}", r"\1, heartbeatWithin: 3s}", text)
        expect(count == 1, "an agency is not where it was")
        late = f"""    - {{id: late, kind: chat, desks: [bd-duty], urls: ["{webhooks.url('/late')}"]}}\n"""
        with open(f"{config}/hub.yaml", "w", encoding="utf-8") as file:
            file.write(changed + late)
        until("a tool that was added is told what stands", lambda: len(webhooks.taken("/late")) >= len(asked) - 1, 20, every=0.05)

        def missed(peer):
            return [a["labels"]["agency"] for a in hub_alerts(peer) if a["labels"]["alertname"] == "FrontdoorNoHeartbeat"]

        until("the heartbeat is missed", lambda: all(missed(p) == ["bd-voluntary"] for p in peers), 20, every=0.05)
        with open(f"{config}/hub.yaml", "w", encoding="utf-8") as file:
            file.write(text.replace("/secret-url", "/no-such-file"))
        until("a faulty change is told of", lambda: "the changed delivery is not used" in hub.said(), 20, every=0.05)
        beat = {"specversion": "1.0", "id": "beat", "source": "/agency/bd-voluntary", "type": "frontdoor.heartbeat.sent.v1"}
        call("publish", *data, "--agency", "bd-voluntary", "-", stdin=json.dumps({**beat, "data": {}}).encode() + b"\n")
        until("the heartbeat is back", lambda: not any(missed(p) for p in peers), 20, every=0.05)
        hub.rest(log)
        until("the rest is noted", lambda: settled(log), 20, every=0.1)
        step("a tool was added while the hub ran and told what stands; a heartbeat was missed and came")
        once_and_noted(log, webhooks, mailbox)
        (case,) = {r.facts["case"] for r in log.records("hub.events") if r.type == "alert.delivered" and r.facts.get("case")}
        thread = " ".join(line["text"] for line in lines("thread", case, *data))
        for words in ("told bd-duty by alertmanager: raised", "told bd-duty by email: raised", "told bd-schools by email",
                      "could not tell bd-duty by chat: raised (broken)", "could not tell bd-duty by chat: raised (timed-out)",
                      "could not tell bd-gps by email: requested (not-trusted)"):
            expect(words in thread, f"the thread does not say: {words}")
        count = nobody_is_named(log, webhooks, mailbox, peers, hub)
        print(f"  {count} messages to tools, none with a name, a birth date, an address, an identifier or a note")
        print(f"  stopped in {hub.stop():.1f} s")
        log.close()
        root = os.path.join(DEPLOY, "..")
        checked = subprocess.run(
            [sys.executable, f"{root}/Tests/topics/check_topics.py", root, "--log", hub.folder], capture_output=True,
            timeout=60, check=False)
        expect(checked.returncode == 0, f"a record is not as its schema says: {checked.stdout.decode()[-1000:]}")
        print(verify(hub.folder))
        print(f"{time.monotonic() - begin:.1f} s in all")
    except Exception:
        print(hub.said()[-3000:])
        raise
    finally:
        hub.end()
        for peer in peers:
            peer.end()
        webhooks.close()
        mailbox.close()


def all_noted(log):
    """The present state of every alert has reached every tool that can be reached."""
    present = {r.key: r.id for r in log.records("oncall.bd-duty.alerts") if r.type.startswith("alert.")}
    noted = {(r.data["record"], r.data["sink"]) for r in log.records("hub.records") if r.type == "alert.delivered"}
    return all(
        (record, sink) in noted for record in present.values()
        for sink in ("pager", "pager.2", "good", "secret", "failing", "busy", "teams", "mail"))


def settled(log):
    """Everything that Delivery noted is in the room."""
    noted = {r.id for r in log.records("hub.records")}
    return len(noted) == sum(r.type in ("alert.delivered", "alert.failed") for r in log.records("hub.events"))


def once_and_noted(log, webhooks, mailbox):
    """A tool that could be reached was told each state of each alert once, over a kill of the hub, and each is noted."""
    raised = collections.Counter()
    for record in log.records("oncall.bd-duty.alerts"):
        if record.type.startswith("alert."):
            raised[record.data["alert"]] += 1
    said = collections.Counter()
    for _, message in webhooks.taken("/good"):
        title, reference = message["text"].split("\n")[0], re.search(r"Reference: (\w+)", message["text"])[1]
        said[reference, title] += 1
    expect({reference for reference, _ in said} == set(raised), "an alert was not told, or one that is none")
    twice = {key: count for key, count in said.items() if count > 1}
    expect(not twice, f"told twice: {twice}")
    ids = collections.Counter(decoded(mail)[0]["Message-ID"] for mail in mailbox.mails)
    expect(max(ids.values()) == 1, f"a mail came twice: {ids}")
    noted = collections.Counter(
        (r.type, r.data["record"], r.data["sink"]) for r in log.records("hub.records"))
    expect(set(noted.values()) == {1}, "something is noted twice")
    sinks = {sink for kind, _, sink in noted if kind == "alert.delivered"}
    expect(sinks == {"pager", "pager.2", "good", "secret", "failing", "busy", "teams", "mail", "schools", "late"}, f"{sinks}")
    expect({sink for kind, _, sink in noted if kind == "alert.failed"} >= {"failing", "busy", "hanging", "untrusted", "plain"},
           "a failure is not noted")
    expect(not mailbox.plain, "a mail went without TLS")
    expect(not webhooks.tried("/elsewhere"), "another authority's tool was told")


def nobody_is_named(log, webhooks, mailbox, peers, hub):
    """Everything that left for a tool, byte by byte and as its reader sees it."""
    sent = webhooks.everything()
    sent += [content for _, content in mailbox.mails]
    sent += [decoded(mail)[1].encode() for mail in mailbox.mails]
    sent += [json.dumps(peer.alerts()).encode() for peer in peers]
    # The log that the hub prints, its metrics and what it noted are under the same rule.
    extra = [hub.said().encode(), *(r.value for r in log.records("hub.records"))]
    hidden = dict(PERSONAL)
    for record in log.records("hub.events"):
        if record.type == "referral.submitted":
            hidden["referral"] = record.facts["content"]["referral"]
            hidden["child"] = record.facts["content"]["children"][0]["child"]
        if record.type == "case.opened":
            hidden["case"] = record.facts["case"]
            hidden["case number"] = record.facts["case"].split("-")[1]
    inboxes = {r.data["reference"] for topic in log.names(".inbox") for r in log.records(topic) if "reference" in r.data}
    hidden |= {f"reference {number}": reference for number, reference in enumerate(sorted(inboxes))}
    ours = {"referral", "child", "case", "case number", *(name for name in hidden if name.startswith("reference "))}
    for what, value in hidden.items():
        forms = {value, value.lower(), value.upper(), value.replace(" ", ""), value.replace("-", "")}
        for form in forms:
            for message in sent + ([] if what in ours else extra):
                expect(form.encode() not in message, f"{what} left the hub for a tool")
    return len(sent)


main(test)
