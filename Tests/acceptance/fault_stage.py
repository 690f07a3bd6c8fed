"""The stage of the fault matrix: three brokers, processes of the hub under a supervisor, a load, and the judges."""

import contextlib
import os
import re
import shutil
import signal
import subprocess
import time

from confluent_kafka.admin import AdminClient

from checker import AREAS, Findings, Wrong, judge
from fault_load import Load, Positions, Watch
from hub import FRONTDOOR, OWN_FAULT, Failed, expect, keys, until, verify
from kafka_services import Unprefixed
from kafka_world import at_rest
from kafkalog import KafkaLog

# For a busy machine; a play on an idle one needs a fraction.
PATIENCE = 150
ENDS_MAX = 12
# The code of an end after which another start goes on.
TEMPORARY = 75
SESSION = 10


class Process:
    """One 'frontdoor run', started again by its supervisor whenever it ends, by itself or not. A fault is for one life."""

    def __init__(self, play, instance, fault=None, services=None):
        self.play, self.instance = play, instance
        self.arguments = ["--instance", instance] + (["--services", services] if services else [])
        self.output = f"{play.folder}/{instance}.txt"
        self.ends, self.wanted, self.process, self.is_frozen = [], True, None, False
        self.ended_at = []
        # The faults of the lives to come, and the one of all of them.
        self.coming, self.keeps = [], None
        open(self.output, "wb").close()
        self.start(fault)

    def start(self, fault=None):
        self.wanted = True
        # Who traps is started again at once, and not after a look into every thread.
        environment = {**os.environ, "SWIFT_BACKTRACE": "enable=no", **self.play.environment}
        if fault is not None:
            environment["FRONTDOOR_FAULT"] = fault
        self.ran = self.said().count("; running on ")
        with open(self.output, "ab") as output:
            self.process = subprocess.Popen(
                [FRONTDOOR, "run", "--data", self.play.data, *self.arguments], stdout=output, stderr=output,
                stdin=subprocess.DEVNULL, env=environment)

    def said(self):
        with open(self.output, encoding="utf-8", errors="replace") as output:
            return output.read()

    def complaints(self):
        """What it said when it ended by itself: without numbers, of which the same sentence has many."""
        return {re.sub(r"\d+", "N", line) for line in self.said().splitlines() if line.startswith("frontdoor: ")}

    def tend(self):
        """What a supervisor does. Gives whether it had to."""
        if not self.wanted or self.process.poll() is None:
            return False
        self.ends.append(self.process.returncode)
        self.ended_at.append(time.monotonic())
        expect(len(self.ends) <= ENDS_MAX, f"{self.instance} ended again and again: {self.ends}\n{self.said()[-1500:]}")
        self.start(self.coming.pop(0) if self.coming else self.keeps)
        return True

    def runs(self):
        return self.said().count("; running on ") > self.ran

    def signal(self, number):
        self.is_frozen = number == signal.SIGSTOP
        self.process.send_signal(number)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stands_still(self):
        """Whether it is stopped by a signal, as the kernel says."""
        with open(f"/proc/{self.process.pid}/stat", encoding="utf-8") as file:
            return file.read().rsplit(")", 1)[1].split()[0] == "T"

    def ask_to_stop(self):
        self.wanted = False
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)

    def stop(self, seconds=40):
        """In order."""
        self.ask_to_stop()
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise Failed(f"{self.instance} did not stop within {seconds} s of SIGTERM") from None

    def end(self):
        self.wanted = False
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()


class Play:
    """One play of one cell. The cell's function begins it, does harm, and waits for progress; the rest is the same for
    all: what is broken is whole again, all comes to rest, and the judges are asked."""

    def __init__(self, cluster, config, folder, prefix, run):
        self.cluster, self.config, self.folder, self.prefix, self.run = cluster, config, folder, prefix, run
        self.data = f"{folder}/data"
        keys(self.data)
        self.environment = cluster.environment() | {"FRONTDOOR_TOPIC_PREFIX": prefix, "FRONTDOOR_CONFIG": config}
        self.admin = AdminClient(cluster.client(log_level=0))
        self.processes, self.faults, self.progressed, self.notes = [], 0, [], []
        self.load = self.watch = self.log = self.positions = None
        self.findings, self.events = Findings(), 0
        # How many messages were deleted on purpose before they were read.
        self.lost = 0
        self.began = time.monotonic()
        # What a cell asks of the topics besides, once all is at rest.
        self.asks = []

    # For cells.

    def by_proxy(self):
        """The hub, and it alone, comes to the brokers by the proxy from now on."""
        self.environment["FRONTDOOR_KAFKA_BOOTSTRAP"] = self.cluster.fronted()
        return self.cluster.proxy

    def client(self, settings, partitions=6):
        """Gives the hub's clients settings of their own, and the room other partitions, before the play begins."""
        config = f"{self.folder}/config"
        shutil.copytree(self.config, config)
        lines = "".join(f'      {name}: "{value}"\n' for name, value in settings.items())
        with open(f"{config}/hub.yaml", encoding="utf-8") as file:
            text = file.read().replace("roomPartitions: 6 ", f"roomPartitions: {partitions} ")
        with open(f"{config}/hub.yaml", "w", encoding="utf-8") as file:
            file.write(re.sub(r"(?m)^  kafka:.*\n", lambda found: f"{found.group()}    client:\n{lines}", text, count=1))
        self.environment["FRONTDOOR_CONFIG"] = config

    def members(self, service):
        """The instances that belong to the group of a service."""
        group = self.prefix + service
        found = self.admin.describe_consumer_groups([group], request_timeout=20)[group].result().members
        return {member.group_instance_id for member in found}

    def begin(self, instances=1, fault=None):
        """Starts the processes (the fault is the first one's), the load, and waits until all authorities are served."""
        self.add("one", fault if self.processes == [] else None)
        self.until("the hub says that it runs", self.processes[0].runs)
        for name in ("two", "three")[: instances - 1]:
            self.add(name)
        self.until("all instances say that they run", lambda: all(one.runs() for one in self.processes))
        self.load = Load(self.cluster.client(), self.prefix, 20261204 + self.run)
        self.load.start()
        self.watch = Watch(self.cluster.client(), f"{self.prefix}hub.events")
        self.watch.start()
        if fault is None:
            self.until("all authorities are served", lambda: self.watch.after(0, AREAS) is not None)
        return self.processes[0]

    def add(self, instance, fault=None):
        self.processes.append(Process(self, instance, fault))
        return self.processes[-1]

    def until(self, what, condition, seconds=PATIENCE, tending=True):
        def holds():
            if tending:
                self.tend()
            return condition()

        began = time.monotonic()
        found = until(what, holds, seconds, every=0.03)
        print(f"{time.monotonic() - self.began:7.2f} s: {what}, after {time.monotonic() - began:.2f} s", flush=True)
        return found

    def tend(self):
        for process in self.processes:
            if not process.is_frozen:
                process.tend()

    def harm(self):
        """Counts a fault, and gives its moment."""
        self.faults += 1
        return time.monotonic()

    def progress(self, since, what, note=True):
        """Until every authority has gone on after that moment."""
        took = self.until(f"every authority goes on after {what}", lambda: self.watch.after(since, AREAS))
        if note:
            self.progressed.append(took)
        return took

    now = staticmethod(time.monotonic)

    def waits(self, seconds):
        """For what is measured in time itself, such as a session that is to end."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            self.tend()
            time.sleep(0.05)

    def ended_by_fault(self, process, times):
        """Waits until the process has been killed so many times, and is started again; gives the moment of the last."""
        self.until(f"{process.instance} reaches its fault", lambda: len(process.ends) >= times)
        expect(process.ends[times - 1] == -signal.SIGKILL, f"{process.instance} ended by itself: {process.ends}")
        self.faults += 1
        return process.ended_at[times - 1]

    def rest(self):
        """Holds the load until all that it published has been carried to rest, and looks at the log as it is then."""
        self.load.pause()
        self.load.flush()
        self._at_rest()

    def _at_rest(self):
        self.log = self.log or KafkaLog(self.cluster.client(), self.prefix)
        self.positions = self.positions or Positions(self.cluster.client(), self.prefix, self.log)
        at_rest(Unprefixed(self.log), self.load.sent - self.lost, [self], quiet_seconds=0.5, seconds=PATIENCE)
        self.until("every service has committed all that there is", self._is_at_the_end)

    def _is_at_the_end(self):
        self.log.look()
        return self.positions.are_at_the_end()

    def _stopped_at_rest(self):
        """Time goes on, and a clock that strikes makes events whenever it is due: also for a service that was stopped a
        moment before. What is judged has nothing left to be done."""
        for _ in range(5):
            self._at_rest()
            for process in self.processes:
                process.ask_to_stop()
            codes = [process.stop() for process in self.processes]
            # One that was fenced may have been about to end when it was asked to.
            expect(all(code in (0, TEMPORARY) for code in codes), f"the processes stopped with {codes}")
            for process, code in zip(self.processes, codes):
                process.ends += [code] if code else []
            if not any(codes) and self._is_at_the_end():
                return
            for process in self.processes:
                process.start()
        raise Failed("whenever it is stopped, something is left to be done")

    # The end of every play.

    def settle(self):
        for process in self.processes:
            if process.is_frozen:
                process.signal(signal.SIGCONT)
        self.cluster.proxy.heal()
        self.cluster.start()
        self.load.finish(PATIENCE)
        self.watch.close()
        self._stopped_at_rest()
        faulty = [process for process in self.processes if OWN_FAULT in process.ends]
        expect(not faulty, f"ended with {OWN_FAULT}: {[(process.instance, process.complaints()) for process in faulty]}")
        log = self.log
        try:
            self.events = log.count(f"{self.prefix}hub.events")
            try:
                judge(log, True, self.cluster.client(), self.prefix, self.findings)
            except Wrong as wrong:
                raise Failed(f"NOT in order: {wrong}") from None
            # What the brokers acknowledged and no longer hold was lost as well.
            gone = self.load.acknowledged - self.findings.inputs
            self.findings.losses += max(0, gone - self.lost)
            expect(gone == self.lost, f"{gone} messages are not in their topics, {self.lost} of them were deleted on purpose")
            for ask in self.asks:
                ask(log)
        finally:
            log.close()
            self.positions.close()
        # Straight to the brokers.
        environment = self.environment | self.cluster.environment()
        print(verify(self.data, environment, has_expired=self.lost > 0))

    def must_run(self):
        """For who waits until the hub rests."""
        self.tend()

    def close(self):
        for process in self.processes:
            process.end()
        with contextlib.suppress(Exception):
            if self.load is not None:
                self.load.close()
            if self.watch is not None:
                self.watch.close()

    def clear(self):
        """Takes the play's topics from the brokers that the next one shares."""
        admin = self.admin
        found = [name for name in admin.list_topics(timeout=20).topics if name.startswith(self.prefix)]
        for one in admin.delete_topics(found, operation_timeout=20).values():
            with contextlib.suppress(Exception):
                one.result()
        shutil.rmtree(self.folder, ignore_errors=True)
