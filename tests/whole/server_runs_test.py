"""Runs of a real server: their events, cancel, kill and drain; and the command line as its client."""
import contextlib
import http.client
import json
import os
import re
import signal
import subprocess
import time
import unittest

from server_support import free_port, Server, ServerCase, SLOW
from support import ASSAY


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
