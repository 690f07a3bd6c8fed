"""The tables that the services keep, against the same rebuilt from the room alone, by none of the hub's code.

A row is compared in what the room tells outright: which rows there are, and of each what it stands for. How a service
arrives at the rest is its own matter, which 'frontdoor verify' decides again by the hub's code."""

import collections
import json

SERVICES = ("deduplication", "triage", "routing", "deadlines")
ACCEPTED = {
    "referral.submitted", "referral.corrected", "referral.withdrawn", "return.submitted", "return.declined",
    "return.corrected", "return.withdrawn", "decision.submitted", "alert.answered",
}


class Table:
    """One service's rows: the last of each key. `!` begins what is no state: positions, starts, tries."""

    def __init__(self, log, service):
        self.rows, self.marks = collections.defaultdict(dict), {}
        for key, value in log.table(log.prefixed(f"hub.table.{service}")).items():
            if key.startswith(b"!"):
                self.marks[key.decode()] = value
                continue
            # Of a service of the room, an authority and a row of its state; of Intake, the row alone.
            text = key.decode() if service == "intake" else key.decode().split("/", 1)[1]
            self.rows[text[0]][text[1:]] = json.loads(value)


def positions(log, findings, service, table, committed):
    """What the state has seen is what the group has committed: both went in one transaction."""
    for (topic, partition), offset in committed.items():
        if offset > 0:
            mark = table.marks.get(f"!next {topic}/{partition}")
            findings.expect(
                "positions are the same in the table and the group", mark is not None and int(mark) == offset,
                f"{service} on {topic}/{partition}: {mark} and {offset}")
    for name in table.marks:
        if name.startswith("!try "):
            findings.expect("tables are without a record under suspicion", False, name)


class Rebuilt:
    """What the rows must say, from the room in its order."""

    def __init__(self, log):
        self.referrals, self.accepted, self.adopted = {}, set(), collections.defaultdict(dict)
        self.identified, self.opened, self.closed, self.ratings, self.requests = {}, set(), set(), {}, set()
        self.of_cases, self.due = set(), {}
        self.entries, self.obligations, self.ended, self.alerts = {}, {}, {}, {}
        self.keys, self.repeats = set(), collections.Counter()
        self.is_plain = True
        for record in log.records(log.prefixed("hub.events")):
            if record.type == "clock.struck":
                continue
            if record.type in ACCEPTED:
                self.accepted.add(record.id)
            self.take(record, record.headers["ce_source"].rsplit("/", 1)[1], record.data.get("facts") or {})

    def take(self, record, service, facts):
        kind = record.type
        if kind.endswith(".adopted"):
            self.adopted[record.headers["ce_localauthority"]][kind.split(".")[0]] = record.id, facts["hash"]
        elif kind == "referral.submitted":
            self.referrals[facts["content"]["referral"]] = record.headers["ce_localauthority"], len(facts["content"]["children"])
            self.keys |= {f"{record.id}/{child['part']}" for child in facts["content"]["children"]}
        elif kind == "referral.identified":
            self.identified[facts["child"]] = facts.get("case")
        elif kind in ("case.opened", "case.reopened"):
            self.opened.add(facts["case"])
            self.closed.discard(facts["case"])
        elif kind == "case.rated":
            self.ratings[facts["case"]] = facts["rating"]
        elif kind == "return.requested":
            self.requests.add(facts["request"])
        elif kind in ("obligation.opened", "obligation.extended"):
            self.obligations[facts["facts"]["obligation"]] = facts["arming"]
            self.due[facts["facts"]["obligation"]] = facts.get("due")
            self.ended.pop(facts["facts"]["obligation"], None)
        elif kind in ("obligation.met", "obligation.withdrawn", "obligation.declined"):
            self.ended[facts["facts"]["obligation"]] = kind.split(".")[1]
            self.obligations.pop(facts["facts"]["obligation"], None)
        elif kind == "alert.raised":
            self.alerts[facts["alert"]] = facts["facts"]["obligation"]
        elif kind == "alert.acknowledged":
            # A promise sets the clock anew, and so does an answer before the due time.
            due = self.due.get(facts["obligation"])
            if facts["obligation"] in self.obligations and not facts.get("spent") and (
                "until" in facts or due is not None and instant(due) > instant(record.headers["ce_time"])
            ):
                self.obligations[facts["obligation"]] += 1
        elif kind == "alert.cleared":
            self.alerts.pop(facts["alert"], None)
        elif kind in ("case.closed", "case.merged"):
            self.closed.add(facts["case"])
        elif kind.startswith(("identity.", "person.")) or kind in ("referral.transferred", "referral.corrected", "rating.decided"):
            # A named person, or the sender, put a child elsewhere: what follows for rows is the services' own.
            self.is_plain = False
        if service == "routing":
            for entry in facts.get("entries", []):
                self.entries[entry["entry"]] = entry
                if facts.get("case") and not facts["case"].startswith("hub-"):
                    self.of_cases.add(entry["entry"])


def instant(text):
    """Orders as times do, whether there are milliseconds or none."""
    return text.rstrip("Z").partition(".")[0], text.rstrip("Z").partition(".")[2].ljust(3, "0")


def same(findings, what, found, wanted):
    """Both ways: no row is missing, and none is left of what is over."""
    for key in wanted.keys() | found.keys():
        findings.expect(what, found.get(key) == wanted.get(key), f"{key}: {found.get(key)}, not {wanted.get(key)}")


def tables(log, findings, committed=None):
    """committed: each service's positions as the brokers have them, where there are brokers."""
    room = Rebuilt(log)
    # What a service set aside, and what waits behind it, it has not taken in.
    aside = {record.data["service"] for record in log.records(log.prefixed("hub.dead-letters"))}
    found = {service: Table(log, service) for service in SERVICES + ("intake",)}
    for service, places in (committed or {}).items():
        positions(log, findings, service, found[service], places)

    intake, dedup, triage = found["intake"].rows, found["deduplication"].rows, found["triage"].rows
    routing, deadlines = found["routing"].rows, found["deadlines"].rows
    same(
        findings, "adoptions are in Intake's table as in the room",
        {a: (row["configuration"], row["configurationHash"], row["policy"], row["policyHash"]) for a, row in intake["A"].items()},
        {a: kinds["configuration"] + kinds["policy"] for a, kinds in room.adopted.items()})
    for referral, wanted in room.referrals.items():
        row = intake["S"].get(referral, {})
        findings.expect(
            "referrals are in Intake's table as in the room", (row.get("authority"), row.get("children")) == wanted,
            f"{referral}: {row}, not {wanted}")
    same(findings, "Intake has what was accepted", dict.fromkeys(intake["S"], True), dict.fromkeys(room.accepted, True))
    keys = log.table(log.prefixed("hub.table.keys"))
    if room.is_plain:
        for key in room.keys:
            findings.expect("children's parts have their keys", key.encode() in keys, key)
    for name, rows in (("Deduplication", dedup["R"]), ("Triage", triage["R"]), ("Routing", routing["R"]), ("Deadlines", deadlines["R"])):
        if room.is_plain and name.lower() not in aside:
            same(findings, f"{name} has the room's referrals", dict.fromkeys(rows, True), dict.fromkeys(room.referrals, True))
    same(
        findings, "Routing's entries are as last told", {key: row["change"] for key, row in routing["E"].items()},
        room.entries)
    same(
        findings, "cases of Routing's table hold what stands",
        {entry["entry"]: entry for row in routing["C"].values() for entry in row.get("entries", [])},
        {entry: change for entry, change in room.entries.items() if change["state"] in ("proposed", "accepted") and entry in room.of_cases})
    same(
        findings, "Deadlines' open obligations are the room's", {key: row["arming"] for key, row in deadlines["O"].items()},
        room.obligations)
    same(
        findings, "Deadlines' ended obligations are the room's", {key: row["ending"] for key, row in deadlines["Z"].items()},
        room.ended)
    same(findings, "alerts stand for the room's obligations", deadlines["A"], room.alerts)
    if "deadlines" not in aside:
        same(findings, "Deadlines has the room's requests", dict.fromkeys(deadlines["Q"], True), dict.fromkeys(room.requests, True))
    if room.is_plain and "deduplication" not in aside:
        same(
            findings, "Deduplication's children are in the room's cases",
            {child: row.get("case") for child, row in dedup["C"].items()}, room.identified)
        same(
            findings, "Deduplication's cases are open as in the room",
            {case: row["open"] for case, row in dedup["S"].items()}, {case: case not in room.closed for case in room.opened})
    same(
        findings, "Triage's ratings are the room's",
        {case: row.get("rating") for case, row in triage["C"].items() if row.get("rating")}, room.ratings)
