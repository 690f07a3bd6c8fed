"""deploy/get-kafka, against a server on the loopback that gives good and bad releases."""

import hashlib
import http.server
import io
import os
import socket
import subprocess
import tarfile
import threading

from hub import expect, main

SCRIPT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "deploy", "get-kafka")


def release(version):
    """As Apache packs it, with next to nothing in it."""
    name, held = f"kafka_2.13-{version}", io.BytesIO()
    with tarfile.open(fileobj=held, mode="w:gz") as archive:
        for path, text, mode in ((f"{name}/bin/kafka-storage.sh", b"#!/bin/sh\n", 0o755), (f"{name}/NOTICE", b"n", 0o644)):
            entry = tarfile.TarInfo(path)
            entry.size, entry.mode = len(text), mode
            archive.addfile(entry, io.BytesIO(text))
    return held.getvalue()


def as_apache_writes(name, digest):
    """gpg --print-md: groups of eight digits over several lines, the name before them."""
    groups = [digest[place:place + 8].upper() for place in range(0, len(digest), 8)]
    lines = [" ".join(groups[place:place + 4]) for place in range(0, len(groups), 4)]
    return (f"{name}: " + ("\n" + " " * (len(name) + 2)).join(lines) + "\n").encode()


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, files):
        super().__init__(("127.0.0.1", 0), Handler)
        self.files, self.asked = files, []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def address(self):
        return f"http://127.0.0.1:{self.server_address[1]}/kafka"


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked.append(self.path)
        content = self.server.files.get(self.path)
        if content is None:
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content[:-20] if self.path.startswith("/kafka/3.9.9/k") and "sha512" not in self.path else content)

    def log_message(self, *_):
        pass


def get(cache, sources, *arguments, code=0, **environment):
    done = subprocess.run(
        [SCRIPT, *arguments], capture_output=True, timeout=30, check=False,
        env={**os.environ, "XDG_CACHE_HOME": cache, "FRONTDOOR_KAFKA_SOURCES": sources, **environment})
    expect(done.returncode == code, f"get-kafka {arguments} ended with {done.returncode}: {done.stderr.decode()}")
    left = [name for name in os.listdir(f"{cache}/frontdoor")] if os.path.isdir(f"{cache}/frontdoor") else []
    expect(not [name for name in left if name.startswith(".get-kafka")], f"left behind: {left}")
    return done.stdout.decode().strip(), done.stderr.decode()


def test(scratch):
    files = {}
    for version in ("4.3.1", "4.2.0", "4.1.0", "3.9.9"):
        content, name = release(version), f"kafka_2.13-{version}.tgz"
        files[f"/kafka/{version}/{name}"] = content
        files[f"/kafka/{version}/{name}.sha512"] = as_apache_writes(name, hashlib.sha512(content).hexdigest())
    plain = hashlib.sha512(files["/kafka/4.2.0/kafka_2.13-4.2.0.tgz"]).hexdigest()
    files["/kafka/4.2.0/kafka_2.13-4.2.0.tgz.sha512"] = f"{plain}  kafka_2.13-4.2.0.tgz\n".encode()
    files["/kafka/4.1.0/kafka_2.13-4.1.0.tgz"] += b"and something more"
    server, cache = Server(files), f"{scratch}/cache"

    folder, _ = get(cache, server.address)
    expect(folder == f"{cache}/frontdoor/kafka_2.13-4.3.1", f"it lies in {folder}")
    expect(os.access(f"{folder}/bin/kafka-storage.sh", os.X_OK), "its scripts cannot be run")
    asked = len(server.asked)
    expect(get(cache, server.address)[0] == folder and len(server.asked) == asked, "it was fetched a second time")
    get(cache, server.address, "4.2.0")

    # What does not agree is told, and nothing of it is left.
    _, said = get(cache, server.address, "4.1.0", code=69)
    expect("SHA-512" in said and not os.path.exists(f"{cache}/frontdoor/kafka_2.13-4.1.0"), f"a changed release: {said}")
    get(cache, server.address, "3.9.9", code=69)
    expect(not os.path.exists(f"{cache}/frontdoor/kafka_2.13-3.9.9"), "half a release was taken")
    get(f"{scratch}/other", server.address, code=69, FRONTDOOR_KAFKA_SHA512="0" * 128)
    files["/kafka/4.1.0/kafka_2.13-4.1.0.tgz.sha512"] = b"<html>not found, kindly</html>"
    _, said = get(cache, server.address, "4.1.0", code=69)
    expect("is none" in said, f"a sum that is none: {said}")

    # The next place is tried; one that says nothing costs the time that was given and no more.
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        nothing = f"http://127.0.0.1:{silent.getsockname()[1]}/kafka"
        get(f"{scratch}/third", nothing, "--within", "1", code=69)
        folder, _ = get(f"{scratch}/fourth", f"http://127.0.0.1:1/kafka {server.address}")
        expect(folder.endswith("kafka_2.13-4.3.1"), "the second place was not tried")
    get(cache, server.address, "latest", code=64)
    print("get-kafka: takes what agrees with its SHA-512, leaves nothing of what does not")


if __name__ == "__main__":
    main(test)
