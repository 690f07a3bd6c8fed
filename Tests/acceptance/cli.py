"""The command as people and scripts meet it: help, exit codes, plain output, and each errand from end to end."""

import datetime
import json
import os
import shutil
import subprocess
import sys
import time

from hub import FRONTDOOR, Hub, all_hours, call, expect, main, until, verify

DEPLOY = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "deploy")
COMMANDS = [
    "run", "publish", "generate", "queue", "decide", "thread", "obligations", "alerts", "alerts answer", "dead-letters",
    "obligations report", "dead-letters list", "dead-letters show", "due", "due many", "calendar", "rota", "check",
    "verify", "alive", "demo", "bench", "topics", "topics list", "topics apply", "topics check",
]


def lines(*arguments):
    """What a command prints for a script."""
    return [json.loads(line) for line in call(*arguments, "--json").stdout.splitlines()]


def referral(number, *, danger=False, factor="16A", agency="bd-police", **fields):
    # Children who are like each other in nothing: what is looked at here is not who is who.
    child = {
        "key": "first", "givenName": ["Testa", "Ulrika", "Viola"][number % 3],
        "familyName": ["Abermarle", "Quillfeather", "Stonebridge", "Vandermeer"][number % 4],
        "birthDate": f"20{10 + number}-0{1 + number % 9}-{10 + number}", "sex": "F",
        "address": {"lines": [f"{number} Made-Up Street"], "postcode": f"ZZ{number} {number}ZZ"},
    }
    data = {
        "localAuthority": "E09000002", "referralSource": "6", "immediateDanger": danger, "children": [child],
        "concerns": [{"about": "first", "factor": factor, "narrative": "Nobody has fed her since Monday."}],
    }
    data.update(fields)
    return json.dumps({
        "specversion": "1.0", "id": f"cli-{number}", "source": f"/agency/{agency}",
        "type": "frontdoor.referral.submitted.v1", "datacontenttype": "application/json", "data": data,
    }).encode() + b"\n"


def help_has_examples(_):
    root = call("--help").stdout.decode()
    for command in COMMANDS:
        expect(f"  {command.split()[0]}" in root, f"the help does not list '{command}'")
        for asked in ([*command.split(), "--help"], ["help", *command.split()]):
            text = call(*asked).stdout.decode()
            expect("Examples" in text, f"'frontdoor {' '.join(asked)}' shows no example")
            expect(f"frontdoor {command}" in text, f"'frontdoor {' '.join(asked)}' has an example of something else")


def wrong_use_is_told(scratch):
    for arguments, near in (
        (["quue", "bd-mash"], "queue"), (["queue", "--jsn", "bd-mash"], "--json"), (["alerts", "anser"], "answer"),
    ):
        said = call(*arguments, code=64).stderr.decode()
        expect(f"did you mean {near}?" in said, f"'frontdoor {' '.join(arguments)}' is not put right: {said}")
        expect("--help" in said, "wrong use is not pointed to the help")
    call("publish", "nowhere.jsonl", code=64)
    call("due", "--from", "yesterday", "--budget", "4h", code=64)
    call("due", "--from", "2026-12-23T15:10:00Z", "--budget", "4x", code=64)
    call("run", "--services", "intake,horoscope", "--data", f"{scratch}/none", code=64)
    call("decide", "bd-mash", "accept", "--by", "nobody", "--data", f"{scratch}/none", code=64)
    # What is for tests alone: read before anything is begun, and a release plants no bug.
    nowhere = {"FRONTDOOR_KAFKA_BOOTSTRAP": "127.0.0.1:1"}
    for variables, told in (
        ({**nowhere, "FRONTDOOR_FAULT": "before-poll:1"}, "there is no point 'before-poll'"),
        ({**nowhere, "FRONTDOOR_FAULT": "at-begin:delivery:1"}, "there is no service 'delivery' with such points"),
        ({**nowhere, "FRONTDOOR_FAULT": "trap:intake"}, "it is POINT[:SERVICE]:NTH"),
        ({"FRONTDOOR_FAULT": "at-begin:1"}, "for tests of a hub on brokers"),
        ({**nowhere, "FRONTDOOR_PLANT": "skip-offsets"}, "this is no build for tests"),
    ):
        said = call("run", "--data", f"{scratch}/none", code=64, environment=variables).stderr.decode()
        expect(told in said, f"{variables}: {said}")
    for arguments in (
        ["queue", "bd-mash", "--data", f"{scratch}/none"], ["obligations", "--data", f"{scratch}/none"],
        ["thread", "E09000002-0n2q11btnqdcddhhy2fyp4edt2", "--data", f"{scratch}/none"],
        ["verify", "--data", f"{scratch}/none"], ["alerts", "--data", f"{scratch}/none"],
        ["dead-letters", "list", "--data", f"{scratch}/none"],
        ["publish", "--agency", "bd-police", f"{scratch}/none.jsonl"],
    ):
        said = call(*arguments, code=66).stderr.decode()
        expect(len(said.splitlines()) >= 2, f"'frontdoor {' '.join(arguments)}' does not say what to do: {said}")
    said = call("queue", "bd-mahs", "--data", f"{scratch}/none", code=66).stderr.decode()
    expect("Did you mean bd-mash?" in said, f"a team's name is not put right: {said}")
    expect(not os.path.exists(f"{scratch}/none"), "a command that only reads has made a folder")


def check_finds_what_is_wrong(scratch):
    call("check", "--data", f"{scratch}/none")
    good = f"{scratch}/config"
    os.makedirs(good)
    shutil.copy(f"{DEPLOY}/hub.yaml", good)
    shutil.copytree(f"{DEPLOY}/policies", f"{good}/policies")
    call("check", "--config", good, "--data", f"{scratch}/none")
    with open(f"{good}/hub.yaml", encoding="utf-8") as file:
        text = file.read()
    broken = text.replace("desk: bd-duty,", "desk: bd-dutty,", 1)
    expect(broken != text, "the configuration has changed: this test must, too")
    with open(f"{good}/hub.yaml", "w", encoding="utf-8") as file:
        file.write(broken)
    said = call("check", "--config", good, "--data", f"{scratch}/none", code=1).stdout.decode()
    expect("bd-dutty" in said and "woken" in said, f"a desk that is not there is not found: {said}")
    found = [json.loads(line) for line in call("check", "--config", good, "--json", code=1).stdout.splitlines()]
    expect(any("bd-dutty" in problem["problem"] for problem in found), "check --json does not name the problem")
    with open(f"{good}/hub.yaml", "w", encoding="utf-8") as file:
        file.write(text.replace("formatVersion: 1", "formatVersion: [1", 1))
    call("check", "--config", good, code=1)
    call("run", "--config", good, "--data", f"{scratch}/none", code=78)


def due_times_are_right(_):
    """Worked out by hand from the rules in the help, over Christmas 2026 and both clock changes."""
    for start, budget, calendar, wanted in (
        ("2026-12-23T15:10:00Z", "4h", "office-hours", "2026-12-23T19:10:00Z"),
        ("2026-12-23T15:10:00Z", "6wh", "office-hours", "2026-12-24T13:10:00Z"),
        ("2026-12-23T15:10:00Z", "1wd", "office-hours", "2026-12-24T15:10:00Z"),
        ("2026-12-23T15:10:00Z", "3d", "office-hours", "2026-12-26T15:10:00Z"),
        ("2026-12-23T15:10:00Z", "90m", "office-hours", "2026-12-23T16:40:00Z"),
        ("2026-12-23T15:10:00Z", "30s", "office-hours", "2026-12-23T15:10:30Z"),
        # Ends at closing: due at closing. A start at closing is outside.
        ("2026-12-23T15:00:00Z", "2wh", "office-hours", "2026-12-23T17:00:00Z"),
        ("2026-12-23T17:00:00Z", "1wh", "office-hours", "2026-12-24T10:00:00Z"),
        # Christmas Day, Boxing Day's substitute on Monday; the next opening is Tuesday the 29th.
        ("2026-12-24T18:00:00Z", "1wd", "office-hours", "2026-12-30T09:00:00Z"),
        ("2026-12-24T15:10:00Z", "6wh", "office-hours", "2026-12-29T13:10:00Z"),
        # A local time that does not exist, and one that occurs twice.
        ("2026-03-28T01:30:00Z", "1d", "round-the-clock", "2026-03-29T01:00:00Z"),
        ("2026-10-24T00:30:00Z", "1d", "round-the-clock", "2026-10-25T00:30:00Z"),
    ):
        (found,) = lines("due", "--from", start, "--budget", budget, "--calendar", calendar)
        expect(
            datetime.datetime.fromisoformat(found["due"].replace("Z", "+00:00"))
            == datetime.datetime.fromisoformat(wanted.replace("Z", "+00:00")),
            f"{budget} from {start} in {calendar}: {found['due']}, not {wanted}")
        expect(len(found["working"]) >= 2, "a due time without its working")


def offline_check_helps(_):
    good = referral(1)
    done = call("publish", "--agency", "bd-police", "--check", "-", stdin=good)
    expect(b"1 would be accepted" in done.stdout, f"a good line is not taken: {done.stdout.decode()}")
    bad = [
        good.strip()[:-5], referral(2, agency="bd-gps").strip(), referral(3, children=[]).strip(),
        referral(4, factor="no-such-factor").strip(), referral(5).strip(),
    ]
    done = call("publish", "--agency", "bd-police", "--check", "--json", "-", stdin=b"\n".join(bad), code=1)
    told = {}
    for line in done.stdout.splitlines():
        found = json.loads(line)
        told[found["line"]] = found
    expect(sorted(told) == [1, 2, 3, 4], f"not these lines are at fault: {told}")
    expect([told[line]["outcome"] for line in (1, 2, 3, 4)] == ["refused"] * 3 + ["marked"], f"{told}")
    expect(told[2]["reason"] == "not-from-who-it-claims", f"{told[2]}")
    expect(told[4]["pointer"] == "/concerns/0/factor", f"{told[4]}")
    expect(b"no-such-factor" not in done.stdout + done.stderr, "a value from outside is printed")


def one_hub_holds_a_folder(scratch):
    hub = Hub(f"{scratch}/held", f"{scratch}/held.txt")
    try:
        hub.start().log().close()
        said = call("run", "--data", hub.folder, code=75).stderr.decode()
        expect(str(hub.process.pid) in said, f"who holds the folder is not said: {said}")
        hub.must_run()
        print(f"  stopped within {hub.stop(10):.1f} s")
        # The lock went with its holder.
        hub.start().log().close()
        hub.stop(10)
    finally:
        hub.end()


def a_decision_goes_round(scratch):
    hub = Hub(f"{scratch}/decide", f"{scratch}/decide.txt")
    data = ["--data", hub.folder]
    try:
        hub.start().log().close()
        call("publish", *data, "--agency", "bd-police", "-", stdin=referral(1))

        def entry(state):
            found = [row for row in lines("queue", "bd-family-help", *data, "--all") if row["state"] == state]
            return found[0] if found else None

        proposed = until("Family Help is proposed to", lambda: entry("proposed"), 20, every=0.1)
        expect(proposed["child"]["familyName"] == "Quillfeather", "the team does not see whose entry it is")
        call(
            "decide", "bd-family-help", "accept", *data, "--entry", proposed["entry"], "--by", "bd.carol",
            "--reason", "threshold-met", "--note", "Words that only the sealed part may hold.")
        accepted = until("the acceptance is on the queue", lambda: entry("accepted"), 20, every=0.1)
        expect(accepted["entry"] == proposed["entry"], "another entry was accepted")
        thread = lines("thread", proposed["case"], *data)
        said = " ".join(line["text"] for line in thread)
        expect("accept" in said.lower(), f"the thread does not say that the case was accepted: {said}")
        expect(any("bd.carol" in line["text"] + line["speaker"] for line in thread), "the thread does not say who decided")
        expect("Quillfeather" not in said and "Words that" not in said, "the thread holds a name or a note")
        # A person who may not, an entry that is not there.
        call("decide", "bd-family-help", "accept", *data, "--entry", "0" * 26, "--by", "bd.carol", code=66)
        text = call("queue", "bd-family-help", *data).stdout.decode()
        expect(proposed["entry"] in text, "the queue for people does not show the entry")
        hub.stop()
        verify(hub.folder)
    finally:
        hub.end()


def an_alert_is_answered(scratch):
    hub = Hub(f"{scratch}/alert", f"{scratch}/alert.txt")
    data = ["--data", hub.folder]
    try:
        hub.start().log().close()
        call("publish", *data, "--agency", "bd-police", "-", stdin=referral(1, danger=True))

        def standing():
            found = lines("alerts", *data)
            return found if found else None

        (alert,) = until("the duty desk is woken", standing, 20, every=0.1)
        expect(alert["code"] == "danger" and alert["desk"] == "bd-duty", f"{alert}")
        expect(not alert.get("answeredBy"), "an alert is born answered")
        promise = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=1)
        call(
            "alerts", "answer", alert["alert"], *data, "--by", "bd.ines", "--until",
            promise.strftime("%Y-%m-%dT%H:%M:%SZ"), "--note", "Rang the school, a colleague is on the way.")
        answered = until(
            "the answer is known", lambda: [a for a in lines("alerts", *data, "--all") if a.get("answeredBy")], 20, every=0.1)
        expect(answered[0]["answeredBy"] == "bd.ines", f"{answered}")
        call("alerts", "answer", alert["alert"], *data, "--by", "bd.carol", code=64)
        call("alerts", "answer", "0" * 26, *data, "--by", "bd.ines", code=66)
        owed = lines("obligations", *data, "--all")
        expect({row["kind"] for row in owed} >= {"answer", "acknowledge", "decide", "return"}, f"{owed}")
        mine = lines("obligations", *data, "--agency", "bd-hospital")
        expect(mine and all(row["owner"] == "bd-hospital" for row in mine), f"{mine}")
        expect(lines("obligations", *data, "--overdue") == [], "something is overdue at once")
        hub.stop()
        verify(hub.folder)
    finally:
        hub.end()


def danger_is_told_while_the_rest_stands_still(scratch):
    hub = Hub(f"{scratch}/half", f"{scratch}/half.txt")
    data = ["--data", hub.folder]
    try:
        hub.start("--services", "intake,deadlines")
        log = hub.log()
        begin = time.monotonic()
        call("publish", *data, "--agency", "bd-police", "-", stdin=referral(1, danger=True) + referral(2))
        until("the desk is woken", lambda: log.count("oncall.bd-duty.alerts") > 0, 10)
        print(f"  the desk was woken {time.monotonic() - begin:.2f} s after 'publish' began, with the rest stopped")
        alerts = lines("alerts", *data)
        expect([a["code"] for a in alerts] == ["danger"], f"{alerts}")
        expect(lines("queue", "bd-macpt", *data, "--all") == [], "Routing runs, though it was not to")
        hub.stop()
        hub.start().ready()
        hub.rest(log, 30)
        (lead,) = [row for row in lines("queue", "bd-macpt", *data) if row["kind"] == "lead"]
        expect(lead["rating"]["urgency"] == "red", f"{lead}")
        expect(len(lines("queue", "bd-family-help", *data)) == 1, "the other child is not with Family Help")
        again = lines("alerts", *data, "--all")
        expect([a["alert"] for a in again] == [a["alert"] for a in alerts], "the desk was woken twice for one danger")
        hub.stop()
        log.close()
        verify(hub.folder)
    finally:
        hub.end()


def output_is_plain(scratch):
    """No colours where nobody looks: what each command prints into a pipe has no escape in it."""
    data = ["--data", f"{scratch}/decide"]
    for arguments in (
        ["--help"], ["queue", "bd-family-help", *data], ["obligations", *data], ["alerts", *data, "--all"],
        ["dead-letters", "list", *data], ["verify", *data], ["check"], ["help", "run"],
        ["due", "--from", "2026-12-23T15:10:00Z", "--budget", "6wh"],
        ["thread", lines("queue", "bd-family-help", *data, "--all")[0]["case"], *data],
        ["demo", "--contacts", "5"],
    ):
        done = subprocess.run(
            [FRONTDOOR, *arguments], capture_output=True, timeout=60, check=False, env=dict(os.environ, TERM="xterm-256color"))
        expect(b"\x1b" not in done.stdout + done.stderr, f"'frontdoor {' '.join(arguments)}' colours a pipe")


def test(scratch):
    os.environ["FRONTDOOR_CONFIG"] = all_hours(scratch)
    failures = []
    only = os.environ.get("ONLY")
    for part in (
        help_has_examples, wrong_use_is_told, check_finds_what_is_wrong, due_times_are_right, offline_check_helps,
        one_hub_holds_a_folder, a_decision_goes_round, an_alert_is_answered, danger_is_told_while_the_rest_stands_still,
        output_is_plain,
    ):
        if only and only != part.__name__:
            continue
        begin = time.monotonic()
        try:
            part(scratch)
            print(f"{part.__name__.replace('_', ' ')}: {time.monotonic() - begin:.1f} s")
        except Exception as failure:  # each part is tried, so that one run shows all that is wrong
            failures.append(part.__name__)
            print(f"{part.__name__.replace('_', ' ')}: FAILED: {type(failure).__name__}: {failure}", file=sys.stderr)
    expect(not failures, ", ".join(failures))


main(test)
