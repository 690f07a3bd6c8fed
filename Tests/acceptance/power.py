"""Loses power under a working hub on the embedded log, and fills its disk.

Power is lost on copies: the hub and its publishers stand still, the folder is copied, and the write-ahead log of the copy
is cut. What the disk was told to keep it keeps: at or behind the length that the log had when the last message was
acknowledged, nothing acknowledged may be missing. Cut earlier, which no disk that keeps its word does, the log opens on
whole commits, in their order, and the hub says how it found it."""

import collections
import json
import os
import random
import shutil
import signal
import struct
import subprocess
import sys
import time

from hub import FRONTDOOR, Failed, Hub, call, expect, main, until, verify
from hublog import HubLog
from judge import check

MESSAGES = 360
ROUNDS = 6
SEED = 20261201
# Room for a few hundred messages and the hub's own tables.
DISK_BYTES = 12 << 20


def messages(count, seed):
    lines = call("generate", "--clean", "--seed", str(seed), "--contacts", str(count)).stdout.splitlines()[:count]
    return [(json.loads(line)["source"].removeprefix("/agency/"), line) for line in lines]


def publish(folder, agency, lines):
    """Whether the log has acknowledged them."""
    done = subprocess.run(
        [FRONTDOOR, "publish", "--data", folder, "--agency", agency, "-"], input=b"\n".join(lines) + b"\n",
        capture_output=True, timeout=60, check=False)
    return done.returncode == 0


def grouped(pairs):
    found = collections.defaultdict(list)
    for agency, line in pairs:
        found[agency].append(line)
    return found


def frames(path):
    """Of a write-ahead log: its salts, and the length of what belongs to its present round. After a checkpoint it is
    written over from its start, with other salts; what lies behind is of the round before."""
    try:
        with open(path, "rb") as file:
            log = file.read()
    except FileNotFoundError:
        log = b""
    if len(log) < 32:
        return None, 0
    (page,) = struct.unpack_from(">I", log, 8)
    salts, place = log[16:24], 32
    while place + 24 + page <= len(log) and log[place + 8 : place + 16] == salts:
        place += 24 + page
    return salts, place


def copied(folder, copy, length, garbage=b""):
    """What is there after a loss of power: the file, and the write-ahead log up to a length. The index over it is memory."""
    shutil.rmtree(copy, ignore_errors=True)
    os.makedirs(copy, mode=0o700)
    shutil.copytree(f"{folder}/keys", f"{copy}/keys")
    shutil.copyfile(f"{folder}/log.sqlite", f"{copy}/log.sqlite")
    with open(f"{folder}/log.sqlite-wal", "rb") as file:
        kept = file.read(length)
    with open(f"{copy}/log.sqlite-wal", "wb") as file:
        file.write(kept + garbage)


def is_whole(folder):
    """Every topic without a gap, and as long as it says."""
    log = HubLog(folder)
    try:
        for topic in log.topics:
            by_partition = collections.defaultdict(list)
            for record in log.records(topic):
                by_partition[record.partition].append(record.offset)
            expect(
                all(offsets == list(range(len(offsets))) for offsets in by_partition.values()),
                f"{topic} has a gap after a loss of power")
            expect(sum(map(len, by_partition.values())) == log.count(topic), f"{topic} is not as long as it says")
        return {
            topic.removeprefix("agency.").removesuffix(".referrals"): [r.value for r in log.records(topic)]
            for topic in log.names(".referrals")
        }
    finally:
        log.close()


def begins_with(there, acknowledged):
    return all(there.get(agency, [])[: len(lines)] == lines for agency, lines in acknowledged.items())


def goes_on(copy, everything, scratch, name):
    """A hub starts on what is left, its senders send again what they had no answer for, and all is as if nothing had been."""
    there = is_whole(copy)
    hub = Hub(copy, f"{scratch}/{name}.txt")
    try:
        hub.start()
        log = hub.log()
        for agency, lines in sorted(everything.items()):
            missing = lines[len(there.get(agency, [])) :]
            if missing:
                expect(publish(copy, agency, missing), "publishing after a loss of power failed")
        hub.rest(log)
        hub.stop()
        check(log, everything)
        log.close()
        said = hub.said()
    finally:
        hub.end()
    print(verify(copy))
    return said


def losses(scratch):
    draws = random.Random(SEED)
    pairs = messages(MESSAGES, SEED)
    folder = f"{scratch}/data"
    hub = Hub(folder, f"{scratch}/hub.txt")
    acknowledged = collections.defaultdict(list)
    counts = collections.Counter()
    lost_early = 0
    try:
        hub.start()
        log = hub.log()
        for number in range(ROUNDS):
            share = pairs[MESSAGES * number // ROUNDS : MESSAGES * (number + 1) // ROUNDS]
            earlier = {agency: list(lines) for agency, lines in acknowledged.items()}
            early_salts, early = frames(f"{folder}/log.sqlite-wal")
            for agency, lines in grouped(share).items():
                expect(publish(folder, agency, lines), "publish failed")
                acknowledged[agency] += lines
            # Acknowledged, so synced: whatever was written meanwhile, the log is at least as long as it was then.
            salts, synced = frames(f"{folder}/log.sqlite-wal")
            # Into the middle of what the hub makes of it.
            until("the hub has taken some of it in", lambda: log.taken_in() > draws.randint(0, MESSAGES // ROUNDS), 10)
            time.sleep(draws.uniform(0, 0.05))
            hub.must_run()
            hub.process.send_signal(signal.SIGSTOP)
            try:
                present, end = frames(f"{folder}/log.sqlite-wal")
                copied(folder, f"{scratch}/still", end)
            finally:
                # At once: a hub that stood still for too long ends, to be started again.
                hub.process.send_signal(signal.SIGCONT)
            if present != salts:
                synced = min(32, end)
            for cut in [synced, end, draws.randint(synced, end), draws.randint(synced, end)]:
                garbage = draws.randbytes(draws.choice([0, 100, 9000]))
                copied(f"{scratch}/still", f"{scratch}/cut", cut, garbage)
                there = is_whole(f"{scratch}/cut")
                expect(begins_with(there, acknowledged), f"cut at {cut} of {end}: something acknowledged is lost")
                counts["behind"] += 1
            verify(f"{scratch}/cut")
            if number == ROUNDS - 2:
                copied(f"{scratch}/still", f"{scratch}/after", draws.randint(synced, end))
            if present == early_salts and early < synced:
                copied(f"{scratch}/still", f"{scratch}/before", draws.randint(early, synced - 1))
                there = is_whole(f"{scratch}/before")
                expect(begins_with(there, earlier), "cut behind an acknowledgement: what it covers is lost")
                expect(
                    all(acknowledged[agency][: len(lines)] == lines for agency, lines in there.items()),
                    "cut early: what is there was never sent so")
                lost_early += sum(map(len, acknowledged.values())) - sum(map(len, there.values()))
                verify(f"{scratch}/before")
                counts["before"] += 1
        hub.rest(log)
        hub.stop()
        check(log, acknowledged)
        log.close()
    except Failed:
        sys.stderr.write(hub.said()[-2000:])
        raise
    finally:
        hub.end()
    expect(counts["before"] > 0 and lost_early > 0, "no cut came before an acknowledgement: this shows too little")
    everything = grouped(pairs)
    goes_on(f"{scratch}/after", everything, scratch, "after")
    said = goes_on(f"{scratch}/before", everything, scratch, "before")
    expect("did not stop in order" in said, f"the hub does not say how it found its log:\n{said}")
    print(
        f"power lost {counts['behind']} times behind what was acknowledged: nothing lost; {counts['before']} times before "
        f"it ({lost_early} messages gone): whole commits, and after sending again all is there")


class Disk:
    """A small disk: a file system in memory where this user may mount one."""

    def __init__(self, folder):
        self.folder = folder
        os.makedirs(folder, mode=0o700)
        done = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES},mode=700", "frontdoor-test", folder], capture_output=True,
            check=False)
        self.is_there = done.returncode == 0

    def grow(self):
        subprocess.run(["mount", "-o", f"remount,size={DISK_BYTES * 8}", self.folder], check=True)

    def close(self):
        if self.is_there:
            subprocess.run(["umount", "-l", self.folder], check=False, capture_output=True)


def full_disk(scratch):
    disk = Disk(f"{scratch}/disk")
    if not disk.is_there:
        print("a full disk: skipped, this user may mount none")
        return
    try:
        folder = f"{scratch}/disk/data"
        everything = grouped(messages(6000, SEED + 1))
        acknowledged = collections.defaultdict(list)
        hub = Hub(folder, f"{scratch}/disk.txt")
        try:
            log = hub.start().log()
            refused = 0
            for agency in sorted(everything):
                for begin in range(0, len(everything[agency]), 50):
                    lines = everything[agency][begin : begin + 50]
                    if not publish(folder, agency, lines):
                        refused += 1
                        break
                    acknowledged[agency] += lines
                    # Beside a hub that keeps up: after the end it takes what may have been in flight one by one.
                    until("the hub has taken it in",
                          lambda: hub.process.poll() is not None or log.taken_in() >= log.published() - 25, 60)
                if refused:
                    break
            expect(refused, "the disk never filled")
            # It may have room left for less than a message is; what it makes of the last ones fills it.
            for agency in sorted(everything):
                if hub.process.poll() is not None:
                    break
                publish(folder, agency, everything[agency][-1:])
            until("the hub ends, so that a supervisor and the watch over its signs of life tell somebody",
                  lambda: hub.process.poll() is not None, 60)
            expect(hub.process.returncode == 74, f"it ended with {hub.process.returncode}:\n{hub.said()[-800:]}")
            log.close()
            expect("The disk that holds the log is full" in hub.said(), f"it does not say why:\n{hub.said()[-800:]}")
            disk.grow()
            there = is_whole(folder)
            expect(begins_with(there, acknowledged), "something acknowledged is lost on a full disk")
            kept = {agency: there.get(agency, []) for agency in everything}
            hub.start()
            log = hub.log()
            hub.rest(log)
            hub.stop()
            check(log, {agency: lines for agency, lines in kept.items() if lines})
            log.close()
        finally:
            hub.end()
        print(verify(folder))
        print(
            f"a disk of {DISK_BYTES >> 20} MiB, full behind {sum(map(len, acknowledged.values()))} acknowledged messages: "
            f"the hub ended with 74 and said why; with room again all of them were decided")
    finally:
        disk.close()


def test(scratch):
    begin = time.monotonic()
    losses(scratch)
    full_disk(scratch)
    print(f"{time.monotonic() - begin:.1f} s in all")


main(test)
