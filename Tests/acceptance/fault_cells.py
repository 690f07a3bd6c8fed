"""The cells of the fault matrix: what is done to a hub at work on three brokers."""

import re
import signal
import subprocess

from checker import AREAS
from fault_load import coordinator
from fault_stage import SESSION
from hub import Failed, expect
from kafka_proxy import END_TXN

SERVICES = ["intake", "deduplication", "triage", "routing", "deadlines"]
# Of E09000002, of six in the room: the catalogue's vectors say 3 of twelve.
PARTITION = 3
RECOVERIES = 10
POINTS = ["after-poll", "at-begin", "mid-produce", "after-flush", "after-offsets", "during-commit", "after-commit"]


class Cell:
    def __init__(self, name, about, play, own=False, alone=False):
        """own: on brokers of its own; alone: without brokers, it plays itself and gives its row."""
        self.name, self.about, self.play, self.own, self.alone = name, about, play, own, alone


CELLS = {}


def cell(name, about, **options):
    def keep(function):
        CELLS[name] = Cell(name, about, function, **options)
        return function

    return keep


# --- Processes


def killed_at(point, number):
    def play(play):
        # Another service with every run: all of them pass all of these points.
        service = SERVICES[(number + play.run) % len(SERVICES)]
        one = play.begin(fault=f"{point}:{service}:1")
        one.coming = [f"{point}:{service}:50"]
        for times, count in enumerate(("first", "fiftieth"), 1):
            play.progress(play.ended_by_fault(one, times), f"the {count} kill")
        play.notes.append(service)

    return play


for place, name in enumerate(POINTS):
    cell(f"kill-{name}", f"SIGKILL at `{name}`, the first and the fiftieth time")(killed_at(name, place))


@cell("kill-mid-restore", "SIGKILL in the middle of reading a table back, twice in a row, and later")
def kill_mid_restore(play):
    # Four services restore twelve partitions each when they start, and Intake its one: the next to come is the fiftieth.
    one = with_guests(play, partitions=12)
    one.coming = ["mid-restore:1", "mid-restore:1", "mid-restore:50"]
    one.kill()
    play.harm()
    play.progress([play.ended_by_fault(one, times) for times in (2, 3)][-1], "the kills in restores")
    handed_over(play, lambda: len(one.ends) >= 4)
    play.progress(play.ended_by_fault(one, 4), "the fiftieth restore")


def with_guests(play, partitions=6, **options):
    # A session as short as brokers allow: what a guest held that was killed is given to others the sooner.
    play.client({"session.timeout.ms": "6000"}, partitions)
    return play.begin(**options)


def handed_over(play, is_enough):
    """Guests come and are killed one after the other, so that what is shared with them is revoked and restored again."""
    for number in range(12):
        if is_enough():
            return
        guest = play.add(f"guest-{number}")
        play.until("a guest shares the work", lambda: is_enough() or guest.instance in play.members("deadlines"))
        # What it has moved on cannot be taken up as it was left.
        moment = play.now()
        play.until("the guest works", lambda: is_enough() or play.watch.after(moment, AREAS) is not None)
        guest.end()
        play.processes.remove(guest)
        play.until("it is missed", lambda: is_enough() or guest.instance not in play.members("deadlines"))
    raise Failed("the fault was never reached")


@cell("kill-in-revoke", "SIGKILL while partitions are handed over, the first and the fiftieth time")
def kill_in_revoke(play):
    one = with_guests(play, fault="in-revoke:1")
    one.coming = ["in-revoke:50"]
    for times, count in enumerate(("first", "fiftieth"), 1):
        handed_over(play, lambda: len(one.ends) >= times)
        play.progress(play.ended_by_fault(one, times), f"the {count} kill")


@cell("recover-restart", "SIGKILL of the only process ten times, started again at once under the name that it had")
def recover_restart(play):
    one = play.begin()
    for number in range(RECOVERIES):
        one.kill()
        play.progress(play.harm(), f"kill {number + 1}")


@cell("recover-host", "a host lost ten times: SIGKILL of one of two processes, which does not come back until all goes on")
def recover_host(play):
    play.begin(instances=2)
    for number in range(RECOVERIES):
        lost = play.processes[number % 2]
        play.until("both share the work", lambda: all(lost.instance in play.members(service) for service in SERVICES))
        play.progress(play.now(), "both shared it", note=False)
        lost.end()
        play.progress(play.harm(), f"loss {number + 1}")
        lost.start()
        play.until("it is back", lost.runs)


@cell("freeze", "SIGSTOP of one of two processes past its session, then SIGCONT: a zombie")
def freeze(play):
    play.begin(instances=2)
    play.progress(play.now(), "the second joined", note=False)
    frozen = play.processes[play.run % 2]
    frozen.signal(signal.SIGSTOP)
    moment = play.harm()
    play.waits(SESSION + 2)
    play.progress(moment, "the freeze")
    frozen.signal(signal.SIGCONT)
    play.progress(play.now(), "it woke up", note=False)


def stopped_at(point):
    def play(play):
        service = SERVICES[(play.run + 2) % len(SERVICES)]
        one = play.begin(instances=2, fault=f"{point}:{service}:20:stop")
        play.until("it stands still at its fault", one.stands_still)
        one.is_frozen = True
        moment = play.harm()
        play.waits(SESSION + 2)
        play.progress(moment, "it stood still")
        one.signal(signal.SIGCONT)
        play.progress(play.now(), "it woke up with an open transaction", note=False)
        play.notes.append(service)

    return play


for name in ("after-offsets", "during-commit"):
    cell(f"zombie-{name}", f"SIGSTOP at `{name}`, its transaction open, past its session; then SIGCONT")(stopped_at(name))


@cell("storm", "processes join and are killed every two seconds, for half a minute")
def storm(play):
    play.begin(instances=2)
    guests, number = [], 0
    for _ in range(12):
        guests.append(play.add(f"guest-{number}"))
        number += 1
        moment = play.harm()
        play.waits(2)
        if len(guests) > 1:
            gone = guests.pop(0)
            gone.end()
            play.processes.remove(gone)
            moment = play.harm()
    play.progress(moment, "the storm")


@cell("slow", "a step that takes longer than a member may go without a poll, in one of two processes")
def slow(play):
    service = SERVICES[(play.run + 1) % len(SERVICES)]
    play.client({"max.poll.interval.ms": "10000", "session.timeout.ms": "6000"})
    play.begin(instances=2, fault=f"after-poll:{service}:20:slow-25")
    play.until("it belongs to its group", lambda: "one" in play.members(service))
    # In the middle of its step.
    play.until("it has been thrown out of its group", lambda: "one" not in play.members(service))
    play.progress(play.harm(), "it was thrown out")
    play.until("it is back in its group", lambda: "one" in play.members(service))
    play.progress(play.now(), "it came back", note=False)
    play.notes.append(service)


# --- Brokers


def leaders(play):
    topic = f"{play.prefix}hub.events"
    found = play.admin.list_topics(topic, timeout=20).topics[topic].partitions
    return {number: partition.leader for number, partition in found.items()}


def whole(play):
    """Every partition of the play is on all of its brokers: only then may the next one go."""
    def is_whole():
        topics = play.admin.list_topics(timeout=20).topics.values()
        return all(len(part.isrs) == len(part.replicas) for topic in topics for part in topic.partitions.values())

    play.until("all copies are there again", is_whole)


def without(play, number, what):
    expect(number in play.cluster.numbers, f"no broker is known as {what}")
    play.cluster.kill(number)
    play.progress(play.harm(), f"the kill of the {what}")
    play.cluster.start(number)
    whole(play)
    play.progress(play.now(), f"the {what} came back", note=False)


@cell("broker-leader", "SIGKILL of the broker that leads an authority's partition of the room")
def broker_leader(play):
    play.begin()
    without(play, leaders(play)[PARTITION], "leader")


@cell("broker-group", "SIGKILL of the coordinator of Routing's group")
def broker_group(play):
    play.begin()
    without(play, coordinator(play.cluster, f"{play.prefix}routing", 0), "coordinator of the group")


@cell("broker-transactions", "SIGKILL of the coordinator of Intake's transactions")
def broker_transactions(play):
    play.begin()
    without(play, coordinator(play.cluster, f"{play.prefix}intake-one", 1), "coordinator of transactions")


@cell("broker-controller", "SIGKILL of the active controller")
def broker_controller(play):
    play.begin()
    done = subprocess.run(
        [f"{play.cluster.home}/bin/kafka-metadata-quorum.sh", "--bootstrap-server", play.cluster.bootstrap, "describe",
         "--status"], capture_output=True, timeout=90, check=False)
    found = re.search(r"LeaderId:\s+(\d+)", done.stdout.decode())
    expect(found, f"no controller is named: {(done.stdout + done.stderr).decode()[-500:]}")
    without(play, int(found.group(1)), "controller")


@cell("broker-rolling", "all three brokers restarted in order, one after the other")
def broker_rolling(play):
    play.begin()
    for number in play.cluster.numbers:
        moment = play.harm()
        play.cluster.restart(number)
        play.progress(moment, f"the restart of broker {number}")
        whole(play)


@cell("broker-two", "SIGKILL of two of three brokers, so that nothing can go on, and both come back")
def broker_two(play):
    play.begin()
    play.cluster.kill(1, 3)
    play.faults = 2
    moment = play.now()
    play.waits(5)
    expect(play.watch.after(moment + 2, AREAS) is None, "the hub went on with one of three brokers")
    play.cluster.start()
    # Nothing can go on before: counted from where they are up again.
    play.progress(play.now(), "both came back")


# --- The network, by the proxy


@cell("net-cuts", "connections between hub and brokers cut at random, for fifteen seconds")
def net_cuts(play):
    proxy = play.by_proxy()
    play.begin()
    before = proxy.cuts
    for _ in range(15):
        proxy.cut(0.4)
        moment = play.harm()
        play.waits(1)
    play.faults = proxy.cuts - before
    play.progress(moment, "the last cut")


@cell("net-delays", "each reply late by up to 0.2 s, so that those of different connections overtake one another")
def net_delays(play):
    proxy = play.by_proxy()
    play.begin()
    proxy.delay = 0.2
    moment = play.harm()
    play.progress(moment, "replies were late")
    play.waits(10)
    proxy.delay = 0.0


@cell("net-late-end", "the end of a transaction late: its answer three times, and three times the request, its client cut off")
def net_late_end(play):
    proxy = play.by_proxy()
    play.begin()
    for direction in ("reply", "request"):
        for _ in range(3):
            before = proxy.lates
            proxy.late(END_TXN, direction, 6)
            play.until("a transaction is about to end", lambda: proxy.lates > before)
            moment = play.harm()
            if direction == "request":
                proxy.cut()
            play.progress(moment, f"a late {direction}")


@cell("net-unreachable", "a broker that leads an authority out of the hub's reach, alive for all others, for ten seconds")
def net_unreachable(play):
    proxy = play.by_proxy()
    play.begin()
    proxy.refuse(leaders(play)[PARTITION])
    play.harm()
    play.waits(SESSION)
    proxy.heal()
    play.progress(play.now(), "it was within reach again")


@cell("net-one-way", "what a leading broker answers is lost in silence, what it is asked is not, for twelve seconds")
def net_one_way(play):
    proxy = play.by_proxy()
    play.begin()
    proxy.swallow(leaders(play)[PARTITION], "reply")
    play.harm()
    play.waits(SESSION + 2)
    proxy.heal()
    play.progress(play.now(), "it was heard again")
