"""The server of the page: starlette on this machine alone. It gives the page, opens files, and lends its arithmetic.

The session is the page's own, in its worker. What makes no sense is refused in words, which the page shows: an answer
like any other, of status 200, with an `error` in place of the `result`. A status of 400 and above is for whoever is not
the page.
"""

from __future__ import annotations

import secrets
import tempfile
import threading
import webbrowser
from collections.abc import Callable
from typing import Any, Self
from urllib.parse import unquote

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from selenite.errors import SeleniteError
from selenite.model import load
from selenite.model.loading import model_of
from selenite.model.reading import read_rows
from selenite.play.files import LIMITS, Files, named, open_table
from selenite.play.guard import HEADERS, PageGuard
from selenite.play.messages import MESSAGES
from selenite.play.one_file import PAGE, SCRIPTS, script
from selenite.play.opened import OpenedModel, open_model
from selenite.play.reading import read_as_written
from selenite.play.wire import KIND, pack
from selenite.serving.door import THIS_MACHINE, bound, server_of
from selenite.serving.guard import Refusal, Refused, refused
from selenite.table.source import SHEETS
from selenite.text import printable

KINDS = {".html": "text/html", ".css": "text/css", ".png": "image/png", ".wasm": "application/wasm"}
TEXTS = (".csv", ".tsv", ".tab", ".txt")
OTHERS = (".json", ".jsonl", ".ndjson", ".parquet", ".pq", ".selenite")
SUFFIXES = (*TEXTS, *(f"{suffix}.gz" for suffix in TEXTS), *SHEETS, *OTHERS)


class Playground:
    """The page behind a guarded door, and the files that were opened; `begins_with`, behind the #, is what it opens."""

    def __init__(self, port: int = 0, begins_with: str = "") -> None:
        self.socket = bound(port)
        self.port: int = self.socket.getsockname()[1]
        self.token, self.key = secrets.token_urlsafe(24), secrets.token_urlsafe(24)
        self.begins_with = begins_with
        self.files = Files()
        self.first: Callable[[], dict[str, Any] | None] = lambda: None  # opens the file that a page begins with
        self.pages = {
            path.name: (path.read_bytes(), KINDS[path.suffix]) for path in PAGE.iterdir() if path.suffix in KINDS
        }
        self.pages |= {name: (script(name).encode(), "text/javascript") for name in SCRIPTS}
        routes = [
            Route("/", self._page),
            Route("/page/{name:path}", self._page),
            Route("/api/enter", self._enter, methods=["POST"]),
            Route("/api/begin", self._begin, methods=["POST"]),
            Route("/api/file", self._file, methods=["POST"]),
            Route("/api/{verb}", self._verb, methods=["POST"]),
        ]
        application = Starlette(routes=routes, exception_handlers={Refused: refused})
        self.app = PageGuard(application, self.port, self.token, self.key)
        self.server = server_of(self.app, HEADERS)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    @property
    def address(self) -> str:
        """Return the address with its token, which a browser never sends: it stands behind the #."""
        return self._with(f"token={self.token}")

    def _with(self, pass_: str) -> str:
        return f"http://{THIS_MACHINE}:{self.port}/#{pass_}" + f"&{self.begins_with}" * bool(self.begins_with)

    def serve(self, browser: bool = False) -> None:
        """Serve until interrupted; a browser is given a key that opens once."""
        if browser:
            opener = threading.Timer(0.3, webbrowser.open, [self._with(f"key={self.key}")])
            opener.daemon = True
            opener.start()
        self.server.run(sockets=[self.socket])

    async def _page(self, request: Request) -> Response:
        name = request.path_params.get("name", "index.html")
        if name not in self.pages:
            return Refusal(404, "there is no such page")
        content, kind = self.pages[name]
        return Response(content, media_type=kind)

    async def _enter(self, request: Request) -> Response:
        return await _answered(lambda: self.token)

    async def _begin(self, request: Request) -> Response:
        return await _answered(lambda: self.first())

    async def _verb(self, request: Request) -> Response:
        message = MESSAGES.get(request.path_params["verb"])
        if message is None:
            return Refusal(404, "there is no such verb")
        body = await request.body()
        return await _answered(lambda: message.answered(self.files, body))

    async def _file(self, request: Request) -> Response:
        name = printable(unquote(request.headers.get("x-selenite-name", "")))[:200] or "file.csv"
        model = request.headers.get("x-selenite-model", "")
        suffix = next((suffix for suffix in SUFFIXES if name.lower().endswith(suffix)), None)
        if suffix is None:
            return _refusal(f"{name} cannot be opened here; {', '.join(SUFFIXES)} can")
        with tempfile.NamedTemporaryFile(suffix=suffix) as file:
            async for part in request.stream():
                file.write(part)
            file.flush()
            return await _answered(lambda: self._opened(file.name, name, int(model) if model.isdecimal() else None))

    def _opened(self, path: str, name: str, model: int | None) -> dict[str, Any]:
        """Open a model, rows for the model that the page shows, or a table to learn from."""
        try:
            if path.endswith(".selenite"):
                return open_model(self.files, model_of(load(path)), name)
            if model is None:
                table, written = read_as_written(path, LIMITS)
                return open_table(self.files, named(table, name), written)
            shown = self.files.of(model, OpenedModel)
            return open_model(
                self.files, shown.model, shown.name, named(read_rows(shown.model, path, limits=LIMITS), name)
            )
        except SeleniteError as error:
            raise type(error)(str(error).replace(path, name)) from None


async def _answered(act: Callable[[], Any]) -> Response:
    """Answer with what something gives, which may take its time, or with why it is refused."""
    try:
        return Response(await run_in_threadpool(lambda: pack({"result": act()})), media_type=KIND)
    except (SeleniteError, ValueError) as error:
        return _refusal(str(error))


def _refusal(reason: str) -> Response:
    """Say to the page why something is not done."""
    options = " (options are for the terminal: selenite play FILE)" if " --" in reason else ""
    return Response(pack({"error": printable(reason) + options}), media_type=KIND)
