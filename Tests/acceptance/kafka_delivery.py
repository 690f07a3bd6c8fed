"""Delivery of a hub on a broker: a hub is killed while it tells, and started again; alerts are neither lost nor doubled."""

import collections
import re
import subprocess
import time
import urllib.request

from hub import Hub, all_hours, call, expect, main, until
from kafka_cluster import Cluster
from kafka_world import AREAS, World, at_rest, event, referral
from kafkalog import KafkaLog
from receivers import Webhooks, free_ports

DANGERS = 12
DESKS = [f"{area}-duty" for area in AREAS]


def configuration(scratch, webhooks):
    folder = all_hours(scratch)
    with open(f"{folder}/hub.yaml", "a", encoding="utf-8") as file:
        file.write("""
delivery:
  link: https://hub.example/alerts/{reference}
  signIn: https://hub.example/sign-in
  timeoutSeconds: 2
  backoffSeconds: 1
  backoffSecondsMax: 2
  sinks:
""")
        for desk in [*DESKS, "hub-duty"]:
            file.write(
                f"""    - {{id: {desk}, kind: chat, desks: [{desk}], urls: ["{webhooks.url('/' + desk)}"]}}\n""")
    return folder


def told(webhooks):
    """What the chats were told, by desk, reference and title."""
    found = collections.Counter()
    for desk in DESKS:
        for _, message in webhooks.taken(f"/{desk}"):
            title, reference = message["text"].split("\n")[0], re.search(r"Reference: (\w+)", message["text"])[1]
            found[desk, reference, title] += 1
    return found


def present(log):
    """The present state of each alert, and the record that says it."""
    log.look()
    return {
        (desk, record.key): record for desk in DESKS for record in log.records(f"oncall.{desk}.alerts")
        if record.type.startswith("alert.")
    }


def noted(log):
    log.look()
    return collections.Counter(
        (r.type, r.data["record"], r.data["sink"]) for r in log.records("hub.records"))


def test(scratch):
    begin = time.monotonic()
    webhooks = Webhooks()
    (port,) = free_ports(1)

    def step(what):
        print(f"  {time.monotonic() - begin:5.1f} s  {what}")

    config = configuration(scratch, webhooks)
    with Cluster(f"{scratch}/kafka") as cluster:
        environment = {**cluster.environment(), "FRONTDOOR_OPERATIONS_ADDRESS": str(port)}
        step("a broker is up")
        call("topics", "apply", "--yes", "--config", config, environment=environment)
        hub = Hub(f"{scratch}/hub", f"{scratch}/hub.txt", environment)
        try:
            hub.start("--config", config)
            hub.ready()
            log = KafkaLog(cluster.client())
            world = World(cluster.client())
            step("the hub runs")

            def dangers(numbers):
                return [
                    (f"agency.{agency}.referrals", value)
                    for agency, value in (referral(number, danger=True) for number in numbers)]

            # Every chat fails, then hangs; the hub is killed with calls under way.
            webhooks.answers = {f"/{desk}": [500, 0, 200] for desk in DESKS}
            world.publish(dangers(range(DANGERS)))

            def hanging():
                hub.must_run()
                return all(0 in [status for _, status in webhooks.tried(f"/{desk}")] for desk in DESKS)

            until("every chat hangs", hanging, 60, every=0.02)
            hub.kill()
            step("killed while it tells")
            world.publish(dangers(range(DANGERS, 2 * DANGERS)))
            hub.start("--config", config)
            hub.ready()
            at_rest(log, world.sent, [hub])

            def everybody_knows():
                hub.must_run()
                done = noted(log)
                return all(("alert.delivered", r.id, desk) in done for (desk, _), r in present(log).items())

            until("what stands has been told and noted", everybody_knows, 60, every=0.1)
            before = told(webhooks)
            references = {(desk, reference) for desk, reference, _ in before}
            expect(references == set(present(log)), "an alert was not told, or one that is none")
            expect(len(references) >= 2 * DANGERS, f"{len(references)} alerts of {2 * DANGERS} dangers")
            step(f"{len(references)} alerts, each told and noted over a kill")

            # Nothing was under way any more: killed now, it tells nothing again, and what is answered is cleared.
            hub.kill()
            hub.start("--config", config)
            hub.ready()
            standing = sorted(key for key, r in present(log).items() if r.data["code"] == "danger")
            for number, (desk, alert) in enumerate(standing[:6]):
                world.publish([(f"oncall.{desk}.answers", event(
                    f"answer-{number}", f"/oncall/{desk}", "frontdoor.alert.answered.v1",
                    {"alert": alert, "person": {"bd": "bd.ines", "ex": "ex.ines", "bi": "bi.ines"}[desk[:2]]}))])
            at_rest(log, world.sent, [hub])
            until("the clears have been told and noted", everybody_knows, 60, every=0.1)
            after = told(webhooks)
            new = after - before
            expect({(desk, reference) for desk, reference, _ in new} == set(standing[:6]), f"told anew: {new}")
            expect(set(new.values()) == {1}, f"a clear was told twice: {new}")
            # What a kill finds under way may be told twice, as the same message; all else once.
            doubled = sum(count - 1 for count in after.values())
            expect(doubled <= len(DESKS), f"{doubled} told twice, though one call a chat was under way")
            expect(all(count == 1 for key, count in noted(log).items() if key[0] == "alert.delivered"), "noted twice")
            step(f"{sum(after.values())} messages over two kills, {doubled} of them told a second time; six cleared")

            with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as reply:
                metrics = reply.read().decode()
            services = set(re.findall(r'frontdoor_commit_seconds_count\{service="([a-z]+)"\} [1-9]', metrics))
            expect(services == {"intake", "deduplication", "triage", "routing", "deadlines"}, f"who commits: {services}")
            lagging = set(re.findall(r'frontdoor_lag_records\{service="([a-z]+)"', metrics))
            expect(lagging == services | {"delivery"}, f"whose lag is known: {lagging}")
            expect(re.search(r'frontdoor_alerts_standing\{desk="bd-duty",code="[a-z]+"\} [1-9]', metrics), "no alert stands")
            hub.stop(20)
            step("stopped")
        except Exception:
            print(hub.said()[-3000:])
            raise
        finally:
            hub.end()
            webhooks.close()
            try:
                log.close()
            except UnboundLocalError:
                pass


main(test)
