"""Says from a log alone, embedded or on brokers, whether anything of what was published was lost, doubled or set aside."""

import collections
import json

from hub import expect


def check(log, agencies):
    """From the file alone."""
    # The room: no id twice; what each message became; which case each child got.
    ids = collections.Counter()
    became = {}
    children = {}
    cases = collections.defaultdict(set)
    reviews = {}
    for record in log.records("hub.events"):
        ids[record.id] += 1
        expect(record.key == record.id, f"a record of the room has another key than its id: {record.key}")
        origin = record.headers.get("ce_inputposition", "")
        if record.headers["ce_source"] == "/service/intake" and not record.type.endswith(".adopted"):
            expect(origin not in became, f"{origin} became two events of the room")
            became[origin] = record.type
        if record.type in ("referral.submitted", "referral.corrected"):
            content = record.facts["content"]
            for child in content["children"]:
                children[child["child"]] = content["referral"]
        elif record.type == "referral.identified":
            facts = record.facts
            if facts.get("case"):
                cases[facts["child"]].add(facts["case"])
        elif record.type == "identity.requested":
            expect(record.facts["child"] not in reviews, "a child was put before a person twice")
            reviews[record.facts["child"]] = [entry["entry"] for entry in record.facts["entries"]]
    twice = [event for event, count in ids.items() if count > 1]
    expect(not twice, f"{len(twice)} events are in the room twice")

    # Every message: in the topic once, in the room once, one receipt, in the order in which it was published.
    types = {
        "frontdoor.referral.submitted.v1": "referral.submitted", "frontdoor.referral.corrected.v1": "referral.corrected",
        "frontdoor.referral.withdrawn.v1": "referral.withdrawn",
    }
    receipts_found = 0
    for agency, lines in sorted(agencies.items()):
        there = list(log.records(f"agency.{agency}.referrals"))
        expect([r.value for r in there] == lines, f"{agency}: the topic does not hold what was published, in its order")
        receipts = [
            record for record in log.records(f"agency.{agency}.inbox")
            if record.type in ("referral.received", "submission.refused")
        ]
        expect(len(receipts) == len(lines), f"{agency}: {len(lines)} messages and {len(receipts)} receipts")
        seen = set()
        for record, receipt in zip(there, receipts):
            message = json.loads(record.value)
            repeated = message["id"] in seen
            seen.add(message["id"])
            expect(receipt.type == "referral.received", f"{agency}: a clean message was refused")
            told = receipt.data
            expect(told["repeated"] == repeated, f"{agency}@{record.offset}: the receipt is not this message's")
            if "children" in message["data"]:
                expect(
                    told["children"] == len(message["data"]["children"]),
                    f"{agency}@{record.offset}: the receipt is not this message's")
            kind = "referral.repeated" if repeated else types[message["type"]]
            origin = f"agency.{agency}.referrals/0@{record.offset}"
            expect(became.pop(origin, None) == kind, f"{origin} is not in the room as {kind}")
            receipts_found += 1
    expect(not became, f"{len(became)} events of the room answer no message")
    for topic in log.names(".inbox") + log.names(".queue") + log.names(".alerts"):
        sent = collections.Counter(record.id for record in log.records(topic))
        expect(all(count == 1 for count in sent.values()), f"{topic}: something was sent twice")

    # Every child: one case with one open lead, or one review; never both, never two.
    entries = log.queue()
    leads = collections.Counter(
        entry["case"] for entry in entries.values() if entry["kind"] == "lead" and entry["state"] in ("proposed", "accepted"))
    under_review = 0
    for child in children:
        if child in reviews:
            expect(not cases[child], "a child has a case and waits for a review as well")
            expect(len(reviews[child]) == 1, "a review has not one entry")
            entry = entries.get(reviews[child][0])
            expect(
                entry and entry["state"] == "proposed" and entry["kind"] == "decide",
                "a child's review is on no queue")
            under_review += 1
        else:
            expect(len(cases[child]) == 1, f"a child has {len(cases[child])} cases")
            (case,) = cases[child]
            expect(leads[case] == 1, f"a case has {leads[case]} lead entries")
    expect(set(leads) == {case for found in cases.values() for case in found}, "a lead entry is of no child's case")
    expect(set(leads.values()) == {1}, "a case has two lead entries")
    letters = log.count("hub.dead-letters")
    expect(letters == 0, f"{letters} dead letters, though every message was in order")
    print(
        f"independent check: {receipts_found} messages with one receipt each; {len(children)} children: "
        f"{len(children) - under_review} led by one team ({len(leads)} cases), {under_review} under review; "
        f"{len(ids)} events, none twice; nothing set aside")
