"""Says of a whole hub, from its topics alone, whether anything was lost, doubled, misplaced or left open.

By hand, on any brokers, with the connection as librdkafka names it:

    python3 Tests/acceptance/checker.py bootstrap.servers=127.0.0.1:9092 [prefix=…] [model=no] [verify=FRONTDOOR data=FOLDER]

A second opinion: another language, another client, and none of the hub's code. What comes of each message is told by a
model of a test policy, in which one factor code gives the rating, hours never end, and a child is known by the NHS
number; `model=no` leaves that out, for a hub with another policy. With `verify`, that command replays the room as well,
by the hub's own code and with the keys of that folder.
"""

import collections
import json
import os
import subprocess
import sys

from checker_tables import ACCEPTED, tables

# The test policy: what a factor code gives, in the order of urgency.
RATINGS = {"19B": ("red", 4), "16A": ("amber", 3), "7A": ("green", 2)}
NOTHING = ("blue", 1)
ORDER = ["blue", "green", "amber", "red"]
LEADS = {"red": "macpt", "amber": "family-help", "green": "early-help", "blue": "mash"}
AREAS = {"E09000002": "bd", "E10000012": "ex", "E08000025": "bi"}
SERVICES = ("deduplication", "triage", "routing", "deadlines")


class Wrong(Exception):
    pass


class Findings:
    """What was counted, and what does not hold."""

    def __init__(self):
        self.checked, self.failed, self.examples = collections.Counter(), collections.Counter(), []
        # Messages that came in, of these how many nothing came of; and what is there more often than once.
        self.inputs, self.losses, self.repeats = 0, 0, 0

    def expect(self, what, holds, example=""):
        self.checked[what] += 1
        if not holds:
            self.failed[what] += 1
            if len(self.examples) < 20:
                self.examples.append(f"{what}: {example}")

    def finish(self):
        for what in self.checked:
            print(f"  {self.checked[what]:7,} {what}" + (f", {self.failed[what]:,} of them NOT" if self.failed[what] else ""))
        if self.failed:
            raise Wrong("; ".join(self.examples[:8]))


# --- What comes in, and what became of it


def position(record):
    return f"{record.topic}/{record.partition}@{record.offset}"


def arrivals(log, findings):
    """Every input is accepted, a repeat, or a dead letter, each once, in the order of its topic where it is accepted."""
    became, letters, told = collections.defaultdict(list), collections.Counter(), collections.Counter()
    redriven = set()
    ids = collections.Counter()
    for record in log.records(log.prefixed("hub.events")):
        if record.type != "clock.struck":
            ids[record.id] += 1
        if record.headers.get("ce_source") != "/service/intake" or record.type.endswith(".adopted"):
            continue
        origin = record.headers.get("ce_inputposition", "")
        redrive = record.facts.get("redrive")
        if redrive and redrive["service"] == "intake":
            redriven.add(origin)
        became[origin].append(record.type)
    for event, count in ids.items():
        findings.repeats += count - 1
        findings.expect("events are in the room once", count == 1, event)
    for record in log.records(log.prefixed("hub.dead-letters")):
        if record.data["service"] == "intake":
            letters[record.data["origin"]] += 1
    for ending in (".inbox", ".queue", ".alerts"):
        for topic in log.names(ending):
            seen = collections.Counter(r.id for r in log.records(topic))
            for count in seen.values():
                findings.repeats += count - 1
                findings.expect("records left the room once", count == 1, topic)
            for record in log.records(topic):
                if record.type in ("referral.received", "return.received", "decision.received", "answer.received"):
                    told[topic.rsplit(".", 1)[0]] += 1
    silent, wanted = collections.Counter(), collections.Counter()
    for ending in (".referrals", ".returns", ".decisions", ".answers"):
        for topic in log.names(ending):
            owner = topic.rsplit(".", 1)[0]
            for record in log.records(topic):
                found = became.pop(position(record), [])
                findings.inputs += 1
                beats = [kind for kind in found if kind == "heartbeat.sent"]
                accepted = sum(kind in ACCEPTED for kind in found)
                repeats = found.count("referral.repeated")
                refused = found.count("submission.refused")
                # A decision to redrive is answered by what came of it as well.
                most = 2 if position(record) in redriven else 1
                outcomes = accepted + repeats + refused + bool(beats)
                if not found and ending != ".referrals":
                    # A repeat of what is no referral leaves its receipt alone; counted against the receipts below.
                    silent[owner] += 1
                    findings.expect("messages are accepted, repeats or dead letters, once", True)
                    wanted[owner] += 1
                    continue
                findings.losses += outcomes == 0
                findings.repeats += max(0, outcomes - most)
                findings.expect(
                    "messages are accepted, repeats or dead letters, once", 1 <= outcomes <= most,
                    f"{position(record)} became {found}")
                findings.expect(
                    "refused messages have one dead letter", letters[position(record)] == refused,
                    f"{letters[position(record)]} of {position(record)}")
                wanted[owner] += accepted + repeats
    findings.expect("nothing in the room answers no message", not [o for o in became if "hub.records" not in o], str(list(became)[:3]))
    for owner in wanted:
        findings.expect(
            "senders have a receipt for each message", told[owner] == wanted[owner] or owner.endswith("-review"),
            f"{owner}: {wanted[owner]} taken, {told[owner]} receipts")


def order(log, findings):
    """Of one agency, referrals stand in the room in the order in which they were sent, authority by authority."""
    last = {}
    for record in log.records(log.prefixed("hub.events")):
        origin = record.headers.get("ce_inputposition", "")
        if record.headers.get("ce_source") != "/service/intake" or "@" not in origin or record.facts.get("redrive"):
            continue
        place, offset = origin.rsplit("@", 1)
        key = place, record.partition
        findings.expect("messages of one topic stand in their order", last.get(key, -1) <= int(offset), origin)
        last[key] = int(offset)


def leads(log, findings):
    """From being routed on, an open case has one lead at every moment."""
    lead, routed, closed = collections.defaultdict(dict), set(), set()
    for record in log.records(log.prefixed("hub.events")):
        facts = record.data.get("facts") or {}
        case = facts.get("case")
        if record.headers.get("ce_source") != "/service/routing" or case is None or case.startswith("hub-"):
            continue
        for entry in facts.get("entries", []):
            if entry["kind"] != "lead":
                continue
            if entry["state"] in ("proposed", "accepted"):
                lead[case][entry["entry"]] = entry["team"]
            else:
                lead[case].pop(entry["entry"], None)
        if record.type == "case.routed":
            routed.add(case)
            closed.discard(case)
        elif record.type in ("case.closed", "case.merged"):
            closed.add(case)
        if case in routed and case not in closed:
            findings.expect("moments at which a case has one lead", len(lead[case]) == 1, f"{case} at {position(record)}")
    return {case: list(lead[case].values())[0] for case in routed - closed if len(lead[case]) == 1}


# --- The model of the test policy


class Child:
    def __init__(self):
        self.rating, self.moved, self.dangers, self.alerts, self.referrals = NOTHING, False, 0, 0, 0
        self.lead = None

    def referred(self, rating, danger):
        first = self.referrals == 0
        self.referrals += 1
        if danger:
            # Told at once, whatever comes of it; its case's first rating joins that alert.
            rating = RATINGS["19B"]
            self.alerts += 1
        rises = ORDER.index(rating[0]) > ORDER.index(self.rating[0])
        if rises and rating[0] == "red" and not danger:
            self.alerts += 1
        if first or rises and rating[0] == "red":
            # A proposed lead moves to child protection; any other rise is news for who leads.
            self.lead = LEADS[rating[0]]
        if first or rises:
            self.rating = rating


def expected(log):
    """From what came in alone: every child by authority and NHS number."""
    children, seen = collections.OrderedDict(), {}
    for topic in log.names(".referrals"):
        agency = topic.rsplit(".", 2)[1]
        for record in log.records(topic):
            try:
                message = json.loads(record.value)
                data = message["data"]
                (child,), (concern,) = data["children"], data["concerns"]
                key, who = (agency, message["id"]), (data["localAuthority"], child["nhsNumber"])
            except (ValueError, KeyError, TypeError, RecursionError):
                # No referral of one child: that nothing else came of it is asked below.
                continue
            if key in seen or message.get("source") != f"/agency/{agency}":
                continue
            seen[key] = True
            found = children.setdefault(who, [])
            found.append((record.time, topic, record.offset, RATINGS.get(concern["factor"], NOTHING), bool(data.get("immediateDanger"))))
    return children


def model(log, findings, leading):
    """Each child's queue and alerts are what the model says. Between topics there is no order: of a child that several
    agencies referred, the one that the hub took first is told from the room."""
    taken = {}
    for number, record in enumerate(log.records(log.prefixed("hub.events"))):
        if record.type == "referral.submitted":
            taken[record.headers["ce_inputposition"]] = number, record.facts["content"]["referral"]
    cases, levels = collections.defaultdict(set), {}
    for record in log.records(log.prefixed("hub.events")):
        facts = record.data.get("facts") or {}
        if record.type == "referral.identified" and facts.get("case"):
            cases[facts["referral"]].add(facts["case"])
        elif record.type == "case.rated":
            levels[facts["case"]] = facts["rating"]["urgency"], facts["rating"]["level"]
    entries = collections.defaultdict(list)
    for entry in log.queue().values():
        if entry["state"] in ("proposed", "accepted"):
            entries[entry["case"]].append((entry["kind"], entry["topic"].rsplit(".", 2)[1]))
    raised = collections.Counter()
    for record in log.records(log.prefixed("hub.events")):
        if record.type == "alert.raised":
            facts = record.facts
            raised[facts["code"], facts["facts"]["obligation"], facts.get("arming", 0), facts.get("rung", 0)] += 1
    used = set()
    wanted_alerts, modelled = 0, 0
    for (authority, _), referrals in expected(log).items():
        known = [r for r in referrals if f"{r[1]}/0@{r[2]}" in taken]
        findings.expect("children's referrals are all in the room", len(known) == len(referrals), str(referrals[:1]))
        modelled += len(known)
        known.sort(key=lambda r: taken[f"{r[1]}/0@{r[2]}"][0])
        child = Child()
        for _, topic, offset, rating, danger in known:
            child.referred(rating, danger)
        wanted_alerts += child.alerts
        found = set().union(*(cases[taken[f"{r[1]}/0@{r[2]}"][1]] for r in known)) if known else set()
        findings.expect("children have one case", len(found) == 1, f"{len(found)} of {known[:1]}")
        if len(found) != 1:
            continue
        (case,) = found
        findings.expect("cases are one child's", case not in used, case)
        used.add(case)
        area = AREAS[authority]
        findings.expect(
            "cases are rated as the model has it", levels.get(case) == child.rating, f"{case}: {levels.get(case)}, not {child.rating}")
        findings.expect(
            "cases are led as the model has it", leading.get(case) == f"{area}-{child.lead}",
            f"{case}: {leading.get(case)}, not {area}-{child.lead}")
        findings.expect(
            "queues hold the case's lead once", entries[case].count(("lead", f"{area}-{child.lead}")) == 1
            and sum(kind == "lead" for kind, _ in entries[case]) == 1, f"{case}: {entries[case]}")
        if child.rating[0] == "red":
            findings.expect(
                "red cases are before the MASH as well", ("decide", f"{area}-mash") in entries[case], f"{case}: {entries[case]}")
    findings.expect("referrals in the room are those of the model", len(taken) == modelled, f"{len(taken)}, not {modelled}")
    urgent = sum(count for key, count in raised.items() if key[0] in ("danger", "red"))
    findings.expect(
        "alerts are as many as the model's", urgent == wanted_alerts,
        f"{urgent}, not {wanted_alerts}: {collections.Counter(key[0] for key in raised)}")
    for key, count in raised.items():
        findings.expect("alerts are raised once for each obligation, arming and rung", count == 1, str(key))


# --- Brokers


class Brokers:
    """Positions and transactions, as the brokers tell them."""

    def __init__(self, settings, prefix):
        self.settings, self.prefix = {**settings, "enable.auto.commit": False, "log_level": 0}, prefix

    def consumer(self, group, isolation):
        from confluent_kafka import Consumer
        return Consumer({**self.settings, "group.id": group, "isolation.level": isolation})

    def check(self, log, findings):
        """Gives each service's committed positions."""
        from confluent_kafka import TopicPartition
        partitions = [TopicPartition(t, p) for t in sorted(log.topics) for p in range(log.topics[t])]
        committed = self.consumer("frontdoor-checker", "read_committed")
        uncommitted = self.consumer("frontdoor-checker", "read_uncommitted")
        ends = {}
        for place in partitions:
            stable, high = (c.get_watermark_offsets(place, timeout=20)[1] for c in (committed, uncommitted))
            ends[place.topic, place.partition] = stable
            findings.expect("partitions are without an open transaction", stable == high, f"{place.topic}/{place.partition}: {stable}, {high}")
        rooms = [p for p in partitions if p.topic == self.prefix + "hub.events"]
        outside = [p for p in partitions if p.topic.endswith((".referrals", ".returns", ".decisions", ".answers"))]
        positions = {}
        for service, inputs in [(s, rooms) for s in SERVICES] + [("intake", outside)]:
            group = self.consumer(self.prefix + service, "read_committed")
            positions[service] = {}
            for found in group.committed(inputs, timeout=20):
                positions[service][found.topic, found.partition] = found.offset
                last = log.kept[found.topic, found.partition]
                behind = (last[-1].offset + 1) if last else 0
                findings.expect("inputs are committed to their end", max(found.offset, 0) >= behind, f"{service} at {found.offset} of {behind} in {found.topic}/{found.partition}")
            group.close()
        for one in (committed, uncommitted):
            one.close()
        return positions


class Prefixed:
    """A log by names without the prefix of a shared cluster."""

    def __init__(self, log, prefix=""):
        self.log, self.prefix = log, prefix

    def prefixed(self, name):
        return self.prefix + name

    def __getattr__(self, name):
        return getattr(self.log, name)


def judge(log, with_model=True, brokers=None, prefix="", findings=None):
    """Prints what was counted; raises Wrong where something does not hold. findings: to be filled, for a caller that
    reports the counts in either case."""
    log, findings = Prefixed(log, prefix), findings or Findings()
    arrivals(log, findings)
    order(log, findings)
    leading = leads(log, findings)
    if with_model:
        model(log, findings, leading)
    committed = Brokers(brokers, prefix).check(log, findings) if brokers is not None else None
    tables(log, findings, committed)
    findings.finish()


def main():
    from kafkalog import KafkaLog

    options = dict(word.split("=", 1) for word in sys.argv[1:])
    prefix, with_model = options.pop("prefix", ""), options.pop("model", "yes") != "no"
    command, folder = options.pop("verify", None), options.pop("data", None)
    if "bootstrap.servers" not in options or (command is None) != (folder is None):
        sys.exit(
            "usage: checker.py bootstrap.servers=HOST:PORT [any setting of librdkafka] [prefix=…] [model=no]"
            " [verify=FRONTDOOR data=FOLDER]")
    try:
        judge(KafkaLog(options, prefix), with_model, options, prefix)
    except Wrong as wrong:
        sys.exit(f"NOT in order: {wrong}")
    if command is not None:
        where = {"FRONTDOOR_KAFKA_BOOTSTRAP": options["bootstrap.servers"], "FRONTDOOR_TOPIC_PREFIX": prefix}
        if subprocess.run([command, "verify", "--data", folder], env={**os.environ, **where}, check=False).returncode != 0:
            sys.exit("NOT in order: 'frontdoor verify' decides otherwise")
    print("all in order")


if __name__ == "__main__":
    main()
