"""How far a running operation is: one line on a terminal, one line in Jupyter, nothing elsewhere."""
from __future__ import annotations

import json
import sys
import time

from . import _html

_PATIENCE = 0.5  # seconds before a short operation is worth a line
_WIDTH = 30


def in_notebook() -> bool:
    shell = sys.modules.get("IPython")
    shell = shell.get_ipython() if shell else None
    return shell is not None and shell.__class__.__name__ == "ZMQInteractiveShell"


class Line:
    """Text that is replaced by the next: carriage returns on a terminal, one display in Jupyter."""

    def __init__(self, notebook: bool):
        self._notebook, self._handle, self._shown, self._width = notebook, None, False, 0

    def show(self, text: str) -> None:
        self._shown = True
        if self._notebook:
            from IPython.display import HTML, display
            body = HTML(f'<pre style="margin:0">{_html.text(text)}</pre>')
            if self._handle is None:
                self._handle = display(body, display_id=True)
            else:
                self._handle.update(body)
            return
        sys.stderr.write("\r" + text.ljust(self._width)[:200])
        sys.stderr.flush()
        self._width = len(text)

    def end(self) -> None:
        if not self._shown:
            return
        if self._notebook:
            from IPython.display import HTML
            if self._handle is not None:
                self._handle.update(HTML(""))
        else:
            sys.stderr.write("\r" + " " * self._width + "\r")
            sys.stderr.flush()


class Bar:
    """Takes the events of a call; use as a context manager."""

    def __init__(self, operation: str, line: Line, forced: bool):
        self._operation, self._line = operation, line
        self._start = time.monotonic()
        self._patience = 0.0 if forced else _PATIENCE
        self._step = None

    def __enter__(self) -> Bar:
        return self

    def __exit__(self, *_) -> None:
        self._line.end()

    def __call__(self, events: str) -> None:
        done = of = 0
        for event in json.loads(events):
            if event["event"] == "step":
                self._step = event
            elif event["event"] == "progress":
                done, of = event["done"], event["of"]
        if time.monotonic() - self._start >= self._patience:
            self._line.show(self._text(done, of))

    def _text(self, done: int, of: int) -> str:
        share = min(1.0, done / of) if of else 0.0
        name = self._operation
        if self._step:
            step = self._step
            finished = step["number"] - (step["state"] == "running")
            share = min(1.0, (finished + (share if step["state"] == "running" else 0)) / max(1, step["of"]))
            name = f"[{step['number']:>2}/{step['of']}] {step['id']:<9} {step['operation']:<16}"
        full = int(share * _WIDTH)
        seconds = time.monotonic() - self._start
        return f"{name} {'█' * full}{'░' * (_WIDTH - full)} {share:4.0%} {seconds:5.1f} s"


class Told:
    """A function of the user's: it gets every event as a dictionary."""

    def __init__(self, function):
        self._function = function

    def __enter__(self) -> Told:
        return self

    def __exit__(self, *_) -> None:
        pass

    def __call__(self, events: str) -> None:
        for event in json.loads(events):
            self._function(event)


class Silent:
    def __enter__(self) -> None:
        return None

    def __exit__(self, *_) -> None:
        pass


def watcher(operation: str, progress):
    """`progress`: True or False, None (a terminal and Jupyter only), or a function that gets each event."""
    if callable(progress):
        return Told(progress)
    notebook = in_notebook()
    if progress is False or (progress is None and not notebook and not (sys.stderr and sys.stderr.isatty())):
        return Silent()
    return Bar(operation, Line(notebook), bool(progress))
