"""A model that answers: rows in, predictions out, each as `selenite predict --json` writes it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any, Self

import anyio
from anyio import CapacityLimiter, to_thread
from starlette.applications import Starlette
from starlette.datastructures import QueryParams
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from selenite.errors import OptionError, SeleniteError
from selenite.model import Model
from selenite.model.answer_columns import answer_columns, quantile_levels
from selenite.serving.description import CSV, JSON, description_of, example_of
from selenite.serving.door import THIS_MACHINE, bound, server_of
from selenite.serving.guard import HEADERS, Guard, Refusal, Refused, refused
from selenite.serving.rows import LIMITS, rows_of_json, rows_of_text
from selenite.table.outside import OutsideCount
from selenite.text import json_text, printable

MOST_BODY = 16 << 20
TOO_LARGE = f"a request has at most {MOST_BODY >> 20} MiB and {LIMITS.rows:,} rows; send the rows in several"
ANSWER_SECONDS = 30.0  # within which an answer is given, or none
AT_ONCE = 2  # requests that are computed at a time; others wait for their turn


class ModelServer:
    """A model behind a guarded door.

    Parameters
    ----------
    model : Model
    name : str
        What the model is called, such as the name of its file.
    host, port : str, int
        Where to listen; port 0: any that is free.
    renamed : mapping of str to str
        Columns that rows have under other names: the name in the rows, and the model's.

    Raises
    ------
    OptionError
        If it cannot listen there.
    """

    def __init__(
        self, model: Model, name: str, host: str = THIS_MACHINE, port: int = 0, renamed: Mapping[str, str] | None = None
    ) -> None:
        self.model, self.name, self.host = model, name, host
        self._renamed = renamed or {}
        self._description = _json(description_of(model, name))
        self.socket = bound(port, host)
        self.port: int = self.socket.getsockname()[1]
        routes = [
            Route("/", self._start),
            Route("/health", self._health),
            Route("/openapi.json", self._describe),
            Route("/predict", self._predict, methods=["POST"]),
        ]
        application = Starlette(
            routes=routes, exception_handlers={Refused: refused, HTTPException: _not_here, 500: _failed}
        )
        hosts = {f"{name}:{self.port}" for name in (THIS_MACHINE, "localhost")} if host == THIS_MACHINE else None
        self.server = server_of(Guard(application, hosts, MOST_BODY, TOO_LARGE), HEADERS)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    @property
    def address(self) -> str:
        """Return where it listens."""
        return f"http://{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}"

    def serve(self) -> None:
        """Serve until interrupted."""
        self.server.run(sockets=[self.socket])

    async def _start(self, request: Request) -> Response:
        found = {"model": self.name, "predicts": self.model.target.name, "POST /predict": example_of(self.model)}
        return _json(
            found | {"GET /openapi.json": "what a row is, and what is answered", "GET /health": "whether it is"}
        )

    async def _health(self, request: Request) -> Response:
        return _json({"status": "ok", "model": self.name, "predicts": self.model.target.name})

    async def _describe(self, request: Request) -> Response:
        return self._description

    async def _predict(self, request: Request) -> Response:
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind not in (JSON, CSV):
            return Refusal(415, f"rows are {JSON} or {CSV}, as the header Content-Type says")
        body = await request.body()
        try:
            with anyio.fail_after(ANSWER_SECONDS):
                answer = await to_thread.run_sync(
                    self._answer, body, kind, request.query_params, limiter=self._turns, abandon_on_cancel=True
                )
        except TimeoutError:
            return Refusal(503, f"the answer took longer than {ANSWER_SECONDS:g} s; send fewer rows at once")
        except SeleniteError as error:
            return Refusal(400, printable(str(error)))
        return Response(answer, media_type=JSON)

    @cached_property
    def _turns(self) -> CapacityLimiter:
        """What lets so many compute at a time; made in the loop that runs."""
        return CapacityLimiter(AT_ONCE)

    def _answer(self, body: bytes, kind: str, asked: QueryParams) -> bytes:
        """Return the answers to the rows in a request, as JSON."""
        levels, coverage = _asked(asked)
        if kind == JSON:
            table, alone = rows_of_json(self.model, body, self._renamed)
        else:
            table, alone = rows_of_text(self.model, body, self._renamed), False
        matched = self.model.match(table)
        columns = answer_columns(self.model, matched, levels, coverage)
        columns["outside"] = OutsideCount().reasons(matched)
        lists = [values if isinstance(values, list) else values.tolist() for values in columns.values()]
        answers = [dict(zip(columns, row, strict=True)) for row in zip(*lists, strict=True)]
        return json_text(answers[0] if alone else answers).encode()


def _asked(asked: QueryParams) -> tuple[list[float], float | None]:
    """Return the quantiles and the coverage that an address asks for."""
    unknown = sorted({*asked} - {"quantiles", "coverage"})
    if unknown:
        raise OptionError(f"{unknown[0]} cannot be asked for; quantiles and coverage can")
    if len(asked.multi_items()) > len(asked):
        raise OptionError("quantiles and coverage are asked for once each; commas part several quantiles")
    try:
        coverage = float(asked["coverage"]) if "coverage" in asked else None
    except ValueError:
        raise OptionError(f"coverage={asked['coverage']} must be a number, such as 0.9") from None
    return quantile_levels(asked.get("quantiles")), coverage


def _json(content: Any) -> Response:
    return Response(json_text(content), media_type=JSON)


async def _failed(request: Request, error: Exception) -> Refusal:
    """Answer where the server itself is wrong; what happened is logged."""
    return Refusal(500, "the server failed at this request; what it writes on standard error says why")


async def _not_here(request: Request, error: Exception) -> Refusal:
    """Answer where there is nothing at an address, or nothing to be done that way."""
    assert isinstance(error, HTTPException)
    there = "POST /predict, GET /health and GET /openapi.json are"
    return Refusal(error.status_code, f"{request.method} {printable(request.url.path)} is not served here; {there}")
