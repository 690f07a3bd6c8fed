"""Several hundred messages that nobody should send, put into the topics byte for byte while the hub works: each is
refused with a reason or taken with its faulty field named, none stops anything, and nothing of them is seen elsewhere."""

import collections
import json
import random
import sqlite3
import struct
import time

from hub import Hub, call, expect, main, verify
from hublog import OFFSET_BITS

MARKER = b"QxBadWordJ"
ROUNDS = 25
REFUSED, MARKED, TAKEN = "refused", "marked", "taken"


def headers(pairs):
    return b"".join(
        struct.pack("<I", len(part)) + part for pair in pairs for part in pair)


def referral(number, **changes):
    word = MARKER.decode()
    child = {
        "key": f"{word}-key-{number}", "givenName": f"{word}given", "familyName": f"{word}family{number}",
        "birthDate": f"20{10 + number % 14}-0{1 + number % 9}-1{number % 10}",
        "address": {"lines": [f"{word} street"], "postcode": "ZZ99 9ZZ"}}
    child.update(changes.pop("child", {}))
    data = {
        "localAuthority": "E09000002", "referralSource": "6", "children": [child],
        "concerns": [{"factor": "20", "narrative": f"{word} concern"}], "narrative": f"{word} narrative",
        "referrer": {"name": f"{word} referrer", "email": f"{word}@example.invalid"}}
    data.update(changes)
    return data


class Bad:
    """Every kind once, from a numbered start."""

    def __init__(self, number, draws):
        self.number, self.draws, self.made = number, draws, []

    def add(self, kind, outcome, value, *, source="/agency/bd-police", type_="frontdoor.referral.submitted.v1", topic=None,
            id_=None, extra=(), content=b"application/json", event=True):
        self.number += 1
        identity = (id_ or f"{MARKER.decode()}-id-{self.number}").encode()
        if not isinstance(value, (bytes, type(None))):
            value = json.dumps(value).encode()
        pairs = [
            (b"ce_specversion", b"1.0"), (b"ce_id", identity), (b"ce_source", source.encode()),
            (b"ce_type", type_.encode())] if event else []
        pairs += [(b"content-type", content), *extra]
        self.made.append((kind, outcome, topic or "agency.bd-police.referrals", headers(pairs), value))

    def fill(self, with_large):
        word, draws = MARKER.decode(), self.draws
        good = json.dumps(referral(self.number)).encode()
        self.add("truncated", REFUSED, good[: draws.randint(1, len(good) - 1)])
        self.add("invalid UTF-8", REFUSED, good.replace(MARKER, MARKER + bytes([draws.choice([0xFF, 0xC0, 0x80])]), 1))
        depth = draws.randint(80, 30000)
        self.add("deep", REFUSED, b'{"children":[{"key":"' + MARKER + b'"}],"x":' + b"[" * depth + b"]" * depth + b"}")
        self.add("empty", REFUSED, b"")
        self.add("null", REFUSED, None)
        self.add("nothing of an event", REFUSED, good, event=False)
        self.add("noise", REFUSED, MARKER + bytes(draws.getrandbits(8) for _ in range(500)))
        self.add("number", REFUSED, b"17")
        self.add("wrong agency", REFUSED, good, source="/agency/bd-gps")
        self.add("no agency", REFUSED, good, source=f"/agency/{word.lower()}")
        self.add("unknown type", REFUSED, good, type_=f"frontdoor.{word.lower()}.done.v1")
        self.add("batch", REFUSED, b"[" + good + b"]", content=b"application/cloudevents-batch+json")
        self.add("broken structured", REFUSED, good, content=b"application/cloudevents+json", event=False)
        self.add("no children", REFUSED, {"localAuthority": "E09000002", "narrative": word})
        self.add("children of wrong type", REFUSED, referral(self.number, children=word))
        self.add("one key twice", REFUSED, referral(self.number, children=[{"key": word}, {"key": word}]))
        self.add("long id", REFUSED, good, id_=word * 40)
        self.add("huge number", REFUSED, good[:-1] + b',"n":1e99999}')
        self.add("false reference", REFUSED, {"request": f"E09000002-{word}", "kind": "full", "narrative": word},
                 topic="agency.bd-police.returns", type_="frontdoor.return.submitted.v1")
        self.add("stranger", REFUSED, {"person": word, "verb": "accept", "note": word}, source="/team/bd-mash",
                 topic="team.bd-mash.decisions", type_="frontdoor.decision.submitted.v1")
        self.add("no alert", REFUSED, {"alert": word, "person": "bd.ines", "note": word}, source="/oncall/bd-duty",
                 topic="oncall.bd-duty.answers", type_="frontdoor.alert.answered.v1")
        for field, faulty in (
            ("birthDate", "2019-02-31"), ("birthDate", f"{word} date"), ("nhsNumber", "9990000000"), ("upn", f"{word}upn"),
            ("sex", word), ("givenName", {"text": word}), ("expectedDate", "31/12/2026"),
        ):
            self.add(f"faulty {field}", MARKED, referral(self.number, child={field: faulty}))
        self.add("unknown authority", MARKED, referral(self.number, localAuthority=word))
        self.add("unknown factor", MARKED, referral(self.number, concerns=[{"factor": word, "narrative": word}]))
        self.add("id is a number", TAKEN, referral(self.number), id_=f"999{self.number:07d}")
        self.add("unknown fields", TAKEN, referral(self.number, **{word: word, "nested": {word: [word]}}),
                 extra=[(b"ce_marked", MARKER), (b"ce_subject", MARKER), (b"x-other", MARKER)])
        if with_large:
            self.add("2 MB", REFUSED, referral(self.number, narrative=f"{word} " * (2 * 1024 * 1024 // 11)))
        return self.made


def append(database, streams, made):
    """As any client of the log does it: the records and their partitions' ends in one transaction."""
    database.execute("BEGIN IMMEDIATE")
    now = int(time.time() * 1000)
    places = []
    for _, _, topic, head, value in made:
        stream = streams[topic]
        row = database.execute("SELECT next FROM ends WHERE stream = ?", (stream,)).fetchone()
        offset = row[0] if row else 0
        database.execute(
            "INSERT INTO records(place, append_time, key, headers, value) VALUES (?, ?, NULL, ?, ?)",
            (stream << OFFSET_BITS | offset, now, head, value))
        database.execute(
            "INSERT OR REPLACE INTO ends(stream, next, last_append) VALUES (?, ?, ?)", (stream, offset + 1, now))
        places.append(f"{topic}/0@{offset}")
    database.execute("COMMIT")
    return places


def test(scratch):
    draws = random.Random(8)
    hub = Hub(f"{scratch}/data", f"{scratch}/hub.txt")
    data = ["--data", hub.folder]
    begin = time.monotonic()
    try:
        hub.start()
        log = hub.log()
        database = sqlite3.connect(f"{hub.folder}/log.sqlite", timeout=30, isolation_level=None)
        database.execute("PRAGMA synchronous=FULL")
        streams = {name: first for name, (_, first) in log.topics.items()}
        sent = {}
        for number in range(ROUNDS):
            made = Bad(1000 + number * 100, draws).fill(with_large=number % 8 == 0)
            for place, message in zip(append(database, streams, made), made):
                sent[place] = message
        hub.rest(log, 60)
        print(f"{len(sent)} bad messages of {len({m[0] for m in sent.values()})} kinds in {time.monotonic() - begin:.1f} s")

        # And it goes on.
        good = call("generate", "--clean", "--contacts", "30", "--agency", "ex-police").stdout
        call("publish", *data, "--agency", "ex-police", "-", stdin=good)
        hub.rest(log, 30)
        leads = [e for e in log.queue().values() if e["topic"].startswith("team.ex-") and e["kind"] == "lead"]
        expect(leads, "after the bad messages nothing was routed")

        became = collections.defaultdict(list)
        for record in log.records("hub.events"):
            if record.headers["ce_source"] == "/service/intake":
                became[record.headers.get("ce_inputposition")].append(record)
        letters = {}
        for record in log.records("hub.dead-letters"):
            letter = record.data
            expect(letter["origin"] not in letters, "one message has two dead letters")
            expect(letter["reason"] != "undecidable", "a message was set aside as undecidable")
            letters[letter["origin"]] = letter
        told = sum(
            record.type == "submission.refused"
            for ending in (".inbox", ".queue", ".alerts") for topic in log.names(ending) for record in log.records(topic))
        wrong = []
        for place, (kind, outcome, *_) in sent.items():
            events = became.get(place, [])
            if len(events) != 1:
                wrong.append(f"{kind} became {len(events)} events")
                continue
            refused = events[0].type == "submission.refused"
            if refused != (outcome == REFUSED) or refused != (place in letters):
                wrong.append(f"{kind} became {events[0].type}, {letters.get(place, {}).get('reason')}")
            elif outcome == MARKED and not events[0].facts["content"].get("marks"):
                wrong.append(f"{kind}: nothing is marked")
        expect(not wrong, "; ".join(sorted(set(wrong))))
        expect(told == len(letters), f"{len(letters)} were refused and {told} senders told")
        reasons = collections.Counter(letter["reason"] for letter in letters.values())
        print("refused:", ", ".join(f"{count} {reason}" for reason, count in sorted(reasons.items())))

        # Nothing of them anywhere: sealed bytes are searched as they lie, so that one that is not sealed is found.
        numbers = {f"999{number:07d}".encode() for number in range(1000, 1000 + ROUNDS * 100)}
        finds = set()

        def search(where, *texts):
            for text in texts:
                text = text or b""
                if MARKER.lower() in text.lower():
                    finds.add(where)
                if b"9990000000" in text or (b"999000" in text and any(number in text for number in numbers)):
                    finds.add(f"{where}: a number")

        ingress = set(log.ingress)
        for topic in log.topics:
            if topic in ingress:
                continue
            for record in log.records(topic):
                search(f"header or key on {topic}", record.raw_headers, (record.key or "").encode())
                # To whom is asked, and to the team, the particulars go: the allow-list test looks at these.
                if record.type not in ("return.requested", "entry.updated"):
                    search(f"{record.type} on {topic}", record.value)
        for key, value in log.database.execute("SELECT key, value FROM table_rows"):
            search("a table", key, value)
        case = leads[0]["case"]
        for arguments in (
            ["dead-letters", "list"], ["dead-letters", "list", "--json"], ["alerts", "--all"], ["obligations", "--all"],
            ["obligations", "--all", "--json"], ["thread", case],
        ):
            done = call(*arguments, *data)
            search(f"what '{arguments[0]}' prints", done.stdout, done.stderr)
        opened = call("dead-letters", "show", next(iter(log.records("hub.dead-letters"))).id, *data)
        search("what 'dead-letters show' prints", opened.stdout, opened.stderr)
        hub.must_run()
        print(f"stopped in {hub.stop():.1f} s")
        search("what the hub prints", hub.said().encode())
        expect(not finds, "values are seen in: " + "; ".join(sorted(finds)))
        database.close()
        log.close()
        print(verify(hub.folder))
        print(f"{time.monotonic() - begin:.1f} s in all")
    finally:
        hub.end()


main(test)
