"""On brokers with mutual TLS that deny by default: every principal × topic × operation is as the catalogue says.

What is expected is worked out here from topics/catalogue.yaml; what is allowed is found out with Python's
confluent-kafka, as each principal in turn: by writing to every topic, reading every topic, asking for every group and
beginning a transaction under every service's id. Nothing of the hub's own code judges itself.
"""

import concurrent.futures
import json
import logging
import os
import shutil
import struct
import subprocess
import time

import yaml
from confluent_kafka import (
    Consumer, KafkaError, KafkaException, Producer, TopicPartition)
from confluent_kafka.admin import (
    AclBinding, AclOperation, AclPermissionType, AdminClient, AlterConfigOpType, ConfigEntry,
    ConfigResource, NewTopic, ResourcePatternType, ResourceType)

from hub import FRONTDOOR, Failed, expect, main, until
from kafka_cluster import Cluster

CATALOGUE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "topics", "catalogue.yaml")
# With dots in names, and one that begins like another: where a rule by the beginning of a name would reach too far.
AGENCIES, TEAMS, DESKS = ["bd-police", "bd-police.north"], ["bd-mash", "bd-macpt"], ["bd-duty", "ex-duty"]
HUB = """
formatVersion: 1
authorities: [{gss: E09000002, dfe: "301", name: B, policy: needs-assessment, desk: bd-duty}]
agencies: [%s]
teams: [%s]
desks: [%s]
""" % (
    ", ".join("{id: %s, name: A, kind: police, sources: ['6'], calendar: c}" % name for name in AGENCIES),
    ", ".join("{id: %s, name: T, kind: mash, authority: E09000002, calendar: c}" % name for name in TEAMS),
    ", ".join("{id: %s, name: D, authority: E09000002}" % name for name in DESKS),
)
DENIED = (KafkaError.TOPIC_AUTHORIZATION_FAILED, KafkaError.GROUP_AUTHORIZATION_FAILED,
          KafkaError.TRANSACTIONAL_ID_AUTHORIZATION_FAILED, KafkaError.CLUSTER_AUTHORIZATION_FAILED)
SILENT = logging.getLogger("kafka")
SILENT.addHandler(logging.NullHandler())
SILENT.propagate = False
QUIET = {"logger": SILENT}


class Expected:
    """The catalogue, read without the hub."""

    def __init__(self):
        with open(CATALOGUE, encoding="utf-8") as file:
            catalogue = yaml.safe_load(file)
        self.topics = {}
        for topic in catalogue["topics"]:
            owners = {"agency": AGENCIES, "team": TEAMS, "desk": DESKS}.get(topic["owner"], [None])
            for owner in owners:
                def fill(text, owner=owner, kind=topic["owner"]):
                    return text if owner is None else text.replace("{%s}" % kind, owner)
                self.topics[fill(topic["name"])] = self.rights(topic, fill)
        for table in catalogue["tables"]:
            self.topics["hub.table." + table["name"]] = self.rights(table, lambda text: text)
        named = {name for rights in self.topics.values() for names in rights.values() for name in names}
        self.services = sorted(name.split(".", 1)[1] for name in named if name.startswith("service."))
        self.principals = sorted(named) + ["stranger"]
        self.groups = self.services + [f"{name}{tail}" for name in sorted(named) if name.split(".")[0] in (
            "agency", "team", "desk") for tail in ("", ":reader")] + ["anything"]

    @staticmethod
    def rights(entry, fill):
        return {
            "write": {fill(name).replace(":", ".", 1) for name in entry["writers"]},
            "read": {fill(name).replace(":", ".", 1) for name in entry["readers"]},
        }

    def may(self, principal, operation, topic):
        rights = self.topics[topic]
        if operation == "describe":
            return principal.startswith("service.") or principal == "command" or any(
                principal in names for names in rights.values())
        return principal in rights[operation]

    def may_join(self, principal, group):
        if principal.startswith("service."):
            return group == principal.split(".", 1)[1]
        return principal.split(".")[0] in ("agency", "team", "desk") and group in (principal, f"{principal}:reader")

    def may_transact(self, principal, service):
        return principal == f"service.{service}"


def described(cluster, expected, principal):
    """What is seen at all: the topics of one answer to 'which are there'."""
    seen = set(AdminClient(cluster.client(principal, **QUIET)).list_topics(timeout=15).topics)
    return {("describe", topic): topic in seen for topic in expected.topics}


def written(cluster, expected, principal):
    found = {}

    def delivered(error, message):
        found[("write", message.topic())] = allowed(error, f"{principal} writing {message.topic()}")

    producer = Producer(cluster.client(principal, **{"message.timeout.ms": 20000}, **QUIET))
    for topic in expected.topics:
        producer.produce(topic, b"{}", key=b"k", partition=0, on_delivery=delivered)
    expect(producer.flush(30) == 0, f"{principal}: writes without an answer")
    return found


def read(cluster, expected, principal):
    """What a broker says to a request for each topic; what it allows, an ordinary consumer reads, too."""
    found = fetched(cluster, expected, principal)
    open_to_it = [topic for topic in expected.topics if found[("read", topic)]]
    if not open_to_it:
        return found
    consumer = Consumer(cluster.client(
        principal, **{"group.id": principal.removeprefix("service."), "enable.auto.commit": False}, **QUIET))
    consumer.assign([TopicPartition(topic, 0, 0) for topic in open_to_it])
    waiting = set(open_to_it)

    def came():
        message = consumer.poll(1)
        # Reading by assignment joins no group; that this one may not be asked about is looked at elsewhere, and told
        # here or not as the client's own questions happen to be answered first or last.
        if message is not None and message.topic() is None and message.error() is not None \
                and message.error().code() == KafkaError.GROUP_AUTHORIZATION_FAILED:
            return False
        if message is not None:
            expect(message.error() is None, f"{principal} reading {message.topic()}: {message.error()}")
            waiting.discard(message.topic())
        return not waiting

    try:
        until(f"{principal} has read one record of each of its topics", came, 30)
    finally:
        consumer.close()
    return found


def fetched(cluster, expected, principal):
    """A request of our own (Fetch, version 4): a consumer does not even ask for what it cannot see."""
    body = struct.pack(">iiiibi", -1, 0, 0, 1 << 20, 1, len(expected.topics))
    for topic in expected.topics:
        name = topic.encode()
        body += struct.pack(f">h{len(name)}siiqi", len(name), name, 1, 0, 0, 1 << 10)
    answer = cluster.ask(1, 1, 4, body, name=principal, seconds=15)
    count, place, found = struct.unpack_from(">i", answer, 4)[0], 8, {}
    for _ in range(count):
        (length,) = struct.unpack_from(">h", answer, place)
        topic, place = answer[place + 2:place + 2 + length].decode(), place + 2 + length
        _, _, code, _, _, aborted = struct.unpack_from(">iihqqi", answer, place)
        place += 30 + 16 * max(aborted, 0)
        place += 4 + max(struct.unpack_from(">i", answer, place)[0], 0)
        found[("read", topic)] = allowed(KafkaError(code) if code else None, f"{principal} fetching {topic}")
    return found


def grouped(cluster, expected, principal):
    """Who is in a group, and whether there is one, is told to whoever may be in it."""
    admin = AdminClient(cluster.client(principal, **QUIET))
    found, deadline = {}, time.monotonic() + 30
    while len(found) < len(expected.groups):
        left = [group for group in expected.groups if ("group", group) not in found]
        for group, future in admin.describe_consumer_groups(left, request_timeout=15).items():
            try:
                found[("group", group)] = outcome(
                    future, f"{principal} in group {group}", KafkaError.GROUP_ID_NOT_FOUND)
            except StillLoading:
                expect(time.monotonic() < deadline, "the brokers' groups are not there after 30 s")
    return found


def transacted(cluster, expected, principal):
    found = {}
    for service in expected.services:
        producer = Producer(cluster.client(principal, **{"transactional.id": f"{service}-1"}, **QUIET))
        try:
            producer.init_transactions(20)
            found[("transact", service)] = True
        except KafkaException as failure:
            found[("transact", service)] = allowed(failure.args[0], f"{principal} as {service}")
    return found


def administered(cluster, expected, principal):
    """Nobody of the catalogue makes or deletes topics."""
    admin = AdminClient(cluster.client(principal, **QUIET))
    topic = next(iter(expected.topics))
    return {
        ("create", "agency.new.inbox"): outcome(
            admin.create_topics([NewTopic("agency.new.inbox", 1, 1)])["agency.new.inbox"], f"{principal} making"),
        ("delete", topic): outcome(admin.delete_topics([topic])[topic], f"{principal} deleting"),
    }


def outcome(future, what, *harmless):
    try:
        future.result(20)
        return True
    except KafkaException as failure:
        return failure.args[0].code() in harmless or allowed(failure.args[0], what)


class StillLoading(Exception):
    """A broker that has only just begun to keep groups: to be asked again."""


def allowed(error, what):
    """Any other error than a refusal is a failure of the test, not an answer."""
    if error is None:
        return True
    if error.code() in DENIED:
        return False
    if error.code() in (KafkaError.COORDINATOR_LOAD_IN_PROGRESS, KafkaError.COORDINATOR_NOT_AVAILABLE,
                        KafkaError.NOT_COORDINATOR):
        raise StillLoading(what)
    raise Failed(f"{what}: {error}")


def matrix(cluster, expected, principal):
    found = {}
    for probe in (described, written, read, grouped, transacted, administered):
        found.update(probe(cluster, expected, principal))
    wanted = {}
    for topic in expected.topics:
        for operation in ("describe", "write", "read"):
            wanted[(operation, topic)] = expected.may(principal, operation, topic)
    for group in expected.groups:
        wanted[("group", group)] = expected.may_join(principal, group)
    for service in expected.services:
        wanted[("transact", service)] = expected.may_transact(principal, service)
    for key in found:
        wanted.setdefault(key, False)
    wrong = [f"{principal} may {'' if found[key] else 'not '}{key[0]} {key[1]}" for key in wanted
             if found.get(key) != wanted[key]]
    return len(wanted), sum(wanted.values()), wrong


def small_hub(scratch):
    """A folder of configuration with the few of HUB."""
    config = f"{scratch}/config"
    os.makedirs(f"{config}/policies")
    with open(f"{config}/hub.yaml", "w", encoding="utf-8") as file:
        file.write(HUB)
    shutil.copy(
        os.path.join(os.path.dirname(CATALOGUE), "..", "deploy", "policies", "needs-assessment.yaml"),
        f"{config}/policies")
    return config


def topics_command(cluster, config, *arguments, code=0, replication=1, name="admin"):
    done = subprocess.run(
        [FRONTDOOR, "topics", *arguments, "--config", config], capture_output=True, timeout=120, check=False,
        env={**os.environ, **cluster.environment(name), "FRONTDOOR_KAFKA_REPLICATION": str(replication)})
    if done.returncode != code:
        raise Failed(f"topics {arguments} ended with {done.returncode}: {done.stdout[-1500:]}{done.stderr[-1500:]}")
    return done.stdout.decode()


def nobody_comes_in_otherwise(cluster, other):
    """Plain, without a certificate, or with one of another authority: no answer at all."""
    good = cluster.client("agency.bd-police", **QUIET)
    certificate, key = other
    for settings in (
        {"bootstrap.servers": cluster.bootstrap, **QUIET},
        {name: value for name, value in good.items() if name not in ("ssl.certificate.location", "ssl.key.location")},
        {**good, "ssl.certificate.location": certificate, "ssl.key.location": key},
    ):
        try:
            AdminClient(settings).list_topics(timeout=3)
            raise Failed(f"came in with {sorted(settings)}")
        except KafkaException:
            pass


def drift_is_found(cluster, config):
    """What somebody else has changed is told, and put right where that can be done."""
    admin = AdminClient(cluster.client(**QUIET))
    extra = AclBinding(
        ResourceType.TOPIC, "agency.bd-police.inbox", ResourcePatternType.LITERAL, "User:CN=agency.bd-police.north",
        "*", AclOperation.READ, AclPermissionType.ALLOW)
    admin.create_acls([extra])[extra].result(20)
    resource = ConfigResource(
        ConfigResource.Type.TOPIC, "hub.events", incremental_configs=[
            ConfigEntry("retention.ms", "3600000", incremental_operation=AlterConfigOpType.SET),
            ConfigEntry("segment.bytes", "1048576", incremental_operation=AlterConfigOpType.SET)])
    admin.incremental_alter_configs([resource])[resource].result(20)

    def told():
        said = topics_command(cluster, config, "check", "--json", code=1)
        kinds = {}
        for line in said.splitlines():
            found = json.loads(line)
            kinds.setdefault(found["kind"], []).append(found)
        return kinds if {"too-much", "set"} <= kinds.keys() else None

    kinds = until("the drift is told", told, 20)
    expect([found["name"] for found in kinds["too-much"]] == ["agency.bd-police.inbox"], f"{kinds}")
    expect(kinds["set"] == [{"kind": "set", "topic": "hub.events", "settings": {"retention.ms": "-1"}}], f"{kinds}")
    topics_command(cluster, config, "apply", "--yes", code=1)
    topics_command(cluster, config, "apply", "--yes", "--revoke")
    expect("as the catalogue says" in topics_command(cluster, config, "check"), "drift is left")
    (described,) = admin.describe_configs([ConfigResource(ConfigResource.Type.TOPIC, "hub.events")]).values()
    expect(described.result(20)["segment.bytes"].value == "1048576", "a setting that is nobody's business was lost")


def test(scratch):
    config = small_hub(scratch)
    expected = Expected()
    with Cluster(f"{scratch}/kafka", tls=True) as cluster:
        topics_command(cluster, config, "check", code=1)
        topics_command(cluster, config, "apply")
        topics_command(cluster, config, "apply", "--yes")
        topics_command(cluster, config, "check")
        # Whoever is not the administrator sees the topics, is told that the rules are hidden, and changes nothing.
        expect("may not be seen" in topics_command(cluster, config, "check", name="command"), "hidden rules are not told")
        topics_command(cluster, config, "apply", "--yes", code=69, name="stranger")
        # One record in each topic, so that who may read does.
        producer = Producer(cluster.client(**QUIET))
        for topic in expected.topics:
            producer.produce(topic, b"{}", key=b"k", partition=0)
        expect(producer.flush(30) == 0, "the first records were not taken")
        for principal in expected.principals:
            cluster.certificate(principal)
        with concurrent.futures.ThreadPoolExecutor(len(expected.principals)) as pool:
            results = list(pool.map(lambda principal: matrix(cluster, expected, principal), expected.principals))
        wrong = [line for result in results for line in result[2]]
        expect(not wrong, f"{len(wrong)} differ from the catalogue:\n" + "\n".join(wrong[:40]))
        nobody_comes_in_otherwise(cluster, Cluster(f"{scratch}/other", tls=True).certificate("agency.bd-police"))
        drift_is_found(cluster, config)
    print(f"{len(expected.principals)} principals, {len(expected.topics)} topics: {sum(r[0] for r in results)} checks, "
          f"{sum(r[1] for r in results)} allowed, all as the catalogue says")


if __name__ == "__main__":
    main(test)
