"""Operations of a server, called as those of this machine are: the same functions, over REST."""
from __future__ import annotations

import json
import os
import time
import types
import urllib.error
import urllib.parse
import urllib.request

from . import _native, _operations, _progress
from ._errors import CLASSES, Error, Internal, InvalidArgument, MissingFile, Unavailable
from ._operations import CATALOGUE, Inputs, Operation, python_name
from ._results import Record, Result, parse, result_of

_LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
_MOST_ANSWER = 1 << 30
_CHUNK = 1 << 20
_UNDER_WAY = ("waiting", "queued", "running")


class _Stay(urllib.request.HTTPRedirectHandler):
    """A token goes to the server that it was given for, and nowhere else."""

    def redirect_request(self, *_):
        return None


class _Answered:
    """What the server answered, in the shape of a native outcome."""

    def __init__(self, text: str, headers):
        self.json = text
        self.run, self.digest = headers.get("X-Assay-Run", ""), headers.get("X-Assay-Digest", "")
        self.cached = headers.get("X-Assay-Cached") == "true"
        self.finished_us, self.seconds, self.blobs, self.digests = 0, 0.0, {}, {}

    @property
    def canonical(self) -> str:
        return _native.canonical(self.json)


class _Uploads(Inputs):
    """Inputs of a call to a server: text is a path or reference there; what lies here is sent first."""

    def __init__(self, operation: Operation, client: Client):
        super().__init__(operation, "")
        self._client = client

    def _input(self, argument, value, where: str) -> str:
        if isinstance(value, os.PathLike):
            return self._client.upload(value)
        made = super()._input(argument, value, where)
        return self._client.upload(made) if made in self.names else made


def _error_of(status: int, text: str) -> Error:
    try:
        told = json.loads(text)
        kind = CLASSES.get(told.get("code"), Unavailable if status >= 500 else Internal)
        return kind(told.get("detail") or told.get("title", ""), told.get("where") or "", told.get("fix") or "")
    except (ValueError, AttributeError):
        return Unavailable(f"the server answered with status {status}", "", "see whether it is an Assay server")


class Client:
    """A server's operations: `client.fairness.assess("predictions.arrow", "label", …)`, `client.stats.profile(df)`.

    Arguments
        url: of the server, such as "http://127.0.0.1:8650"; anything but this machine needs https
        token: an API token ("assay_…"), sent with every request
        workspace: name of the workspace there; the only one when none is named
        timeout: seconds that one request may take

    Text is a path or reference on the server. A pathlib.Path, a table or evidence lies here and is uploaded first.
    """

    def __init__(self, url: str, token: str, *, workspace: str = "", timeout: float = 120):
        parts = urllib.parse.urlsplit(url)
        host = parts.netloc.rpartition("@")[2].rpartition(":")[0] or parts.netloc
        if parts.scheme not in ("http", "https") or not parts.netloc or "@" in parts.netloc:
            raise InvalidArgument("is no server's address", url, "write http://127.0.0.1:PORT or https://HOST")
        if parts.scheme == "http" and host not in _LOOPBACK:
            raise InvalidArgument("a token must not travel unencrypted", url, "use https, or a tunnel to this machine")
        self.url, self._token, self._timeout = f"{parts.scheme}://{parts.netloc}", token, timeout
        direct = [urllib.request.ProxyHandler({})] if host in _LOOPBACK else []
        self._opener = urllib.request.build_opener(_Stay(), *direct)
        there = [each["name"] for each in self._json("GET", "workspaces")["items"]]
        if not workspace and len(there) != 1:
            raise InvalidArgument(f"the server has {len(there)} workspaces", "workspace", f"name one: {there}")
        if workspace and workspace not in there:
            raise CLASSES["not-found"]("the server has no such workspace", workspace, f"it has: {', '.join(there)}")
        self.name = workspace or there[0]
        for operation in CATALOGUE.values():
            noun = self.__dict__.setdefault(operation.noun, types.SimpleNamespace())
            setattr(noun, python_name(operation.verb), self._function(operation))

    def _function(self, operation: Operation):
        def call(*args, **kwargs):
            values, common = operation.bound(args, kwargs)
            if common.get("workspace") is not None:
                raise InvalidArgument("is that of the client", "workspace", "make another assay.Client")
            return self._invoke(operation, values, common.get("progress"))

        _operations.finish(call, operation)
        return call

    # ---- requests

    def _send(self, method: str, path: str, body=None, headers: dict | None = None):
        request = urllib.request.Request(f"{self.url}/api/v1/{path}", data=body, method=method)
        request.add_header("Authorization", f"Bearer {self._token}")
        for name, value in (headers or {}).items():
            request.add_header(name, value)
        try:
            return self._opener.open(request, timeout=self._timeout)
        except urllib.error.HTTPError as error:
            with error:
                raise _error_of(error.code, error.read(_CHUNK).decode(errors="replace")) from None
        except OSError as error:
            raise Unavailable(f"the server does not answer: {getattr(error, 'reason', error)}", self.url,
                              "check the address, and that it runs there") from error

    def _text(self, answer) -> str:
        raw = answer.read(_MOST_ANSWER + 1)
        if len(raw) > _MOST_ANSWER:
            raise CLASSES["exhausted"]("the answer is larger than 1 GiB", self.url)
        return raw.decode()

    def _json(self, method: str, path: str, body: dict | None = None):
        told = {"Content-Type": "application/json"} if body is not None else {}
        with self._send(method, path, json.dumps(body).encode() if body is not None else None, told) as answer:
            return json.loads(self._text(answer))

    def _here(self, path: str) -> str:
        return f"w/{urllib.parse.quote(self.name, safe='')}/{path}"

    def _invoke(self, operation: Operation, values: dict, progress) -> Result:
        request = _Uploads(operation, self).request(values)
        body, told = json.dumps(request).encode(), {"Content-Type": "application/json"}
        with self._send("POST", self._here(f"{operation.noun}:{operation.verb}"), body, told) as answer:
            text, status, headers = self._text(answer), answer.status, answer.headers
        if status == 202:
            text, headers = self._wait(operation, json.loads(text)["run"], progress)
        return result_of(operation.id, operation.evidence, _Answered(text, headers))

    def _wait(self, operation: Operation, run: str, progress) -> tuple[str, object]:
        """Looks after a run until it ends; Ctrl-C cancels it there."""
        pause = 0.05
        with _progress.watcher(operation.id, progress) as told:
            try:
                while (view := self._json("GET", self._here(f"runs/{run}")))["state"] in _UNDER_WAY:
                    if told and view.get("progress"):
                        told(json.dumps([{"event": "progress", "done": view["progress"]["done"],
                                          "of": view["progress"]["total"]}]))
                    time.sleep(pause)
                    pause = min(1.0, pause * 1.5)
            except KeyboardInterrupt:
                self._json("POST", self._here("runs:cancel"), {"run": run})
                raise
        with self._send("GET", self._here(f"runs/{run}/result")) as answer:
            return self._text(answer), answer.headers

    # ---- reads

    def upload(self, path) -> str:
        """Sends a file; the digest names it as an input from then on."""
        try:
            source = open(path, "rb")
        except OSError as error:
            raise MissingFile(error.strerror or "cannot be read", os.fspath(path), "check the path") from None
        with source:
            size = os.fstat(source.fileno()).st_size
            headers = {"Content-Type": "application/octet-stream", "Content-Length": str(size)}
            with self._send("POST", self._here("uploads"), source, headers) as answer:
                return json.loads(self._text(answer))["digest"]

    def get(self, digest: str) -> Record:
        """The evidence of that digest and its record."""
        with self._send("GET", self._here(f"evidence/{urllib.parse.quote(digest)}")) as answer:
            return parse(self._text(answer))

    def blob(self, digest: str, role: str) -> bytes:
        """A file of a piece of evidence: a model, a report, a table."""
        place = self._here(f"evidence/{urllib.parse.quote(digest)}/blobs/{urllib.parse.quote(role)}")
        with self._send("GET", place) as answer:
            return answer.read(_MOST_ANSWER)

    def __repr__(self) -> str:
        return f"<assay.Client {self.url} {self.name}>"
