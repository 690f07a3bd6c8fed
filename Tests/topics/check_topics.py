#!/usr/bin/env python3
"""Checks topics/ with tools that this project did not write: Python's jsonschema, referencing and PyYAML.

    check_topics.py ROOT [--samples FOLDER] [--log FOLDER]

ROOT is the checkout. FOLDER holds records that the hub's codec wrote, one JSON file each:
{"channel": "room", "type": "case.rated", "headers": {"ce_id": ...}, "value": {...}}.
The other FOLDER holds an embedded log: every record in it that the hub wrote is held against its schema.
FRONTDOOR_CHECKS may name a folder with asyncapi-3.0.0.schema.json, the AsyncAPI initiative's own schema.
Prints every fault and ends with 1 where there is one. Shares no code with the hub.
"""

import argparse
import json
import os
import pathlib
import sys

import yaml
from jsonschema import Draft7Validator, Draft202012Validator
from referencing import Registry, Resource

DRAFT = "https://json-schema.org/draft/2020-12/schema"
BASE = "https://schemas.frontdoor.example/v1/"
HEADERS = {
    "room": "roomHeaders",
    "ingress": "ingressHeaders",
    "agency": "outgoingHeaders",
    "team": "outgoingHeaders",
    "desk": "outgoingHeaders",
    "dead-letters": "deadLetterHeaders",
    "records": "recordHeaders",
}
AUDIENCES = ["agency", "team", "desk"]
# Which channels of the catalogue carry the types of which folder of schemas.
TOPICS = {
    "hub.events": "room",
    "hub.dead-letters": "dead-letters",
    "hub.records": "records",
    "agency.{agency}.inbox": "agency",
    "team.{team}.queue": "team",
    "oncall.{desk}.alerts": "desk",
}
INGRESS = {
    "agency.{agency}.referrals": "referral.",
    "agency.{agency}.returns": ("return.", "heartbeat."),
    "team.{team}.decisions": "decision.",
    "oncall.{desk}.answers": "alert.",
}


class Plain(yaml.SafeLoader):
    """YAML as the hub reads it: a date stays a text."""


Plain.yaml_implicit_resolvers = {
    first: [(tag, expression) for tag, expression in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def read_json(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def read_yaml(path):
    with open(path, encoding="utf-8") as file:
        return yaml.load(file, Loader=Plain)


class Checker:
    def __init__(self, root):
        self.root = pathlib.Path(root)
        self.topics = self.root / "topics"
        self.faults = []
        self.counted = {}
        self.schemas = {}
        self.known = {}
        resources = []
        for path in sorted((self.topics / "schemas").rglob("*.json")):
            name = path.relative_to(self.topics / "schemas").as_posix()[: -len(".json")]
            schema = read_json(path)
            self.schemas[name] = schema
            resources.append((schema.get("$id", ""), Resource.from_contents(schema)))
        self.registry = Registry().with_resources(resources)
        self.types = sorted(name for name in self.schemas if "/" in name)

    def fault(self, text):
        self.faults.append(text)

    def count(self, what):
        self.counted[what] = self.counted.get(what, 0) + 1

    def validator(self, schema):
        return Draft202012Validator(
            schema, registry=self.registry, format_checker=Draft202012Validator.FORMAT_CHECKER
        )

    def shared(self, name):
        return self.validator({"$schema": DRAFT, "$ref": f"{BASE}common.json#/$defs/{name}"})

    # Schemas

    def check_schemas(self):
        for name, schema in self.schemas.items():
            self.count("schemas")
            if schema.get("$schema") != DRAFT:
                self.fault(f"{name}: $schema is not draft 2020-12")
            if schema.get("$id") != f"{BASE}{name}.json":
                self.fault(f"{name}: $id does not follow from the file's name")
            if not schema.get("description"):
                self.fault(f"{name}: has no description")
            if "/" in name and schema.get("title") != f"frontdoor.{name.split('/')[1]}.v1":
                self.fault(f"{name}: title is not the CloudEvents type")
            try:
                Draft202012Validator.check_schema(schema)
            except Exception as error:  # of several kinds, by what is wrong
                self.fault(f"{name}: is no schema: {error}")

    # Examples

    def check_examples(self):
        expected = read_json(self.topics / "examples" / "faults.json")
        found = set()
        seen = {name: {"good": 0, "bad": 0} for name in self.types}
        for path in sorted((self.topics / "examples").rglob("*.json")):
            relative = path.relative_to(self.topics / "examples").as_posix()
            if relative == "faults.json":
                continue
            folder, _, file = relative.rpartition("/")
            kind = file.split("-")[0]
            if folder not in seen or kind not in ("good", "bad"):
                self.fault(f"examples/{relative}: belongs to no schema, or is neither good nor bad")
                continue
            self.count("examples")
            seen[folder][kind] += 1
            places = {place for error in self.errors(folder, read_json(path)) for place in pointers(error)}
            if kind == "good" and places:
                self.fault(f"examples/{relative}: a good one fails at {sorted(places)}")
            if kind == "bad":
                found.add(relative)
                # Exactly the fault that its name tells of, and no other by accident.
                if places != {expected.get(relative)}:
                    self.fault(
                        f"examples/{relative}: fails at {sorted(places)}, and faults.json says {expected.get(relative)}"
                    )
        for name, kinds in seen.items():
            for kind, count in kinds.items():
                if count == 0:
                    self.fault(f"{name}: has no {kind} example")
        for relative in sorted(set(expected) - found):
            self.fault(f"faults.json names {relative}, which is not there")

    def errors(self, name, value):
        return self.validator(self.schemas[name]).iter_errors(value)

    def check_every_member_has_an_example(self):
        """Where a shape is shared, one example of one type is enough."""
        wanted, used = {}, set()
        for name in self.types:
            places = self.declared(name)
            found = set()
            for path in (self.topics / "examples" / name).glob("good-*.json"):
                found |= members(read_json(path))
            for place, shape in places.items():
                # What senders may state of a person is one shape in many places: the top of a message is enough.
                if not name.startswith("ingress/") or place.count("/") == 1:
                    wanted.setdefault(shape, f"{name}{place}")
                    if place in found:
                        used.add(shape)
        for shape in sorted(set(wanted) - used):
            self.fault(f"no good example has {wanted[shape]}")

    def resolved(self, schema, base, shape):
        """The schema with its $ref followed, where its own references start from, and what shape it is."""
        while "$ref" in schema:
            shape = schema["$ref"].rpartition("/")[2]
            found = self.registry.resolver(base).lookup(schema["$ref"])
            base = found.resolver._base_uri
            schema = found.contents
        return schema, base, shape

    def declared(self, name):
        """The places of all members that a schema names, each with the shape that it is a member of; the elements of
        a list share one place."""
        places = {}

        def walk(schema, base, place, shape):
            schema, base, shape = self.resolved(schema, base, shape)
            for member, inner in schema.get("properties", {}).items():
                places[f"{place}/{member}"] = f"{shape}.{member}"
                walk(inner, base, f"{place}/{member}", f"{shape}.{member}")
            if "items" in schema:
                walk(schema["items"], base, place, shape)

        top = name if not name.startswith("room/") else "room"
        schema = self.schemas[name]
        walk(schema, schema["$id"], "", top)
        return places

    # What the codec wrote

    def check_samples(self, folder):
        types = set()
        for path in sorted(pathlib.Path(folder).glob("*.json")):
            sample = read_json(path)
            name = f"{sample['channel']}/{sample['type']}"
            self.count("records of the codec")
            self.check_record(name, sample["headers"], sample["value"])
            types.add(name)
        for name in self.types:
            if name.startswith("room/") and name not in types:
                self.fault(f"{name}: the codec wrote no sample")

    def check_log(self, folder):
        """Every record that the hub wrote in an embedded log."""
        sys.path.insert(0, str(self.root / "Tests" / "acceptance"))
        from hublog import HubLog

        log = HubLog(folder)
        endings = {".inbox": "agency", ".queue": "team", ".alerts": "desk"}
        channels = {"hub.events": "room", "hub.dead-letters": "dead-letters", "hub.records": "records"}
        for ending, channel in endings.items():
            channels |= {topic: channel for topic in log.names(ending)}
        for topic, channel in channels.items():
            for record in log.records(topic):
                self.count("records of the log")
                self.check_record(f"{channel}/{record.type}", record.headers, record.data)

    def check_record(self, name, headers, value):
        if name not in self.schemas:
            self.fault(f"written: {name} has no schema")
            return
        if name not in self.known:
            shape = self.shared(HEADERS[name.split("/")[0]])
            self.known[name] = (self.validator(self.schemas[name]), set(self.declared(name)), shape)
        validator, declared, shape = self.known[name]
        for error in validator.iter_errors(value):
            self.fault(f"written: {name} at {sorted(pointers(error))}: {error.validator}")
        for place in sorted(members(value, stop=("/sealed",)) - declared):
            self.fault(f"written: {name}{place} is in no schema")
        for error in shape.iter_errors(headers):
            self.fault(f"written: {name}, headers at {sorted(pointers(error))}: {error.validator}")

    # Allow-lists

    def check_allow_lists(self):
        lists = read_yaml(self.topics / "audiences.yaml")["types"]
        listed = {f"{audience}/{name}" for name, audiences in lists.items() for audience in audiences}
        outgoing = {name for name in self.types if name.split("/")[0] in AUDIENCES}
        for name in sorted(listed - outgoing):
            self.fault(f"audiences.yaml lists {name}, which has no schema")
        for name in sorted(outgoing - listed):
            self.fault(f"{name} has a schema and no allow-list: nothing of it would be sent")
        for name in sorted(listed & outgoing):
            self.count("allow-lists")
            audience, kind = name.split("/")
            allowed = {"/" + path.replace(".", "/") for path in lists[kind][audience]}
            declared = set(self.declared(name))
            for place in sorted(allowed - declared):
                self.fault(f"{name}: the allow-list lets {place} out, and the schema does not know it")
            for place in sorted(declared):
                covered = any(place == path or place.startswith(path + "/") for path in allowed)
                above = any(path.startswith(place + "/") for path in allowed)
                if not covered and not above:
                    self.fault(f"{name}: the schema has {place}, which no allow-list lets out")
            self.check_closed(name, self.schemas[name], self.schemas[name]["$id"], "")

    def check_closed(self, name, schema, base, place):
        """What leaves is closed, wherever the shape is the outgoing type's own."""
        if "$ref" in schema:
            return
        if "properties" in schema and schema.get("additionalProperties") is not False:
            self.fault(f"{name}{place}: is open, and would let a member through that no list names")
        for member, inner in schema.get("properties", {}).items():
            self.check_closed(name, inner, base, f"{place}/{member}")
        if "items" in schema:
            self.check_closed(name, schema["items"], base, place)

    # Configuration

    def check_configuration(self):
        files = {self.root / "deploy" / "hub.yaml": "directory"}
        for path in sorted((self.root / "deploy" / "policies").glob("*.yaml")):
            files[path] = "policy"
        for path, shape in files.items():
            self.count("configuration files")
            for error in self.shared(shape).iter_errors(read_yaml(path)):
                self.fault(f"{path.name}: at {sorted(pointers(error))}: {error.message[:120]}")

    def check_partitioner(self):
        vectors = read_yaml(self.topics / "catalogue.yaml")["partitionerVectors"]
        for vector in vectors:
            self.count("partitioner vectors")
            partition = (murmur2(vector["key"].encode()) & 0x7FFFFFFF) % vector["partitions"]
            if partition != vector["partition"]:
                self.fault(f"catalogue.yaml: {vector['key']} falls on partition {partition}, not {vector['partition']}")

    # AsyncAPI

    def check_asyncapi(self):
        path = self.topics / "asyncapi.yaml"
        document = read_yaml(path)
        room_partitions = read_yaml(self.root / "deploy" / "hub.yaml")["settings"]["roomPartitions"]
        catalogue = {topic["name"]: topic for topic in read_yaml(self.topics / "catalogue.yaml")["topics"]}
        channels = {channel["address"]: channel for channel in document["channels"].values()}
        for name in sorted(set(catalogue) ^ set(channels)):
            self.fault(f"asyncapi.yaml and catalogue.yaml do not both have {name}")
        for name in sorted(set(catalogue) & set(channels)):
            self.count("channels")
            topic, channel = catalogue[name], channels[name]
            kafka = channel["bindings"]["kafka"]
            settings = kafka["topicConfiguration"]
            days = topic.get("retentionDays")
            stated = {
                "partitions": (kafka["partitions"], topic["partitions"] or room_partitions),
                "owner": (channel["x-owner"], topic["owner"]),
                "writers": (channel["x-writers"], topic["writers"]),
                "readers": (channel["x-readers"], topic["readers"]),
                "cleanup": (settings["cleanup.policy"], [topic["cleanup"]]),
                "size": (settings["max.message.bytes"], topic["recordBytesMax"]),
                "retention": (settings.get("retention.ms"), days * 86_400_000 if days else -1),
                "append time": (channel["x-append-time"], topic.get("appendTime", False)),
                "parameters": (
                    sorted(channel.get("parameters", {})),
                    [part[1:-1] for part in name.split(".") if part.startswith("{")],
                ),
            }
            for what, (here, there) in stated.items():
                if here != there:
                    self.fault(f"asyncapi.yaml: {what} of {name} is {here}, and catalogue.yaml has {there}")
            self.check_messages(document, name, channel)
        operations = {operation["channel"]["$ref"].rsplit("/", 1)[-1] for operation in document["operations"].values()}
        for name in sorted(set(document["channels"]) ^ operations):
            self.fault(f"asyncapi.yaml: channel {name} has no operation, or an operation has no channel")
        self.check_references(document, document, path.parent)
        self.check_by_the_official_schema(document)

    def check_messages(self, document, name, channel):
        """Every channel carries all types of its folder of schemas, with payload and headers from there."""
        if name in INGRESS:
            types = {t for t in self.types if t.startswith("ingress/") and t[8:].startswith(INGRESS[name])}
        else:
            types = {t for t in self.types if t.startswith(TOPICS[name] + "/")}
        carried = set()
        for reference in channel["messages"].values():
            message = lookup(document, reference["$ref"])
            payload = message["payload"]["schema"]["$ref"]
            carried.add(payload[len("./schemas/") : -len(".json")])
            folder = carried and payload.split("/")[2]
            headers = message["headers"]["schema"]["$ref"]
            if headers != f"./schemas/common.json#/$defs/{HEADERS[folder]}":
                self.fault(f"asyncapi.yaml: {message['name']} on {name} has the wrong headers")
            if message["name"] != f"frontdoor.{payload.rsplit('/', 1)[1][: -len('.json')]}.v1":
                self.fault(f"asyncapi.yaml: {message['name']} on {name} has another type's payload")
        for kind in sorted(types ^ carried):
            self.fault(f"asyncapi.yaml: {name} and the schemas do not both have {kind}")

    def check_references(self, document, value, folder):
        if isinstance(value, dict):
            reference = value.get("$ref")
            if isinstance(reference, str):
                file, _, pointer = reference.partition("#")
                try:
                    lookup(read_json(folder / file) if file else document, "#" + pointer)
                except (OSError, KeyError):
                    self.fault(f"asyncapi.yaml: {reference} leads nowhere")
            for inner in value.values():
                self.check_references(document, inner, folder)
        elif isinstance(value, list):
            for inner in value:
                self.check_references(document, inner, folder)

    def check_by_the_official_schema(self, document):
        folder = os.environ.get("FRONTDOOR_CHECKS")
        path = pathlib.Path(folder) / "asyncapi-3.0.0.schema.json" if folder else None
        if not path or not path.exists():
            print("skipped: asyncapi.yaml by the official schema (FRONTDOOR_CHECKS names no folder that holds it)")
            return
        self.count("official schemas")
        for error in Draft7Validator(read_json(path)).iter_errors(document):
            place = "/".join(str(step) for step in error.absolute_path)
            self.fault(f"asyncapi.yaml: AsyncAPI's own schema refuses /{place}: {error.message[:200]}")


def pointers(error):
    """Where an error lies, as JSON pointers: what is missing or too much counts, not the object around it."""
    place = "".join(f"/{step}" for step in error.absolute_path)
    if error.validator == "required":
        return {f"{place}/{name}" for name in error.validator_value if name not in error.instance}
    if error.validator == "additionalProperties":
        known = error.schema.get("properties", {})
        return {f"{place}/{name}" for name in error.instance if name not in known and not name.startswith("x-")}
    return {place}


def members(value, place="", stop=()):
    """The places of all members of a value; the elements of a list share one."""
    found = set()
    if isinstance(value, dict):
        for name, inner in value.items():
            found.add(f"{place}/{name}")
            if f"{place}/{name}" not in stop:
                found |= members(inner, f"{place}/{name}", stop)
    elif isinstance(value, list):
        for inner in value:
            found |= members(inner, place, stop)
    return found


def lookup(document, reference):
    value = document
    for step in reference.removeprefix("#").split("/")[1:]:
        value = value[step.replace("~1", "/").replace("~0", "~")]
    return value


def murmur2(data):
    """MurmurHash2 as Kafka's Java client has it, from its definition."""
    mixer, mask = 0x5BD1E995, 0xFFFFFFFF
    value = (0x9747B28C ^ len(data)) & mask
    whole = len(data) // 4 * 4
    for start in range(0, whole, 4):
        word = int.from_bytes(data[start : start + 4], "little") * mixer & mask
        word = (word ^ word >> 24) * mixer & mask
        value = (value * mixer & mask) ^ word
    if whole < len(data):
        value = (value ^ int.from_bytes(data[whole:], "little")) * mixer & mask
    value = (value ^ value >> 13) * mixer & mask
    return value ^ value >> 15


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("root")
    arguments.add_argument("--samples")
    arguments.add_argument("--log")
    options = arguments.parse_args()
    checker = Checker(options.root)
    checker.check_schemas()
    checker.check_examples()
    checker.check_every_member_has_an_example()
    checker.check_allow_lists()
    checker.check_configuration()
    checker.check_partitioner()
    checker.check_asyncapi()
    if options.samples:
        checker.check_samples(options.samples)
    if options.log:
        checker.check_log(options.log)
    for fault in dict.fromkeys(checker.faults):
        print(fault)
    print("checked " + ", ".join(f"{count} {what}" for what, count in checker.counted.items()))
    return 1 if checker.faults else 0


if __name__ == "__main__":
    sys.exit(main())
