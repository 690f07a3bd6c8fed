"""Plays a hub under a test policy, kills it at work, and asks the checker: on the embedded log, and on a broker."""

import collections
import json
import os
import random
import re
import subprocess
import sys
import time

from checker import AREAS, RATINGS, Findings, Prefixed, Wrong, judge
from checker_tables import tables
from hub import FRONTDOOR, Failed, Hub, all_hours, expect, keys, main, until, verify
from hublog import HubLog

REFERRALS = 240
KILLS = 4
SEED = 20261203
AGENCIES = ["police", "hospital", "schools"]
SYLLABLES = ["ba", "ce", "di", "fo", "gu", "ha", "je", "ki", "lo", "mu", "na", "pe", "qui", "ro", "su", "ta"]


def name(number, salt):
    """A name for each number that looks like no other's."""
    number = (number * 7919 + salt * 104729) % 16**5
    return "".join(SYLLABLES[(number >> shift) & 15] for shift in (0, 4, 8, 12, 16)).capitalize()


def event(identity, source, kind, data):
    return json.dumps({
        "specversion": "1.0", "id": identity, "source": source, "type": kind, "datacontenttype": "application/json",
        "data": data,
    }).encode()


def configuration(scratch):
    """Hours that never end, and a rating from one factor code."""
    folder = all_hours(scratch)
    rules = "".join(
        f"  - {{id: rule-{code.lower()}, when: {{factors: [\"{code}\"]}}, rating: {rag}, level: {level}, reason: The factor says so.}}\n"
        for code, (rag, level) in RATINGS.items())
    danger = "  - {id: danger, when: {immediateDanger: true}, rating: red, level: 4, reason: Danger.}\n"
    for policy in os.listdir(f"{folder}/policies"):
        path = f"{folder}/policies/{policy}"
        with open(path, encoding="utf-8") as file:
            text = file.read()
        text = re.sub(r"(?ms)^rules:\n.*?(?=^fallback:)", f"rules:\n{danger}{rules}", text)
        text = re.sub(r"(?m)^atOnce:\n(?:  .*\n)+", "", text)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
    return folder


def client_settings(folder, settings):
    """Further settings of librdkafka, by their names, in a configuration of a test's own."""
    path = f"{folder}/hub.yaml"
    with open(path, encoding="utf-8") as file:
        text = file.read()
    line = ", ".join(f'{name}: "{value}"' for name, value in settings.items())
    changed = re.sub(r"(?m)^(  kafka:.*)$", rf"\1\n    client: {{{line}}}", text, count=1)
    expect(changed != text, "hub.yaml has no settings for brokers any more: this must go")
    with open(path, "w", encoding="utf-8") as file:
        file.write(changed)


def nhs_number(number):
    """One that no person has (999 …), with its check digit; None where ten has none."""
    digits = f"999{number:06}"
    check = 11 - sum(int(d) * (10 - i) for i, d in enumerate(digits)) % 11
    return None if check == 10 else digits + ("0" if check == 11 else str(check))


def referrals(count=REFERRALS, seed=SEED):
    """(agency, message): children of their own families, some of them referred again by another agency."""
    draws, made, again, number = random.Random(seed), [], [], 0
    while len(made) < count:
        if again and draws.random() < 0.3:
            gss, nhs, child, agency = again.pop(0)
            agency = draws.choice([a for a in AGENCIES if a != agency])
            danger = False
        else:
            number += 1
            nhs = nhs_number(number)
            if nhs is None:
                continue
            gss, agency = draws.choice(list(AREAS)), draws.choice(AGENCIES)
            child = {
                "key": "a", "givenName": name(number, 1), "familyName": name(number, 2), "nhsNumber": nhs,
                "birthDate": f"{2010 + number % 13}-{number % 12 + 1:02}-{number % 28 + 1:02}"}
            danger = draws.random() < 0.1
            again.append((gss, nhs, child, agency))
        sender = f"{AREAS[gss]}-{agency}"
        data = {
            "localAuthority": gss, "children": [child],
            "concerns": [{"about": "a", "factor": draws.choice(list(RATINGS) + ["21A"])}]}
        if danger:
            data["immediateDanger"] = True
        made.append((sender, event(f"m-{len(made)}", f"/agency/{sender}", "frontdoor.referral.submitted.v1", data)))
    # What a sender repeats, for want of an answer, and what nobody can read.
    for place in range(10, count, 40):
        made.insert(place + 5, made[place])
    made.insert(20, ("bd-police", b"{"))
    return made


def published(folder, environment, pairs):
    by_agency = collections.OrderedDict()
    for agency, line in pairs:
        by_agency.setdefault(agency, []).append(line)
    for agency, lines in by_agency.items():
        done = subprocess.run(
            [FRONTDOOR, "publish", "--data", folder, "--agency", agency, "-"], input=b"\n".join(lines) + b"\n",
            capture_output=True, timeout=60, check=False, env={**os.environ, **environment})
        expect(done.returncode == 0, f"publish: {done.stderr.decode()[-500:]}")


def play(hub, folder, environment, rest):
    """Kills it between and within what it has to do; then lets it come to rest."""
    draws, pairs = random.Random(SEED + 1), referrals()
    for part in range(KILLS + 1):
        published(folder, environment, pairs[len(pairs) * part // (KILLS + 1) : len(pairs) * (part + 1) // (KILLS + 1)])
        if part < KILLS:
            time.sleep(draws.uniform(0, 0.3))
            hub.kill()
            hub.start(*hub.arguments)
            hub.ready()
    rest()


class Without:
    """A log of which one row of a table is lost."""

    def __init__(self, log, table, key):
        self.log, self.lost = log, (table, key)

    def table(self, name):
        rows = self.log.table(name)
        if name == self.lost[0]:
            del rows[self.lost[1]]
        return rows

    def __getattr__(self, name):
        return getattr(self.log, name)


def a_row_is_missed(log):
    """The checker says so where a table lacks one row of a kind that the room tells of."""
    missed = []
    for service, kinds in (
        ("intake", "AS"), ("deduplication", "RCS"), ("triage", "RC"), ("routing", "RCE"), ("deadlines", "ROZAQ"),
    ):
        table = f"hub.table.{service}"
        for kind in kinds:
            key = next(key for key in log.table(table) if key.decode().split("/", 1)[-1].startswith(kind))
            findings = Findings()
            tables(Prefixed(Without(log, table, key)), findings)
            if not findings.failed:
                missed.append(f"{service} {key.decode()}")
    expect(not missed, f"the checker misses no row where these are lost: {missed}")


def embedded(scratch, config):
    folder = f"{scratch}/data"
    hub = Hub(folder, f"{scratch}/hub.txt")
    hub.arguments = ("--config", config)
    try:
        log = hub.start(*hub.arguments).log()
        play(hub, folder, {}, lambda: hub.rest(log))
        hub.stop()
        print("on the embedded log:")
        judge(log)
        a_row_is_missed(log)
        log.close()
    except Failed:
        sys.stderr.write(hub.said()[-1500:])
        raise
    finally:
        hub.end()
    print(verify(folder, {"FRONTDOOR_CONFIG": config}))


def on_a_broker(scratch, config):
    from kafka_cluster import Cluster
    from kafka_world import at_rest
    from kafkalog import KafkaLog

    folder = f"{scratch}/kafka-data"
    keys(folder)
    with Cluster(f"{scratch}/kafka") as cluster:
        environment = cluster.environment()
        hub = Hub(folder, f"{scratch}/kafka.txt", environment)
        hub.arguments = ("--config", config)
        try:
            hub.start(*hub.arguments).ready()
            log = KafkaLog(cluster.client())
            play(hub, folder, environment, lambda: at_rest(log, len(referrals()), [hub], seconds=120))
            hub.stop(30)
            log.look()
            print("on a broker:")
            judge(log, True, cluster.client())
            log.close()
        except Failed:
            sys.stderr.write(hub.said()[-1500:])
            raise
        finally:
            hub.end()
        print(verify(folder, {**environment, "FRONTDOOR_CONFIG": config}))


def test(scratch):
    begin = time.monotonic()
    config = configuration(scratch)
    try:
        embedded(scratch, config)
        if os.environ.get("FRONTDOOR_MODEL_KAFKA") == "1":
            on_a_broker(scratch, config)
        else:
            print("on a broker: left out, FRONTDOOR_MODEL_KAFKA=1 plays it, with a Kafka at KAFKA_HOME")
    except Wrong as wrong:
        raise Failed(f"NOT in order: {wrong}") from None
    print(f"{time.monotonic() - begin:.0f} s in all")


if __name__ == "__main__":
    main(test)
