"""Runs 'frontdoor run' on brokers, and makes its topics and rules: for every test of the hub on Kafka."""

import os
import signal
import subprocess

from hub import FRONTDOOR, Failed, expect, until

# All services of one process share one certificate.
PRINCIPAL = "User:CN=hub"


def environment(cluster, name="hub"):
    found = {**os.environ, **cluster.environment(name), "FRONTDOOR_KAFKA_REPLICATION": str(cluster.count)}
    found["FRONTDOOR_KAFKA_SERVICES_PRINCIPAL"] = PRINCIPAL
    return found


def apply_topics(cluster, *arguments):
    """As the administrator, who may do all."""
    done = subprocess.run(
        [FRONTDOOR, "topics", "apply", "--yes", *arguments], capture_output=True, timeout=120, check=False,
        env=environment(cluster, "admin"))
    if done.returncode != 0:
        raise Failed(f"topics apply ended with {done.returncode}: {(done.stdout + done.stderr).decode()[-2000:]}")


class KafkaHub:
    """One process of the hub; several may run on the same brokers, each with a folder of its own for its keys."""

    def __init__(self, cluster, folder, *arguments):
        self.cluster, self.folder, self.arguments = cluster, folder, arguments
        self.output, self.process = f"{folder}.txt", None
        open(self.output, "wb").close()

    def start(self):
        self.begun = len(self.said())
        with open(self.output, "ab") as output:
            self.process = subprocess.Popen(
                [FRONTDOOR, "run", "--data", self.folder, *self.arguments], stdout=output, stderr=output,
                stdin=subprocess.DEVNULL, env=environment(self.cluster))
        return self

    def ready(self, seconds=60):
        def runs():
            self.must_run()
            return "running on " in self.said()[self.begun:]

        until("the hub says that it runs", runs, seconds)
        return self

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

    def stop(self, seconds=20):
        self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise Failed(f"the hub did not stop within {seconds:.0f} s of SIGTERM") from None
        expect(code == 0, f"the hub stopped with {code}:\n" + self.said()[-2000:])

    def end(self):
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
