"""Kills a working hub again and again, and then proves from its file that nothing was lost, doubled or set aside."""

import collections
import itertools
import json
import random
import subprocess
import sys
import threading
import time

from hub import FRONTDOOR, Failed, Hub, call, expect, main, until, verify

MESSAGES = 5000
KILLS = 20
PUBLISHERS = 4
SEED = 20261116


def messages():
    lines = call("generate", "--clean", "--seed", str(SEED), "--contacts", str(MESSAGES)).stdout.splitlines()
    expect(len(lines) >= MESSAGES, "the generator made too few messages")
    agencies = collections.defaultdict(list)
    for line in lines[:MESSAGES]:
        agencies[json.loads(line)["source"].removeprefix("/agency/")].append(line)
    return agencies


def publish_all(folder, agencies, failures, rounds):
    """Four processes at once in every round, a round for each kill, so that the publishing never stops while the hub is
    killed. An agency's lines stay in their order."""
    loads = [[] for _ in range(PUBLISHERS)]
    for name in sorted(agencies, key=lambda name: -len(agencies[name])):
        min(loads, key=lambda load: sum(len(agencies[agency]) for agency in load)).append(name)

    def publish(load):
        lines = [(agency, line) for agency in load for line in agencies[agency]]
        begin = 0
        for round_number in range(KILLS):
            with rounds:
                rounds.wait_for(lambda: rounds.reached >= round_number)
            end = len(lines) * (round_number + 1) // KILLS
            for agency, piece in itertools.groupby(lines[begin:end], key=lambda pair: pair[0]):
                done = subprocess.run(
                    [FRONTDOOR, "publish", "--data", folder, "--agency", agency, "-"],
                    input=b"\n".join(line for _, line in piece) + b"\n", capture_output=True, timeout=60, check=False)
                if done.returncode != 0:
                    failures.append(f"publish as {agency} ended with {done.returncode}: {done.stderr.decode()[-300:]}")
                    return
            begin = end

    threads = [threading.Thread(target=publish, args=(load,), daemon=True) for load in loads]
    for thread in threads:
        thread.start()
    return threads


class Rounds(threading.Condition):
    """How far the publishers may go."""

    reached = 0

    def open(self, number):
        with self:
            self.reached = number
            self.notify_all()


def kill_at_random(hub, log, draws):
    """One kill: while it starts and restores, or after it has taken in a random number of messages more."""
    before = log.taken_in()
    if draws.random() < 0.2:
        # Into the start: opening, joining, restoring.
        time.sleep(draws.uniform(0, 0.15))
    else:
        wanted = before + draws.randint(1, 60)

        def reached():
            hub.must_run()
            return log.taken_in() >= wanted

        until(f"{wanted} messages are taken in", reached, 60, every=0.001)
        time.sleep(draws.uniform(0, 0.02))
    hub.kill()
    return log.taken_in(), log.published()


def check(log, agencies):
    """From the file alone."""
    # The room: no id twice; what each message became; which case each child got.
    ids = collections.Counter()
    became = {}
    children = {}
    cases = collections.defaultdict(set)
    reviews = {}
    for record in log.records("hub.events"):
        ids[record.id] += 1
        expect(record.key == record.id, f"a record of the room has another key than its id: {record.key}")
        origin = record.headers.get("ce_inputposition", "")
        if record.headers["ce_source"] == "/service/intake" and not record.type.endswith(".adopted"):
            expect(origin not in became, f"{origin} became two events of the room")
            became[origin] = record.type
        if record.type in ("referral.submitted", "referral.corrected"):
            content = record.facts["content"]
            for child in content["children"]:
                children[child["child"]] = content["referral"]
        elif record.type == "referral.identified":
            facts = record.facts
            if facts.get("case"):
                cases[facts["child"]].add(facts["case"])
        elif record.type == "identity.requested":
            expect(record.facts["child"] not in reviews, "a child was put before a person twice")
            reviews[record.facts["child"]] = [entry["entry"] for entry in record.facts["entries"]]
    twice = [event for event, count in ids.items() if count > 1]
    expect(not twice, f"{len(twice)} events are in the room twice")

    # Every message: in the topic once, in the room once, one receipt, in the order in which it was published.
    types = {
        "frontdoor.referral.submitted.v1": "referral.submitted", "frontdoor.referral.corrected.v1": "referral.corrected",
        "frontdoor.referral.withdrawn.v1": "referral.withdrawn",
    }
    receipts_found = 0
    for agency, lines in sorted(agencies.items()):
        there = list(log.records(f"agency.{agency}.referrals"))
        expect([r.value for r in there] == lines, f"{agency}: the topic does not hold what was published, in its order")
        receipts = [
            record for record in log.records(f"agency.{agency}.inbox")
            if record.type in ("referral.received", "submission.refused")
        ]
        expect(len(receipts) == len(lines), f"{agency}: {len(lines)} messages and {len(receipts)} receipts")
        seen = set()
        for record, receipt in zip(there, receipts):
            message = json.loads(record.value)
            repeated = message["id"] in seen
            seen.add(message["id"])
            expect(receipt.type == "referral.received", f"{agency}: a clean message was refused")
            told = receipt.data
            expect(told["repeated"] == repeated, f"{agency}@{record.offset}: the receipt is not this message's")
            if "children" in message["data"]:
                expect(
                    told["children"] == len(message["data"]["children"]),
                    f"{agency}@{record.offset}: the receipt is not this message's")
            kind = "referral.repeated" if repeated else types[message["type"]]
            origin = f"agency.{agency}.referrals/0@{record.offset}"
            expect(became.pop(origin, None) == kind, f"{origin} is not in the room as {kind}")
            receipts_found += 1
    expect(not became, f"{len(became)} events of the room answer no message")
    for topic in log.names(".inbox") + log.names(".queue") + log.names(".alerts"):
        sent = collections.Counter(record.id for record in log.records(topic))
        expect(all(count == 1 for count in sent.values()), f"{topic}: something was sent twice")

    # Every child: one case with one open lead, or one review; never both, never two.
    entries = log.queue()
    leads = collections.Counter(
        entry["case"] for entry in entries.values() if entry["kind"] == "lead" and entry["state"] in ("proposed", "accepted"))
    under_review = 0
    for child in children:
        if child in reviews:
            expect(not cases[child], "a child has a case and waits for a review as well")
            expect(len(reviews[child]) == 1, "a review has not one entry")
            entry = entries.get(reviews[child][0])
            expect(
                entry and entry["state"] == "proposed" and entry["kind"] == "decide",
                "a child's review is on no queue")
            under_review += 1
        else:
            expect(len(cases[child]) == 1, f"a child has {len(cases[child])} cases")
            (case,) = cases[child]
            expect(leads[case] == 1, f"a case has {leads[case]} lead entries")
    expect(set(leads) == {case for found in cases.values() for case in found}, "a lead entry is of no child's case")
    expect(set(leads.values()) == {1}, "a case has two lead entries")
    letters = log.count("hub.dead-letters")
    expect(letters == 0, f"{letters} dead letters, though every message was in order")
    print(
        f"independent check: {receipts_found} messages with one receipt each; {len(children)} children: "
        f"{len(children) - under_review} led by one team ({len(leads)} cases), {under_review} under review; "
        f"{len(ids)} events, none twice; nothing set aside")


def test(scratch):
    begin = time.monotonic()
    draws = random.Random(SEED)
    agencies = messages()
    folder = f"{scratch}/data"
    hub = Hub(folder, f"{scratch}/hub.txt")
    try:
        hub.start()
        log = hub.log()
        failures = []
        rounds = Rounds()
        publishers = publish_all(folder, agencies, failures, rounds)
        at_work = 0
        for number in range(KILLS):
            rounds.open(number)
            taken, published = kill_at_random(hub, log, draws)
            at_work += taken < published
            hub.start()
        print(
            f"{KILLS} kills, {at_work} of them with messages waiting; at the last {taken} of {published} published were "
            f"taken in; {time.monotonic() - begin:.1f} s")
        # The first may come before anything is published.
        expect(at_work >= KILLS - 1, "a kill came when there was nothing to do: it shows too little")
        for thread in publishers:
            thread.join(120)
            expect(not thread.is_alive(), "a publisher hangs")
        expect(not failures, "; ".join(failures))
        expect(log.published() == MESSAGES, f"{log.published()} messages lie in the topics")
        hub.rest(log)
        print(f"at rest after {time.monotonic() - begin:.1f} s; stopped in {hub.stop():.1f} s")
        check(log, agencies)
        log.close()
        print(verify(folder))
        print(f"{time.monotonic() - begin:.1f} s in all")
    except Failed:
        sys.stderr.write(hub.said()[-2000:])
        raise
    finally:
        hub.end()


main(test)
