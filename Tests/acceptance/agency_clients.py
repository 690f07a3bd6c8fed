"""Runs the blocks of AgencyClients.md, in their order and as they stand there, as an agency would: with kcat, Python and
Java, against a broker with mutual TLS that denies by default, and a hub that runs on it.

Only the address differs, and the certificate is signed here in place of the hub's team.
"""

import json
import os
import re
import shutil
import subprocess
import sys

from hub import Failed, expect, main, until
from kafka_cluster import Cluster
from kafka_hub import KafkaHub, apply_topics

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
ARTICLE = os.path.join(ROOT, "Sources", "frontdoor", "Documentation.docc", "AgencyClients.md")
ADDRESS = "kafka.example.org:9093"


class Article:
    """Files to be written and commands to be run, in the order of the text. A block that is a file has its name in the
    paragraph before it."""

    def __init__(self):
        with open(ARTICLE, encoding="utf-8") as file:
            text = file.read()
        self.steps = []
        for found in re.finditer(r"^```(\w+)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
            language, block = found.groups()
            if language == "sh":
                self.steps.append(("run", None, block))
                continue
            before = text[:found.start()].rstrip().splitlines()[-1]
            names = re.findall(r"`([\w-]+\.(?:conf|properties|json|py|java))`", before)
            expect(names, f"a block of {language} whose file is not named before it: {before}")
            # The last one named that has not been written yet.
            written = [name for kind, name, _ in self.steps if kind == "write"]
            self.steps.append(("write", [name for name in names if name not in written][-1], block))


def run(folder, command, seconds=100):
    environment = {**os.environ, "PATH": os.path.dirname(sys.executable) + ":" + os.environ["PATH"]}
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", command], cwd=folder, env=environment, capture_output=True, timeout=seconds,
        check=False)
    said = done.stdout.decode()
    if done.returncode != 0:
        raise Failed(f"ended with {done.returncode}: {command}\n{said[-1500:]}\n{done.stderr.decode()[-2500:]}")
    return said


def receipts(said):
    return [json.loads(line) for line in re.findall(r'^(?:\S+ )?(\{.*"receivedAt".*\})$', said, re.MULTILINE)]


def test(scratch):
    folder = f"{scratch}/agency"
    os.makedirs(folder)
    article = Article()
    with Cluster(f"{scratch}/kafka", tls=True) as cluster:
        shutil.copy(cluster.authority, f"{folder}/ca.crt")
        apply_topics(cluster)
        hub = KafkaHub(cluster, f"{scratch}/hub").start()
        try:
            hub.ready()
            seen = play(article, folder, cluster)
        except Failed as failure:
            raise Failed(f"{failure}\nthe hub said: {hub.said()[-2000:]}") from None
        finally:
            hub.end()
    print(f"AgencyClients.md: {len(article.steps)} blocks run as written; receipts: {', '.join(seen)}")


def play(article, folder, cluster):
    seen = []
    for kind, name, block in article.steps:
        if kind == "write":
            if name.startswith("hub."):
                expect(ADDRESS in block, f"{name} names no {ADDRESS}")
                block = block.replace(ADDRESS, cluster.bootstrap)
            with open(f"{folder}/{name}", "w", encoding="utf-8") as file:
                file.write(block)
        elif block.startswith("openssl req"):
            run(folder, block)
            cluster.sign(f"{folder}/bd-police.csr", f"{folder}/bd-police.crt")
        elif block.startswith("kcat") and " -C " in block:
            # It prints what is there: the receipt comes as soon as the hub has read the referral.
            (receipt,) = until("kcat sees the receipt", lambda block=block: receipts(run(folder, block)), 60, every=0.5)
            expect(receipt["children"] == 1 and not receipt["repeated"], f"kcat: {receipt}")
            seen.append(f"kcat {receipt['reference']}")
        elif block.startswith("python3 refer.py") or block.startswith("java"):
            said = run(folder, block)
            (receipt,) = receipts(said)
            expect("frontdoor.referral.received.v1 {" in said and receipt["children"] == 1, f"{block}: {said}")
            seen.append(f"{block.split()[0]} {receipt['reference']}")
        elif block.startswith("python3 inbox.py"):
            lines = run(folder, block).splitlines()
            wanted = [line.split()[1] for line in seen]
            found = [line.split()[2] for line in lines]
            expect(set(wanted) <= set(found), f"the inbox lacks a receipt: {found}, not {wanted}")
            # What was committed does not come again.
            again = {line.split()[0] for line in run(folder, block).splitlines()}
            expect(not again & {line.split()[0] for line in lines}, "the group began anew")
        else:
            run(folder, block)
    expect(len(seen) == 3, f"three clients should have had a receipt: {seen}")
    return seen


if __name__ == "__main__":
    main(test)
