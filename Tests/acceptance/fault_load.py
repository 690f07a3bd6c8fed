"""What a play of the fault matrix publishes, and who watches the room meanwhile."""

import struct
import threading
import time

from confluent_kafka import Consumer, Producer, TopicPartition

from checker import SERVICES
from hub import expect
from model_run import referrals

# Messages a second: more than any front door has, and little enough that a busy machine keeps up.
RATE = 15
MESSAGES_MAX = 6000


class Load(threading.Thread):
    """Publishes without a pause, beside whatever goes wrong: idempotent, and retried inside the client."""

    def __init__(self, settings, prefix, seed):
        super().__init__(daemon=True)
        self.prefix, self.pairs = prefix, referrals(MESSAGES_MAX, seed)
        self.producer = Producer({
            **settings, "acks": "all", "enable.idempotence": True, "linger.ms": 2, "log_level": 0,
            "message.timeout.ms": 240_000, "message.max.bytes": 4_000_000})
        self.sent, self.acknowledged, self.failures = 0, 0, []
        self._done = threading.Event()
        # Held by whoever publishes, and while the load is to stand still.
        self._turn, self._lock, self._is_paused = threading.Lock(), threading.Lock(), False

    def run(self):
        for agency, line in self.pairs:
            if self._done.wait(1 / RATE):
                return
            with self._turn:
                self.publish(f"agency.{agency}.referrals", line)

    def pause(self):
        self._turn.acquire()
        self._is_paused = True

    def go_on(self):
        if self._is_paused:
            self._is_paused = False
            self._turn.release()

    def close(self):
        self._done.set()
        self.go_on()
        self.join(10)

    def publish(self, topic, value, headers=(("content-type", "application/cloudevents+json"),)):
        with self._lock:
            self.producer.produce(self.prefix + topic, value, headers=list(headers), on_delivery=self._delivered)
            self.sent += 1
        self.producer.poll(0)

    def flush(self, seconds=120):
        left = self.producer.flush(seconds)
        expect(left == 0 and not self.failures, f"{left} messages without an answer of the brokers, {self.failures[:1]}")
        expect(self.acknowledged == self.sent, f"{self.acknowledged} of {self.sent} messages acknowledged")

    def finish(self, seconds=120):
        """Stops, and waits until the brokers have acknowledged all of it."""
        self.close()
        self.flush(seconds)

    def _delivered(self, error, _):
        # By whichever thread asks the client for its news.
        with self._lock:
            if error is None:
                self.acknowledged += 1
            else:
                self.failures.append(str(error))


class Watch(threading.Thread):
    """Reads the room as it grows. An authority has gone on after a moment when Intake has taken something in for it and
    Routing has put a case into a queue: all that lies between the two works as well then."""

    def __init__(self, settings, room):
        super().__init__(daemon=True)
        self.consumer = Consumer({
            **settings, "group.id": "frontdoor-watch", "isolation.level": "read_committed", "enable.auto.commit": False,
            "auto.offset.reset": "earliest", "fetch.wait.max.ms": 20, "log_level": 0, "reconnect.backoff.max.ms": 200,
            "topic.metadata.refresh.interval.ms": 2000})
        partitions = self.consumer.list_topics(room, timeout=20).topics[room].partitions
        self.consumer.assign([TopicPartition(room, number, 0) for number in partitions])
        self.seen, self.count = [], 0
        self._lock, self._done = threading.Lock(), threading.Event()

    def run(self):
        while not self._done.is_set():
            for message in self.consumer.consume(200, 0.05):
                if message.error() is not None:
                    continue
                self.count += 1
                headers = dict(message.headers() or [])
                kind = headers.get("ce_type", b"").decode()
                of = {"frontdoor.referral.submitted.v1": "in", "frontdoor.case.routed.v1": "out"}.get(kind)
                if of is not None:
                    with self._lock:
                        self.seen.append((time.monotonic(), headers["ce_localauthority"].decode(), of))
        self.consumer.close()

    def close(self):
        self._done.set()
        self.join(20)

    def after(self, moment, authorities):
        """Seconds from a moment until the last of the authorities had gone on; None where one has not."""
        first = {}
        with self._lock:
            for at, authority, of in reversed(self.seen):
                if at <= moment:
                    break
                first[authority, of] = at
        wanted = [(authority, of) for authority in authorities for of in ("in", "out")]
        return max(first[key] for key in wanted) - moment if all(key in first for key in wanted) else None


class Positions:
    """Where the groups of the hub have committed. Quiet alone is no rest: what a process held that was killed waits for
    the end of its session."""

    def __init__(self, settings, prefix, log):
        self.log, self.prefix = log, prefix
        self.groups = {
            service: Consumer({**settings, "group.id": prefix + service, "enable.auto.commit": False, "log_level": 0})
            for service in (*SERVICES, "intake")}

    def are_at_the_end(self):
        """Of what the log held at its last look."""
        rooms = [place for place in self.log.kept if place[0] == f"{self.prefix}hub.events"]
        outside = [place for place in self.log.kept if place[0].endswith((".referrals", ".returns", ".decisions", ".answers"))]
        for service, group in self.groups.items():
            places = [place for place in (outside if service == "intake" else rooms) if self.log.kept[place]]
            found = group.committed([TopicPartition(*place) for place in places], timeout=20)
            ends = {place: self.log.kept[place][-1].offset + 1 for place in places}
            if any(one.offset < ends[one.topic, one.partition] for one in found):
                return False
        return True

    def close(self):
        for group in self.groups.values():
            group.close()


def coordinator(cluster, key, kind):
    """The broker that coordinates a group (kind 0) or a transactional id (kind 1), asked of any that runs."""
    body = struct.pack(">h", len(key)) + key.encode() + struct.pack(">b", kind)
    for number in cluster.numbers:
        if not cluster.runs(number):
            continue
        try:
            answer = cluster.ask(number, 10, 1, body)
            error, length = struct.unpack_from(">hh", answer, 4)
            if error == 0:
                return struct.unpack_from(">i", answer, 8 + max(0, length))[0]
        except (OSError, struct.error):
            continue
    return None
