"""Referrals, returns and decisions of a test on brokers, published with clients that we did not write."""

import json
import os
import subprocess
import tempfile

from confluent_kafka import Producer

from hub import expect, until

AREAS = {"bd": "E09000002", "ex": "E10000012", "bi": "E08000025"}
SOURCES = {"police": "6", "hospital": "3E", "schools": "2A", "housing": "4"}
# By the authority's profile: which factor asks for what kind of help.
FACTORS = ["19C", "16A", "17A", "4B", "7A", "13A", "10A"]
SYLLABLES = ["ba", "ce", "di", "fo", "gu", "ha", "je", "ki", "lo", "mu", "na", "pe", "qui", "ro", "su", "ta"]


def name(number, salt):
    """A name for each number that looks like no other's."""
    number = (number * 7919 + salt * 104729) % 16**5
    return "".join(SYLLABLES[(number >> shift) & 15] for shift in (0, 4, 8, 12, 16)).capitalize()


def referral(number, danger=False):
    """One child of a family of its own, so that nothing about a family comes before its thread is at rest."""
    area = list(AREAS)[number % len(AREAS)]
    kind = list(SOURCES)[number // len(AREAS) % len(SOURCES)]
    agency = f"{area}-{kind}"
    data = {
        "localAuthority": AREAS[area], "referralSource": SOURCES[kind],
        "children": [{
            "key": "c1", "givenName": name(number, 1), "familyName": name(number, 2),
            "birthDate": f"{2009 + number % 15}-{number % 12 + 1:02}-{number % 28 + 1:02}",
            "address": {"line1": f"{number} {name(number, 3)} Street", "postcode": f"ZZ{number % 99} {number % 9}XY"},
        }],
        "concerns": [{"about": "c1", "factor": FACTORS[number % len(FACTORS)], "narrative": f"Invented, {number}."}],
        "narrative": "Invented words.",
    }
    if danger:
        data["immediateDanger"] = True
    return agency, event(f"{agency}-{number}", f"/agency/{agency}", "frontdoor.referral.submitted.v1", data)


def event(identity, source, kind, data):
    return json.dumps({
        "specversion": "1.0", "id": identity, "source": source, "type": kind, "datacontenttype": "application/json",
        "data": data,
    }).encode()


class World:
    """Publishes half with kcat and half with confluent-kafka."""

    def __init__(self, settings):
        self.settings = settings
        self.producer = Producer({**settings, "acks": "all", "enable.idempotence": True, "linger.ms": 2, "log_level": 0})
        self.sent = 0

    def publish(self, messages, kcat=False):
        """messages: (topic, value), each topic's in their order."""
        if kcat:
            by_topic = {}
            for topic, value in messages:
                by_topic.setdefault(topic, []).append(value)
            for topic in sorted(by_topic):
                self._kcat(topic, by_topic[topic])
        else:
            failures = []
            for topic, value in messages:
                self.producer.produce(
                    topic, value, headers={"content-type": "application/cloudevents+json"},
                    on_delivery=lambda error, _: failures.append(error) if error else None)
                self.producer.poll(0)
            expect(self.producer.flush(30) == 0, "confluent-kafka could not deliver everything")
            expect(not failures, f"confluent-kafka: {failures[:1]}")
        self.sent += len(messages)

    def _kcat(self, topic, values):
        with tempfile.NamedTemporaryFile("wb", suffix=".jsonl") as lines:
            lines.write(b"\n".join(values) + b"\n")
            lines.flush()
            options = [part for key, value in self.settings.items() for part in ("-X", f"{key}={value}")]
            done = subprocess.run(
                ["kcat", "-P", *options, "-t", topic, "-H", "content-type=application/cloudevents+json", "-X", "acks=all",
                 "-l", lines.name],
                capture_output=True, timeout=60, check=False, env=os.environ)
        expect(done.returncode == 0, f"kcat: {done.stderr.decode()[-500:]}")


def receipts(log):
    """What Intake said to every agency, team and desk: receipts and refusals."""
    kinds = ("referral.received", "return.received", "submission.refused", "decision.received", "answer.received")
    return [
        record for topic in log.names(".inbox") + log.names(".queue") + log.names(".alerts")
        for record in log.records(topic) if record.type in kinds
    ]


def at_rest(log, sent, hubs, quiet_seconds=1.5, seconds=90):
    """Until everything has its receipt and nothing has been written for a while."""
    import time

    seen = {"count": -1, "since": time.monotonic()}

    def resting():
        for hub in hubs:
            hub.must_run()
        log.look()
        count = log.count("hub.events") + sum(log.count(t) for e in (".inbox", ".queue", ".alerts") for t in log.names(e))
        if count != seen["count"]:
            seen.update(count=count, since=time.monotonic())
            return False
        return len(receipts(log)) >= sent and time.monotonic() - seen["since"] > quiet_seconds

    until(f"{sent} receipts are there and the hub rests", resting, seconds, every=0.1)
