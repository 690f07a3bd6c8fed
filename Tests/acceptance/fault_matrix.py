"""Plays the fault matrix: a hub on three brokers, under each of the faults that a front door must live through.

Every cell is played under load and judged, once all is whole again, by the checker with its model and by 'frontdoor
verify'. What was played with this very binary is not played again, so that a run that is broken off goes on where it was.
"""

import argparse
import contextlib
import datetime
import fcntl
import fnmatch
import hashlib
import json
import os
import shutil
import signal
import statistics
import subprocess
import sys
import time
import traceback

from confluent_kafka import KafkaException

from fault_cells import CELLS
from fault_stage import Play
from hub import FRONTDOOR, Failed
from kafka_cluster import ClusterError
from kafka_proxy import Fronted
from model_run import configuration

import fault_cells_data  # noqa: F401  registers its cells

USAGE = """
examples:
  deploy/fault-matrix                             what has not been played with this binary yet, then the table
  deploy/fault-matrix --only 'kill-*' --runs 3    each of these cells three times
  deploy/fault-matrix --only broker-two --again   one cell, once more
  deploy/fault-matrix --list                      the cells, and which are done
  deploy/fault-matrix --table                     the table of what was played, nothing else

It wants a Kafka at KAFKA_HOME (deploy/get-kafka fetches one), and builds the command unless FRONTDOOR_BIN names one.
Exit codes: 0 all cells hold; 1 one does not: its logs are kept; 64 used wrongly; 69 no brokers; 75 another run is under way.
"""


def options(arguments):
    parser = argparse.ArgumentParser(
        prog="deploy/fault-matrix", description=__doc__, epilog=USAGE,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", metavar="DIR", required=True, help="where results and logs go; default: .build/fault-matrix")
    parser.add_argument("--only", metavar="PATTERN", action="append", help="cells whose names match, as a shell's pattern; may be repeated")
    parser.add_argument("--runs", metavar="N", type=int, default=1, help="plays of each cell, each of another seed; default: 1")
    parser.add_argument("--again", action="store_true", help="plays also what was played")
    parser.add_argument("--list", action="store_true", help="names the cells, and plays none")
    parser.add_argument("--table", action="store_true", help="prints the table, and plays nothing")
    parser.add_argument("--json", action="store_true", help="prints each result as one JSON line in place of progress and table")
    found = parser.parse_args(arguments)
    if found.runs < 1:
        parser.error("--runs wants a number from 1 on")
    return found


class Results:
    """One JSON line a play; the last of a cell and run counts."""

    def __init__(self, folder, binary):
        self.path, self.binary = f"{folder}/results.jsonl", binary
        os.makedirs(folder, exist_ok=True)
        self.found = {}
        if os.path.exists(self.path):
            with open(self.path, encoding="utf-8") as file:
                for line in file:
                    # The last line of a run that was broken off may be half of one.
                    with contextlib.suppress(ValueError):
                        self._take(json.loads(line))

    def _take(self, result):
        if result["binary"] == self.binary:
            self.found[result["cell"], result["run"]] = result

    def add(self, result):
        self._take(result)
        with open(self.path, "a", encoding="utf-8") as file:
            file.write(json.dumps(result) + "\n")

    def holds(self, cell, run):
        return self.found.get((cell, run), {}).get("passed", False)

    def of(self, cell):
        return [result for (name, _), result in sorted(self.found.items()) if name == cell]


def digest(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:16]


class Matrix:
    def __init__(self, results, out):
        self.results, self.out = results, out
        self.scratch = f"{out}/at-work"
        shutil.rmtree(self.scratch, ignore_errors=True)
        os.makedirs(self.scratch)
        self.config = configuration(self.scratch)
        path = f"{self.config}/hub.yaml"
        with open(path, encoding="utf-8") as file:
            text = file.read()
        # Half of what is shipped: enough for three authorities, and three brokers on one machine have half as much to do.
        fewer = text.replace("roomPartitions: 12 ", "roomPartitions: 6 ")
        if fewer == text:
            raise Failed("hub.yaml has another number of partitions: this must follow")
        with open(path, "w", encoding="utf-8") as file:
            file.write(fewer)
        self.cluster, self.plays = None, 0

    def close(self):
        if self.cluster is not None:
            self.cluster.__exit__(None, None, None)
            self.cluster = None
        shutil.rmtree(self.scratch, ignore_errors=True)

    def brokers(self):
        if self.cluster is None:
            self.cluster = Fronted(f"{self.scratch}/kafka-{self.plays}", brokers=3).__enter__()
        return self.cluster

    def play(self, cell, run):
        began, moment = datetime.datetime.now(datetime.timezone.utc), time.monotonic()
        result = {
            "cell": cell.name, "run": run, "binary": self.results.binary, "began": began.isoformat(timespec="seconds"),
            "passed": False, "faults": 0, "events": 0, "inputs": 0, "losses": 0, "repeats": 0, "progress": [], "ends": [],
            "note": ""}
        logs = f"{self.out}/{cell.name}-{run}"
        shutil.rmtree(logs, ignore_errors=True)
        os.makedirs(logs)
        said = open(f"{logs}/judges.txt", "w", encoding="utf-8")
        try:
            with contextlib.redirect_stdout(said):
                if cell.alone:
                    result |= cell.play(f"{logs}/", run)
                else:
                    self._on_brokers(cell, run, result, logs)
            result["passed"] = True
        except (Failed, ClusterError, KafkaException, subprocess.SubprocessError) as failure:
            result["note"] = str(failure)[:2000]
            said.write(traceback.format_exc())
        finally:
            said.close()
        result["seconds"] = round(time.monotonic() - moment, 1)
        if result["passed"]:
            shutil.rmtree(logs)
        return result

    def _on_brokers(self, cell, run, result, logs):
        self.plays += 1
        prefix = f"m{self.plays}."
        cluster = cell.own(self) if cell.own else self.brokers()
        play, passed = None, False
        try:
            play = Play(cluster, self.config, f"{self.scratch}/play-{self.plays}", prefix, run)
            cell.play(play)
            play.settle()
            passed = True
        finally:
            if play is not None:
                play.close()
                result |= {
                    "faults": play.faults, "events": play.events, "inputs": play.load.sent if play.load else 0,
                    "losses": play.findings.losses, "repeats": play.findings.repeats,
                    "progress": [round(seconds, 2) for seconds in play.progressed],
                    "ends": [code for process in play.processes for code in process.ends], "note": "; ".join(play.notes)}
                result["said"] = sorted({line for process in play.processes for line in process.complaints()})
                if not passed:
                    for process in play.processes:
                        shutil.copy(process.output, logs)
            if cell.own:
                cluster.__exit__(None, None, None)
            elif passed:
                play.clear()
            else:
                # Nothing of what went wrong is to meet the next cell.
                for number in cluster.numbers:
                    with contextlib.suppress(OSError):
                        shutil.copy(f"{cluster.folder}/{number}/output.log", f"{logs}/broker-{number}.txt")
                cluster.__exit__(None, None, None)
                self.cluster = None


def table(results, names):
    """As it goes into the documentation."""
    rows = [
        "| cell | what happens | runs | faults | inputs | events | losses | repeats | own ends | seconds to progress: median, longest |",
        "|---|---|--:|--:|--:|--:|--:|--:|--:|---|"]
    keys = ("faults", "inputs", "events", "losses", "repeats", "own ends")
    totals = dict.fromkeys(("runs", *keys), 0)
    for name in names:
        played = results.of(name)
        if not played:
            rows.append(f"| `{name}` | {CELLS[name].about} | not played | | | | | | | |")
            continue
        sums = {key: sum(result[key] for result in played) for key in keys[:-1]} | {"runs": len(played)}
        # Not those that a SIGKILL of the play brought about.
        sums["own ends"] = sum(code != -signal.SIGKILL for result in played for code in result["ends"])
        for key, value in sums.items():
            totals[key] += value
        progress = [seconds for result in played for seconds in result["progress"]]
        took = f"{statistics.median(progress):.1f}, {max(progress):.1f}" if progress else "–"
        failed = sum(not result["passed"] for result in played)
        runs = f"{len(played)}" + (f", **{failed} failed**" if failed else "")
        figures = " | ".join(f"{sums[key]:,}" for key in keys)
        rows.append(f"| `{name}` | {CELLS[name].about} | {runs} | {figures} | {took} |")
    figures = " | ".join(f"{totals[key]:,}" for key in ("runs", *keys))
    rows.append(f"| **all** | | {figures} | |")
    return "\n".join(rows)


def main(arguments):
    chosen = options(arguments)
    patterns = chosen.only or ["*"]
    names = [name for name in CELLS if any(fnmatch.fnmatch(name, pattern) for pattern in patterns)]
    if not names:
        print(f"deploy/fault-matrix: no cell matches {' or '.join(patterns)}; --list names them", file=sys.stderr)
        return 64
    out = os.path.abspath(chosen.out)
    results = Results(out, digest(FRONTDOOR))
    if chosen.list:
        for name in names:
            done = sum(result["passed"] for result in results.of(name))
            print(f"{name:24} {f'{done} done' if done else '':8} {CELLS[name].about}")
        return 0
    if chosen.table:
        print(table(results, names))
        return 0
    say = (lambda *_: None) if chosen.json else (lambda text: print(text, flush=True))
    wanted = [
        (CELLS[name], run) for run in range(1, chosen.runs + 1) for name in names
        if chosen.again or not results.holds(name, run)]
    begin = time.monotonic()
    lock = open(f"{out}/lock", "w", encoding="ascii")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        print(f"deploy/fault-matrix: another run works in {out}: wait for it, or name another --out", file=sys.stderr)
        return 75
    matrix = Matrix(results, out)
    try:
        for number, (cell, run) in enumerate(wanted, 1):
            if not chosen.json:
                print(f"[{number}/{len(wanted)}] {cell.name}: ", end="", flush=True)
            result = matrix.play(cell, run)
            results.add(result)
            if chosen.json:
                print(json.dumps(result), flush=True)
            took = f"progress after {', '.join(f'{seconds:.1f}' for seconds in result['progress'])} s; " if result["progress"] else ""
            say(
                f"{'holds' if result['passed'] else 'FAILED'}; {result['faults']} faults, {result['inputs']} inputs, "
                f"{result['events']} events, {result['losses']} lost, {result['repeats']} repeated; {took}{result['seconds']:.0f} s"
                + (f"; ends {result['ends']}" if result["ends"] else "") + (f"; {result['note']}" if result["note"] else ""))
            if not result["passed"]:
                say(f"    its logs: {out}/{cell.name}-{run}; again: deploy/fault-matrix --only {cell.name} --out {out}")
    finally:
        matrix.close()
    # What was played before counts as well.
    failing = sorted({name for name in names for result in results.of(name) if not result["passed"]})
    say(f"\n{len(wanted)} plays in {time.monotonic() - begin:.0f} s\n\n{table(results, names)}")
    if failing:
        say("\nNOT in order: " + ", ".join(failing))
    return 1 if failing else 0


def ended(*_):
    # By way of an exception, once, so that brokers and hubs are ended.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    sys.exit(143)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, ended)
    try:
        sys.exit(main(sys.argv[1:]))
    except ClusterError as failure:
        print(f"deploy/fault-matrix: {failure}", file=sys.stderr)
        sys.exit(69)
