"""Starts, watches and ends the processes of a test; every wait has a deadline and a condition."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time

from hublog import HubLog

FRONTDOOR = os.environ["FRONTDOOR_BIN"]
# A hub that ends with this code is at fault itself: its watchdog found that it hung, or it met what must not be. That its
# supervisor starts it again is no excuse.
OWN_FAULT = 70


class Failed(Exception):
    pass


def expect(condition, message):
    if not condition:
        raise Failed(message)


def until(what, condition, seconds=60.0, every=0.01):
    """Asks again and again until the condition gives something true, which is returned."""
    deadline = time.monotonic() + seconds
    while True:
        found = condition()
        if found:
            return found
        if time.monotonic() > deadline:
            raise Failed(f"after {seconds:.0f} s still not: {what}")
        time.sleep(every)


def call(*arguments, stdin=None, code=0, seconds=120, environment=None):
    """Runs frontdoor and checks how it ended."""
    done = subprocess.run(
        [FRONTDOOR, *arguments], input=stdin, capture_output=True, timeout=seconds, check=False,
        env={**os.environ, **(environment or {})})
    if code is not None and done.returncode != code:
        raise Failed(
            f"frontdoor {' '.join(arguments)} ended with {done.returncode}, not {code}:\n"
            + done.stdout.decode()[-2000:] + done.stderr.decode()[-2000:])
    return done


def keys(folder):
    """Before the first process of a hub on brokers: each of several would make its own."""
    os.makedirs(f"{folder}/keys", mode=0o700)
    for key in ("master", "hash"):
        with open(f"{folder}/keys/{key}.key", "w", encoding="ascii") as file:
            file.write(os.urandom(32).hex() + "\n")


def verify(folder, environment=None, has_expired=False):
    """'frontdoor verify' agrees, and found everything there that it decided again; or not, where some was deleted."""
    done = call("verify", "--data", folder, "--json", code=None, environment=environment)
    if done.returncode != 0:
        # Once more for people, with the places.
        raise Failed(call("verify", "--data", folder, code=None, environment=environment).stdout.decode()[-3000:])
    report = json.loads(done.stdout)
    expect(report["differences"] == 0 and (report["expired"] > 0) == has_expired, f"verify: {report}")
    return f"verify: {report}"


def all_hours(scratch):
    """The shipped configuration without out-of-hours desks: which desk is woken must not depend on when a test runs."""
    deploy = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "deploy")
    folder = f"{scratch}/all-hours"
    shutil.copytree(f"{deploy}/policies", f"{folder}/policies")
    with open(f"{deploy}/hub.yaml", encoding="utf-8") as file:
        text = file.read()
    plain = re.sub(r", outOfHours: [a-z-]+", "", text)
    # The duty desks are staffed round the clock instead, by all of their people.
    plain = re.sub(
        r"(  - id: [a-z]+-duty\n(?:    (?!calendar).*\n)*    calendar: )office-hours\n((?:    .*\n)*?)    rota:.*\n(?:      .*\n)+",
        r"\1round-the-clock\n\2", plain)
    expect(plain != text, "hub.yaml has no out-of-hours desks any more: this must go")
    with open(f"{folder}/hub.yaml", "w", encoding="utf-8") as file:
        file.write(plain)
    return folder


class Hub:
    """One 'frontdoor run' after another on one data folder; what they print is kept in one file.

    environment: where the brokers are, if the hub lies on some."""

    def __init__(self, folder, output, environment=None):
        self.folder, self.output, self.process, self.ran = folder, output, None, 0
        self.environment = {**os.environ, **(environment or {})}
        open(output, "wb").close()

    def start(self, *arguments):
        # What the processes before it said; one that was killed early may not have said that it runs.
        self.ran = self.said().count("; running on ")
        with open(self.output, "ab") as output:
            self.process = subprocess.Popen(
                [FRONTDOOR, "run", "--data", self.folder, *arguments], stdout=output, stderr=output,
                stdin=subprocess.DEVNULL, env=self.environment)
        return self

    def ready(self):
        """Waits until the present process has said that it runs: from then on it stops in order when it is asked to."""
        def runs():
            self.must_run()
            return self.said().count("; running on ") > self.ran

        until("the hub says that it runs", runs, 30)

    def log(self):
        """The log, once the hub runs."""
        self.ready()
        return HubLog(self.folder)

    def must_run(self):
        code = self.process.poll()
        if code is not None:
            raise Failed(f"the hub ended by itself with {code}:\n" + self.said()[-2000:])

    def said(self):
        with open(self.output, encoding="utf-8", errors="replace") as output:
            return output.read()

    def kill(self):
        self.must_run()
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self, seconds=10.0):
        """Asks it to stop and gives the seconds that it took."""
        begin = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise Failed(f"the hub did not stop within {seconds:.0f} s of SIGTERM") from None
        expect(code == 0, f"the hub stopped with {code}:\n" + self.said()[-2000:])
        return time.monotonic() - begin

    def end(self):
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def rest(self, log, seconds=120.0, **options):
        def resting():
            self.must_run()
            return log.at_rest(**options)

        until("all that was published has been carried to rest", resting, seconds, every=0.05)


def main(test):
    """Runs the test in the folder named on the command line; one sentence where it fails."""
    def end(*_):
        # By way of an exception, once, so that what the test started is ended.
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        sys.exit(143)

    signal.signal(signal.SIGTERM, end)
    try:
        test(sys.argv[1])
    except (Failed, subprocess.TimeoutExpired) as failure:
        print(f"FAILED: {failure}", file=sys.stderr)
        sys.exit(1)
