"""Reads a hub's log on brokers with confluent-kafka under read_committed, as `hublog` reads the embedded one."""

import collections
import struct

from confluent_kafka import Consumer, KafkaError, KafkaException, TopicPartition

from hublog import Record


def packed(headers):
    """Headers in the one buffer that `Record` takes."""
    found = b""
    for name, value in headers or []:
        name, value = name.encode(), value if value is not None else b""
        found += struct.pack("<I", len(name)) + name + struct.pack("<I", len(value)) + value
    return found


class KafkaLog:
    """What was read is kept: a second look reads on from there."""

    def __init__(self, settings, prefix=""):
        self.prefix = prefix
        # Reading by assignment needs a group's name and joins none.
        self.consumer = Consumer({
            **settings, "group.id": "frontdoor-judge", "isolation.level": "read_committed", "enable.auto.commit": False,
            "auto.offset.reset": "earliest", "enable.partition.eof": True, "fetch.wait.max.ms": 20, "log_level": 0,
        })
        self.kept = collections.defaultdict(list)
        self.next = {}
        self.topics, self.rows = {}, None
        self.look()

    def look(self):
        """Takes note of topics that are new, and reads on in all to the end of what was committed when it was called."""
        found, self.rows = self.consumer.list_topics(timeout=20).topics, None
        self.topics = {
            name: len(topic.partitions) for name, topic in found.items()
            if name.startswith(self.prefix) and not name.startswith("__") and topic.error is None
            and name[len(self.prefix):].split(".")[0] in ("hub", "agency", "team", "oncall")
        }
        self._read([
            (topic, partition) for topic, count in self.topics.items() for partition in range(count)
            if ".hub.table." not in f".{topic}"
        ])

    def table(self, name):
        """The rows of a table as committed now, the last of each key."""
        if self.rows is None:
            self.rows = collections.defaultdict(dict)

            def take(message):
                rows = self.rows[message.topic()]
                rows.pop(message.key(), None)
                if message.value() is not None:
                    rows[message.key()] = message.value()

            self._consume([
                (topic, partition, 0) for topic, count in self.topics.items() for partition in range(count)
                if ".hub.table." in f".{topic}"
            ], take)
        return self.rows[name]

    def close(self):
        self.consumer.close()

    def names(self, ending):
        return sorted(name for name in self.topics if name.endswith(ending))

    def records(self, topic):
        """What a topic held at the last look, partition after partition."""
        return [record for partition in range(self.topics[topic]) for record in self.kept[topic, partition]]

    def _read(self, wanted):
        def take(message):
            place, key = (message.topic(), message.partition()), message.key()
            self.kept[place].append(Record(
                message.topic(), message.partition(), message.offset(), message.timestamp()[1],
                key.decode("utf-8", "replace") if key is not None else None, packed(message.headers()),
                message.value()))
            self.next[place] = message.offset() + 1

        self._consume([(topic, partition, self.next.get((topic, partition), 0)) for topic, partition in wanted], take)

    def _consume(self, wanted, take):
        """Everything from these positions to the end that each has when it is reached."""
        # All at once: an assignment costs a way to the brokers, however many partitions it has.
        self.consumer.assign([TopicPartition(*place) for place in wanted])
        left = {(topic, partition) for topic, partition, _ in wanted}
        while left:
            # Returns what is there as soon as something is, unlike a call with a longer time.
            for message in self.consumer.consume(1000, 0.02):
                if message.error() is not None:
                    if message.error().code() != KafkaError._PARTITION_EOF:
                        raise KafkaException(message.error())
                    left.discard((message.topic(), message.partition()))
                    continue
                take(message)
        self.consumer.unassign()

    def count(self, topic):
        return len(self.records(topic))

    def queue(self):
        """The present state of every entry: the last record of each key, over all teams."""
        entries = {}
        for topic in self.names(".queue"):
            for record in self.records(topic):
                if record.type == "entry.updated":
                    entries[record.key] = dict(record.data, topic=topic)
        return entries
