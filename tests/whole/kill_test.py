"""kill -9 at random moments of `assay run`: the next run completes, what was acknowledged is still there, the audit log is whole."""
import os
import random
import re
import signal
import subprocess
import time
import unittest

from support import ASSAY, Case

ROUNDS = int(os.environ.get("ASSAY_KILLS", "100"))


class Kill(Case):
    def test_nothing_acknowledged_is_lost(self):
        random.seed(20)
        warm = self.example("warm")
        start = time.monotonic()
        self.ok("run", "assay.yaml", cwd=warm)
        whole_s = time.monotonic() - start
        killed = resumed = 0
        for number in range(ROUNDS):
            plan = self.example(f"kill{number}")
            running = subprocess.Popen([ASSAY, "run", "assay.yaml"], cwd=plan, env=self.environment, stdout=subprocess.DEVNULL,
                                       stderr=subprocess.PIPE, text=True)
            time.sleep(random.uniform(0, whole_s))
            running.send_signal(signal.SIGKILL)
            said = running.communicate()[1]
            killed += running.returncode == -signal.SIGKILL
            acknowledged = set(re.findall(r"^\[ ?\d+/\d+\] (\S+)\s+\S+\s+[\d.]+ s$", said, re.M))
            report = self.json("run", "assay.yaml", "--quiet", cwd=plan)
            states = {step["id"]: step["state"] for step in report["steps"]}
            for step in acknowledged:
                self.assertEqual(states[step], "cached", f"round {number}: {step} was acknowledged and then lost")
            resumed += bool(acknowledged)
            audit = self.json("audit", "verify", cwd=plan)
            self.assertTrue(audit["whole"], audit)
            self.assertEqual(list((plan / ".assay/staging").iterdir()), [], "leftovers of the killed process")
        print(f"{killed} of {ROUNDS} killed, {resumed} went on from acknowledged steps")
        self.assertGreater(killed, ROUNDS // 2)
        self.assertGreater(resumed, ROUNDS // 4)


if __name__ == "__main__":
    unittest.main()
