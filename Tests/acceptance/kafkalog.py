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
            "auto.offset.reset": "earliest", "enable.partition.eof": True, "fetch.wait.max.ms": 20,
        })
        self.kept = collections.defaultdict(list)
        self.next = {}
        self.topics = {}
        self.look()

    def look(self):
        """Takes note of topics that are new."""
        found = self.consumer.list_topics(timeout=20).topics
        self.topics = {
            name: len(topic.partitions) for name, topic in found.items()
            if name.startswith(self.prefix) and not name.startswith("__") and topic.error is None
        }

    def close(self):
        self.consumer.close()

    def names(self, ending):
        return sorted(name for name in self.topics if name.endswith(ending))

    def records(self, *topics):
        """All committed records of a topic, partition after partition."""
        self.read(topics)
        found = []
        for topic in topics:
            for partition in range(self.topics[topic]):
                found += self.kept[topic, partition]
        return found

    def read(self, topics):
        """Reads on to the end of what was committed when this was called."""
        wanted = [(topic, partition) for topic in topics for partition in range(self.topics[topic])]
        # A start well before this returns: the end of a partition is told once its last stable offset is reached.
        self.consumer.assign([TopicPartition(t, p, self.next.get((t, p), 0)) for t, p in wanted])
        left = set(wanted)
        while left:
            for message in self.consumer.consume(5000, 10):
                place = message.topic(), message.partition()
                if message.error() is not None:
                    if message.error().code() != KafkaError._PARTITION_EOF:
                        raise KafkaException(message.error())
                    left.discard(place)
                    continue
                key = message.key()
                self.kept[place].append(Record(
                    message.topic(), message.partition(), message.offset(), message.timestamp()[1],
                    key.decode("utf-8", "replace") if key is not None else None, packed(message.headers()),
                    message.value()))
                self.next[place] = message.offset() + 1
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
