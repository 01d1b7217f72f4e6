"""A real server on loopback: what it answers, what it refuses, and that nothing which a client does ends it."""
import contextlib
import http.client
import json
import os
import pathlib
import re
import select
import signal
import socket
import subprocess
import sys
import time
import unittest

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


class Faces(ServerCase):
    def test_the_first_answer_comes_quickly(self):
        folder, port = self.example(), free_port()
        best = 9.0
        for _ in range(5):
            start = time.perf_counter()
            process = subprocess.Popen([ASSAY, "studio", "--no-open", "--port", str(port)], cwd=folder, env=self.environment, stdout=subprocess.DEVNULL)
            try:
                while time.perf_counter() - start < 10:
                    with contextlib.suppress(OSError):
                        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
                        connection.request("GET", "/api/v1/version")
                        self.assertEqual(connection.getresponse().status, 200)
                        best = min(best, time.perf_counter() - start)
                        connection.close()
                        break
                    time.sleep(0.002)
            finally:
                process.kill()
                process.wait()
        print(f"first answer after {best * 1000:.0f} ms")
        self.assertLess(best, 0.150 * SLOW)

    def test_port_in_use(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = taken.getsockname()[1]
            self.refused("studio", "--no-open", "--port", str(port), cwd=self.example(), status=3, where=f"127.0.0.1:{port}", what="another program", fix="another port")
            self.refused("server", "start", "--listen", f"127.0.0.1:{port}", cwd=self.folder / "mortgage", status=3, fix="another port")
        self.refused("server", "start", "--listen", "nowhere:1", cwd=self.folder, where="--listen", fix="127.0.0.1:8650")
        self.refused("server", "start", "--listen", "127.0.0.1:99999", cwd=self.folder, where="--listen")
        self.refused("server", "begin", fix="start")

    def test_the_usual_port_or_a_free_one(self):
        with socket.socket() as taken:
            with contextlib.suppress(OSError):  # it may be taken already: that is the case as well
                taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                taken.bind(("127.0.0.1", 8650))
                taken.listen()
            server = self.start("mortgage", "studio", "--no-open")
            self.assertNotEqual(server.port, 8650)
            self.assertTrue(server.alive())

    def test_a_second_studio_asks_the_first(self):
        server = self.start()
        again = self.ok("studio", "--no-open", cwd=server.folder).splitlines()[0]
        self.assertTrue(again.startswith(server.url + "/?token="))
        self.assertNotEqual(again, server.link)
        self.assertEqual(server.get(again.removeprefix(server.url), token=False).status, 303)
        self.assertIn(server.url, self.ok("server", "status", cwd=server.folder))
        self.refused("server", "start", "--listen", f"127.0.0.1:{free_port()}", cwd=server.folder, what="serves this folder", fix="server stop")
        self.assertEqual((server.folder / ".assay/server.json").stat().st_mode & 0o777, 0o600)
        self.assertIn("stopped", self.ok("server", "stop", cwd=server.folder))
        self.assertEqual(server.process.wait(5), 0)
        self.assertFalse((server.folder / ".assay/server.json").exists())
        self.ok("server", "status", status=1, cwd=server.folder)
        self.ok("server", "stop", status=1, cwd=server.folder)

    def test_a_studio_in_the_background(self):
        self.refused("studio", "--detach", "--no-open", cwd=self.folder, fix="assay run")
        folder = self.example()
        self.ok("run", "assay.yaml", "--quiet", cwd=folder)
        said = self.ok("studio", "--detach", "--no-open", "--port", str(free_port()), cwd=folder)
        self.addCleanup(subprocess.run, [ASSAY, "server", "stop"], cwd=folder, env=self.environment, stdout=subprocess.DEVNULL)
        self.assertRegex(said, r"^http://127\.0\.0\.1:\d+/\?token=")
        self.assertEqual((folder / ".assay/server.log").stat().st_mode & 0o777, 0o600)
        self.assertIn("pid", self.ok("server", "status", cwd=folder))
        self.assertIn("stopped", self.ok("server", "stop", cwd=folder))

    def test_tokens_for_others(self):
        server = self.start()
        token = self.ok("server", "token", "ada", cwd=server.folder).splitlines()[0]
        ada = {"Authorization": f"Bearer {token}"}
        self.assertEqual(server.json("/api/v1/me", headers=ada)["user"], "ada")
        self.assertNotIn(token, (server.folder / ".assay/tokens.json").read_text())
        self.ok("server", "revoke", "ada", cwd=server.folder)
        self.assertEqual(server.get("/api/v1/me", headers=ada).status, 401)

    def test_openapi_is_valid(self):
        server = self.start()
        document = server.get("/api/v1/openapi.json").body
        code = "import sys, json; from openapi_spec_validator import validate; validate(json.load(sys.stdin))"
        done = subprocess.run([VENV / "bin/python", "-c", code], input=document, capture_output=True)
        self.assertEqual(done.returncode, 0, done.stderr[-2000:])


class Doors(ServerCase):
    """Who may come in, and from where."""

    def test_links_cookies_and_csrf(self):
        server = self.start()
        target = server.link.removeprefix(server.url)
        wrong = server.get("/?token=wrong", token=False)
        self.assertEqual(wrong.status, 401)
        self.assertIn(b"assay studio", wrong.body)
        entered = server.get(target.replace("/?", "/w/mortgage?lang=ja&"), token=False)
        self.assertEqual((entered.status, entered.getheader("Location")), (303, "/w/mortgage?lang=ja"))
        self.assertRegex(entered.getheader("Set-Cookie"), r"^assay=[\w-]{43}; HttpOnly; SameSite=Lax; Path=/$")
        used = server.get(target, token=False)
        self.assertEqual(used.status, 401)
        self.assertIn(b"has been used", used.body)
        cookie = {"Cookie": entered.getheader("Set-Cookie").split(";")[0]}
        me = server.json("/api/v1/me", headers=cookie, token=False)
        word = {**cookie, "X-Assay-CSRF": me["csrf"]}
        post = lambda headers: server.post("runs:list", {}, headers=headers, token=False).status
        self.assertEqual(post(cookie), 403)
        self.assertEqual(post({**cookie, "X-Assay-CSRF": "wrong"}), 403)
        self.assertEqual(post(word), 200)
        self.assertEqual(post({**word, "Origin": server.url, "Sec-Fetch-Site": "same-origin"}), 200)
        self.assertEqual(post({**word, "Origin": "http://evil.example"}), 403)
        self.assertEqual(post({**word, "Origin": "null"}), 403)
        self.assertEqual(post({**word, "Sec-Fetch-Site": "cross-site"}), 403)
        self.assertEqual(post({"Cookie": "assay=" + "x" * 43, "X-Assay-CSRF": me["csrf"]}), 401)
        self.assertEqual(server.get("/api/v1/me", token=False).status, 401)
        self.assertEqual(server.get("/", token=False).status, 200)

    def test_foreign_hosts(self):
        server = self.start()
        for host in ("evil.example", f"evil.example:{server.port}", "127.0.0.1", f"127.0.0.1:{server.port + 1}"):
            answer = server.get("/api/v1/me", headers={"Host": host})
            self.assertEqual(answer.status, 421, host)
            self.assertEqual(json.loads(answer.body)["where"], "Host")
        self.assertEqual(server.get("/api/v1/me", headers={"Host": f"localhost:{server.port}"}).status, 200)
        self.assertIn(" 421 ", server.raw("GET / HTTP/1.1\r\n\r\n", wait=1))

    def test_named_host(self):
        port = free_port()
        server = self.start("mortgage", "server", "start", "--listen", f"127.0.0.1:{port}", "--host", "assay.example")
        self.assertIn("assay.example", server.link)
        self.assertEqual(server.get("/api/v1/me", headers={"Host": "assay.example"}).status, 200)
        self.assertEqual(server.get("/api/v1/me", headers={"Host": "other.example"}).status, 421)

    def test_paths(self):
        server = self.start()
        self.write("secret.csv", "a\n1\n")
        os.symlink(self.folder / "secret.csv", server.folder / "link.csv")
        for target in ("/../../etc/passwd", "/assets/../../etc/passwd", "/assets/%2e%2e/%2e%2e/etc/passwd", "/assets/..%2f..%2fetc%2fpasswd", "/%2e%2e%5cetc", "/assets/%00",
                       "/api/v1/w/..%2f..%2f/assets"):
            self.assertIn(" 400 ", server.raw(server.head(f"GET {target} HTTP/1.1", "Connection: close"))[:30], target)
        self.assertIn(" 404 ", server.raw(server.head("GET /assets//etc/passwd HTTP/1.1", "Connection: close"))[:30])
        for path in ("../secret.csv", "/etc/passwd", "link.csv", ".assay/server.json", str(self.folder / "secret.csv"), "mortgage/../../secret.csv"):
            answer = server.post("stats:profile", {"data": path})
            self.assertEqual(answer.status, 403, path)
            self.assertNotIn(b"root:", answer.body)

    def test_headers_everywhere(self):
        server = self.start()
        for target in ("/", "/api/v1/version", "/api/v1/nothing", "/none.js", "/%zz"):
            answer = server.get(target)
            for name in ("Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy", "Cross-Origin-Opener-Policy", "Cross-Origin-Resource-Policy", "Permissions-Policy"):
                self.assertTrue(answer.getheader(name), f"{target} {name}")
            self.assertNotIn("unsafe", answer.getheader("Content-Security-Policy"))


class Bodies(ServerCase):
    def test_bad_json(self):
        server = self.start()
        bad = {"unknown field": ({"plan": "assay.yaml", "refesh": True}, 400, "refesh"), "wrong type": ({"plan": 7}, 400, "plan"), "list": ([], 400, "body")}
        for name, (body, status, where) in bad.items():
            answer = server.post("plan:run", body)
            self.assertEqual(answer.status, status, name)
            self.assertEqual(answer.getheader("Content-Type"), "application/problem+json")
            problem = json.loads(answer.body)
            self.assertEqual((problem["where"], problem["status"], problem["type"]), (where, 400, "urn:assay:error:invalid-argument"))
        kind = {"Content-Type": "application/json"}
        for body in ("{", "[" * 100_000, '{"plan": ' + "[" * 65 + "]" * 65 + "}", '{"a": 1, "a": 2}', "nul", b"\xff", '{"plan": "\\ud800"}'):
            self.assertEqual(server.request("POST", "plan:run", body, headers=kind).status, 400, body[:20])
        self.assertEqual(server.request("POST", "plan:run", "plan=x", headers={"Content-Type": "text/plain"}).status, 415)
        self.assertEqual(server.request("PUT", "plan:run", "{}", headers=kind).getheader("Allow"), "POST")
        self.assertTrue(server.alive())

    def test_oversized(self):
        server = self.start()
        head = server.head(f"POST {server.base}plan:run HTTP/1.1", "Content-Type: application/json", f"Content-Length: {65 << 20}")
        self.assertIn(" 413 ", server.raw(head)[:30])
        self.assertIn(" 413 ", server.raw(server.head(f"POST {server.base}uploads HTTP/1.1", f"Content-Length: {2 << 30}"))[:30])
        self.assertIn(" 401 ", server.raw(f"POST {server.base}uploads HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nContent-Length: {1 << 30}\r\n\r\n")[:30])
        self.assertIn(" 431 ", server.raw(server.head("GET /api/v1/me HTTP/1.1", "X-Long: " + "x" * 20_000))[:30])
        self.assertIn(" 431 ", server.raw(f"GET /{'x' * 20_000} HTTP/1.1\r\n\r\n")[:30])
        for garbage in ("nonsense\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "GET\r\n\r\n", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n"):
            self.assertIn(" 400 ", server.raw(garbage, wait=1)[:30], garbage)
        with socket.create_connection(("127.0.0.1", server.port), timeout=30) as s:  # a body of unknown length that never ends
            s.sendall(server.head(f"POST {server.base}plan:run HTTP/1.1", "Content-Type: application/json", "Transfer-Encoding: chunked").encode())
            chunk = b"100000\r\n" + b"x" * (1 << 20) + b"\r\n"
            sent = 0
            with contextlib.suppress(OSError):
                while sent < 80:
                    s.sendall(chunk)
                    sent += 1
            self.assertLess(sent, 80, "over 64 MiB were read")
        self.assertTrue(server.alive())

    def test_half_sent(self):
        server = self.start("mortgage", "server", "start", "--listen", f"127.0.0.1:{free_port()}", "--request-timeout", "1")
        start = time.monotonic()
        self.assertEqual(server.raw(server.head(f"POST {server.base}plan:run HTTP/1.1", "Content-Type: application/json", "Content-Length: 100") + '{"plan":', wait=10), "")
        self.assertEqual(server.raw(server.head(f"POST {server.base}uploads HTTP/1.1", "Content-Length: 1000") + "half", wait=10), "")
        self.assertLess(time.monotonic() - start, 8)
        with socket.create_connection(("127.0.0.1", server.port)) as s:  # and one that goes away
            s.sendall(server.head(f"POST {server.base}uploads HTTP/1.1", "Content-Length: 1000").encode() + b"half")
        time.sleep(0.3)
        self.assertEqual(list((server.folder / ".assay/staging").iterdir()), [])
        self.assertTrue(server.alive())

    def test_slow_loris(self):
        server = self.start("mortgage", "server", "start", "--listen", f"127.0.0.1:{free_port()}", "--request-timeout", "1")
        slow = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(20)]
        for s in slow:
            s.sendall(f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nX-Slow: ".encode())
        start, open_ones = time.monotonic(), set(slow)
        while open_ones and time.monotonic() - start < 10:
            for s in list(open_ones):
                try:
                    s.sendall(b"x")
                    if select.select([s], [], [], 0)[0] and s.recv(100) == b"":
                        open_ones.discard(s)
                except OSError:
                    open_ones.discard(s)
            time.sleep(0.1)
        took = time.monotonic() - start
        for s in slow:
            s.close()
        self.assertFalse(open_ones)
        self.assertLess(took, 5)
        self.assertTrue(server.alive())

    def test_uploads(self):
        server = self.start()
        bytes_sent = (server.folder / "boston_hmda.csv").read_bytes()
        answer = server.request("POST", "uploads", bytes_sent)
        self.assertEqual(answer.status, 201)
        made = json.loads(answer.body)
        self.assertEqual(made["size"], len(bytes_sent))
        direct, uploaded = (server.post("stats:profile", {"data": d}) for d in ("boston_hmda.csv", made["digest"]))
        self.assertEqual(direct.getheader("X-Assay-Digest"), uploaded.getheader("X-Assay-Digest"))
        self.assertEqual(uploaded.getheader("X-Assay-Cached"), "true")
        big = os.urandom(9 << 20)
        self.assertEqual(json.loads(server.request("POST", "uploads", big, headers={"Expect": "100-continue"}).body)["size"], len(big))
        empty = server.request("POST", "uploads", b"")
        self.assertEqual((empty.status, json.loads(empty.body)["size"]), (201, 0))
        self.assertEqual(list((server.folder / ".assay/staging").iterdir()), [])


class Load(ServerCase):
    def test_idle_connections(self):
        server = self.start()
        idle = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(200)]
        try:
            start = time.perf_counter()
            self.assertEqual(server.get("/api/v1/me").status, 200)
            self.assertLess(time.perf_counter() - start, 1 * SLOW)
            idle += [socket.create_connection(("127.0.0.1", server.port)) for _ in range(200)]  # over the limit: the oldest make room
            self.assertEqual(server.get("/api/v1/me").status, 200)
        finally:
            for s in idle:
                s.close()
        self.assertTrue(server.alive())

    def test_one_connection_for_many_requests(self):
        server = self.start()
        connection = http.client.HTTPConnection("127.0.0.1", server.port)
        with contextlib.closing(connection):
            for target in ("/api/v1/version", "/api/v1/me", "/none.js", "/", "/api/v1/version"):
                connection.request("GET", target, headers={"Authorization": f"Bearer {server.token}"})
                connection.getresponse().read()
        two = server.raw(server.head("GET /api/v1/version HTTP/1.1") + server.head("GET /api/v1/me HTTP/1.1", "Connection: close"))
        self.assertEqual(two.count("HTTP/1.1 200 OK"), 2)
        self.assertNotIn("\r\n\r\n{", server.raw(server.head("HEAD /api/v1/version HTTP/1.1", "Connection: close")))


class Runs(ServerCase):
    def test_a_stream_goes_on_where_it_broke(self):
        server = self.start()
        answer = server.post("plan:run", {})
        self.assertEqual(answer.status, 202)
        run = json.loads(answer.body)["run"]
        self.assertEqual(answer.getheader("Location"), f"{server.base}runs/{run}")
        first = server.follow(run, most=6)
        self.assertEqual(first[0][1], "hello")
        rest = server.follow(run, after=first[-1][0])
        self.assertEqual(rest[-1][2]["state"], "done")
        whole = server.follow(run)
        ids = lambda events: [i for i, name, _ in events if i]
        self.assertEqual(ids(first) + ids(rest), ids(whole))
        self.assertEqual(ids(whole), sorted(set(ids(whole)), key=int))
        steps = [d["id"] for _, name, d in whole if name == "step" and d["state"] == "done"]
        self.assertEqual((steps[0], steps[-1], len(steps)), ("data", "hallmark", 12))
        lines = [d["text"] for _, name, d in whole if name == "log"]
        self.assertEqual(lines, [i["text"] for i in server.json(f"runs/{run}/log")["items"]])
        shown = server.json(f"runs/{run}")
        self.assertEqual((shown["state"], len(shown["steps"])), ("done", 12))
        report = next(s["digest"] for s in shown["steps"] if s["id"] == "report")
        page = server.get(f"evidence/{report}/blobs/report")
        self.assertEqual(page.getheader("Content-Type"), "text/html; charset=utf-8")
        self.assertTrue(page.getheader("Content-Security-Policy").startswith("sandbox; default-src 'none'; style-src 'unsafe-inline';"))
        self.assertIn("frame-ancestors 'self'", page.getheader("Content-Security-Policy"))
        self.assertEqual(server.get(f"evidence/{report}/blobs/report", headers={"If-None-Match": page.getheader("ETag")}).status, 304)

    def test_cancel(self):
        server = self.start(plan=True)
        body = self.long_request(server)
        run = json.loads(server.post("evaluate:run", body, headers={"Prefer": "respond-async"}).body)["run"]
        server.follow(run, most=3)
        self.assertEqual(server.json(f"runs/{run}")["state"], "running")
        self.assertEqual(server.post("runs:cancel", {"run": run}).status, 200)
        start = time.monotonic()
        self.assertEqual(server.ended(run), "cancelled")
        self.assertLess(time.monotonic() - start, 5 * SLOW)
        self.assertEqual(server.post("runs:cancel", {"run": run}).status, 409)
        self.assertEqual(server.json(f"runs/{run}")["state"], "cancelled")
        self.assertEqual(json.loads(server.get(f"runs/{run}/result").body)["code"], "cancelled")
        self.assertEqual(self.json("runs", "list", "--limit", "1", cwd=server.folder)["items"][0]["state"], "cancelled")

    def test_idempotency(self):
        server = self.start()
        key = {"Idempotency-Key": "once"}
        runs = {json.loads(server.post("plan:run", {}, headers=key).body)["run"] for _ in range(3)}
        self.assertEqual(len(runs), 1)
        self.assertEqual(server.post("plan:run", {"refresh": True}, headers=key).status, 422)
        self.assertEqual(server.ended(runs.pop()), "done")

    def test_a_killed_server_leaves_nothing_half_done(self):
        server = self.start(plan=True)
        run = json.loads(server.post("evaluate:run", self.long_request(server), headers={"Prefer": "respond-async"}).body)["run"]
        server.follow(run, most=3)
        plan = server.post("plan:run", {"refresh": True})
        self.assertEqual(plan.status, 202)
        server.follow(json.loads(plan.body)["run"], most=8)
        server.process.send_signal(signal.SIGKILL)
        server.process.wait()
        again = Server(self, server.folder)
        self.assertEqual(again.json(f"runs/{run}")["state"], "preempted")
        self.assertEqual(again.follow(run)[-1][2]["state"], "preempted")
        self.assertEqual(again.post("runs:cancel", {"run": run}).status, 409)
        retried = json.loads(again.post("plan:run", {}).body)["run"]
        self.assertEqual(again.ended(retried), "done")
        states = {s["state"] for s in again.json(f"runs/{retried}")["steps"]}
        self.assertIn("cached", states)
        self.assertTrue(json.loads(again.post("audit:verify", {}).body)["whole"])
        left, until = [0], time.monotonic() + 5  # the folder of the last answer goes just after the answer
        while left and time.monotonic() < until:
            left = list((again.folder / ".assay/staging").iterdir())
        self.assertEqual(left, [])

    def test_drain_finishes_what_has_begun(self):
        server = self.start(plan=True)
        body = self.long_request(server, replicates=60_000)
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
        with contextlib.closing(connection):
            connection.request("POST", server.base + "evaluate:run", json.dumps(body), {"Authorization": f"Bearer {server.token}", "Content-Type": "application/json"})
            time.sleep(0.3)
            start = time.monotonic()
            server.process.send_signal(signal.SIGTERM)
            answer = connection.getresponse()
            self.assertEqual((answer.status, json.loads(answer.read())["operation"]), (200, "evaluate.run"))
        self.assertEqual(server.process.wait(12), 0)
        self.assertLess(time.monotonic() - start, 12)
        with self.assertRaises(OSError):
            server.get("/api/v1/version", timeout=1)

    def test_drain_ends_what_lasts_too_long(self):
        server = self.start(plan=True)
        run = json.loads(server.post("evaluate:run", self.long_request(server, replicates=1_000_000), headers={"Prefer": "respond-async"}).body)["run"]
        server.follow(run, most=3)
        start = time.monotonic()
        self.assertEqual(server.stop(20), 0)
        self.assertLess(time.monotonic() - start, 14)
        state = self.json("runs", "list", "--limit", "1", cwd=server.folder)["items"][0]["state"]
        self.assertIn(state, ("cancelled", "done"))

    def test_workspace_deleted_under_the_server(self):
        server = self.start(plan=True)
        self.assertEqual(server.get("view/overview").status, 200)
        away = self.folder / "away"
        os.rename(server.folder, away)
        for answer in (server.get("view/overview"), server.get("assets"), server.post("plan:run", {}), server.request("POST", "uploads", b"x")):
            self.assertEqual(answer.status, 503)
            self.assertEqual(json.loads(answer.body)["code"], "unavailable")
            self.assertIn("mortgage", json.loads(answer.body)["where"])
        self.assertTrue(server.alive())
        self.assertFalse(server.folder.exists())
        os.rename(away, server.folder)
        self.assertEqual(server.get("view/overview").status, 200)


class Remote(ServerCase):
    """`assay … --server URL` is a run here, done there."""

    def remote(self, server, *words, **more):
        self.environment["ASSAY_TOKEN"] = server.token
        return self.run_assay(*words, "--server", server.url, cwd=self.folder, **more)

    def test_same_output_and_exit(self):
        server = self.start()
        there = self.remote(server, "run")
        here = self.run_assay("run", cwd=self.example("other"))
        self.assertEqual((there.returncode, here.returncode), (0, 0), there.stderr)
        plain = lambda text: re.sub(r"[\d.]+ s|\S*/out/", "", text).replace("out/", "")
        self.assertEqual(plain(there.stderr), plain(here.stderr))
        self.assertEqual(plain(there.stdout), plain(here.stdout))
        local = self.ok("stats", "profile", server.folder / "boston_hmda.csv")
        self.assertEqual(self.remote(server, "stats", "profile", server.folder / "boston_hmda.csv").stdout, local)
        self.assertEqual(self.remote(server, "stats", "profile", "none.csv").returncode, 2)
        listed = self.remote(server, "runs", "list", "--limit", "3")
        self.assertEqual(listed.stdout, self.ok("runs", "list", "--limit", "3", cwd=server.folder))

    def test_files_come_back(self):
        server = self.start(plan=True)
        done = self.remote(server, "model", "predict", "model:mortgage", "dataset:boston_hmda", "-o", "scores.csv")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.ok("model", "predict", "model:mortgage", "dataset:boston_hmda", "-o", self.folder / "local.csv", cwd=server.folder)
        self.assertEqual((self.folder / "scores.csv").read_bytes(), (self.folder / "local.csv").read_bytes())

    def test_a_failing_gate_fails_here_too(self):
        server = self.start()
        plan = server.folder / "assay.yaml"
        plan.write_text(plan.read_text().replace("auc >= 0.70", "auc >= 0.99"))
        self.assertEqual(self.remote(server, "run", "--quiet").returncode, 1)

    def test_ctrl_c_cancels_there(self):
        server = self.start(plan=True)
        self.environment["ASSAY_TOKEN"] = server.token
        words = ["evaluate", "run", self.predictions(server), "--label", "label", "--score", "score", "--replicates", "1000000", "--server", server.url]
        running = subprocess.Popen([ASSAY, *words], cwd=self.folder, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        time.sleep(1.5)
        running.send_signal(signal.SIGINT)
        said = running.communicate(timeout=20)[1]
        self.assertEqual(running.returncode, 130, said)
        for _ in range(100):
            state = json.loads(server.post("runs:list", {"limit": 1}).body)["items"][0]["state"]
            if state != "running":
                break
            time.sleep(0.1)
        self.assertEqual(state, "cancelled")

    def test_who_is_not_there(self):
        self.environment["ASSAY_TOKEN"] = "assay_x"
        self.refused("runs", "list", "--server", f"http://127.0.0.1:{free_port()}", status=3, what="does not answer")
        self.refused("runs", "list", "--server", "127.0.0.1:80", where="--server", fix="http://HOST:PORT")
        self.refused("runs", "list", "--server", "https://127.0.0.1", what="TLS")
        server = self.start()
        self.refused("runs", "list", "--server", server.url, where="session")
        self.environment.pop("ASSAY_TOKEN")
        self.refused("runs", "list", "--server", server.url, what="no token", fix="ASSAY_TOKEN")
        self.ok("runs", "list", "--server", server.url, cwd=server.folder)  # its own user finds the token there
        token = self.write("token", server.token + "\n")
        self.ok("runs", "list", "--server", server.url, "--token-file", token)
        self.refused("runs", "list", "--server", server.url, "--token-file", token, "--workspace", "none", fix="mortgage")


if __name__ == "__main__":
    unittest.main()
