"""Plants a bug in a hub on a broker, harms the hub in a way that brings it out, and wants the checker to find it; then
the same without a bug, of which the checker must find nothing."""

import signal
import subprocess
import sys
import time

from confluent_kafka.admin import AdminClient

from checker import Brokers, Findings, Prefixed, Wrong, judge
from hub import Failed, Hub, expect, keys, main, until
from kafka_cluster import Cluster
from kafkalog import KafkaLog
from model_run import client_settings, configuration, published, referrals

ROUNDS = 3


class Planted:
    """A hub with a prefix of its own on the broker, and what was published to it so far."""

    def __init__(self, cluster, scratch, config, plant):
        self.name = plant or "plain"
        self.prefix = f"{self.name}."
        self.cluster, self.folder, self.config, self.plant = cluster, f"{scratch}/{self.name}", config, plant
        keys(self.folder)
        self.environment = {**cluster.environment(), "FRONTDOOR_TOPIC_PREFIX": self.prefix}
        self.hubs, self.harms, self.pairs, self.log = [], 0, referrals(), None

    def start(self, instance, fault=None):
        """One process; a fault is for its life alone."""
        orders = {"FRONTDOOR_PLANT": self.plant} if self.plant else {}
        if fault:
            orders["FRONTDOOR_FAULT"] = fault
            self.harms += 1
        hub = Hub(self.folder, f"{self.folder}/{instance}-{len(self.hubs)}.txt", {**self.environment, **orders})
        self.hubs.append(hub)
        hub.start("--config", self.config, "--instance", instance)
        return hub

    def publish(self, count):
        share, self.pairs = self.pairs[:count], self.pairs[count:]
        expect(share, "there is nothing left to publish")
        # A hub that has just been started for the first time is making them.
        wanted = {f"{self.prefix}agency.{agency}.referrals" for agency, _ in share}
        admin = AdminClient({**self.cluster.client(), "log_level": 0})
        until("there are topics to publish to", lambda: wanted <= set(admin.list_topics(timeout=10).topics), 60)
        published(self.folder, self.environment, share)

    def look(self):
        if self.log is None:
            self.log = KafkaLog(self.cluster.client(), self.prefix)
        self.log.look()
        return self.log

    def events(self):
        return self.look().count(self.prefix + "hub.events")

    def killed_at(self, fault):
        """Lets a process work until it comes to harm, and waits for its end; its successor is the next one's matter."""
        hub = self.start("one", fault)
        left = [12]

        def is_ended():
            # One by one, so that there are as many commits as the fault counts.
            if hub.process.poll() is None and left[0] > 0:
                left[0] -= 1
                self.publish(1)
            return hub.process.poll() is not None

        until(f"{fault} ends the hub", is_ended, 60, every=0.2)
        expect(hub.process.returncode == -signal.SIGKILL, f"{fault}: ended with {hub.process.returncode}: {hub.said()[-1500:]}")

    def frozen_at(self, fault):
        """A process freezes with something in hand, another takes over and does it, and then the first wakes up."""
        one = self.start("one", fault)
        self.publish(12)

        def is_frozen():
            one.must_run()
            with open(f"/proc/{one.process.pid}/stat", encoding="ascii") as file:
                return file.read().rsplit(")", 1)[1].split()[0] == "T"

        until(f"{fault} freezes the hub", is_frozen, 60)
        two = self.start("two")
        two.ready()
        before = self.events()
        until("another takes over", lambda: two.must_run() or self.events() > before + 12, 60, every=0.1)
        one.process.send_signal(signal.SIGCONT)
        self.publish(6)
        self.rest(two)
        return two

    def rest(self, hub, seconds=60):
        """Until every service has committed to the end of its inputs, and nothing more comes."""
        seen = {"count": -1, "since": 0.0}
        brokers = Brokers(self.cluster.client(), self.prefix)

        def is_quiet():
            hub.must_run()
            log, findings = Prefixed(self.look(), self.prefix), Findings()
            brokers.check(log, findings)
            count = sum(len(records) for records in self.log.kept.values())
            if findings.failed or count != seen["count"]:
                seen.update(count=count, since=time.monotonic())
                return False
            return time.monotonic() - seen["since"] > 1.5

        until("the hub comes to rest", is_quiet, seconds, every=0.3)

    def end(self):
        """In order where it can be, since nothing hangs on it any more."""
        for hub in self.hubs:
            if hub.process.poll() is None:
                hub.process.terminate()
        for hub in self.hubs:
            try:
                hub.process.wait(15)
            except subprocess.TimeoutExpired:
                pass
            hub.end()

    def judge(self):
        self.look()
        judge(self.log, True, self.cluster.client(), self.prefix)


def killed(planted, number):
    """Twice after a commit, of which one is the early one where positions go ahead of decisions."""
    for nth in (4 + number, 5 + number):
        planted.killed_at(f"after-commit:intake:{nth}")
    hub = planted.start("one")
    planted.rest(hub)


def frozen(planted, _):
    planted.frozen_at("after-poll:intake:1:stop")


def worked(planted, _):
    hub = planted.start("one")
    hub.ready()
    for _ in range(4):
        before = planted.events()
        planted.publish(12)
        until("it takes something in", lambda: hub.must_run() or planted.events() > before, 30, every=0.05)
    planted.rest(hub)


# What brings each out: a count that is wrong needs nothing but work.
HARMS = {"skip-offsets": [worked], "commit-early": [killed], "no-fencing": [frozen], None: [worked, killed, frozen]}


def test(scratch):
    begin = time.monotonic()
    config = configuration(scratch)
    # A frozen member's inputs go to another soon.
    client_settings(config, {"session.timeout.ms": 6000})
    with Cluster(f"{scratch}/kafka") as cluster:
        for plant, harms in HARMS.items():
            planted = Planted(cluster, scratch, config, plant)
            try:
                found, rounds = None, 0
                while found is None and rounds < (ROUNDS if plant else 1):
                    rounds += 1
                    for harm in harms:
                        harm(planted, rounds)
                        planted.end()
                    try:
                        planted.judge()
                    except Wrong as wrong:
                        found = str(wrong)
                took = f"{planted.harms} harms, {planted.events()} events, {time.monotonic() - begin:.0f} s so far"
                if plant is None:
                    expect(found is None, f"without a bug, and NOT in order: {found}")
                    print(f"without a bug: all in order; {took}")
                else:
                    expect(found is not None, f"{plant}: the checker found nothing in {rounds} rounds")
                    print(f"{plant}: found after {took}: {found[:300]}")
            except (Failed, AssertionError):
                for hub in planted.hubs:
                    sys.stderr.write(hub.said()[-800:])
                raise
            finally:
                planted.end()
                if planted.log is not None:
                    planted.log.close()
    print(f"{time.monotonic() - begin:.0f} s in all")


if __name__ == "__main__":
    main(test)
