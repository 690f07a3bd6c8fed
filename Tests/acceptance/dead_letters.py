"""A decision is refused because a role may not take it; the configuration is put right, and the decision is redriven."""

import json
import os
import shutil

from hub import Hub, call, expect, main, until, verify

DEPLOY = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "deploy")
MAY = "verbs: [accept, redirect, decide, step-up, note, rate, confirm-identity, born, accept-decline, challenge]"


def configuration(scratch):
    """The shipped one, but for what a practitioner of the MASH may do; and what puts that right."""
    folder = f"{scratch}/config"
    shutil.copytree(f"{DEPLOY}/policies", f"{folder}/policies")
    with open(f"{DEPLOY}/hub.yaml", encoding="utf-8") as file:
        shipped = file.read()
    without = shipped.replace(MAY, MAY.replace("note, ", ""))
    expect(without != shipped, "hub.yaml has other permissions: this must follow")

    def write(text):
        with open(f"{folder}/draft", "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(f"{folder}/draft", f"{folder}/hub.yaml")

    write(without)
    return folder, lambda: write(shipped)


def letters(folder):
    return [json.loads(line) for line in call("dead-letters", "list", "--data", folder, "--json").stdout.splitlines()]


def test(scratch):
    config, mend = configuration(scratch)
    folder = f"{scratch}/data"
    hub = Hub(folder, f"{scratch}/hub.txt")

    def redrive(letter, *arguments, code=0, by="bd.amara"):
        return call(
            "dead-letters", "redrive", letter, "--by", by, "--data", folder, *arguments, code=code).stdout.decode()

    try:
        hub.start("--config", config)
        log = hub.log()
        # As the shipped configuration allows it: the hub's own does not.
        call("decide", "bd-mash", "note", "--by", "bd.beth", "--reason", "other", "--data", folder)
        letter = until("the decision is a dead letter", lambda: letters(folder), 20)[0]
        expect(letter["reason"] == "role-may-not" and letter["standing"] == "open", f"{letter}")
        said = call("dead-letters", "list", "--data", folder).stdout.decode()
        expect("role-may-not (intake): 1 letter, 1 open" in said, said)

        said = redrive(letter["id"], "--dry-run", "--reason", "other", code=1)
        expect("still-refused" in said, said)
        mend()
        until("the hub has taken the changed configuration up", lambda: "is in force" in hub.said(), 20)
        before = log.count("hub.events"), log.published()
        changes = json.loads(redrive(letter["id"], "--dry-run", "--json"))
        expect(changes["events"] >= 1, f"{changes}")
        expect(any("decision.received" in line for line in changes["sent"]), f"{changes}")
        expect((log.count("hub.events"), log.published()) == before, "a dry run has published something")
        redrive(letter["id"], code=64)
        redrive(letter["id"], "--reason", "other", by="bd.beth", code=64)

        redrive(letter["id"], "--reason", "other", "--note", "the role was put right")
        hub.kill()
        hub.start("--config", config)
        hub.ready()
        hub.rest(log)
        letter = letters(folder)[0]
        expect(letter["standing"] == "redriven" and letter["redrivenBy"] == "bd.amara", f"{letter}")
        redrive(letter["id"], "--reason", "other", code=64)
        decisions = [record.facts for record in log.records("hub.events") if record.type == "decision.submitted"]
        expect(
            [(d["verb"], d["by"]["staff"]) for d in decisions] == [("redrive", "bd.amara"), ("note", "bd.beth")],
            f"{decisions}")
        hub.stop()
        log.close()
    finally:
        hub.end()
    print(verify(folder))
    print("one dead letter: refused as before, rehearsed, redriven over a kill, and not a second time")


main(test)
