"""What a hub's process takes of memory, with much waiting for it, on a broker that answers at once and on one that turns
slow while the hub works.

A slow broker must slow the reading: what has been read and cannot be written may not pile up in the process. Both hubs
have the same waiting for them."""

import collections
import json
import os
import sys
import time

from hub import Failed, call, expect, main, until
from kafka_proxy import Fronted
from kafka_watched import Watched
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


def begin(cluster, scratch, name, agencies):
    """A hub by way of the proxy, with all of the load waiting for it, once it takes something in."""
    watched = Watched(cluster, scratch, name, agencies, bootstrap=cluster.fronted())
    world = World(cluster.client())
    for agency, lines in agencies.items():
        world.publish([(watched.topics[agency], line) for line in lines])
    watched.hub.start()
    until("the hub takes something in", lambda: watched.hub.must_run() or watched.taken() >= FIRST, 120, every=0.2)
    return watched


def watch(watched, seconds):
    """Until all is taken in, or so long. Gives the most memory so far, what was taken in, the seconds, and the memory
    second by second."""
    begun, samples, most = time.monotonic(), [], 0
    while True:
        watched.tend()
        now, highest = watched.memory()
        samples.append(now)
        most = max(most, highest)
        taken, passed = watched.taken(), time.monotonic() - begun
        if taken >= WAITING or passed > seconds:
            return most, taken, passed, samples
        time.sleep(1)


def test(scratch):
    agencies = load()
    with Fronted(f"{scratch}/kafka", brokers=1) as cluster:
        hubs = []
        try:
            quick = begin(cluster, scratch, "quick", agencies)
            hubs.append(quick)
            most, taken, passed, _ = watch(quick, LONGEST_SECONDS)
            quick.end()
            print(f"quick: {most:.0f} MB at most; {taken:,} taken in within {passed:.0f} s", flush=True)
            expect(taken >= WAITING, f"the quick broker's hub took in {taken} within {passed:.0f} s")
            slow = begin(cluster, scratch, "slow", agencies)
            hubs.append(slow)
            before = slow.taken()
            cluster.proxy.delay, cluster.proxy.rate = DELAY_SECONDS, BYTES_PER_SECOND
            slowest, few, watched, samples = watch(slow, WATCH_SECONDS)
            cluster.proxy.delay, cluster.proxy.rate = 0, None
            _, again, rest, _ = watch(slow, LONGEST_SECONDS)
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
