"""A TCP proxy before each broker, that knows Kafka's requests well enough to delay, lose and cut them.

    with Fronted(folder, brokers=3) as cluster:
        cluster.fronted()              # settings of a client that comes by the proxy; cluster.client() goes straight
        cluster.proxy.cut()            # every connection through it
        cluster.proxy.refuse(2)        # broker 2 cannot be reached by whoever comes this way
        cluster.proxy.delay = 0.05     # up to so many seconds before each reply, drawn by connection and reply
        cluster.proxy.rate = 1_000_000 # bytes a second in each direction of each connection
        cluster.proxy.late(END_TXN, "reply", 4)

Replies of one connection come in the order of its requests, by protocol, so they are reordered between connections
alone. A late *request* is given to the broker after its time even where the client that sent it has gone: that is how
the end of a transaction comes when its producer has long begun another life.
"""

import random
import socket
import struct
import threading
import time

from kafka_cluster import Cluster, free_ports

PRODUCE, FETCH, FIND_COORDINATOR, JOIN_GROUP, END_TXN, TXN_OFFSET_COMMIT = 0, 1, 10, 11, 26, 28
PIECE = 1 << 16


class Gone(Exception):
    pass


def received(end, count):
    found = bytearray()
    while len(found) < count:
        try:
            piece = end.recv(min(PIECE, count - len(found)))
        except OSError:
            piece = b""
        if not piece:
            raise Gone
        found += piece
    return bytes(found)


class Connection:
    """A client's connection, and the one to the broker that goes with it."""

    def __init__(self, proxy, number, client, broker, seed):
        self.proxy, self.number, self.client, self.broker = proxy, number, client, broker
        self.draws = random.Random(seed)
        # By the number that each reply repeats: which kind of request it answers.
        self.asked = {}
        # Requests on their way that the broker is to have although the client has gone.
        self.owed = 0
        for work in (self._requests, self._replies):
            threading.Thread(target=work, daemon=True).start()

    def cut(self):
        """For the client; the broker is left until it has what is owed to it."""
        for end in (self.client,) + (() if self.owed else (self.broker,)):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def _requests(self):
        self._carry(self.client, self.broker, "request")

    def _replies(self):
        self._carry(self.broker, self.client, "reply")

    def _carry(self, source, target, direction):
        try:
            while True:
                head = received(source, 4)
                frame = received(source, struct.unpack(">i", head)[0])
                if direction == "request":
                    api, _, number = struct.unpack_from(">hhi", frame)
                    self.asked[number] = api
                else:
                    api = self.asked.pop(struct.unpack_from(">i", frame)[0], None)
                self._wait(api, direction, len(frame))
                if self.proxy.swallows(self.number, direction):
                    continue
                try:
                    target.sendall(head + frame)
                except OSError:
                    raise Gone from None
        except Gone:
            pass
        finally:
            self.owed = 0
            self.cut()
            self.proxy.forget(self)

    def _wait(self, api, direction, size):
        proxy = self.proxy
        seconds = proxy.lateness(api, direction)
        if seconds:
            if direction == "request":
                self.owed = 1
            # Whoever stops the proxy's harm lets go of what it holds.
            proxy.healed.wait(seconds)
        if direction == "reply" and proxy.delay:
            time.sleep(self.draws.uniform(0, proxy.delay))
        if proxy.rate:
            time.sleep(size / proxy.rate)


class Proxy:
    def __init__(self, numbers, seed=1):
        self.seed, self.delay, self.rate = seed, 0.0, 0
        self.healed = threading.Event()
        self._lock = threading.Lock()
        self._late, self._refused, self._swallowed = {}, set(), set()
        self._connections, self._targets, self._listeners = set(), {}, {}
        self.cuts, self.lates = 0, 0
        self._made = 0
        for number in numbers:
            listener = socket.create_server(("127.0.0.1", 0))
            self._listeners[number] = listener

    def port(self, number):
        return self._listeners[number].getsockname()[1]

    def begin(self, targets):
        """targets: each broker's own port, by its number."""
        self._targets = targets
        for number, listener in self._listeners.items():
            threading.Thread(target=self._accept, args=(number, listener), daemon=True).start()

    def close(self):
        self.heal()
        for listener in self._listeners.values():
            try:
                # Wakes the thread that waits in accept.
                listener.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            listener.close()
        self.cut()

    # What is done to those who come this way.

    def cut(self, share=1.0, draws=random):
        """Cuts so many of the connections; gives how many that were."""
        with self._lock:
            chosen = [one for one in self._connections if draws.random() < share]
        for one in chosen:
            one.cut()
        self.cuts += len(chosen)
        return len(chosen)

    def refuse(self, number):
        """Connections to this broker are cut, and new ones at once closed."""
        with self._lock:
            self._refused.add(number)
            chosen = [one for one in self._connections if one.number == number]
        for one in chosen:
            one.cut()

    def swallow(self, number, direction="reply"):
        """What goes this way between clients and this broker is lost in silence, and nobody is told: one way only."""
        self._swallowed.add((number, direction))

    def late(self, api, direction, seconds, times=1):
        """The next so many requests of this kind, or the replies to them, are kept for so long."""
        with self._lock:
            self._late[api, direction] = seconds, times

    def heal(self):
        """Nothing of the above any more; what is held goes on."""
        with self._lock:
            self._late, self._refused = {}, set()
        silent, self._swallowed = self._swallowed, set()
        self.delay, self.rate = 0.0, 0
        self.healed.set()
        self.healed = threading.Event()
        # A connection that lost part of what was said cannot be gone on with.
        with self._lock:
            chosen = [one for one in self._connections if any(one.number == number for number, _ in silent)]
        for one in chosen:
            one.cut()

    # For its connections.

    def lateness(self, api, direction):
        with self._lock:
            seconds, times = self._late.get((api, direction), (0, 0))
            if times == 0:
                return 0
            self._late[api, direction] = seconds, times - 1
            self.lates += 1
            return seconds

    def swallows(self, number, direction):
        return (number, direction) in self._swallowed

    def forget(self, connection):
        with self._lock:
            self._connections.discard(connection)

    def _accept(self, number, listener):
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            with self._lock:
                is_refused = number in self._refused
            try:
                if is_refused:
                    raise OSError
                broker = socket.create_connection(("127.0.0.1", self._targets[number]), timeout=5)
                broker.settimeout(None)
            except OSError:
                client.close()
                continue
            for end in (client, broker):
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self._lock:
                self._made += 1
                seed = self.seed * 1_000_003 + self._made
            # Before its threads, which take it out again.
            connection = Connection.__new__(Connection)
            with self._lock:
                self._connections.add(connection)
            connection.__init__(self, number, client, broker, seed)


class Fronted(Cluster):
    """Plain brokers with a second door each, which the proxy stands before: clients that come by it stay with it."""

    def __init__(self, folder, data=None, **options):
        """data: where a broker keeps its log, by its number, if not in the folder."""
        super().__init__(folder, **options)
        self.data = data or {}
        self.proxy = Proxy(self.numbers)
        self.doors = {}

    def __enter__(self):
        super().__enter__()
        self.proxy.begin(self.doors)
        return self

    def __exit__(self, *rest):
        self.proxy.close()
        super().__exit__(*rest)

    def fronted(self):
        return ",".join(f"127.0.0.1:{self.proxy.port(number)}" for number in self.numbers)

    def _format(self):
        self.doors = {number: pair[0] for number, pair in free_ports(self.count).items()}
        super()._format()

    def _environment(self, number):
        found = super()._environment(number)
        # Three brokers beside a hub on a small machine: without the second compiler, which pays after minutes only.
        found.setdefault("KAFKA_JVM_PERFORMANCE_OPTS", "-server -XX:+UseSerialGC -XX:TieredStopAtLevel=1")
        return found

    def _properties(self, number):
        found = super()._properties(number)
        found["listeners"] += f",FRONTED://127.0.0.1:{self.doors[number]}"
        found["advertised.listeners"] += f",FRONTED://127.0.0.1:{self.proxy.port(number)}"
        found["listener.security.protocol.map"] += ",FRONTED:PLAINTEXT"
        if number in self.data:
            found["log.dirs"] = self.data[number]
        return found
