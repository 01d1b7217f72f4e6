"""Runs what the pages show, in order, and compares what it prints.

In a page
  ```console                   `$ command` lines are run by bash; the lines below each are what it prints. `…` stands for any text in a
                               line, and alone on a line for any number of lines. A command that fails must be followed by `$ echo $?`.
  ```yaml title="policy.yaml"  a block with a title is written to that file
  <!-- run: command -->        runs unseen; $TOOLS is the repository's tools/
  <!-- set: NAME command -->   what the command prints is $NAME from here on
  <!-- background -->          the next block's command runs until the page ends, once it has printed what the block shows
  <!-- needs: studio -->       what follows is left out when that face is not built: up to the next heading of the second level, or the whole
                               page when it stands before the first
Blocks in other languages are for reading. Each page starts in a folder of its own with a copy of examples/, in a home of its own.
"""
import difflib
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

from . import places

LIMIT = 300  # seconds for a command
MARK = re.compile(r"<!-- (run|set|needs|background)(?:: (.*?))? -->")
VOLATILE = [(re.compile(r"[0-9a-f]{12,64}(?![0-9a-f])"), "…"),  # digests, runs and keys
            (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z"), "…"),
            (re.compile(r"\b\d+\.\d\d s\b"), "… s"), (re.compile(r"\b\d+ bytes\b"), "… bytes"),
            (re.compile(r"(?<=token=)\S+|(?<=127\.0\.0\.1:)\d+"), "…")]


class Wrong(Exception):
    pass


def blocks(text):
    """(line, kind, argument, body lines, first body line) of what a page holds, in order."""
    lines, at = text.splitlines(), 0
    while at < len(lines):
        mark, fence = MARK.fullmatch(lines[at].strip()), re.fullmatch(r"( *)(```+)(.*)", lines[at])
        if mark:
            yield at + 1, mark.group(1), mark.group(2), [], at + 1
        elif fence:
            indent, begin = len(fence.group(1)), at
            while lines[at + 1].strip() != fence.group(2):
                at += 1
            yield begin + 1, "fence", fence.group(3).strip(), [line[indent:] for line in lines[begin + 1:at + 1]], begin + 1
            at += 1
        elif lines[at].startswith("## "):
            yield at + 1, "heading", lines[at][3:], [], at + 1
        at += 1


def commands(body):
    """(index of the line, command, expected lines) of a console block; `> ` continues a command."""
    found = []
    for index, line in enumerate(body):
        if line.startswith("$ "):
            found.append([index, line[2:], []])
        elif line.startswith("> ") and found and not found[-1][2]:
            found[-1][1] += "\n" + line[2:]
        elif found:
            found[-1][2].append(line)
        else:
            raise Wrong("a console block begins with `$ command`")
    return found


def pattern(expected):
    text = ""
    for line in expected:
        if line.strip() == "…":
            text += r"(?:[^\n]*\n)*?"
        else:
            text += ".*?".join(re.escape(part.rstrip() if last else part) for last, part in marked(line.split("…"))) + r"[ \t]*\n"
    return re.compile(text)


def marked(parts):
    return [(index == len(parts) - 1, part) for index, part in enumerate(parts)]


def settle(text):
    """What may differ from run to run becomes `…`."""
    for what, shown in VOLATILE:
        text = what.sub(shown, text)
    return [line.rstrip() for line in text.splitlines()]


def agrees(expected, said):
    said = "\n".join(line.rstrip() for line in said.strip("\n").splitlines())
    return bool(pattern(trimmed(expected)).fullmatch(said + "\n" if said else ""))


def trimmed(lines):
    lines = list(lines)
    while lines and not lines[-1].strip():
        lines.pop()
    while lines and not lines[0].strip():
        lines.pop(0)
    return lines


class Page:
    def __init__(self, path, write=False):
        self.path, self.write, self.count, self.edits = path, write, 0, []
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="assay-book-"))
        self.cwd, self.status, self.crew = self.folder, 0, []
        (self.folder / "home").mkdir()
        shutil.copytree(places.TOP / "examples", self.folder / "examples", ignore=shutil.ignore_patterns(".assay", "out"))
        self.environment = places.environment(self.folder / "home")
        self.environment["TOOLS"] = str(places.TOP / "tools")
        self.environment["BENCH_PYTHON"] = str(places.BUILD / "bench-venv/bin/python")
        if python := places.python():
            self.environment["PATH"] = f"{python.parent}:{self.environment['PATH']}"

    def shell(self, command):
        """Runs it where the last one ended, knowing how the last one ended."""
        script = f"cd {str(self.cwd)!r}\n(exit {self.status})\n{command}\nstatus=$?\npwd > {self.folder}/cwd\nexit $status"
        done = subprocess.run(["bash", "-c", script], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              env=self.environment, timeout=LIMIT)
        self.status = done.returncode
        self.cwd = pathlib.Path((self.folder / "cwd").read_text().strip())
        self.count += 1
        return done.stdout

    def begin(self, command, expected):
        """Starts what does not end by itself and waits until it has printed what is shown."""
        log = self.folder / f"log{len(self.crew)}"
        with open(log, "w") as out:
            self.crew.append(subprocess.Popen(["bash", "-c", "exec " + command], cwd=self.cwd, env=self.environment, stdin=subprocess.DEVNULL, stdout=out,
                                              stderr=subprocess.STDOUT, start_new_session=True))
        threading.Thread(target=self.crew[-1].wait, daemon=True).start()  # so that whoever ends it sees it gone
        for _ in range(200):
            if agrees(expected, log.read_text()) and log.stat().st_size:
                break
            if self.crew[-1].poll() is not None:
                break
            time.sleep(0.1)
        self.environment["BACKGROUND_LOG"] = str(log)
        self.count += 1
        self.status = 0
        return log.read_text()

    def run(self):
        skipped, background, headings = None, False, 0
        for line, kind, argument, body, first in blocks(self.path.read_text()):
            try:
                if kind == "heading":
                    headings += 1
                    skipped = None
                elif kind == "needs" and not places.have(argument):
                    skipped = argument
                    print(f"{self.path.name}:{line}: left out: {argument} is not there")
                    if not headings:
                        return
                elif skipped:
                    continue
                elif kind == "run":
                    said = self.shell(argument)
                    if self.status:
                        raise Wrong(f"{argument}: exit {self.status}\n{said}")
                elif kind == "set":
                    name, _, command = argument.partition(" ")
                    self.environment[name] = self.shell(command).strip()
                elif kind == "background":
                    background = True
                elif kind == "fence":
                    self.block(argument, body, first, background)
                    background = False
            except (Wrong, subprocess.TimeoutExpired) as wrong:
                raise Wrong(f"{self.path}:{line}: {wrong}") from None
        if self.write and self.edits:
            lines = self.path.read_text().splitlines()
            for begin, end, new in reversed(self.edits):
                lines[begin:end] = new
            self.path.write_text("\n".join(lines) + "\n")

    def block(self, language, body, first, background):
        title = re.search(r'title="([^"]+)"', language)
        if title:
            target = self.cwd / title.group(1)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text("\n".join(body) + "\n")
        if language.split()[:1] != ["console"]:
            return
        steps = commands(body)
        for number, (index, command, expected) in enumerate(steps):
            said = self.begin(command, expected) if background else self.shell(command)
            if self.status and not (number + 1 < len(steps) and steps[number + 1][1] == "echo $?"):
                raise Wrong(f"$ {command}\nended with {self.status}; show it by `$ echo $?`\n{said}")
            if agrees(expected, said):
                continue
            if not self.write:
                now = settle(said.strip("\n"))
                diff = "\n".join(difflib.unified_diff(trimmed(expected), now, "the page", "the program", lineterm="", n=2))
                raise Wrong(f"$ {command}\nprints something else:\n{diff}")
            start = first + index + 1 + command.count("\n")
            blank = [""] if number + 1 < len(steps) and expected and not expected[-1].strip() else []
            self.edits.append((start, start + len(expected), settle(said.strip("\n")) + blank))

    def close(self):
        for each in self.crew:
            if each.poll() is None:
                os.killpg(each.pid, signal.SIGINT)
                try:
                    each.wait(10)
                except subprocess.TimeoutExpired:
                    os.killpg(each.pid, signal.SIGKILL)
        shutil.rmtree(self.folder, ignore_errors=True)


def main(words):
    write = "--write" in words
    named = [pathlib.Path(word) for word in words if word != "--write"]
    paths = named or [path for path in [places.DOCS / "tutorial.md", *sorted((places.DOCS / "how-to").glob("*.md"))]]
    wrong = 0
    for path in paths:
        page, began = Page(path, write), time.monotonic()
        try:
            page.run()
            print(f"{path.name}: {page.count} commands, {time.monotonic() - began:.1f} s")
        except Wrong as what:
            wrong += 1
            print(what)
        finally:
            page.close()
    return min(wrong, 1)
