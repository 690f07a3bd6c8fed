"""A hub on brokers seen from outside: its memory, and how far its services are."""

from confluent_kafka import Consumer, KafkaException, TopicPartition

from checker import SERVICES
from hub import Hub, call, keys

ROOM = "hub.events"


class Watched:
    """One hub with a prefix of its own, whose agencies' topics are there before it starts."""

    def __init__(self, cluster, scratch, name, agencies, bootstrap=None, config=None):
        """bootstrap: by which way the hub, and it alone, comes to the brokers."""
        self.prefix = f"{name}."
        self.folder = f"{scratch}/{name}"
        keys(self.folder)
        self.environment = {
            **cluster.environment(), "FRONTDOOR_TOPIC_PREFIX": self.prefix,
            "FRONTDOOR_KAFKA_SERVICES_PRINCIPAL": "User:CN=hub",
        }
        if config is not None:
            self.environment["FRONTDOOR_CONFIG"] = config
        call("topics", "apply", "--yes", environment=self.environment, code=None)
        self.topics = {agency: f"{self.prefix}agency.{agency}.referrals" for agency in agencies}
        way = {} if bootstrap is None else {"FRONTDOOR_KAFKA_BOOTSTRAP": bootstrap}
        self.hub = Hub(self.folder, f"{scratch}/{name}.txt", {**self.environment, **way})
        self.ends = []
        self.groups = {
            service: Consumer({
                **cluster.client(), "group.id": self.prefix + service, "enable.auto.commit": False, "log_level": 0})
            for service in ("intake", *SERVICES)}
        room = self.groups["intake"].list_topics(self.prefix + ROOM, timeout=20).topics[self.prefix + ROOM]
        self.room = [(room.topic, number) for number in room.partitions]

    def taken(self):
        """Messages that Intake has committed."""
        return self._committed("intake", [(topic, 0) for topic in self.topics.values()])

    def read(self):
        """Positions of the room that its readers have committed, all together."""
        return sum(self._committed(service, self.room) for service in SERVICES)

    def _committed(self, service, places):
        try:
            found = self.groups[service].committed([TopicPartition(*place) for place in places], timeout=30)
        except KafkaException:
            # A group that has just begun has no coordinator yet, so nothing is committed.
            return 0
        return sum(max(0, place.offset) for place in found)

    def memory(self):
        """Resident now, and at most so far: MB."""
        with open(f"/proc/{self.hub.process.pid}/status", encoding="ascii") as file:
            found = dict(line.split(":", 1) for line in file)
        # One that has just ended has none.
        return [int(found.get(name, "0").split()[0]) / 1024 for name in ("VmRSS", "VmHWM")]

    def tend(self):
        """As a supervisor does."""
        if self.hub.process.poll() is not None:
            self.ends.append(self.hub.process.returncode)
            self.hub.start()

    def end(self):
        self.hub.end()
        for group in self.groups.values():
            group.close()
