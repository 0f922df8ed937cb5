"""The server of the page: starlette on this machine alone, a call for every verb and one stream of events back.

What makes no sense is refused in words, which the page shows: an answer like any other, of status 200, with an `error`
in place of the `result`. A status of 400 and above is for whoever is not the page.
"""

from __future__ import annotations

import secrets
import socket
import tempfile
import threading
import webbrowser
from collections.abc import AsyncIterator, Callable
from importlib.resources import files
from pathlib import Path
from typing import Any, Self
from urllib.parse import unquote

import msgspec
import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from selenite.errors import OptionError, SeleniteError
from selenite.play import export
from selenite.play.account import everything
from selenite.play.guard import HEADERS, Guard, Refusal, Refused
from selenite.play.questions import QUESTIONS
from selenite.play.serving import Door, Server
from selenite.play.stream import Stream
from selenite.play.trainer import Trainer
from selenite.play.verbs import PAUSING, URGENT, VERBS
from selenite.play.workbench import Workbench
from selenite.text import printable

HOST = "127.0.0.1"
KINDS = {".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
TEXTS = (".csv", ".tsv", ".tab", ".txt")
SUFFIXES = (*TEXTS, *(f"{suffix}.gz" for suffix in TEXTS), ".parquet", ".pq", ".selenite")
EXPORTS: dict[str, tuple[str, Callable[[Workbench], bytes]]] = {
    "model": ("application/octet-stream", lambda bench: export.model_of(bench.session).to_bytes()),
    "script": ("text/x-python", lambda bench: export.script_of(bench.session, bench.drawn).encode()),
    "curves": ("text/csv", lambda bench: export.curves_csv(bench.session).encode()),
    "weights": ("application/json", lambda bench: export.weights_json(bench.session).encode()),
    "data": ("text/csv", lambda bench: export.data_csv(bench.session).encode()),
    "spreadsheet": ("text/csv", lambda bench: export.data_csv(bench.session, guarded=True).encode()),
    "svg": ("image/svg+xml", lambda bench: export.drawing_of(bench.session, bench.view).encode()),
}


class Playground:
    """A workbench behind a guarded door."""

    def __init__(self, port: int = 0) -> None:
        self.socket = bound(port)
        self.port: int = self.socket.getsockname()[1]
        self.token, self.key = secrets.token_urlsafe(24), secrets.token_urlsafe(24)
        self.stream = Stream()
        self.bench = Workbench(self.stream.publish)
        self.trainer = Trainer(self.bench, self.stream.watched)
        page = Path(str(files("selenite.play").joinpath("page")))
        pages = {path.relative_to(page).as_posix(): path.read_bytes() for path in page.rglob("*") if path.is_file()}
        self.pages = {name: content for name, content in pages.items() if Path(name).suffix in KINDS}
        routes = [
            Route("/", self._page),
            Route("/page/{name:path}", self._page),
            Route("/api/enter", self._enter, methods=["POST"]),
            Route("/api/stream", self._stream),
            Route("/api/state", self._state),
            Route("/api/file", self._file, methods=["POST"]),
            Route("/api/export/{what}", self._export),
            Route("/api/{verb}", self._verb, methods=["POST"]),
        ]
        application = Starlette(routes=routes, exception_handlers={Refused: _refused})
        self.app = Guard(application, self.port, self.token, self.key)
        config = uvicorn.Config(
            self.app,
            http=Door,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            date_header=False,
            headers=list(HEADERS.items()),
            proxy_headers=False,
            h11_max_incomplete_event_size=32_768,
            timeout_keep_alive=5,
            timeout_graceful_shutdown=1,
            limit_concurrency=200,
        )
        self.server = Server(config, self.stream)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    @property
    def address(self) -> str:
        """Return the address with its token, which a browser never sends: it stands behind the #."""
        return f"http://{HOST}:{self.port}/#token={self.token}"

    def serve(self, browser: bool = False) -> None:
        """Serve until interrupted; a browser is given a key that opens once."""
        self.trainer.start()
        if browser:
            opener = threading.Timer(0.3, webbrowser.open, [f"http://{HOST}:{self.port}/#key={self.key}"])
            opener.daemon = True
            opener.start()
        try:
            self.server.run(sockets=[self.socket])
        finally:
            self.trainer.end()

    async def _page(self, request: Request) -> Response:
        name = request.path_params.get("name", "index.html")
        if name not in self.pages:
            return _json({"error": "there is no such page"}, 404)
        return Response(self.pages[name], media_type=KINDS[Path(name).suffix])

    async def _enter(self, request: Request) -> Response:
        return _json({"token": self.token})

    async def _stream(self, request: Request) -> Response:
        page = self.stream.add()
        first = await self._asked(lambda: everything(self.bench))
        for name, content in first.items():
            page.put(name, msgspec.json.encode(content))

        async def events() -> AsyncIterator[bytes]:
            try:
                async for event in page.events():
                    yield event
            finally:
                self.stream.remove(page)

        return StreamingResponse(events(), media_type="text/event-stream")

    async def _state(self, request: Request) -> Response:
        return _json(await self._asked(lambda: everything(self.bench)))

    async def _verb(self, request: Request) -> Response:
        verb = request.path_params["verb"]
        message = VERBS.get(verb) or QUESTIONS.get(verb)
        if message is None:
            return _json({"error": "there is no such verb"}, 404)
        try:
            given = msgspec.json.decode(await request.body() or b"{}", type=message.kind)
        except (msgspec.MsgspecError, ValueError, RecursionError) as error:
            return _refusal(f"this cannot be done: {error}")
        if verb in PAUSING:
            self.bench.playing.clear()
        ticket = object()
        if verb in URGENT:
            self.bench.urgent.add(ticket)

        def act() -> Any:
            self.bench.urgent.discard(ticket)
            result = message.act(self.bench, **msgspec.structs.asdict(given))
            if verb in VERBS:
                self.bench.tell()
            return result

        return await self._answered(act)

    async def _file(self, request: Request) -> Response:
        name = printable(unquote(request.headers.get("x-selenite-name", "")))[:200] or "file.csv"
        suffix = next((suffix for suffix in SUFFIXES if name.lower().endswith(suffix)), None)
        if suffix is None:
            return _refusal(f"{name} cannot be opened here; {', '.join(SUFFIXES)} can")
        with tempfile.NamedTemporaryFile(suffix=suffix) as file:
            async for part in request.stream():
                file.write(part)
            file.flush()

            def read() -> Callable[[], None]:
                try:
                    return self.bench.read(file.name, name)
                except SeleniteError as error:
                    reason = str(error).replace(file.name, name)
                    options = " (options are for the terminal: selenite play FILE)" if "Add --" in reason else ""
                    raise type(error)(reason + options) from None

            try:
                opens = await run_in_threadpool(read)  # while others go on
            except (SeleniteError, ValueError) as error:
                return _refusal(str(error))

            def act() -> None:
                opens()
                self.bench.tell()

            return await self._answered(act)

    async def _export(self, request: Request) -> Response:
        what = request.path_params["what"]
        if what not in EXPORTS:
            return _json({"error": "there is no such export"}, 404)
        kind, make = EXPORTS[what]
        try:
            content = await self._asked(lambda: make(self.bench))
        except SeleniteError as error:
            return _refusal(str(error))
        return Response(content, media_type=kind, headers={"content-disposition": "attachment"})

    async def _answered(self, act: Callable[[], Any]) -> Response:
        try:
            return _json({"result": await self._asked(act)})
        except (SeleniteError, ValueError) as error:
            return _refusal(str(error))

    async def _asked(self, act: Callable[[], Any]) -> Any:
        """Do something with the workbench, between two frames."""
        ticket = object()
        self.trainer.waiting.add(ticket)

        def locked() -> Any:
            with self.bench.lock:
                self.trainer.waiting.discard(ticket)
                return act()

        return await run_in_threadpool(locked)


def bound(port: int) -> socket.socket:
    """Return a socket that listens on this machine alone; port 0: any that is free."""
    found = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        found.bind((HOST, port))
        found.listen()  # now, not when serving begins: whoever is told the address may connect at once
    except (OSError, OverflowError):
        found.close()
        raise OptionError(
            f"port {port} cannot be listened on, it may be in use; leave --port out for a free one"
        ) from None
    return found


def _refusal(reason: str) -> Response:
    """Say to the page why something is not done."""
    return _json({"error": printable(reason)})


async def _refused(request: Request, error: Exception) -> Refusal:
    """Answer where the body was too long or too slow."""
    assert isinstance(error, Refused)
    return Refusal(error.status, error.reason)


def _json(content: Any, status: int = 200) -> Response:
    return Response(msgspec.json.encode(content), status, media_type="application/json")
