"""One or three Kafka brokers for a test, from any distribution at KAFKA_HOME (3.7 or newer): plain or with mutual TLS.

    with Cluster(folder, brokers=3) as cluster:
        producer = confluent_kafka.Producer(cluster.client())
        cluster.kill(2); cluster.start(2)          # freeze, thaw, stop and restart likewise

With tls=True only clients with a certificate come in, and none of them may do anything until an ACL says so, but for
User:CN=admin, who may do all: cluster.client("agency.bd-police") makes a key and certificate for that common name.

By hand, with FRONTDOOR_KAFKA_BOOTSTRAP and the like set for the command that is run:

    python3 Tests/acceptance/kafka_cluster.py [--brokers 1|3] [--tls] -- frontdoor topics apply --yes

Only what every distribution has is used, on random free ports of the loopback, and each broker is ended by its own
process id. Start brokers from the main thread: they end with the thread that started them, so that a test that is
killed leaves none behind.
"""

import base64
import ctypes
import os
import random
import shutil
import signal
import socket
import ssl
import struct
import subprocess
import sys
import tempfile
import time
import uuid

READY_SECONDS = 90
ADMIN = "admin"


def home():
    """The Kafka of the tests, or None: the caller then skips, or fails where FRONTDOOR_KAFKA_REQUIRED is set."""
    found = os.environ.get("KAFKA_HOME", "")
    if found and os.access(os.path.join(found, "bin", "kafka-storage.sh"), os.X_OK) and shutil.which("java"):
        return found
    return None


class ClusterError(Exception):
    pass


class Cluster:
    def __init__(self, folder, brokers=1, tls=False, settings=None, properties=None, host="127.0.0.1"):
        """settings: further lines of server.properties, over those below; properties: from a broker's number, the text
        of a whole such file in their place."""
        self.home = home()
        if self.home is None:
            raise ClusterError("KAFKA_HOME names no Kafka, or there is no java: deploy/get-kafka fetches one")
        self.folder, self.count, self.tls, self.settings = os.path.abspath(folder), brokers, tls, settings or {}
        self.processes, self.ports, self.properties, self.host = {}, {}, properties, host
        os.makedirs(self.folder, exist_ok=True)

    def __enter__(self):
        # Between the choice of a port and its use somebody else may have taken it: another one then.
        for attempt in range(3):
            try:
                self._format()
                self._launch(self.numbers)
                self.wait_ready()
                return self
            except ClusterError as failure:
                self.end()
                if attempt == 2 or "Address already in use" not in str(failure):
                    raise
            except BaseException:
                self.end()
                raise
        raise AssertionError("not reached")

    def __exit__(self, *_):
        self.end()

    @property
    def numbers(self):
        return range(1, self.count + 1)

    @property
    def bootstrap(self):
        return ",".join(f"{self.host}:{self.ports[number][0]}" for number in self.numbers)

    # What is done to brokers, by number from 1.

    def start(self, *numbers):
        """Starts those of the brokers that do not run, and waits until all running ones are up."""
        self._launch(number for number in (numbers or self.numbers) if not self.runs(number))
        self.wait_ready()

    def stop(self, *numbers):
        for number in numbers or self.numbers:
            if self.runs(number):
                self.processes[number].terminate()
        for number in numbers or self.numbers:
            if number in self.processes:
                self.processes.pop(number).wait(60)

    def kill(self, *numbers):
        for number in numbers or self.numbers:
            if number in self.processes:
                process = self.processes.pop(number)
                process.kill()
                process.wait()

    def restart(self, *numbers):
        self.stop(*numbers)
        self.start(*numbers)

    def freeze(self, number):
        self.processes[number].send_signal(signal.SIGSTOP)

    def thaw(self, number):
        self.processes[number].send_signal(signal.SIGCONT)

    def runs(self, number):
        return number in self.processes and self.processes[number].poll() is None

    def pid(self, number):
        return self.processes[number].pid

    def end(self):
        self.kill(*list(self.processes))

    # What clients need.

    def client(self, name=ADMIN, **settings):
        """Settings of librdkafka and of confluent-kafka."""
        found = {"bootstrap.servers": self.bootstrap}
        if self.tls:
            certificate, key = self.certificate(name)
            found.update({
                "security.protocol": "ssl", "ssl.ca.location": self.authority, "ssl.certificate.location": certificate,
                "ssl.key.location": key,
            })
        found.update(settings)
        return found

    def client_file(self, name=ADMIN):
        """The same in a file, for kcat -F and for confluent-kafka."""
        return self._written(f"{name}.librdkafka", self.client(name))

    def java_file(self, name=ADMIN):
        """The same for Java's clients and the kafka-*.sh tools."""
        found = {"bootstrap.servers": self.bootstrap}
        if self.tls:
            found.update({
                "security.protocol": "SSL", "ssl.keystore.type": "PEM", "ssl.keystore.location": self._pem(name),
                "ssl.truststore.type": "PEM", "ssl.truststore.location": self.authority,
            })
        return self._written(f"{name}.properties", found)

    def environment(self, name=ADMIN):
        """The same for frontdoor."""
        found = {"FRONTDOOR_KAFKA_BOOTSTRAP": self.bootstrap, "FRONTDOOR_KAFKA_REPLICATION": str(min(3, self.count))}
        if self.tls:
            certificate, key = self.certificate(name)
            found.update({
                "FRONTDOOR_KAFKA_CA_FILE": self.authority, "FRONTDOOR_KAFKA_CERTIFICATE_FILE": certificate,
                "FRONTDOOR_KAFKA_KEY_FILE": key,
            })
        return found

    @property
    def authority(self):
        path = self._path("tls", "ca.crt")
        if not os.path.exists(path):
            os.makedirs(self._path("tls"), exist_ok=True)
            self._openssl("req", "-x509", *NEW_KEY, "-days", "2", "-subj", "/CN=frontdoor-test-ca",
                          "-keyout", self._path("tls", "ca.key"), "-out", path)
        return path

    def certificate(self, name):
        """The files of a certificate and its key for a common name, made on first use."""
        certificate, key = self._path("tls", f"{name}.crt"), self._path("tls", f"{name}.key")
        if not os.path.exists(certificate):
            os.makedirs(self._path("tls"), exist_ok=True)
            self._openssl("req", *NEW_KEY, "-subj", f"/CN={name}", "-keyout", key, "-out", f"{certificate}.csr")
            os.chmod(key, 0o600)
            self.sign(f"{certificate}.csr", certificate, for_broker=name == "broker")
        return certificate, key

    def sign(self, request, certificate, for_broker=False):
        """What the authority does with a request of somebody's own."""
        authority, extensions = self.authority, f"{certificate}.ext"
        with open(extensions, "w", encoding="ascii") as file:
            file.write("subjectAltName=IP:127.0.0.1,DNS:localhost\n" if for_broker else "extendedKeyUsage=clientAuth\n")
        self._openssl("x509", "-req", "-days", "2", "-in", request, "-CA", authority,
                      "-CAkey", self._path("tls", "ca.key"), "-set_serial", str(random.getrandbits(63)),
                      "-extfile", extensions, "-out", certificate)
        os.remove(extensions)

    # How it is done.

    def _path(self, *parts):
        return os.path.join(self.folder, *parts)

    def _written(self, name, settings):
        path = self._path(name)
        with open(path, "w", encoding="utf-8") as file:
            file.writelines(f"{name}={value}\n" for name, value in settings.items())
        return path

    def _pem(self, name):
        """Key and certificate in one file, as Java wants them."""
        path = self._path("tls", f"{name}.pem")
        if not os.path.exists(path):
            certificate, key = self.certificate(name)
            with open(path, "wb") as both:
                for part in (key, certificate):
                    with open(part, "rb") as file:
                        both.write(file.read())
            os.chmod(path, 0o600)
        return path

    @staticmethod
    def _openssl(*arguments):
        done = subprocess.run(["openssl", *arguments], capture_output=True, check=False)
        if done.returncode != 0:
            raise ClusterError(f"openssl {arguments[0]}: {done.stderr.decode()[-500:]}")

    def _format(self):
        identity = base64.urlsafe_b64encode(uuid.UUID(int=random.getrandbits(120)).bytes).decode().rstrip("=")
        self.ports = free_ports(self.count)
        formatting = []
        for number in self.numbers:
            shutil.rmtree(self._path(str(number)), ignore_errors=True)
            os.makedirs(self._path(str(number)))
            if self.properties is None:
                properties = self._written(f"{number}/server.properties", self._properties(number))
            else:
                properties = self._path(str(number), "server.properties")
                with open(properties, "w", encoding="utf-8") as file:
                    file.write(self.properties(number))
            output = open(self._path(str(number), "format.log"), "wb")
            formatting.append((number, output, subprocess.Popen(
                [f"{self.home}/bin/kafka-storage.sh", "format", "-t", identity, "-c", properties], stdout=output,
                stderr=output, stdin=subprocess.DEVNULL, env=self._environment(number), preexec_fn=die_with_parent)))
        for number, output, process in formatting:
            process.wait(READY_SECONDS)
            output.close()
            if process.returncode != 0:
                raise ClusterError(f"formatting broker {number} failed:\n{self._tail(number, 'format.log')}")

    def _properties(self, number):
        port, controller = self.ports[number]
        replicas, in_sync = self.count, 2 if self.count > 1 else 1
        found = {
            "process.roles": "broker,controller",
            "node.id": number,
            "controller.quorum.voters": ",".join(f"{n}@127.0.0.1:{self.ports[n][1]}" for n in self.numbers),
            "listeners": f"CLIENT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}",
            "advertised.listeners": f"CLIENT://127.0.0.1:{port}",
            "inter.broker.listener.name": "CLIENT",
            "controller.listener.names": "CONTROLLER",
            "listener.security.protocol.map": "CLIENT:{0},CONTROLLER:{0}".format("SSL" if self.tls else "PLAINTEXT"),
            "log.dirs": self._path(str(number), "data"),
            "auto.create.topics.enable": "false",
            "default.replication.factor": replicas,
            "min.insync.replicas": in_sync,
            "offsets.topic.num.partitions": 6,
            "offsets.topic.replication.factor": replicas,
            "transaction.state.log.num.partitions": 6,
            "transaction.state.log.replication.factor": replicas,
            "transaction.state.log.min.isr": in_sync,
            # As the shipped brokers have it.
            "transaction.abort.timed.out.transaction.cleanup.interval.ms": 1000,
            "share.coordinator.state.topic.num.partitions": 3,
            "share.coordinator.state.topic.replication.factor": replicas,
            "share.coordinator.state.topic.min.isr": in_sync,
            # Tests wait for nothing that only eases the life of large clusters.
            "group.initial.rebalance.delay.ms": 0,
            "broker.session.timeout.ms": 3000,
            "broker.heartbeat.interval.ms": 500,
            "controlled.shutdown.retry.backoff.ms": 500,
            "log.cleaner.dedupe.buffer.size": 16777216,
        }
        if self.tls:
            found.update({
                "ssl.client.auth": "required",
                "ssl.keystore.type": "PEM",
                "ssl.keystore.location": self._pem("broker"),
                "ssl.truststore.type": "PEM",
                "ssl.truststore.location": self.authority,
                "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
                "allow.everyone.if.no.acl.found": "false",
                "super.users": f"User:CN=broker;User:CN={ADMIN}",
            })
        found.update(self.settings)
        return found

    def _environment(self, number):
        found = dict(os.environ)
        found.setdefault("KAFKA_HEAP_OPTS", "-Xms256m -Xmx512m")
        # An installed distribution may not be written to.
        found["LOG_DIR"] = self._path(str(number), "logs")
        return found

    def _launch(self, numbers):
        for number in numbers:
            with open(self._path(str(number), "output.log"), "ab") as output:
                self.processes[number] = subprocess.Popen(
                    [f"{self.home}/bin/kafka-server-start.sh", self._path(str(number), "server.properties")],
                    stdout=output, stderr=output, stdin=subprocess.DEVNULL, env=self._environment(number),
                    preexec_fn=die_with_parent)

    def wait_ready(self, seconds=READY_SECONDS):
        """Until each running broker answers and knows of all the running ones."""
        deadline = time.monotonic() + seconds
        running = [number for number in self.numbers if number in self.processes]
        for number in running:
            while True:
                if not self.runs(number):
                    raise ClusterError(f"broker {number} ended while starting:\n{self._tail(number, 'output.log')}")
                if self._brokers_known_to(number) >= len(running):
                    break
                if time.monotonic() > deadline:
                    raise ClusterError(
                        f"broker {number} is not ready after {seconds} s:\n{self._tail(number, 'output.log')}")
                time.sleep(0.05)

    def ask(self, number, api, version, body, name=ADMIN, seconds=2):
        """Sends a broker one request of Kafka's protocol and gives what comes behind the answer's number: for what a
        client of the ordinary kind does not do."""
        with socket.create_connection(("127.0.0.1", self.ports[number][0]), timeout=seconds) as plain:
            plain.settimeout(seconds)
            connection = self._context(name).wrap_socket(plain) if self.tls else plain
            request = struct.pack(">hhih4s", api, version, 1, 4, b"test") + body
            connection.sendall(struct.pack(">i", len(request)) + request)
            return exactly(connection, struct.unpack(">i", exactly(connection, 4))[0])[4:]

    def _brokers_known_to(self, number):
        """Asks for metadata (version 4, no topics) and counts; 0 where there is no answer yet."""
        try:
            return struct.unpack_from(">i", self.ask(number, 3, 4, struct.pack(">ib", 0, 0)), 4)[0]
        except (OSError, struct.error):
            return 0

    def _context(self, name):
        certificate, key = self.certificate(name)
        context = ssl.create_default_context(cafile=self.authority)
        context.check_hostname = False
        context.load_cert_chain(certificate, key)
        return context

    def _tail(self, number, name):
        with open(self._path(str(number), name), encoding="utf-8", errors="replace") as file:
            text = file.read()
        wrong = [line for line in text.splitlines() if "Exception" in line]
        return "\n".join(wrong[-3:]) + "\n" + text[-1500:]


NEW_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-sha256"]


def exactly(connection, count):
    found = b""
    while len(found) < count:
        piece = connection.recv(count - len(found))
        if not piece:
            raise OSError("closed")
        found += piece
    return found


def free_ports(count):
    """Two for each broker, below the range from which the system gives ports to those who ask for any."""
    held, found = [], {}
    try:
        for number in range(1, count + 1):
            pair = []
            while len(pair) < 2:
                attempt = socket.socket()
                try:
                    attempt.bind(("127.0.0.1", random.randint(15000, 32000)))
                except OSError:
                    attempt.close()
                    continue
                held.append(attempt)
                pair.append(attempt.getsockname()[1])
            found[number] = tuple(pair)
    finally:
        for attempt in held:
            attempt.close()
    return found


def die_with_parent():
    """In the child: the kernel kills it when its parent has gone, however that went."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


def run(arguments):
    brokers, tls = 1, False
    while arguments and arguments[0] != "--":
        option = arguments.pop(0)
        if option == "--tls":
            tls = True
        elif option == "--brokers" and arguments and arguments[0] in ("1", "3"):
            brokers = int(arguments.pop(0))
        else:
            sys.exit(__doc__)
    if len(arguments) < 2:
        sys.exit(__doc__)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    folder = tempfile.mkdtemp(prefix="frontdoor-kafka.")
    try:
        with Cluster(folder, brokers=brokers, tls=tls) as cluster:
            return subprocess.run(
                arguments[1:], env={**os.environ, **cluster.environment()}, check=False).returncode
    except ClusterError as failure:
        print(failure, file=sys.stderr)
        return 1
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
