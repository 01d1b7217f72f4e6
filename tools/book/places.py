"""Where things lie, and how the built program is asked."""
import os
import pathlib
import subprocess
import sys

TOP = pathlib.Path(__file__).resolve().parents[2]
DOCS = TOP / "docs"
BUILD = TOP / "build"
ASSAY = pathlib.Path(os.environ.get("ASSAY", BUILD / "release/bin/assay")).absolute()


def environment(home):
    """A home of its own, so that no key of the user is touched, and the built program first in the path."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("ASSAY")}
    return {**kept, "HOME": str(home), "XDG_CONFIG_HOME": str(home / ".config"), "NO_COLOR": "1", "COLUMNS": "120", "LC_ALL": "C.UTF-8", "TZ": "UTC",
            "PATH": f"{ASSAY.parent}:{os.environ['PATH']}"}


def ask(*words, **more):
    """What the program prints; its complaint ends the build."""
    done = subprocess.run([ASSAY, *words], capture_output=True, text=True, **more)
    if done.returncode:
        sys.exit(f"assay {' '.join(words)}: exit {done.returncode}\n{done.stderr}")
    return done.stdout


def have(need):
    """Whether what a page needs is there: a face that is built apart."""
    if need == "studio":
        return subprocess.run([ASSAY, "server", "start", "--help"], capture_output=True).returncode == 0
    if need == "python":
        return python() is not None
    if need == "xgboost":
        return (BUILD / "bench-venv/bin/python").exists()
    if need == "postgres":
        return any(pathlib.Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    sys.exit(f"unknown need: {need} (studio, python, xgboost, postgres)")


def python():
    """An interpreter that has the package assay: $ASSAY_PYTHON, or the environment that the Python tests use."""
    for path in (os.environ.get("ASSAY_PYTHON"), BUILD / "python-venv/bin/python"):
        if path and pathlib.Path(path).exists() and subprocess.run([path, "-c", "import assay"], capture_output=True).returncode == 0:
            return pathlib.Path(path)
    return None
