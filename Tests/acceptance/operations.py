"""A running hub as its operators see it: over HTTP with curl, and by the log that it prints."""

import json
import re
import socket
import subprocess
import time

from hub import FRONTDOOR, Hub, all_hours, call, expect, main, until, verify

PERSONAL = ("Zebedeeah", "Quillfeather", "9990000018", "2015-03-14", "17 Umbrella Crescent", "police-id-7781", "a kettle")
LINE = re.compile(r'([a-z_]+)(?:\{(.*)\})? (-?[0-9.e+-]+|\+Inf)')


def referral(number, **changes):
    data = {
        "localAuthority": "E09000002", "referralSource": "6", "immediateDanger": True,
        "children": [{
            "key": PERSONAL[0], "givenName": PERSONAL[0], "familyName": PERSONAL[1], "nhsNumber": PERSONAL[2],
            "birthDate": PERSONAL[3], "sex": "F", "address": {"lines": [PERSONAL[4]], "postcode": "ZZ99 7QX"}}],
        "concerns": [{"about": PERSONAL[0], "factor": "19B", "narrative": f"Left alone with {PERSONAL[6]}."}], **changes}
    return json.dumps({
        "specversion": "1.0", "id": f"{PERSONAL[5]}-{number}", "source": "/agency/bd-police",
        "type": "frontdoor.referral.submitted.v1", "data": data}).encode() + b"\n"


def curl(*arguments):
    done = subprocess.run(
        ["curl", "--silent", "--max-time", "10", "--noproxy", "*", *arguments], capture_output=True, timeout=20, check=False)
    return done.returncode, done.stdout.decode()


def status(url, *arguments):
    return curl("--output", "/dev/null", "--write-out", "%{http_code}", *arguments, url)[1]


def read(text):
    """Prometheus's text format, strictly: each value once, and of a family that was announced."""
    values, families = {}, {}
    for line in text.splitlines():
        if line.startswith("# TYPE "):
            _, _, name, kind = line.split(" ")
            expect(name not in families, f"a family twice: {name}")
            families[name] = kind
        elif not line.startswith("# HELP "):
            found = LINE.fullmatch(line)
            expect(found, f"no value of Prometheus's: {line}")
            name, labels, value = found.groups()
            family = re.sub(r"_(bucket|sum|count)$", "", name) if name not in families else name
            expect(family in families, f"a value of no family: {line}")
            key = (name, tuple(sorted(re.findall(r'([a-z]+)="([^"]*)"', labels or ""))))
            expect(key not in values, f"a value twice: {line}")
            values[key] = float(value)
    return values


def test(scratch):
    begin = time.monotonic()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    root = f"http://127.0.0.1:{port}"
    environment = {"FRONTDOOR_OPERATIONS_ADDRESS": str(port)}
    config = all_hours(scratch)
    path = f"{config}/policies/needs-assessment.yaml"
    with open(path, encoding="utf-8") as file:
        text, count = re.subn(r"\{kind: answer, budget: 15m,", "{kind: answer, budget: 2s,", file.read())
    expect(count == 1, "the clock of an answer is not where it was")
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    hub = Hub(f"{scratch}/data", f"{scratch}/hub.txt", environment)
    data = ["--data", hub.folder]
    try:
        hub.start("--config", config, "--log", "json")
        until("it is ready", lambda: hub.must_run() or status(f"{root}/ready") == "200", 30, every=0.05)
        expect(curl(f"{root}/live") == (0, "alive\n"), "it is not alive")
        expect(status(f"{root}/") == "404" and status(f"{root}/metrics", "-d", "x") == "405", "it answers what it should not")
        print(f"  {time.monotonic() - begin:5.1f} s  ready")

        # Who is the second on an address says so and ends; nobody takes the first for it.
        other = subprocess.run(
            [FRONTDOOR, "run", "--data", f"{scratch}/other", "--log", "json"], capture_output=True, timeout=30, check=False,
            env=hub.environment)
        said = json.loads(other.stderr.decode().splitlines()[-1])
        expect(other.returncode == 69 and said["exitCode"] == 69 and said["level"] == "error", f"a second listener: {said}")

        # One child in danger, whom nobody answers for; one message that cannot be read, and one that names nobody.
        call("publish", *data, "--agency", "bd-police", "-",
             stdin=referral(1) + referral(2, children=PERSONAL[1]) + b'{"specversion": "1.0", "Zebedeeah": 1}\n')

        def metrics():
            hub.must_run()
            return read(curl(f"{root}/metrics")[1])

        def value(name, **labels):
            return metrics().get((name, tuple(sorted(labels.items()))), 0)

        until("the danger is overdue", lambda: value("frontdoor_obligations_overdue", desk="bd-duty", kind="answer") == 1, 40, every=0.2)
        expect(value("frontdoor_alerts_standing", desk="bd-duty", code="danger") == 1, "no alert stands")
        for reason in ("field-unreadable", "not-a-cloudevent"):
            expect(value("frontdoor_dead_letters_total", reason=reason, service="intake") == 1, f"no dead letter: {reason}")
        found = metrics()
        lags = {labels: value for (name, labels), value in found.items() if name == "frontdoor_lag_records"}
        services = {dict(labels)["service"] for labels in lags}
        expect(services == {"intake", "deduplication", "triage", "routing", "deadlines", "delivery"}, f"{services}")
        until("nobody lags", lambda: not any(
            value for (name, _), value in metrics().items() if name == "frontdoor_lag_records"), 20, every=0.2)
        hubs = (("service", "hub"),)
        expect(found["frontdoor_commit_seconds_count", hubs] >= 3 and found["frontdoor_commit_seconds_sum", hubs] > 0, "no commit")
        expect(found["frontdoor_ready", ()] == 1 and found["process_resident_memory_bytes", ()] > 1e6, "not ready")
        expect(found["frontdoor_open_transaction_seconds", hubs] < 10, "a commit is under way for ever")
        print(f"  {time.monotonic() - begin:5.1f} s  {len(found)} values: an overdue answer, two dead letters, nobody behind")

        # A restart restores what stands: what is read from the log is the same again.
        stopped = hub.stop()
        expect(curl(f"{root}/live")[0] == 7, "somebody listens after the stop")
        hub.start("--config", config, "--log", "json")
        until("it is ready again", lambda: hub.must_run() or status(f"{root}/ready") == "200", 30, every=0.05)
        until("the alert is there again", lambda: value("frontdoor_alerts_standing", desk="bd-duty", code="danger") == 1, 20, every=0.2)
        expect(value("frontdoor_restored_rows_total", service="hub") > 10, "nothing was restored")
        everything = curl(f"{root}/metrics")[1] + curl(f"{root}/ready")[1] + curl(f"{root}/live")[1]
        hub.stop()
        lines = [json.loads(line) for line in hub.said().splitlines()]
        expect([line["event"] for line in lines] == ["listening", "started", "stopped"] * 2, f"{lines}")
        expect(all(line["level"] == "info" and line["time"].endswith("Z") for line in lines), f"{lines}")
        expect(lines[2]["takenIn"] == 3 and lines[2]["deadLetters"] == 2, f"{lines[2]}")
        for secret in PERSONAL:
            expect(secret not in everything + hub.said(), f"{secret} is told to operators")
        print(f"  {time.monotonic() - begin:5.1f} s  stopped in {stopped:.1f} s; {len(lines)} lines of log, none with a name")
        print(verify(hub.folder))
    except Exception:
        print(hub.said()[-3000:])
        raise
    finally:
        hub.end()


main(test)
