"""Kills and freezes services, moves partitions and kills a broker, while a hub on three brokers works.

FRONTDOOR_KILLS=20 kills so often, and moves and publishes in proportion; a run of the whole suite makes do with fewer."""

import collections
import json
import os
import random
import signal
import sys
import threading
import time

from fault_load import Positions
from hub import OWN_FAULT, Failed, Hub, call, expect, keys, main, until, verify
from judge import check
from kafka_cluster import Cluster
from kafka_world import World, at_rest
from kafkalog import KafkaLog

KILLS = int(os.environ.get("FRONTDOOR_KILLS") or 6)
MOVES = 2 * max(2, KILLS // 4)
MESSAGES = 100 * KILLS
SESSION = 10
SEED = 20261127


def load():
    lines = call("generate", "--clean", "--seed", str(SEED), "--contacts", str(MESSAGES)).stdout.splitlines()[:MESSAGES]
    agencies = collections.defaultdict(list)
    for line in lines:
        agencies[json.loads(line)["source"].removeprefix("/agency/")].append(line)
    return agencies


class Publisher(threading.Thread):
    """Publishes a share of the load for each step that it is let go on, agency by agency in their order."""

    def __init__(self, cluster, agencies, steps):
        super().__init__(daemon=True)
        self.world = World(cluster.client())
        self.steps, self.failure = steps, None
        self.go = threading.Semaphore(0)
        self.shares = [
            [
                (f"agency.{agency}.referrals", line)
                for agency, lines in agencies.items()
                for line in lines[len(lines) * step // steps : len(lines) * (step + 1) // steps]
            ]
            for step in range(steps)
        ]

    def run(self):
        try:
            for share in self.shares:
                self.go.acquire()
                # Retried inside the client while a broker is down: idempotent, so that nothing comes twice.
                self.world.publish(share)
        except Exception as failure:
            self.failure = failure


class Tended:
    """Looks after the hub wherever another would have to run."""

    def __init__(self, must_run):
        self.must_run = must_run


def test(scratch):
    begin = time.monotonic()
    draws = random.Random(SEED)
    agencies = load()
    folder = f"{scratch}/data"
    keys(folder)
    with Cluster(f"{scratch}/kafka", brokers=3) as cluster:
        environment = cluster.environment()
        one = Hub(folder, f"{scratch}/one.txt", environment)
        two = Hub(folder, f"{scratch}/two.txt", environment)
        try:
            one.start("--instance", "one").ready()
            log = KafkaLog(cluster.client())
            publisher = Publisher(cluster, agencies, KILLS + MOVES + 3)
            publisher.start()

            def events():
                log.look()
                return log.count("hub.events")

            ends = []

            def tended():
                """What a supervisor does: a hub that ended by itself, because a client could not go on, is started again."""
                if one.process.poll() is not None:
                    ends.append(one.process.returncode)
                    expect(len(ends) <= 3, f"the hub ended by itself again and again: {ends}")
                    one.start("--instance", "one")
                return True

            def progress(count, what):
                wanted = events() + count
                until(f"{what}: {count} more events", lambda: tended() and events() >= wanted, 120, every=0.02)

            progress_after = []
            for number in range(KILLS):
                publisher.go.release()
                progress(draws.randint(1, 200), f"kill {number + 1}")
                one.kill()
                killed = time.monotonic()
                before = events()
                one.start("--instance", "one")
                until("the killed one works again", lambda: tended() and events() > before, 90, every=0.02)
                progress_after.append(time.monotonic() - killed)
            print(
                f"{KILLS} kills; from the kill to the next event: median {sorted(progress_after)[KILLS // 2]:.1f} s, "
                f"longest {max(progress_after):.1f} s; {time.monotonic() - begin:.0f} s so far")

            for number in range(MOVES // 2):
                # Half of the partitions go to the second process, and come back when it leaves.
                publisher.go.release()
                two.start("--instance", "two").ready()
                progress(50, f"move {2 * number + 1}")
                publisher.go.release()
                two.stop(20)
                progress(50, f"move {2 * number + 2}")
            print(f"{MOVES} moves; {time.monotonic() - begin:.0f} s so far")

            # Longer than its session lasts: the other takes over, and what wakes up may post nothing of its own.
            publisher.go.release()
            two.start("--instance", "two").ready()
            progress(20, "before the freeze")
            frozen = one.process
            frozen.send_signal(signal.SIGSTOP)
            time.sleep(SESSION + 2)
            publisher.go.release()
            progress(50, "the other goes on")
            frozen.send_signal(signal.SIGCONT)
            progress(20, "with the one that woke up")
            two.stop(20)
            print(f"a freeze; {time.monotonic() - begin:.0f} s so far")

            publisher.go.release()
            progress(1, "before a broker is killed")
            cluster.kill(draws.choice([1, 2, 3]))
            killed = time.monotonic()
            progress(50, "with one broker less")
            print(f"a broker killed; {time.monotonic() - killed:.1f} s to the next 50 events")
            publisher.join(90)
            expect(not publisher.is_alive(), "the publisher hangs")
            if publisher.failure is not None:
                raise publisher.failure
            at_rest(log, publisher.world.sent, [Tended(tended)], seconds=240)
            positions = Positions(cluster.client(), "", log)

            def at_the_end():
                tended()
                log.look()
                return positions.are_at_the_end()

            # A service that stands still is quiet as well.
            until("every service has committed all that there is", at_the_end, 120, every=0.1)
            positions.close()
            print(f"at rest; {time.monotonic() - begin:.0f} s so far")
            cluster.start()
            tended()
            one.stop(20)
            print(f"the hub ended by itself {len(ends)} times: {ends}")
            expect(OWN_FAULT not in ends, f"the hub ended with {OWN_FAULT}, by a fault of its own")
            for line in one.said().splitlines():
                if line.startswith("frontdoor: "):
                    print(f"  {line}")
            log.look()
            check(log, agencies)
            print(verify(folder, environment))
            print(f"{time.monotonic() - begin:.0f} s in all")
        except Failed:
            sys.stderr.write(one.said()[-3000:] + two.said()[-1000:])
            raise
        finally:
            one.end()
            two.end()


if __name__ == "__main__":
    main(test)
