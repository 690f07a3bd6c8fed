"""The cells of the fault matrix in which it is data, a disk, or the embedded log that is harmed."""

import json
import os
import re
import subprocess
import sys

from confluent_kafka import TopicPartition
from confluent_kafka.admin import OffsetSpec

from fault_cells import cell
from hub import Failed, call, expect, until
from kafka_proxy import Fronted
from model_run import event

HERE = os.path.dirname(os.path.abspath(__file__))
DISK_BYTES = 192 << 20
PLAIN = (("content-type", "application/cloudevents+json"),)


def letters(play):
    found = call("dead-letters", "list", "--data", play.data, "--json", environment=play.environment).stdout
    return [json.loads(line) for line in found.splitlines()]


# --- What comes in


def poison():
    """What no reader can take as a referral, a return or a decision: (topic, value, headers)."""
    source = "/agency/bd-police"
    referral = "frontdoor.referral.submitted.v1"
    yield "agency.bd-police.referrals", None, ()
    yield "agency.bd-police.referrals", b"", PLAIN
    yield "agency.bd-police.referrals", b"\xff\xfe\x00\x80", PLAIN
    yield "agency.bd-police.referrals", b"\x00" * 1_000_000, PLAIN
    yield "agency.bd-police.referrals", b'{"specversion":"1.0","id":"p' + b"1" * 1_000_000, PLAIN
    yield "agency.bd-police.referrals", b"[" * 100_000, PLAIN
    yield "agency.bd-police.referrals", b'["no", "object"]', PLAIN
    yield "agency.bd-police.referrals", event("p-1", source, "frontdoor.weather.reported.v1", {}), PLAIN
    yield "agency.bd-police.referrals", event("p-2", source, referral, "a text"), PLAIN
    yield "agency.bd-police.referrals", event("p-3", source, referral, {"children": 7}), PLAIN
    yield "agency.bd-police.referrals", event("p-4", "/agency/bi-schools", referral, {"children": []}), PLAIN
    yield "agency.bd-police.referrals", b'{"children": []}', (("content-type", "application/json"),)
    yield "agency.ex-schools.returns", b"{", PLAIN
    yield "agency.ex-schools.returns", event("p-5", "/agency/ex-schools", "frontdoor.return.submitted.v1", {"request": 5}), PLAIN
    yield "team.bi-mash.decisions", event("p-6", "/team/bi-mash", "frontdoor.decision.submitted.v1", {"verb": ["accept"]}), PLAIN


@cell("poison", "records that cannot be read, of wrong types, of another sender, of a megabyte, among good ones")
def poison_cell(play):
    play.begin()
    count = 0
    for topic, value, headers in poison():
        play.load.publish(topic, value, headers)
        count += 1
        moment = play.harm()
    play.progress(moment, "the poison")

    def are_letters(log):
        refused = sum(record.data["service"] == "intake" for record in log.records(f"{play.prefix}hub.dead-letters"))
        # The load has a message of its own that nobody can read.
        expect(refused == count + 1, f"{refused} dead letters of Intake, not {count + 1}")

    play.asks.append(are_letters)


@cell("trap", "a participant that ends the whole process whenever it is given one record")
def trap(play):
    one = play.begin(fault="trap:intake:trap-me")
    one.keeps = "trap:intake:trap-me"
    child = {"key": "a", "givenName": "Ba", "familyName": "Bo"}
    # Of two children, so that the model leaves it out: it must be nothing but a dead letter.
    data = {"localAuthority": "E09000002", "children": [child, child | {"key": "b"}], "concerns": []}
    play.load.publish("agency.bd-police.referrals", event("trap-me", "/agency/bd-police", "frontdoor.referral.submitted.v1", data))
    moment = play.now()

    def is_aside():
        return any(letter["reason"] == "undecidable" for letter in letters(play))

    until("the record is set aside", lambda: play.tend() or len(one.ends) >= 3 and is_aside(), 240, every=0.3)
    play.faults = len(one.ends)
    play.progress(moment, "the trap")
    play.notes.append(f"set aside after {len(one.ends)} ends")


@cell("retention", "a topic's records deleted while the hub is stopped and has not read them")
def retention(play):
    """The loss is told and nothing skipped; after the operator's act the hub goes on."""
    one = play.begin()
    play.rest()
    one.stop()
    topic, lost = f"{play.prefix}agency.bd-police.referrals", 7
    for number in range(lost):
        play.load.publish("agency.bd-police.referrals", event(f"lost-{number}", "/agency/bd-police", "frontdoor.none.v1", {}))
    play.load.flush()
    place = TopicPartition(topic, 0)
    end = play.admin.list_offsets({place: OffsetSpec.latest()})[place].result().offset
    play.admin.delete_records([TopicPartition(topic, 0, end)])[place].result()
    play.harm()
    play.lost = lost
    play.load.go_on()
    one.start()
    one.wanted = False
    until("the hub ends over what is gone", lambda: one.process.poll() is not None, 60)
    expect(one.process.returncode == 74, f"the hub ended with {one.process.returncode}")
    told = re.findall(rf"{re.escape(topic)}/0 no longer holds the position (\d+)", one.said())
    expect(told and int(told[-1]) == end - lost, f"the loss of {lost} before {end} is told as {told}")
    # One that is too early, and so wrong, is refused as well.
    for first, code in ((end - 1, 75), (end + 1000, 75)):
        call("run", "--data", play.data, "--instance", "one", "--accept-loss", f"{topic}@{first}", code=code, seconds=90,
             environment=play.environment)
    one.arguments += ["--accept-loss", f"{topic}@{end}"]
    one.start()
    play.progress(play.now(), "the loss was accepted")
    play.notes.append(f"{lost} deleted unread and told")


# --- A broker's disk


class Disk:
    """A small one for the second broker: a file system in memory, where this user may mount one."""

    def __init__(self, folder):
        self.folder, self.filler = folder, f"{folder}/filler"
        os.makedirs(folder)
        done = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES},mode=700", "frontdoor-test", folder], capture_output=True,
            check=False)
        if done.returncode != 0:
            raise Failed("this user may mount no file system, which a full disk of a broker needs: play it as root")

    def fill(self):
        with open(self.filler, "wb", buffering=0) as file:
            for size in (1 << 20, 1 << 12, 1):
                try:
                    while True:
                        file.write(b"\0" * size)
                except OSError:
                    continue

    def clear(self):
        os.remove(self.filler)

    def close(self):
        subprocess.run(["umount", "-l", self.folder], check=False, capture_output=True)


class OnSmallDisk(Fronted):
    def __init__(self, folder):
        self.disk = Disk(f"{folder}-disk")
        super().__init__(folder, brokers=3, data={2: f"{self.disk.folder}/data"})

    def __exit__(self, *rest):
        super().__exit__(*rest)
        self.disk.close()


def on_small_disk(matrix):
    cluster = OnSmallDisk(f"{matrix.scratch}/kafka-disk-{matrix.plays}")
    try:
        return cluster.__enter__()
    except BaseException:
        cluster.disk.close()
        raise


@cell("broker-disk", "the disk of a broker full while it works; room is made, and it is started again", own=on_small_disk)
def broker_disk(play):
    play.begin()
    cluster = play.cluster
    cluster.disk.fill()
    moment = play.harm()
    play.until("the broker ends over its full disk", lambda: not cluster.runs(2))
    with open(f"{cluster.folder}/2/output.log", encoding="utf-8", errors="replace") as file:
        said = file.read()
    expect("No space left on device" in said or "unsafe memory access" in said, "the broker ended over something else")
    play.progress(moment, "a broker's disk was full")
    cluster.disk.clear()
    cluster.kill(2)
    cluster.start(2)
    play.progress(play.now(), "it came back", note=False)


# --- The embedded log


def script(name, scratch, environment, seconds):
    """Plays one of the acceptance tests and gives what it printed."""
    done = subprocess.run(
        [f"{HERE}/{name}"], capture_output=True, timeout=seconds, check=False,
        env={**os.environ, "FRONTDOOR_TEST_PYTHON": sys.executable, "TMPDIR": scratch, **environment})
    said = (done.stdout + done.stderr).decode()
    print(said)
    expect(done.returncode == 0, f"{name} ended with {done.returncode}: {said[-600:]}")
    return said


def judged(said):
    """The sums of what its judge counted; it ends the play at the first message that is lost or doubled."""
    found = re.findall(r"independent check: (\d+) messages with one receipt each; .*?; (\d+) events, none twice", said)
    expect(found, f"no judge was asked: {said[-600:]}")
    return {"inputs": sum(int(pair[0]) for pair in found), "events": sum(int(pair[1]) for pair in found)}


@cell("embedded-kills", "the embedded log: SIGKILL a hundred times at random while four processes publish", alone=True)
def embedded_kills(folder, run):
    said = script("kill.sh", folder, {"FRONTDOOR_KILLS": "100"}, 600)
    (kills,) = re.findall(r"(\d+) kills, ", said)
    return {"faults": int(kills)} | judged(said)


@cell("embedded-power", "the embedded log: power lost at, behind and before what was acknowledged; its disk full", alone=True)
def embedded_power(folder, run):
    said = script("power.sh", folder, {}, 600)
    ((behind, before),) = re.findall(r"power lost (\d+) times behind .*?; (\d+) times before", said)
    is_full = "full behind" in said
    return {"faults": int(behind) + int(before) + is_full, "note": "" if is_full else "no disk could be mounted"} | judged(said)
