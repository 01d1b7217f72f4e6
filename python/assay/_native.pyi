"""The native module: the list of operations, one call, tables in. Use the functions of `assay` instead."""
from collections.abc import Callable

__version__: str
code_version: str

class Problem:
    code: str
    what: str
    where: str
    fix: str

class Outcome:
    json: str
    canonical: str
    digest: str
    run: str
    cached: bool
    finished_us: int
    seconds: float
    blobs: dict[str, str]
    digests: dict[str, str]

class MemoryFile:
    path: str

def operations() -> str: ...
def openapi() -> str: ...
def call(operation: str, request: str, workspace: str, threads: int, refresh: bool,
         told: Callable[[str], object] | None) -> Outcome | Problem: ...
def table_file(stream: object, name: str) -> MemoryFile | Problem: ...
def text_file(bytes: str, name: str) -> MemoryFile | Problem: ...
def canonical(json: str) -> str | Problem: ...
def find_workspace(start: str) -> str | None: ...
def open_workspace(folder: str) -> Problem | None: ...
def locate(folder: str, ref: str) -> str | Problem: ...
def shown(operation: str, response: str) -> str: ...
def exit_status(operation: str, response: str) -> str: ...
