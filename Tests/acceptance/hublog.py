"""Reads the embedded log's file with nothing but Python's sqlite3, sharing no line with the hub that wrote it."""

import json
import os
import sqlite3
import struct

OFFSET_BITS = 40


class Record:
    """One record of a topic, headers as texts, value as bytes."""

    __slots__ = ("topic", "partition", "offset", "time", "key", "headers", "value", "raw_headers")

    def __init__(self, topic, partition, offset, time, key, headers, value):
        self.topic, self.partition, self.offset, self.time = topic, partition, offset, time
        self.key, self.value, self.raw_headers = key, value, headers
        self.headers = decoded(headers)

    @property
    def type(self):
        name = self.headers.get("ce_type", "")
        return name.removeprefix("frontdoor.").removesuffix(".v1")

    @property
    def id(self):
        return self.headers.get("ce_id")

    @property
    def data(self):
        return json.loads(self.value)

    @property
    def facts(self):
        return self.data["facts"]


def decoded(blob):
    """Headers lie as length, name, length, value; lengths are four bytes, little endian."""
    headers, place, texts = {}, 0, []
    while place < len(blob):
        (length,) = struct.unpack_from("<I", blob, place)
        texts.append(blob[place + 4 : place + 4 + length].decode("utf-8", "replace"))
        place += 4 + length
    for name, value in zip(texts[::2], texts[1::2]):
        headers.setdefault(name, value)
    return headers


class HubLog:
    def __init__(self, folder):
        path = os.path.join(folder, "log.sqlite")
        if not os.path.exists(path):
            raise FileNotFoundError(path)
        # Read-only, so that looking can never be what keeps a hub from working.
        self.database = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=20, isolation_level=None)
        self.topics = {
            name: (partitions, first)
            for name, partitions, first in self.database.execute("SELECT name, partitions, first_stream FROM topics")
        }

    def close(self):
        self.database.close()

    def names(self, ending):
        return sorted(name for name in self.topics if name.endswith(ending))

    def records(self, topic):
        partitions, first = self.topics[topic]
        rows = self.database.execute(
            "SELECT place, append_time, key, headers, value FROM records WHERE place >= ? AND place < ? ORDER BY place",
            (first << OFFSET_BITS, (first + partitions) << OFFSET_BITS),
        )
        for place, time, key, headers, value in rows:
            yield Record(
                topic, (place >> OFFSET_BITS) - first, place & ((1 << OFFSET_BITS) - 1), time,
                key.decode("utf-8", "replace") if key is not None else None, headers, value)

    def table(self, name):
        """The rows of a table, the last of each key."""
        rows = {}
        for shelf, in self.database.execute("SELECT id FROM shelves WHERE name = ? ORDER BY partition", (name,)):
            for key, value in self.database.execute(
                "SELECT key, value FROM table_rows WHERE place >= ? AND place < ? ORDER BY place",
                (shelf << OFFSET_BITS, (shelf + 1) << OFFSET_BITS),
            ):
                rows.pop(key, None)
                if value is not None:
                    rows[key] = value
        return rows

    def count(self, topic):
        partitions, first = self.topics[topic]
        return self.database.execute(
            "SELECT coalesce(sum(next), 0) FROM ends WHERE stream >= ? AND stream < ?", (first, first + partitions)
        ).fetchone()[0]

    @property
    def ingress(self):
        return [n for ending in (".referrals", ".returns", ".decisions", ".answers") for n in self.names(ending)]

    def _streams(self, topics):
        return [
            first + partition
            for partitions, first in (self.topics[name] for name in topics)
            for partition in range(partitions)
        ]

    def taken_in(self):
        """How many ingress records Intake has committed."""
        return self.database.execute(
            "SELECT coalesce(sum(next), 0) FROM positions WHERE participant = 'intake'").fetchone()[0]

    def published(self):
        return sum(self.count(name) for name in self.ingress)

    def at_rest(self, participants=("deduplication", "triage", "routing", "deadlines"), intake=True):
        """Whether every participant has committed the end of everything that it reads, in one view of the file."""
        self.database.execute("BEGIN")
        try:
            ends = dict(self.database.execute("SELECT stream, next FROM ends"))
            positions = {}
            for name, stream, place in self.database.execute("SELECT participant, stream, next FROM positions"):
                positions[name, stream] = place
            wanted = [(name, stream) for name in participants for stream in self._streams(["hub.events"])]
            if intake:
                wanted += [("intake", stream) for stream in self._streams(self.ingress)]
            return all(positions.get(key, 0) >= ends.get(key[1], 0) for key in wanted)
        finally:
            self.database.execute("COMMIT")

    def queue(self):
        """The present state of every entry: the last record of each key, over all teams."""
        entries = {}
        for topic in self.names(".queue"):
            for record in self.records(topic):
                if record.type == "entry.updated":
                    entries[record.key] = dict(record.data, topic=topic)
        return entries
