"""Before the door: how much one may send, how slowly, under which name of this machine, and from which page.

A page that somebody happens to visit can send requests to this machine, too: such a request names another host or comes
from another origin, and is turned away.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, MutableMapping
from contextlib import suppress
from typing import Any

import msgspec

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
Headers = dict[str, list[str]]  # by name in small letters

MOST_HEADERS, MOST_HEADER_BYTES = 64, 16_384
BODY_SECONDS = 10.0  # between two parts of a body
HEARD_SECONDS = 3.0  # that a refused sender may take to send the rest, after which it listens
HEADERS = {  # of every answer, uvicorn's own too
    "content-security-policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "x-frame-options": "DENY",
    "cache-control": "no-store",
}


class Refused(Exception):
    """A request that is turned away."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status, self.reason = status, reason


class Guard:
    """Stands before an application.

    Parameters
    ----------
    app : ASGI application
    hosts : collection of str or None
        The names, each with its port, under which it may be asked for; None for any.
    most_body : int
        How many bytes a request may have.
    too_large : str
        What is said where it has more.
    """

    def __init__(self, app: App, hosts: Collection[str] | None, most_body: int, too_large: str) -> None:
        self.app, self.hosts = app, hosts
        self.most_body, self.too_large = most_body, too_large

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            return
        begun = False

        async def answer(message: MutableMapping[str, Any]) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
            await send(message)

        try:
            self.check(scope)
            await self.app(scope, limited(receive, self.most_body, self.too_large), answer)
        except Refused as refused:
            if not begun:
                await Refusal(refused.status, refused.reason)(scope, receive, answer)

    def check(self, scope: Scope) -> None:
        """Raise unless a request may pass."""
        headers: list[tuple[bytes, bytes]] = list(scope["headers"])
        if len(headers) > MOST_HEADERS or sum(len(n) + len(v) for n, v in headers) > MOST_HEADER_BYTES:
            raise Refused(431, "too many or too long headers")
        named: Headers = {}
        for name, value in headers:
            named.setdefault(name.decode("latin-1").lower(), []).append(value.decode("latin-1"))
        if "content-length" in named and "transfer-encoding" in named:
            raise Refused(400, "two lengths")
        hosts = named.get("host", [])
        if len(hosts) != 1 or (self.hosts is not None and hosts[0].lower() not in self.hosts):
            raise Refused(400, "this host is not served here")
        origins = named.get("origin", [])
        schemes = ("http",) if self.hosts is not None else ("http", "https")  # before others another server may stand
        own = {f"{scheme}://{host.lower()}" for host in self.hosts or hosts for scheme in schemes}
        if origins and (len(origins) > 1 or origins[0].lower() not in own):
            raise Refused(403, "another origin")
        site = named.get("sec-fetch-site", ["same-origin"])
        opened = site == ["none"] and scope["method"] == "GET"  # by the user: the address bar, a bookmark
        if site != ["same-origin"] and not opened:
            raise Refused(403, "another site")
        self.permit(scope, named)
        length = named.get("content-length", ["0"])[0]
        if not length.isdigit() or int(length) > self.most_body:
            raise Refused(413, self.too_large)

    def permit(self, scope: Scope, named: Headers) -> None:
        """Raise unless one who asks from here may ask this; anyone may."""


def limited(receive: Receive, most: int, too_large: str) -> Receive:
    """Return a receiver that takes no more bytes than that, and waits no longer than it should."""
    taken, over = 0, False

    async def receiver() -> MutableMapping[str, Any]:
        nonlocal taken, over
        if over:
            return await receive()
        try:
            message = await asyncio.wait_for(receive(), BODY_SECONDS)
        except TimeoutError:
            raise Refused(408, "too slow") from None
        if message["type"] == "http.disconnect":
            raise Refused(400, "cut off")  # nobody hears it
        taken += len(message.get("body", b""))
        over = taken > most or not message.get("more_body", False)
        if taken > most:
            raise Refused(413, too_large)
        return message

    return receiver


class Refusal:
    """An answer in JSON, and the end of the connection.

    Many a sender listens only when all is sent, and would find the connection cut: so what still comes from one that
    may enter, and sends too much, is thrown away for a while.
    """

    def __init__(self, status: int, reason: str) -> None:
        self.status, self.body = status, msgspec.json.encode({"error": reason})
        self.seconds = HEARD_SECONDS if status == 413 else 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        headers = [
            (b"content-type", b"application/json"),
            (b"content-length", str(len(self.body)).encode()),
            (b"connection", b"close"),
        ]
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": self.body, "more_body": True})
        with suppress(TimeoutError):
            async with asyncio.timeout(self.seconds):
                while self.seconds and (await receive()).get("more_body", False):
                    pass
        await send({"type": "http.response.body"})


async def refused(request: Any, error: Exception) -> Refusal:
    """Answer, for an application, where a body was too long or too slow."""
    assert isinstance(error, Refused)
    return Refusal(error.status, error.reason)
