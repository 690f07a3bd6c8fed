"""The tools that people on call use, as a test needs them: they keep what they are sent, and fail where they are told to."""

import http.server
import json
import logging
import os
import signal
import socket
import ssl
import subprocess
import threading
import time
import urllib.error
import urllib.request

import yaml
from aiosmtpd.controller import Controller
from hub import expect, until

DEPLOY = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "deploy")


def free_ports(count):
    """Held all at once while they are chosen, so that none is given twice."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for held in sockets:
            held.bind(("127.0.0.1", 0))
        return [held.getsockname()[1] for held in sockets]
    finally:
        for held in sockets:
            held.close()


class Webhooks:
    """One HTTP server; what a path answers is set by the test. 0 hangs until the end."""

    def __init__(self):
        self.lock = threading.Lock()
        self.got = []
        self.answers = {}
        self.ended = threading.Event()
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                with outer.lock:
                    planned = outer.answers.get(self.path, [])
                    status = planned.pop(0) if len(planned) > 1 else (planned or [200])[0]
                    outer.got.append((time.monotonic(), self.path, status, str(self.headers).encode(), body))
                if status == 0:
                    outer.ended.wait()
                    self.close_connection = True
                    return
                self.send_response(status)
                if status == 429:
                    self.send_header("retry-after", "1")
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def url(self, path):
        return f"http://127.0.0.1:{self.port}{path}"

    def taken(self, path):
        """What the path took, parsed, with the moment."""
        with self.lock:
            return [(when, json.loads(body)) for when, where, status, _, body in self.got if where == path and status == 200]

    def tried(self, path):
        with self.lock:
            return [(when, status) for when, where, status, _, _ in self.got if where == path]

    def everything(self):
        with self.lock:
            return [headers + body for _, _, _, headers, body in self.got]

    def close(self):
        self.ended.set()
        self.server.shutdown()
        self.server.server_close()


class Plain:
    def __init__(self, mails):
        self.mails = mails

    async def handle_DATA(self, server, session, envelope):
        self.mails.append(envelope.content)
        return "250 taken"


class Mailbox:
    """An SMTP server that takes nothing without TLS."""

    def __init__(self, scratch):
        self.key, self.certificate = f"{scratch}/mail.key", f"{scratch}/mail.pem"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days",
             "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", self.key,
             "-out", self.certificate], check=True, capture_output=True, timeout=30)
        # A client that does not trust the certificate is part of the test.
        logging.getLogger("mail.log").setLevel(logging.CRITICAL)
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self.certificate, self.key)
        self.mails = []
        self.port, self.plain_port = free_ports(2)
        # One beside it that knows no TLS: nothing may ever come to it.
        self.plain = []
        self.plain_controller = Controller(Plain(self.plain), hostname="127.0.0.1", port=self.plain_port)
        self.plain_controller.start()
        # STARTTLS, and no mail before it.
        self.controller = Controller(
            self, hostname="127.0.0.1", port=self.port, tls_context=context, require_starttls=True)
        self.controller.start()

    async def handle_DATA(self, server, session, envelope):
        expect(session.ssl is not None, "a mail came without TLS")
        self.mails.append((envelope.rcpt_tos, envelope.content))
        return "250 taken"

    def close(self):
        self.controller.stop()
        self.plain_controller.stop()


class Alertmanager:
    """Debian's own, with the shipped configuration: only its waits are shorter, and its receivers are ours."""

    def __init__(self, scratch, name, ports, webhooks):
        self.port, self.gossip, self.peer = ports
        self.folder, self.process = f"{scratch}/{name}", None
        os.makedirs(self.folder)
        with open(f"{DEPLOY}/alertmanager/alertmanager.yaml", encoding="utf-8") as file:
            text = file.read()
        config = yaml.safe_load(text)

        def shorten(route):
            waits = {"group_wait": "1s" if route.get("group_wait") == "30s" else "0s", "group_interval": "1s"}
            route.update({key: waits[key] for key in waits if key in route or route is config["route"]})
            for inner in route.get("routes", []):
                shorten(inner)

        shorten(config["route"])
        for receiver in config["receivers"]:
            for hook in receiver.get("webhook_configs", []):
                hook["url"] = webhooks.url("/" + receiver["name"])
        self.config = f"{self.folder}/alertmanager.yaml"
        with open(self.config, "w", encoding="utf-8") as file:
            yaml.safe_dump(config, file)

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def start(self):
        with open(f"{self.folder}/output.txt", "ab") as output:
            self.process = subprocess.Popen(
                ["prometheus-alertmanager", f"--config.file={self.config}", f"--storage.path={self.folder}/data",
                 f"--web.listen-address=127.0.0.1:{self.port}", f"--cluster.listen-address=127.0.0.1:{self.gossip}",
                 f"--cluster.advertise-address=127.0.0.1:{self.gossip}", f"--cluster.peer=127.0.0.1:{self.peer}",
                 "--cluster.gossip-interval=50ms", "--cluster.pushpull-interval=1s", "--cluster.settle-timeout=2s",
                 "--cluster.peer-timeout=1s", "--cluster.reconnect-interval=1s"],
                stdout=output, stderr=output, stdin=subprocess.DEVNULL)

    def ready(self):
        def answers():
            expect(self.process.poll() is None, "an Alertmanager ended by itself")
            try:
                with urllib.request.urlopen(f"{self.url}/-/ready", timeout=2) as answer:
                    return answer.status == 200
            except (urllib.error.URLError, OSError):
                return False

        until("Alertmanager is ready", answers, 20, every=0.05)

    def alerts(self):
        with urllib.request.urlopen(f"{self.url}/api/v2/alerts", timeout=5) as answer:
            return json.loads(answer.read())

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def end(self):
        if self.process is not None and self.process.poll() is None:
            self.kill()
