"""The Debian package: made from what is built, unpacked into an empty root, and run there with an empty environment."""
import gzip
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

from support import ASSAY, TOP, Case

BUILD = pathlib.Path(ASSAY).resolve().parent.parent


@unittest.skipUnless(shutil.which("dpkg-shlibdeps") and (BUILD / "CPackConfig.cmake").exists(), "packages are made on Debian with dpkg-dev")
class Package(Case):
    @classmethod
    def setUpClass(cls):
        cls.place = pathlib.Path(tempfile.mkdtemp(prefix="assay-package-"))
        cls.addClassCleanup(shutil.rmtree, cls.place, ignore_errors=True)
        made = subprocess.run(["cpack", "--config", BUILD / "CPackConfig.cmake", "-B", cls.place / "made"], capture_output=True, text=True)
        assert made.returncode == 0, made.stdout + made.stderr
        cls.deb = next((cls.place / "made").glob("*.deb"))
        cls.root = cls.place / "root"
        subprocess.run(["dpkg-deb", "-x", cls.deb, cls.root], check=True)

    def field(self, name):
        return subprocess.run(["dpkg-deb", "-f", self.deb, name], capture_output=True, text=True, check=True).stdout.strip()

    def bare(self, *words, cwd=None):
        """Runs what was unpacked, knowing nothing but a home."""
        return subprocess.run(["env", "-i", f"HOME={self.folder}", self.root / "usr/bin" / words[0], *words[1:]], cwd=cwd or self.folder, capture_output=True, text=True)

    def test_the_control_file(self):
        self.assertEqual(self.field("Package"), "assay")
        depends = self.field("Depends")
        for library in ("libc6", "libtbb12", "libsodium23", "libsoci-sqlite3-4.0"):
            self.assertIn(library, depends)
        self.assertNotIn("-dev", depends)
        self.assertNotIn("arrow", depends, "Arrow lies inside the package")

    def test_it_runs_in_an_empty_environment(self):
        plan = self.example()
        self.assertEqual(self.bare("assay", "--version").stdout, f"assay {self.field('Version')}\n")
        done = self.bare("assay", "run", "assay.yaml", cwd=plan)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        hallmark = plan / "out/mortgage/mortgage.hallmark.jsonl"
        done = self.bare("assay-verify", hallmark, "--trust", plan / ".assay/trust.json", "--model", plan / "out/mortgage/mortgage.amodel")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_nothing_points_to_the_build_tree(self):
        for file in ("usr/bin/assay", "usr/lib/assay/libassay.so"):
            linked = subprocess.run(["env", "-i", "ldd", self.root / file], capture_output=True, text=True, check=True).stdout
            self.assertNotIn("not found", linked)
            self.assertNotIn(str(TOP), linked.replace(str(self.root), ""))
        linked = subprocess.run(["ldd", self.root / "usr/lib/assay/libassay.so"], capture_output=True, text=True, check=True).stdout
        for arrow in re.findall(r"lib(?:arrow|parquet)\S* => (\S+)", linked):
            self.assertTrue(pathlib.Path(arrow).resolve().is_relative_to(self.root.resolve()), linked)
        for file in self.root.rglob("*"):
            if file.is_file() and b"\x7fELF" == file.read_bytes()[:4]:
                path = subprocess.run(["readelf", "-d", file], capture_output=True, text=True).stdout
                self.assertNotIn(str(TOP), path)

    def test_the_verifier_stands_alone(self):
        said = subprocess.run(["ldd", self.root / "usr/bin/assay-verify"], capture_output=True, text=True)
        self.assertIn("not a dynamic executable", said.stdout + said.stderr)
        self.assertLess((self.root / "usr/bin/assay-verify").stat().st_size, 1_000_000)

    def test_texts(self):
        share = self.root / "usr/share"
        for file in ("bash-completion/completions/assay", "zsh/vendor-completions/_assay", "fish/vendor_completions.d/assay.fish"):
            self.assertIn("fairness", (share / file).read_text())
        self.assertIn("fairness assess", gzip.decompress((share / "man/man1/assay.1.gz").read_bytes()).decode())
        notices = gzip.decompress((share / "doc/assay/third-party.gz").read_bytes()).decode()
        for name in ("Apache License", "CLI11", "nlohmann", "Eigen", "Boost", "libsodium"):
            self.assertIn(name, notices)
            self.assertIn(name.replace("Apache License", "Apache Arrow"), (share / "doc/assay/copyright").read_text())

    def test_files_belong_to_root_and_others_may_read_them(self):
        for line in subprocess.run(["dpkg-deb", "-c", self.deb], capture_output=True, text=True, check=True).stdout.splitlines():
            self.assertRegex(line, r"^[-d]rw[x-]r-[x-]r-[x-] root/root ")


if __name__ == "__main__":
    unittest.main()
