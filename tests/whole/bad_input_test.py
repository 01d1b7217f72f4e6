"""Every way the input can be wrong: the four-part error, its exit status, and nothing half-written."""
import os
import pathlib
import random
import resource
import shutil
import subprocess
import unittest

from support import ASSAY, Case

HEAD = "y,x,g\n"
ROWS = "".join(f"{'yes' if i % 3 else 'no'},{i % 7},{'a' if i % 2 else 'b'}\n" for i in range(60))


class Data(Case):
    def profile(self, text, **expected):
        return self.refused("stats", "profile", self.write("bad.csv", text), **expected)

    def test_missing_file(self):
        self.refused("stats", "profile", self.folder / "none.csv", where="none.csv")

    def test_empty_file(self):
        self.profile("", where="bad.csv", what="no column")

    def test_header_only_is_a_table_of_no_rows(self):
        self.ok("stats", "profile", self.write("head.csv", HEAD))
        self.refused("train", "linear", self.folder / "head.csv", "--label", "y")

    def test_ragged_row(self):
        self.profile(HEAD + ROWS + "yes,1\n", status=3, where="bad.csv:62")
        self.ok("stats", "profile", self.folder / "bad.csv", "--bad-rows", "skip")

    def test_duplicate_column(self):
        self.profile("a,b,a\n1,2,3\n", what="a")

    def test_not_utf8(self):
        self.profile(b"y,x\nyes,\xff\xfe\n", status=3, where="bad.csv")

    def test_nul_bytes(self):
        self.profile(b"y,x\nyes,\0\n", status=3, where="bad.csv")

    def test_too_many_columns(self):
        wide = ",".join(f"c{i}" for i in range(100_000))
        self.profile(wide + "\n" + ",".join("1" * 100_000) + "\n", status=3, what="100000")

    def test_unclosed_quote(self):
        self.profile('a,b\n1,"x\n2,3\n', status=3, where="bad.csv")

    def test_truncated_parquet(self):
        self.write("t.parquet", b"PAR1" + b"\0" * 40)
        self.refused("stats", "profile", self.folder / "t.parquet", status=3, where="t.parquet")


    def test_spellings_of_missing_need_text(self):
        self.ok("stats", "profile", self.write("good.csv", HEAD + ROWS))
        self.ok("data", "add", self.folder / "good.csv", "-o", self.folder / "t.arrow")
        self.refused("stats", "profile", self.folder / "t.arrow", "--null", "a", where="t.arrow")

    def test_a_split_that_is_none(self):
        data = self.write("good.csv", HEAD + ROWS)
        for text in ('{"blobs":{"split":5}}', '{"blobs":{"split":{"digest":4}}}', "{}", "y\n1\n"):
            self.refused("train", "linear", data, "--label", "y", "--split", self.write("s.json", text))


class Flags(Case):
    def test_what_is_not_utf8(self):
        self.refused("init", "d.csv", "--label", "deny", "--favorable", b"\xff".decode(errors="surrogateescape"), where="argument", what="UTF-8")

    def test_policy_and_format_where_they_mean_nothing(self):
        self.refused("audit", "verify", "--policy", "p.yaml", where="--policy")
        self.refused("audit", "verify", "--format", "xyz", where="--format")

    def test_unknown_words(self):
        self.refused("fairnes", "assess", where="fairnes", fix="fairness")
        self.refused("fairness", "asses", where="asses", fix="assess")
        self.refused("stats", "profile", "x.csv", "--coloms", "a", where="--coloms", fix="--columns")
        self.refused("stats", "profile", where="data", what="required")
        self.refused("stats", "profile", "x.csv", "--bins", "many", where="--bins", what="whole number")
        self.refused("stats", "profile", "x.csv", "--bins", "0", where="--bins", what="out of range")


class Plan(Case):
    def setUp(self):
        super().setUp()
        self.plan = self.example()
        self.text = (self.plan / "assay.yaml").read_text()

    def changed(self, old, new, **expected):
        self.assertIn(old, self.text)
        (self.plan / "assay.yaml").write_text(self.text.replace(old, new, 1))
        said = self.refused("run", "assay.yaml", cwd=self.plan, **expected)
        self.assertFalse((self.plan / "out").exists(), "something was half-written")
        return said

    def test_unknown_key(self):
        said = self.changed("seed: 0", "sede: 0", where="assay.yaml:", fix='"seed"')
        self.assertRegex(said, r"assay\.yaml:\d+:\d+")

    def test_unknown_learner(self):
        self.changed("learner: logistic", "learner: logistics", where="learner", fix="logistic")

    def test_threshold_out_of_range(self):
        self.changed("learner: logistic", "threshold: 1.5", where="threshold", what="out of range")

    def test_label_absent(self):
        self.changed("column: deny", "column: denied", what="denied", fix="deny")

    def test_label_with_one_value(self):
        rows = (self.plan / "boston_hmda.csv").read_text().splitlines()
        (self.plan / "boston_hmda.csv").write_text("\n".join([rows[0]] + [r for r in rows[1:] if r.startswith("no,")]) + "\n")
        self.refused("run", "assay.yaml", cwd=self.plan, what="deny")

    def test_protected_column_absent(self):
        self.changed("protected: [afam]", "protected: [race]", what="race")

    def test_protected_column_of_fractions(self):
        self.changed("protected: [afam]", "protected: [pirat]", what="is no grouping", where="pirat", fix="bins")

    def test_missing_data(self):
        self.changed("source: boston_hmda.csv", "source: other.csv", where="other.csv")

    def test_a_wrong_check_names_its_place(self):
        said = self.changed("auc >= 0.70", "auc >= ", where="assay.yaml:")
        self.assertRegex(said, r"assay\.yaml:\d+:\d+")
        self.changed("auc >= 0.70", "auk(group=afam >= 0.70", where="assay.yaml:")

    def test_cyclic_and_deep_yaml(self):
        self.changed("assay: 1", "assay: 1\nx: &a [*a]", where="assay.yaml")
        self.changed("assay: 1", "assay: 1\nx: " + "[" * 80 + "]" * 80, where="assay.yaml")
        bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(f"{c}: &{c} [{','.join(['*' + p] * 9)}]\n" for p, c in zip("abcdefg", "bcdefgh"))
        self.changed("assay: 1", "assay: 1\n" + bomb, where="assay.yaml")

    def test_a_field_of_later_is_said(self):
        self.changed("seed: 0", "seed: 0\nmonitor: {window: 1d}", where="monitor", what="does not run it")

    def test_plan_absent(self):
        self.refused("run", "none.yaml", cwd=self.plan, where="none.yaml", fix="assay init")


class HostileModels(Case):
    def test_models_that_lie(self):
        tree = '{"learner":{"learner_model_param":{"num_feature":"2","num_class":"0","base_score":"5E-1"},"objective":{"name":"binary:logistic"},' \
               '"feature_names":[],"feature_types":[],"gradient_booster":{"name":"gbtree","model":{"gbtree_model_param":{"num_trees":"1"},"tree_info":[0],' \
               '"trees":[{"left_children":%s,"right_children":%s,"split_indices":%s,"split_conditions":%s,"default_left":[0,0,0],"base_weights":[0,0,0],' \
               '"sum_hessian":[1,1,1],"tree_param":{"num_nodes":"3","size_leaf_vector":"1","num_deleted":"0"}}]}}},"version":[3,2,0]}'
        sound = tree % ("[1,-1,-1]", "[2,-1,-1]", "[1,0,0]", "[0.5,-1,1]")
        self.ok("model", "import", self.write("m.json", sound))
        bad = {
            "cycle": tree % ("[0,-1,-1]", "[2,-1,-1]", "[1,0,0]", "[0.5,-1,1]"),
            "outside": tree % ("[9,-1,-1]", "[2,-1,-1]", "[1,0,0]", "[0.5,-1,1]"),
            "feature": tree % ("[1,-1,-1]", "[2,-1,-1]", "[7,0,0]", "[0.5,-1,1]"),
            "lengths": tree % ("[1,-1]", "[2,-1,-1]", "[1,0,0]", "[0.5,-1,1]"),
            "nan leaf": tree % ("[1,-1,-1]", "[2,-1,-1]", "[1,0,0]", "[0.5,1e999,1]"),
            "truncated": sound[: len(sound) // 2],
            "deep": '{"learner":' + '{"a":' * 100_000 + "1" + "}" * 100_000 + "}",
            "claims": sound.replace('"num_trees":"1"', '"num_trees":"1000000000"'),
            "empty object": '{"learner":{}}',
            "no model": "hello",
        }
        for name, text in bad.items():
            with self.subTest(name):
                done = self.run_assay("model", "import", self.write("m.json", text))
                self.assertIn(done.returncode, (2, 3), f"{name}: {done.stdout}{done.stderr}")
                self.assertIn("m.json", done.stderr)


class Surroundings(Case):
    def test_newer_workspace(self):
        plan = self.example()
        self.ok("run", "assay.yaml", cwd=plan)
        subprocess.run(["python3", "-c", "import sqlite3; c=sqlite3.connect('.assay/workspace.db'); c.execute('PRAGMA user_version=9'); c.commit()"],
                       cwd=plan, check=True)
        self.refused("run", "assay.yaml", cwd=plan, where="workspace.db", what="format 9")

    @unittest.skipUnless(os.geteuid() == 0, "only root can become somebody else")
    def test_read_only_workspace(self):
        plan = self.example()
        self.ok("run", "assay.yaml", cwd=plan)
        for folder, _, files in os.walk(self.folder):
            os.chmod(folder, 0o555)
            for file in files:
                os.chmod(os.path.join(folder, file), 0o444)
        self.refused("stats", "profile", "boston_hmda.csv", cwd=plan, preexec_fn=lambda: (os.setgid(65534), os.setuid(65534)))
        for folder, _, _ in os.walk(self.folder):
            os.chmod(folder, 0o755)

    def test_full_disk_leaves_nothing_half_written(self):
        plan = self.example()
        limit = lambda: (resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000)), __import__("signal").signal(__import__("signal").SIGXFSZ, 1))
        done = self.run_assay("run", "assay.yaml", cwd=plan, preexec_fn=limit)
        self.assertEqual(done.returncode, 3, done.stdout + done.stderr)
        self.assertFalse((plan / "out").exists())
        self.ok("run", "assay.yaml", cwd=plan)
        self.assertTrue(self.json("audit", "verify", cwd=plan)["whole"])

    def test_no_workspace(self):
        self.refused("audit", "verify", what="no workspace", fix="assay run")

    def test_two_runs_at_once(self):
        plan = self.example()
        crew = [subprocess.Popen([ASSAY, "run", "assay.yaml"], cwd=plan, env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
                for _ in range(3)]
        for each in crew:
            said = each.communicate(timeout=120)[1]
            self.assertIn(each.returncode, (0, 3), said)
        self.assertIn(0, [each.returncode for each in crew])
        self.assertTrue(self.json("audit", "verify", cwd=plan)["whole"])

    def test_ctrl_c_cancels(self):
        import signal, time
        big = self.write("big.csv", HEAD + ROWS * 40_000)
        running = subprocess.Popen([ASSAY, "stats", "profile", str(big)], env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        time.sleep(0.15)
        running.send_signal(signal.SIGINT)
        running.communicate(timeout=60)
        self.assertIn(running.returncode, (130, 0))


if __name__ == "__main__":
    unittest.main()
