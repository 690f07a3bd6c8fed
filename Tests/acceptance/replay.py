"""A log decides the same whoever replays it: in batches of one, seven and a thousand, in process after process."""

import json
import sys
import time

from hub import call, expect, main

SAME = ("inputs", "postings", "rows", "expired", "differences")


def demo(folder, summary, *arguments):
    # Whether every invariant holds is the demo's own verdict and test; here a log is wanted, and the figures.
    done = call("demo", *arguments, *(["--data", folder] if folder else []), "--summary", summary, code=None)
    expect(done.returncode in (0, 1), f"the demo ended with {done.returncode}: {done.stderr.decode()[-1000:]}")
    with open(summary, encoding="utf-8") as file:
        return json.load(file), done.stdout


def test(scratch):
    folder = f"{scratch}/demo"
    begin = time.monotonic()
    demo(folder, f"{scratch}/demo.json", "--contacts", "300")
    print(f"a week of 300 contacts played in {time.monotonic() - begin:.1f} s")
    reports = {}
    for batch in (1, 7, 1000):
        for attempt in (1, 2):
            begin = time.monotonic()
            report = json.loads(call("verify", "--data", folder, "--batch", str(batch), "--json").stdout)
            reports[batch, attempt] = tuple(report[name] for name in SAME)
            expect(report["differences"] == 0, f"in batches of {batch}: {report['differences']} differences")
            expect(report["expired"] == 0, f"in batches of {batch}: {report['expired']} could not be compared")
            print(f"in batches of {batch}, run {attempt}: {report} in {time.monotonic() - begin:.1f} s")
    expect(len(set(reports.values())) == 1, f"the counts differ: {reports}")
    expect(reports[1, 1][0] > 5000 and reports[1, 1][1] > 5000, "there was hardly anything to compare")

    summaries = []
    for attempt in (1, 2):
        summary, _ = demo(None, f"{scratch}/{attempt}.json", "--seed", "3", "--contacts", "200")
        for name in ("seconds", "peakMemoryBytes"):
            summary.pop(name)
        summaries.append(summary)
    expect(summaries[0] == summaries[1], f"one seed gave two weeks:\n{summaries[0]}\n{summaries[1]}")
    other, _ = demo(None, f"{scratch}/other.json", "--seed", "4", "--contacts", "200")
    expect(other["queues"] != summaries[0]["queues"], "another seed gave the same week: the seed is not used")
    print("the same seed gave the same figures twice, another seed others")


main(test)
