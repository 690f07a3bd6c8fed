"""Drives a hub on brokers with kcat and confluent-kafka, and compares what comes out with the embedded log.

FRONTDOOR_BROKERS=3 takes three brokers in place of one, and the compared load over five processes as well as over one.
"""

import collections
import itertools
import json
import os
import shutil
import subprocess
import time

from hub import Hub, call, expect, keys, main, until, verify
from hublog import HubLog
from judge import check
from kafka_cluster import Cluster
from kafka_world import World, at_rest, event, receipts, referral
from kafkalog import KafkaLog

QUIET = 240
RACING = 1200
SEED = 20261126
BROKERS = int(os.environ.get("FRONTDOOR_BROKERS") or 1)
PEOPLE = {"family-help": "carol", "macpt": "ewa", "early-help": "grace", "mash": "amara"}
SERVICES = ["intake", "deduplication", "triage", "routing", "deadlines"]


def going_out(log):
    """What has left the hub, as sets: topic, id, type, subject, time and data."""
    return {
        topic: {
            (r.id, r.type, r.headers.get("ce_subject"), r.headers.get("ce_time"), r.value) for r in log.records(topic)
        }
        for ending in (".inbox", ".queue", ".alerts") for topic in log.names(ending)
    }


def differences(one, other):
    found = collections.Counter()
    for topic in sorted(set(one) | set(other)):
        for record in one.get(topic, set()) ^ other.get(topic, set()):
            found[record[1]] += 1
    return found


def requests(log):
    """What agencies were asked and have not answered."""
    asked, answered = {}, set()
    for topic in log.names(".inbox"):
        agency = topic.split(".")[1]
        for record in log.records(topic):
            if record.type == "return.requested":
                asked[record.data["reference"]] = agency
            elif record.type in ("return.received", "request.withdrawn"):
                answered.add(record.data.get("request", record.data.get("reference")))
    return [(agency, reference) for reference, agency in sorted(asked.items()) if reference not in answered]


def answers(log):
    """One answer a case and wave: the next wave comes when this one is at rest."""
    waves = collections.defaultdict(list)
    for number, (agency, reference) in enumerate(requests(log)):
        kind = number % 3
        data = {"request": reference}
        if kind == 0:
            data |= {"kind": "nil", "searched": [{"system": "records", "person": "child"}]}
        elif kind == 1:
            data |= {"kind": "full", "findings": [{"about": "child", "factor": "3B", "narrative": "Invented."}]}
        else:
            data |= {"kind": "declined", "declineReason": "prejudice-to-investigation"}
        waves[agency].append((f"agency.{agency}.returns", event(
            f"return-{reference}", f"/agency/{agency}", "frontdoor.return.submitted.v1", data)))
    # An agency is asked once about a child: waves of one agency each never meet on a family.
    return [waves[agency] for agency in sorted(waves)]


def decisions(log):
    """Every lead that is proposed is accepted by a person who may."""
    messages = []
    for key, entry in sorted(log.queue().items()):
        if entry["state"] != "proposed" or entry["kind"] != "lead":
            continue
        team = entry["topic"].split(".")[1]
        area, kind = team.split("-", 1)
        data = {"person": f"{area}.{PEOPLE[kind]}", "verb": "accept", "reason": "threshold-met", "entry": key}
        messages.append((f"team.{team}.decisions", event(
            f"accept-{key}", f"/team/{team}", "frontdoor.decision.submitted.v1", data)))
    return messages


def read_with_kcat(cluster, topic):
    """The same topic by a third client: its ids under read_committed."""
    done = subprocess.run(
        ["kcat", "-C", "-b", cluster.bootstrap, "-t", topic, "-o", "beginning", "-e", "-q", "-X",
         "isolation.level=read_committed", "-f", "%h\n"],
        capture_output=True, timeout=60, check=True)
    return [
        header.removeprefix("ce_id=") for line in done.stdout.decode().splitlines()
        for header in line.split(",") if header.startswith("ce_id=")
    ]


def started(scratch, folder, environment, processes):
    """All services in one process, or each in one of its own."""
    if processes == 1:
        return [Hub(folder, f"{folder}.txt", environment).start("--instance", "one")]
    return [
        Hub(folder, f"{folder}-{service}.txt", environment).start("--services", service, "--instance", service)
        for service in SERVICES
    ]


def quiet(scratch, cluster, processes):
    """Nothing new on a family comes before its thread is at rest; services in one process, or in one each."""
    prefix = f"quiet-{processes}."
    folder, again = f"{scratch}/quiet-{processes}", f"{scratch}/again-{processes}"
    keys(folder)
    environment = cluster.environment() | {"FRONTDOOR_TOPIC_PREFIX": prefix}
    hubs = started(scratch, folder, environment, processes)
    try:
        for hub in hubs:
            hub.ready()
        log = KafkaLog(cluster.client(), prefix)
        log = Unprefixed(log)
        world = World(cluster.client())
        referrals = [referral(number, danger=number % 40 == 7) for number in range(QUIET)]
        messages = [(f"{prefix}agency.{agency}.referrals", value) for agency, value in referrals]
        world.publish(messages[: QUIET // 2], kcat=True)
        world.publish(messages[QUIET // 2 :])
        at_rest(log, world.sent, hubs)
        waves = answers(log)
        for number, wave in enumerate(waves):
            world.publish([(f"{prefix}{topic}", value) for topic, value in wave], kcat=number % 2 == 0)
            at_rest(log, world.sent, hubs, quiet_seconds=0.4)
        chosen = decisions(log)
        world.publish([(f"{prefix}{topic}", value) for topic, value in chosen])
        at_rest(log, world.sent, hubs)
        refused = [r for r in receipts(log) if r.type == "submission.refused"]
        expect(not refused, f"{len(refused)} messages were refused: {refused[:1] and refused[0].value}")
        stopped = max(hub.stop() for hub in hubs)
        log.look()
        call("replay", "--data", folder, "--into", again, environment=environment)
        embedded = HubLog(again)
        wanted = {topic.removeprefix(prefix): found for topic, found in going_out(embedded).items()}
        found = going_out(log)
        unlike = differences(found, wanted)
        expect(not unlike, f"brokers and embedded log differ: {unlike}")
        total = sum(len(records) for records in found.values())
        inbox = "agency.bd-police.inbox"
        expect(
            read_with_kcat(cluster, f"{prefix}{inbox}") == [record.id for record in log.records(inbox)],
            "kcat reads another inbox than confluent-kafka")
        print(
            f"quiet, {processes} process(es) on {BROKERS} broker(s): {QUIET} referrals, {sum(len(w) for w in waves)} returns in {len(waves)} waves, {len(chosen)} "
            f"decisions; {total} records in inboxes, queues and alerts, the same on the embedded log; stopped in "
            f"{stopped:.1f} s")
        print("quiet, " + verify(folder, environment))
    finally:
        for hub in hubs:
            hub.end()


class Unprefixed:
    """A log whose topics carry the prefix of a shared cluster, under their own names."""

    def __init__(self, log):
        self.log = log

    def look(self):
        self.log.look()

    def names(self, ending):
        return [name.removeprefix(self.log.prefix) for name in self.log.names(ending)]

    def records(self, topic):
        return self.log.records(self.log.prefix + topic)

    def count(self, topic):
        return self.log.count(self.log.prefix + topic)

    def queue(self):
        return {key: entry | {"topic": entry["topic"].removeprefix(self.log.prefix)} for key, entry in self.log.queue().items()}


def racing(scratch, cluster):
    """Everything at once, each service in a process of its own."""
    folder = f"{scratch}/racing"
    environment = cluster.environment()
    keys(folder)
    lines = call("generate", "--clean", "--seed", str(SEED), "--contacts", str(RACING)).stdout.splitlines()[:RACING]
    agencies = collections.defaultdict(list)
    for line in lines:
        agencies[json.loads(line)["source"].removeprefix("/agency/")].append(line)
    hubs = started(scratch, folder, environment, len(SERVICES))
    try:
        for hub in hubs:
            hub.ready()
        log, world = KafkaLog(cluster.client()), World(cluster.client())
        begin = time.monotonic()
        messages = [(f"agency.{agency}.referrals", line) for agency, found in agencies.items() for line in found]
        world.publish(messages)
        at_rest(log, world.sent, hubs)
        for hub in hubs:
            hub.stop()
        log.look()
        print(f"racing: {len(messages)} messages over five processes, at rest after {time.monotonic() - begin:.1f} s")
        check(log, agencies)
        print("racing, " + verify(folder, environment))
    finally:
        for hub in hubs:
            hub.end()


def newcomer(scratch, cluster):
    """An agency is added to hub.yaml while the hub runs; its first referral is in a queue soon after, without a restart."""
    config, folder = f"{scratch}/config", f"{scratch}/new"
    shutil.copytree(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "deploy"), config)
    environment = cluster.environment() | {"FRONTDOOR_TOPIC_PREFIX": "new."}
    hub = Hub(folder, f"{scratch}/new.txt", environment).start("--config", config)
    try:
        hub.ready()
        log, world = Unprefixed(KafkaLog(cluster.client(), "new.")), World(cluster.client())
        agency, value = referral(1)
        world.publish([(f"new.agency.{agency}.referrals", value)])
        at_rest(log, world.sent, [hub])
        with open(f"{config}/hub.yaml", encoding="utf-8") as file:
            text = file.read()
        added = (
            '  - {id: bd-ambulance, name: "Barking and Dagenham: ambulance", kind: ambulance, sources: ["3F"], '
            "authorities: [E09000002], calendar: round-the-clock}\n")
        with open(f"{config}/hub.yaml.new", "w", encoding="utf-8") as file:
            file.write(text.replace("agencies:\n", "agencies:\n" + added, 1))
        begin = time.monotonic()
        os.replace(f"{config}/hub.yaml.new", f"{config}/hub.yaml")
        inbox, topic = "agency.bd-ambulance.inbox", "agency.bd-ambulance.referrals"

        def is_there():
            hub.must_run()
            log.look()
            return inbox in log.names(".inbox") and topic in log.names(".referrals")

        until("the new agency's topics are there", is_there, 10, every=0.05)
        _, value = referral(3001)
        message = json.loads(value)
        message["source"], message["id"] = "/agency/bd-ambulance", "first"
        message["data"] |= {"localAuthority": "E09000002", "referralSource": "3F"}
        before = set(log.queue())
        world.publish([(f"new.{topic}", json.dumps(message).encode())])

        def is_queued():
            hub.must_run()
            log.look()
            return set(log.queue()) - before

        until("the new agency's first referral is in a queue", is_queued, 10 - (time.monotonic() - begin), every=0.05)
        took = time.monotonic() - begin

        # Of one transaction each partition shows its part by itself.
        def has_receipt():
            log.look()
            return any(r.type == "referral.received" for r in log.records(inbox))

        until("the new agency has its receipt", has_receipt, 10, every=0.05)
        print(f"a new agency: from hub.yaml to its first referral in a queue {took:.1f} s")
        hub.stop()
    finally:
        hub.end()


def test(scratch):
    with Cluster(f"{scratch}/kafka", brokers=BROKERS) as cluster:
        quiet(scratch, cluster, 1)
        if BROKERS > 1:
            quiet(scratch, cluster, len(SERVICES))
        newcomer(scratch, cluster)
        racing(scratch, cluster)


if __name__ == "__main__":
    main(test)
