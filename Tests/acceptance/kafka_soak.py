"""What a hub's process takes of memory while it takes in what an hour brings.

First messages about new children and about children that it knows: what it takes then is what it has to know. Then the
same messages again, as a sender repeats them: nothing is new, so nothing may be taken. At last a process that starts
afresh and reads all of that back, which shows what of the first one's memory was needed."""

import os
import sys
import time

from hub import Failed, expect, main, until, verify
from kafka_cluster import Cluster
from kafka_watched import Watched
from kafka_world import World
from model_run import configuration, referrals

# An hour at fifteen a second, which is more than any front door has.
HOUR = int(os.environ.get("FRONTDOOR_SOAK_MESSAGES") or 54_000)
PARTS = 10
# What comes at once, twenty seconds' worth: a backlog of hours makes larger batches, which is what kafka_pressure.py shows.
BURST = 300
LONGEST_SECONDS = 900
# Of what is known, the second half may add so much: heaps have holes, and a batch is larger or smaller.
FLAT = 1.05
# What a process that has worked may hold beyond one that has read the same back.
FRESH = 1.35


class Soak:
    def __init__(self, watched, world):
        self.watched, self.world, self.begin = watched, world, time.monotonic()

    def seconds(self):
        return time.monotonic() - self.begin

    def until(self, what, condition):
        until(what, lambda: self.watched.hub.must_run() or condition(), LONGEST_SECONDS - self.seconds(), every=0.25)

    def rest(self, seen):
        """All is taken in, and for two seconds no service has gone on."""
        self.until(f"{seen} messages are taken in", lambda: self.watched.taken() >= seen)
        last = {"read": -1, "since": 0.0}

        def rests():
            read = self.watched.read()
            if read != last["read"]:
                last.update(read=read, since=time.monotonic())
            return time.monotonic() - last["since"] > 2

        self.until("the hub rests", rests)

    def play(self, what, pairs):
        """Publishes them, in bursts; gives the memory at rest after each tenth."""
        found = []
        for part in range(PARTS):
            tenth = pairs[len(pairs) * part // PARTS : len(pairs) * (part + 1) // PARTS]
            for place in range(0, len(tenth), BURST):
                self.world.publish([
                    (self.watched.topics[agency], line) for agency, line in tenth[place : place + BURST]])
                self.until("a burst is taken in", lambda: self.watched.taken() >= self.world.sent)
            self.rest(self.world.sent)
            found.append(self.watched.memory()[0])
        print(
            f"{what}: {len(pairs):,} messages; MB after each tenth: {' '.join(f'{one:.0f}' for one in found)}; "
            f"{self.seconds():.0f} s so far", flush=True)
        return found


def test(scratch):
    pairs = referrals(HOUR // 2)
    with Cluster(f"{scratch}/kafka") as cluster:
        watched = Watched(cluster, scratch, "soak", sorted({agency for agency, _ in pairs}), config=configuration(scratch))
        try:
            watched.hub.start().ready()
            soak = Soak(watched, World(cluster.client()))
            begun = watched.memory()[0]
            new = soak.play("new", pairs)
            again = soak.play("repeated", pairs)
            watched.hub.stop(30)
            watched.hub.start().ready()
            soak.rest(soak.world.sent)
            fresh = watched.memory()[0]
            print(
                f"{begun:.0f} MB before, {new[-1]:.0f} after the new, {again[-1]:.0f} after the repeated, {fresh:.0f} in a "
                f"process that has read all of it back: {(fresh - begun) * 1024 * 1024 / len(pairs):.0f} bytes a new message")
            expect(max(again) <= FLAT * new[-1], "memory grows though nothing is new")
            expect(again[-1] <= FRESH * fresh, "what has worked holds more than it needs")
            watched.hub.stop(30)
            print(verify(watched.folder, watched.environment))
            print(f"{soak.seconds():.0f} s in all")
        except Failed:
            sys.stderr.write(watched.hub.said()[-1500:])
            raise
        finally:
            watched.end()


if __name__ == "__main__":
    main(test)
