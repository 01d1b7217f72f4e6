"""The main job, as a new user does it: init, run, run again, verify, tamper, look around."""
import json
import os
import pathlib
import random
import shutil
import stat
import subprocess
import unittest

from support import TOP, VERIFY, Case


class Run(Case):
    def setUp(self):
        super().setUp()
        self.plan = self.example()

    def hallmark(self):
        return self.plan / "out/mortgage/mortgage.hallmark.jsonl"

    def test_from_csv_to_hallmark_and_again_from_the_cache(self):
        report = self.json("run", "assay.yaml", cwd=self.plan)
        self.assertEqual(report["state"], "held")
        self.assertEqual({s["state"] for s in report["steps"]}, {"done"})
        states = {r["id"]: r["state"] for r in report["verdict"]["detail"]["rules"]}
        for blocking in ("discrimination", "better-than-base-rate", "four-fifths"):
            self.assertEqual(states[blocking], "held")
        for file in ("report", "card", "readme", "model", "hallmark"):
            self.assertTrue((self.plan / report["files"][file]).is_file(), file)
        before = self.hallmark().read_bytes()
        again = self.json("run", "assay.yaml", cwd=self.plan)
        self.assertEqual({s["state"] for s in again["steps"]}, {"cached"})
        self.assertEqual(self.hallmark().read_bytes(), before)
        self.assertEqual([s["digest"] for s in report["steps"]], [s["digest"] for s in again["steps"]])
        # Another folder, another number of threads: the same evidence, byte for byte.
        other = self.example("other")
        elsewhere = self.json("run", "assay.yaml", "--threads", "1", cwd=other)
        for mine, theirs in zip(report["steps"], elsewhere["steps"]):
            if mine["id"] not in ("hallmark",):
                self.assertEqual(mine["digest"], theirs["digest"], mine["id"])

    def test_what_a_person_sees(self):
        out = self.ok("run", "assay.yaml", cwd=self.plan)
        for words in ("four-fifths", "held", "report", "hallmark", "assay hallmark verify"):
            self.assertIn(words, out)
        again = self.ok("run", "assay.yaml", cwd=self.plan)
        self.assertIn("12 of 12 steps came from the cache", again)
        self.assertIn("data.add", self.ok("plan", "show", "assay.yaml", cwd=self.plan))

    def test_workspace_tells_what_came_from_what(self):
        self.ok("run", "assay.yaml", cwd=self.plan)
        lineage = self.json("lineage", "show", "model:mortgage", cwd=self.plan)
        labels = {n["label"] for n in lineage["nodes"]}
        self.assertIn("dataset:boston_hmda@1", labels)
        self.assertIn("hallmark:mortgage@1", labels)
        items = self.json("evidence", "list", cwd=self.plan)["items"]
        kinds = {i["kind"] for i in items}
        for kind in ("profile", "split", "training", "evaluation", "fairness", "verdict"):
            self.assertIn(f"assay.{kind}/1", kinds)
        shown = self.json("evidence", "show", items[0]["digest"][:19], cwd=self.plan)
        self.assertEqual(shown["digest"], items[0]["digest"])
        self.assertTrue(self.json("audit", "verify", cwd=self.plan)["whole"])

    def test_every_figure_has_an_interval_or_says_why_not(self):
        self.ok("run", "assay.yaml", cwd=self.plan)
        for item in self.json("evidence", "list", cwd=self.plan)["items"]:
            evidence = self.json("evidence", "show", item["digest"], cwd=self.plan)["evidence"]
            for figure in evidence.get("figures", []):
                if figure["low"] is None or figure["high"] is None:
                    self.assertTrue(figure.get("why"), (item["kind"], figure))

    def test_tampering_is_refused_with_the_reason(self):
        self.ok("run", "assay.yaml", cwd=self.plan)
        model, trust = self.plan / "out/mortgage/mortgage.amodel", self.plan / ".assay/trust.json"
        verify = lambda **more: self.ok("hallmark", "verify", self.hallmark(), "--model", model, cwd=self.plan, **more)
        verify()
        self.ok(self.hallmark(), "--trust", trust, "--model", model, program=VERIFY)
        random.seed(5)
        for path in (self.hallmark(), model, trust):
            whole = path.read_bytes()
            for _ in range(12):
                at, bit = random.randrange(len(whole)), 1 << random.randrange(8)
                os.chmod(path, 0o644)
                path.write_bytes(whole[:at] + bytes([whole[at] ^ bit]) + whole[at + 1:])
                done = self.run_assay("hallmark", "verify", self.hallmark(), "--model", model, cwd=self.plan)
                self.assertNotEqual(done.returncode, 0, f"byte {at} of {path.name}")
                small = self.run_assay(self.hallmark(), "--trust", trust, "--model", model, program=VERIFY)
                self.assertNotEqual(small.returncode, 0, f"byte {at} of {path.name}")
            path.write_bytes(whole)
        verify()
        alone = self.run_assay(self.hallmark(), program=VERIFY)
        self.assertEqual(alone.returncode, 1)
        self.assertIn("unknown key", alone.stdout + alone.stderr)

    def test_the_key_is_private_and_outside_the_project(self):
        self.ok("run", "assay.yaml", cwd=self.plan)
        keys = [p for p in (self.folder / "home").rglob("*") if p.is_file() and "key" in p.name]
        self.assertTrue(keys)
        for key in keys:
            self.assertEqual(stat.S_IMODE(key.stat().st_mode), 0o600, key)
        self.assertEqual([p for p in self.plan.rglob("*") if p.suffix == ".key"], [])

    def test_another_key_signs_anew(self):
        self.ok("run", "assay.yaml", cwd=self.plan)
        first = self.hallmark().read_bytes()
        shutil.rmtree(self.folder / "home")
        self.refused("run", "assay.yaml", cwd=self.plan, where="trust.json")   # the project trusts the first key only
        (self.plan / ".assay/trust.json").unlink()
        (self.plan / ".assay/trust.json.seen").unlink(missing_ok=True)
        self.ok("run", "assay.yaml", cwd=self.plan)
        self.assertNotEqual(self.hallmark().read_bytes(), first)
        self.ok("hallmark", "verify", self.hallmark(), cwd=self.plan)

    def test_a_failed_check_leaves_report_and_no_hallmark(self):
        self.ok("run", "assay.yaml", cwd=self.plan)
        text = (self.plan / "assay.yaml").read_text().replace("auc >= 0.70", "auc >= 0.99")
        (self.plan / "assay.yaml").write_text(text)
        out = self.ok("run", "assay.yaml", cwd=self.plan, status=1)
        self.assertIn("no hallmark", out)
        self.assertTrue((self.plan / "out/mortgage/report.html").is_file())
        self.assertFalse(self.hallmark().exists(), "a hallmark of an earlier model lies beside a failed one")

    def test_an_undecided_check_exits_4(self):
        text = (self.plan / "assay.yaml").read_text().replace("auc >= 0.70", "auc >= 0.80")
        (self.plan / "assay.yaml").write_text(text)
        report = json.loads(self.ok("run", "assay.yaml", "--json", cwd=self.plan, status=4))
        self.assertEqual(report["state"], "not_decided")
        self.assertNotIn("hallmark", report["files"])

    def test_an_imported_xgboost_model_goes_the_same_way(self):
        shutil.copy(TOP / "tests/data/model/xgb_hmda.json", self.plan / "model.json")
        text = (self.plan / "assay.yaml").read_text().replace("  learner: logistic\n  options: {C: 1.0}\n", "  file: model.json\n")
        text = text.replace("favorable_rate_ratio(group=afam) >= 0.80", "favorable_rate_ratio(group=afam) >= 0.50")
        (self.plan / "assay.yaml").write_text(text)
        # The model knows yes/no columns as 0 and 1, as whoever trained it coded them.
        rows = (self.plan / "boston_hmda.csv").read_text().splitlines()
        head = rows[0].split(",")
        coded = [",".join({"yes": "1", "no": "0"}.get(v, v) if head[i] not in ("deny", "afam") else v for i, v in enumerate(r.split(","))) for r in rows[1:]]
        (self.plan / "boston_hmda.csv").write_text("\n".join([rows[0], *coded]) + "\n")
        report = self.json("run", "assay.yaml", cwd=self.plan)
        self.assertEqual([s["operation"] for s in report["steps"] if s["id"] == "model"], ["model.import"])
        self.ok("hallmark", "verify", self.hallmark(), "--model", self.plan / "out/mortgage/model.json", cwd=self.plan)

    def test_a_model_of_the_other_class_is_judged_by_the_plans_positive(self):
        """A model whose positive is "no", in a plan that says nothing: scores are turned to the later value, "yes"."""
        self.ok("train", "linear", self.plan / "boston_hmda.csv", "--label", "deny", "--positive", "no", "--protected", "afam", "-o", self.plan / "no.amodel")
        text = (self.plan / "assay.yaml").read_text().replace("  learner: logistic\n  options: {C: 1.0}\n", "  file: no.amodel\n")
        for said in ('    positive: "yes"', ""):
            (self.plan / "assay.yaml").write_text(text.replace('    positive: "yes"    # what the model predicts', said))
            report = self.json("run", "assay.yaml", cwd=self.plan)
            auc = [r["value"] for r in report["verdict"]["detail"]["rules"] if r["id"] == "discrimination"][0]
            self.assertGreater(auc, 0.75, said)

    def test_text_that_looks_like_a_reference_stays_text(self):
        text = (self.plan / "assay.yaml").read_text()
        for use in ("$5", "$500 loans of the shop", "$steps.data.outputs.table", "steps.data.outputs.table"):
            (self.plan / "assay.yaml").write_text(text.replace("use: Advise a loan officer whether a home-mortgage application is likely to be denied", f"use: {use}"))
            self.ok("run", "assay.yaml", cwd=self.plan)
            self.assertIn(use, (self.plan / "out/mortgage/model-card.json").read_text())

    def test_damage_in_the_store_is_noticed_and_mended(self):
        honest = self.json("run", "assay.yaml", cwd=self.plan)
        objects = [p for p in (self.plan / ".assay/objects").rglob("*") if p.is_file()]
        for path in objects:
            os.chmod(path, 0o600)
            whole = path.read_bytes()
            path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
        again = self.json("run", "assay.yaml", cwd=self.plan)
        self.assertEqual([s["digest"] for s in again["steps"] if s["id"] != "hallmark"], [s["digest"] for s in honest["steps"] if s["id"] != "hallmark"])
        self.ok("hallmark", "verify", self.hallmark(), "--model", self.plan / "out/mortgage/mortgage.amodel", cwd=self.plan)

    def test_files_keep_to_the_umask(self):
        self.ok("run", "assay.yaml", cwd=self.plan, preexec_fn=lambda: os.umask(0o077))
        for path in [self.plan / ".assay", *(self.plan / "out").rglob("*")]:
            self.assertEqual(path.stat().st_mode & 0o077, 0, path)

    def test_init_writes_a_plan_that_runs(self):
        data = self.plan / "boston_hmda.csv"
        made = self.folder / "made.yaml"
        self.ok("init", data, "--label", "deny", "--favorable", "no", "--protected", "afam", "-o", made)
        self.ok("plan", "check", made)
        done = self.run_assay("run", made)
        self.assertIn(done.returncode, (0, 4), done.stderr)
        self.refused("init", data, "--label", "deny", "-o", self.folder / "b.yaml", where="favorable", what='"no" or "yes"')
        self.refused("init", data, "--favorable", "no", "-o", self.folder / "b.yaml", where="label", what="deny")
        self.refused("init", data, "--label", "deny", "--favorable", "no", "-o", made, where="made.yaml")
        self.refused("init", data, "--label", "deny", "--favorable", "no", "--protected", "afamm", "-o", self.folder / "b.yaml", fix="afam")

    def test_alone_without_a_plan_or_workspace(self):
        data = self.plan / "boston_hmda.csv"
        self.ok("train", "linear", data, "--label", "deny", "--protected", "afam", "-o", self.folder / "m.amodel")
        self.ok("model", "predict", self.folder / "m.amodel", data, "--label", "deny", "--protected", "afam", "-o", self.folder / "p.csv")
        bare = self.json("fairness", "assess", self.folder / "p.csv", "--label", "label", "--decision", "decision", "--score", "score", "--group", "afam")
        self.assertNotIn("favorable_rate", {f["name"] for f in bare["figures"]})
        self.assertTrue(any("favorable" in flag for flag in bare["flags"]))
        said = self.json("fairness", "assess", self.folder / "p.csv", "--label", "label", "--score", "score", "--group", "afam", "--favorable", "no")
        self.assertIn("favorable_rate_ratio", {f["name"] for f in said["figures"]})
        policy = self.write("policy.yaml", "policy: house\nrules:\n  - {id: R1, require: favorable_rate_ratio(group=afam) >= 0.99}\n")
        self.ok("fairness", "assess", self.folder / "p.csv", "--label", "label", "--score", "score", "--group", "afam", "--favorable", "no",
                "--policy", policy, status=1)
        self.assertIn("deny", self.ok("stats", "profile", data))
        self.assertEqual(list(self.folder.glob(".assay")), [])


if __name__ == "__main__":
    unittest.main()
