"""A real server on loopback, for the tests that talk to one."""
import contextlib
import http.client
import json
import os
import pathlib
import re
import signal
import socket
import subprocess

from support import ASSAY, TOP, Case

SLOW = float(os.environ.get("ASSAY_SLOW", "1"))
VENV = pathlib.Path(os.environ.get("ASSAY_VENV", TOP / "build/venv"))


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Server:
    """`assay studio` or `assay server start` in a folder; a context that ends it."""

    def __init__(self, case, folder, *words, port=None):
        self.folder, self.port = folder, port or free_port()
        words = words or ("studio", "--no-open", "--port", str(self.port))
        self.process = subprocess.Popen([ASSAY, *words], cwd=folder, env=case.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        case.addCleanup(self.kill)
        self.link = self.process.stdout.readline().strip()
        if not self.link.startswith("http://"):
            raise AssertionError(f"{self.link}{self.process.stdout.read()}{self.process.stderr.read()}")
        self.port = int(re.search(r":(\d+)/", self.link).group(1))
        self.token = json.loads((folder / ".assay/server.json").read_text())["token"]
        self.base = f"/api/v1/w/{folder.name}/"
        self.url = f"http://127.0.0.1:{self.port}"

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.process.stdout.close()
        self.process.stderr.close()

    def stop(self, timeout=15):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout)

    def request(self, method, target, body=None, headers=None, token=True, timeout=60):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        with contextlib.closing(connection):
            headers = dict(headers or {})
            if token:
                headers.setdefault("Authorization", f"Bearer {self.token}")
            if isinstance(body, (dict, list)):
                body, headers["Content-Type"] = json.dumps(body), "application/json"
            connection.request(method, target if target.startswith("/") else self.base + target, body, headers)
            answer = connection.getresponse()
            answer.body = answer.read()
            return answer

    def get(self, target, **more):
        return self.request("GET", target, **more)

    def json(self, target, **more):
        return json.loads(self.get(target, **more).body)

    def post(self, target, body, **more):
        return self.request("POST", target, body, **more)

    def raw(self, text, wait=5.0):
        """Bytes as they are; what comes back until the server closes or is silent for `wait` seconds."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=wait) as s:
            s.sendall(text if isinstance(text, bytes) else text.encode())
            out = b""
            with contextlib.suppress(TimeoutError, ConnectionResetError):
                while part := s.recv(65536):
                    out += part
            return out.decode(errors="replace")

    def head(self, line, *more):
        return "\r\n".join([line, f"Host: 127.0.0.1:{self.port}", f"Authorization: Bearer {self.token}", *more, "", ""])

    def alive(self):
        return self.process.poll() is None and self.get("/api/v1/version", token=False).status == 200

    def follow(self, run, after=None, most=None):
        """Events of a run as (id, name, data), until it has ended, or `most` of them."""
        headers = {"Authorization": f"Bearer {self.token}"}
        if after:
            headers["Last-Event-ID"] = after
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        with contextlib.closing(connection):
            connection.request("GET", f"{self.base}events?topics=run:{run}", headers=headers)
            answer, out, event = connection.getresponse(), [], {}
            while line := answer.fp.readline().decode():
                name, _, value = line.rstrip("\n").partition(": ")
                if name in ("event", "id", "data"):
                    event[name] = value
                if line != "\n" or "event" not in event:
                    continue
                out.append((event.get("id"), event["event"], json.loads(event["data"])))
                event = {}
                state = out[-1][2].get("state") if out[-1][1] == "state" else None
                if state not in (None, "queued", "running") or (most and len(out) >= most):
                    break
            return out

    def ended(self, run):
        return self.follow(run)[-1][2]["state"]


class ServerCase(Case):
    def start(self, name="mortgage", *words, plan=False, **more):
        folder = self.folder / name
        if not folder.exists():
            self.example(name)
        if plan:
            self.ok("run", "assay.yaml", "--quiet", cwd=folder)
        return Server(self, folder, *words, **more)

    def predictions(self, server):
        digest = next(i["digest"] for i in json.loads(server.post("evidence:list", {"kind": "predictions"}).body)["items"])
        return server.json(f"evidence/{digest}")["evidence"]["blobs"]["predictions"]["digest"]

    def long_request(self, server, seed=0, replicates=1_000_000):
        return {"data": self.predictions(server), "label": "label", "score": "score", "replicates": replicates, "seed": seed}
