"""A real server on loopback: its faces, what it answers, what it refuses, and that no client ends it."""
import contextlib
import http.client
import json
import os
import select
import socket
import subprocess
import sys
import time
import unittest

from server_support import free_port, ServerCase, SLOW, VENV
from support import ASSAY


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


if __name__ == "__main__":
    unittest.main()
