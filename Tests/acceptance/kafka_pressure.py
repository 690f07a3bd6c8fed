"""What a hub's process takes of memory, with much waiting for it, on a broker that answers at once and on one that turns
slow while the hub works.

A slow broker must slow the reading: what has been read and cannot be written may not pile up in the process. Both hubs
have the same waiting for them."""

import collections
import json
import os
import sys
import time

from confluent_kafka import Consumer, KafkaException, TopicPartition

from hub import Failed, Hub, call, expect, keys, main, until
from kafka_proxy import Fronted
from kafka_world import World

WAITING = int(os.environ.get("FRONTDOOR_WAITING") or 20_000)
WATCH_SECONDS, LONGEST_SECONDS = 75, 300
# What is taken in before the broker turns slow.
FIRST = WAITING // 20
# Up to so long before each reply, drawn anew for each, and so many bytes a second on each connection.
DELAY_SECONDS, BYTES_PER_SECOND = 0.4, 1_000_000
# What a slow broker may cost beyond a quick one: the reader's queue of each of five services could fill.
ALLOWED = 1.25


def load():
    lines = call("generate", "--clean", "--seed", "11", "--contacts", str(WAITING), seconds=300).stdout.splitlines()
    by_agency = collections.defaultdict(list)
    for line in lines[:WAITING]:
        by_agency[json.loads(line)["source"].removeprefix("/agency/")].append(line)
    return by_agency


class Watched:
    """One hub with a prefix of its own, from outside: its memory, and how far it is."""

    def __init__(self, cluster, scratch, name, agencies):
        self.prefix, self.cluster = f"{name}.", cluster
        folder = f"{scratch}/{name}"
        keys(folder)
        self.environment = {
            **cluster.environment(), "FRONTDOOR_TOPIC_PREFIX": self.prefix,
            "FRONTDOOR_KAFKA_SERVICES_PRINCIPAL": "User:CN=hub",
        }
        call("topics", "apply", "--yes", environment=self.environment, code=None)
        world = World(cluster.client())
        for agency, lines in agencies.items():
            world.publish([(f"{self.prefix}agency.{agency}.referrals", line) for line in lines])
        self.topics = [f"{self.prefix}agency.{agency}.referrals" for agency in agencies]
        through = {**self.environment, "FRONTDOOR_KAFKA_BOOTSTRAP": cluster.fronted()}
        self.hub = Hub(folder, f"{scratch}/{name}.txt", through)
        self.ends = []
        self.group = Consumer({**cluster.client(), "group.id": self.prefix + "intake", "enable.auto.commit": False, "log_level": 0})

    def taken(self):
        """Referrals that Intake has committed."""
        places = [TopicPartition(topic, 0) for topic in self.topics]
        try:
            return sum(max(0, place.offset) for place in self.group.committed(places, timeout=30))
        except KafkaException:
            # A group that has just begun has no coordinator yet, so nothing is committed.
            return 0

    def memory(self):
        """Resident now, and at most so far: MB."""
        with open(f"/proc/{self.hub.process.pid}/status", encoding="ascii") as file:
            found = dict(line.split(":", 1) for line in file)
        # One that has just ended has none.
        return [int(found.get(name, "0").split()[0]) / 1024 for name in ("VmRSS", "VmHWM")]

    def start(self):
        self.hub.start()
        until("the hub takes something in", lambda: self.hub.must_run() or self.taken() >= FIRST, 120, every=0.2)

    def watch(self, seconds):
        """Until all is taken in, or so long. Gives the most memory so far, what was taken in, the seconds, and the memory
        second by second."""
        begin, samples, most = time.monotonic(), [], 0
        while True:
            if self.hub.process.poll() is not None:
                # As a supervisor does.
                self.ends.append(self.hub.process.returncode)
                self.hub.start()
            now, highest = self.memory()
            samples.append(now)
            most = max(most, highest)
            taken, passed = self.taken(), time.monotonic() - begin
            if taken >= WAITING or passed > seconds:
                return most, taken, passed, samples
            time.sleep(1)

    def end(self):
        self.hub.end()
        self.group.close()


def test(scratch):
    agencies = load()
    with Fronted(f"{scratch}/kafka", brokers=1) as cluster:
        hubs = []
        try:
            quick = Watched(cluster, scratch, "quick", agencies)
            hubs.append(quick)
            quick.start()
            most, taken, passed, _ = quick.watch(LONGEST_SECONDS)
            quick.end()
            print(f"quick: {most:.0f} MB at most; {taken:,} taken in within {passed:.0f} s", flush=True)
            expect(taken >= WAITING, f"the quick broker's hub took in {taken} within {passed:.0f} s")
            slow = Watched(cluster, scratch, "slow", agencies)
            hubs.append(slow)
            slow.start()
            before = slow.taken()
            cluster.proxy.delay, cluster.proxy.rate = DELAY_SECONDS, BYTES_PER_SECOND
            slowest, few, watched, samples = slow.watch(WATCH_SECONDS)
            cluster.proxy.delay, cluster.proxy.rate = 0, None
            _, again, rest, _ = slow.watch(LONGEST_SECONDS)
            slow.end()
            print(
                f"slow, {DELAY_SECONDS * 500:.0f} ms a reply in the mean and {BYTES_PER_SECOND // 1000} kB/s: {slowest:.0f} MB at"
                f" most; {before:,} taken in before, {few:,} after {watched:.0f} s;"
                f" MB every tenth of that: "
                + " ".join(f"{samples[len(samples) * tenth // 10]:.0f}" for tenth in range(10)))
            print(f"quick again: {again:,} taken in, the rest within {rest:.0f} s")
            expect(not slow.ends, f"the hub ended by itself: {slow.ends}")
            expect(few > before, "the hub took in nothing while the broker was slow")
            expect(again >= WAITING, f"of what waited, {again} were taken in after all")
            expect(few < WAITING or watched > passed, "the proxy slows nothing")
            expect(slowest < ALLOWED * most, f"a slow broker costs memory: {slowest:.0f} MB beside {most:.0f}")
        except Failed:
            for watched in hubs:
                sys.stderr.write(watched.hub.said()[-1500:])
            raise
        finally:
            for watched in hubs:
                watched.hub.end()


if __name__ == "__main__":
    main(test)
