"""The files of deploy/kafka: brokers run with trial.properties and service.properties as they are, with certificates made
by deploy/kafka/certificates; the compose file is one, and names the release that deploy/get-kafka fetches."""

import os
import re
import subprocess

import yaml
from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

from hub import Failed, expect, main
from kafka_access import QUIET, small_hub, topics_command
from kafka_cluster import Cluster

DEPLOY = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "deploy")


def text_of(name):
    with open(os.path.join(DEPLOY, name), encoding="utf-8") as file:
        return file.read()


def certificates(*arguments, code=0):
    done = subprocess.run(
        [os.path.join(DEPLOY, "kafka", "certificates"), *arguments], capture_output=True, timeout=30, check=False)
    expect(done.returncode == code, f"certificates {arguments} ended with {done.returncode}: {done.stderr.decode()}")
    return done.stdout.decode().strip()


def runs(name, brokers, scratch, config):
    folder = f"{scratch}/{name}"
    certificates(f"{folder}/tls", "broker", "localhost")
    certificates(f"{folder}/tls", "client", "admin", "hub")
    certificates(f"{folder}/tls", "client", "admin", code=73)

    def properties(number):
        found = text_of(f"kafka/{name}.properties")
        for n in range(1, 4):
            found = found.replace(f"kafka{n}.example.org:9094", f"localhost:{cluster.ports.get(n, (0, 0))[1]}")
        port, controller = cluster.ports[number]
        found = re.sub("^node.id=1$", f"node.id={number}", found, flags=re.MULTILINE)
        found = re.sub("kafka[123].example.org", "localhost", found)
        found = found.replace("localhost:9094", f"localhost:{controller}").replace("localhost:9093", f"localhost:{port}")
        found = found.replace("CLIENT://:9093", f"CLIENT://localhost:{port}")
        found = found.replace("CONTROLLER://:9094", f"CONTROLLER://localhost:{controller}")
        found = found.replace("/etc/kafka/tls", f"{folder}/tls").replace("/var/lib/kafka", f"{folder}/{number}")
        expect("9093" not in found.replace(str(port), "") and "/etc/" not in found, f"left over in {name}: {found}")
        return found

    cluster = Cluster(folder, brokers=brokers, tls=True, properties=properties, host="localhost")
    with cluster:
        topics_command(cluster, config, "apply", "--yes", replication=brokers)
        topics_command(cluster, config, "check", replication=brokers)
        # Nobody may do anything that no rule allows; the hub's own certificate has no rules here.
        seen = AdminClient(cluster.client("hub", **QUIET)).list_topics(timeout=15).topics
        expect(not seen, f"{name}: a stranger sees {sorted(seen)}")
        try:
            AdminClient({"bootstrap.servers": cluster.bootstrap, **QUIET}).list_topics(timeout=2)
            raise Failed(f"{name}: somebody came in without a certificate")
        except KafkaException:
            pass


def compose():
    found = yaml.safe_load(text_of("kafka/compose.yaml"))
    expect(set(found) == {"services", "volumes"}, f"compose: {sorted(found)}")
    allowed = {"image", "restart", "stop_grace_period", "environment", "ports", "volumes"}
    (version,) = re.findall(r"^version=(\S+)$", text_of("get-kafka"), re.MULTILINE)
    for name, service in found["services"].items():
        expect(set(service) <= allowed, f"compose: {name} has {sorted(set(service) - allowed)}")
        expect(service["image"] == f"apache/kafka:{version}", f"compose: {service['image']} is not {version}")
        for port in service["ports"]:
            expect(re.fullmatch(r"127\.0\.0\.1:\d+:\d+", port), f"compose: {port} is open to the world")
        for volume in service["volumes"]:
            source, target = volume.split(":")[:2]
            expect(target.startswith("/"), f"compose: {volume}")
            if source.startswith("./") and source != "./tls":
                expect(os.path.exists(os.path.join(DEPLOY, "kafka", source)), f"compose: there is no {source}")
            elif not source.startswith("./"):
                expect(source in found["volumes"], f"compose: {source} is no volume")


def request_is_signed(scratch):
    """What an agency sends is signed under the name that it asked for."""
    folder = f"{scratch}/signing"
    os.makedirs(folder)
    subprocess.run(
        ["openssl", "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj",
         "/CN=agency.bd-police", "-keyout", f"{folder}/p.key", "-out", f"{folder}/bd-police.csr"],
        check=True, capture_output=True, timeout=30)
    said = certificates(f"{folder}/tls", "sign", f"{folder}/bd-police.csr").splitlines()
    expect("agency.bd-police" in said[0] or "agency.bd-police" in said[1], f"whom it signs is not shown: {said}")
    subprocess.run(
        ["openssl", "verify", "-CAfile", f"{folder}/tls/ca.crt", said[-1]], check=True, capture_output=True, timeout=30)
    certificates(f"{folder}/tls", "client", "Some Body", code=64)


def test(scratch):
    compose()
    request_is_signed(scratch)
    config = small_hub(scratch)
    runs("trial", 1, scratch, config)
    runs("service", 3, scratch, config)
    print("deploy/kafka: one broker and three run as the examples say, and deny what no rule allows")


if __name__ == "__main__":
    main(test)
