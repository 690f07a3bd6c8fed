"""Kills a working hub again and again, and then proves from its file that nothing was lost, doubled or set aside."""

import collections
import itertools
import json
import os
import random
import subprocess
import sys
import threading
import time

from hub import FRONTDOOR, Failed, Hub, call, expect, main, until, verify
from judge import check

MESSAGES = 5000
# A hundred, where somebody asks for them; twenty in every run.
KILLS = int(os.environ.get("FRONTDOOR_KILLS", "20"))
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
