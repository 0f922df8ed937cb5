"""The socket, and what uvicorn does otherwise: no waiting for the silent, our headers on all, and sleep."""

from __future__ import annotations

import asyncio
import errno
import os
import socket
from collections.abc import Mapping
from typing import Any

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from selenite.errors import OptionError
from selenite.serving.guard import App

THIS_MACHINE = "127.0.0.1"
REQUEST_SECONDS = 10.0  # for the head of a request to arrive


class Door(H11Protocol):  # type: ignore[misc]
    """A connection that must say in time what it wants."""

    def connection_made(self, transport: Any) -> None:
        """Begin to wait for a request, for a limited time."""
        super().connection_made(transport)
        self.access_log = False  # whatever the logging of the program around us: an address may hold a secret
        self.loop.call_later(REQUEST_SECONDS, self._close_if_silent, None)

    def on_response_complete(self) -> None:
        """Wait for the next request, for a limited time."""
        answered = self.cycle
        super().on_response_complete()
        self.loop.call_later(REQUEST_SECONDS, self._close_if_silent, answered)

    def send_400_response(self, msg: str) -> None:
        """Answer what is no HTTP, with the headers of every other answer."""
        kind = [(b"content-type", b"text/plain"), (b"connection", b"close")]
        event = h11.Response(
            status_code=400, headers=[*self.server_state.default_headers, *kind], reason=b"Bad Request"
        )
        for part in (event, h11.Data(data=msg.encode("ascii", "replace")), h11.EndOfMessage()):
            self.transport.write(self.conn.send(part))
        self.transport.close()

    def _close_if_silent(self, last: Any) -> None:
        """Close if since the last request no other has come in whole."""
        if self.cycle is last and not self.transport.is_closing():
            self.transport.close()


class Server(uvicorn.Server):  # type: ignore[misc]
    """A server that costs nothing while nobody asks."""

    _over = False
    _loop: asyncio.AbstractEventLoop | None = None

    @property
    def should_exit(self) -> bool:
        """Whether the server is to end."""
        return self._over

    @should_exit.setter
    def should_exit(self, over: bool) -> None:
        self._over = over
        if over and self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._woken.set)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, with the headers that every answer has."""
        self.server_state.default_headers = self.config.encoded_headers
        await super().startup(sockets)

    async def main_loop(self) -> None:
        """Sleep until it is over, where uvicorn's own looks ten times a second."""
        self._woken = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        if not self.should_exit:
            await self._woken.wait()


def server_of(app: App, headers: Mapping[str, str]) -> Server:
    """Return a server of an application; every answer has these headers, and no other names what runs here."""
    config = uvicorn.Config(
        app,
        http=Door,
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="error",  # who is turned away is told so, not the terminal
        access_log=False,
        server_header=False,
        date_header=False,
        headers=list(headers.items()),
        proxy_headers=False,
        h11_max_incomplete_event_size=32_768,
        timeout_keep_alive=5,
        timeout_graceful_shutdown=1,
        limit_concurrency=200,
    )
    return Server(config)


def bound(port: int, host: str = THIS_MACHINE) -> socket.socket:
    """Return a socket that listens; port 0: any that is free."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    found = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)  # named, so that asyncio lets no answer wait
    try:
        if (
            os.name == "posix"
        ):  # after a restart, though connections of before linger; elsewhere it would share the port
            found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.bind((host, port))
        found.listen()  # now, not when serving begins: whoever is told the address may connect at once
    except (OSError, OverflowError) as error:
        found.close()
        if isinstance(error, socket.gaierror) or getattr(error, "errno", 0) == errno.EADDRNOTAVAIL:
            raise OptionError(f"{host} is no address of this machine; 0.0.0.0 means all that it has") from None
        here = "" if host == THIS_MACHINE else f" of {host}"
        raise OptionError(
            f"port {port}{here} cannot be listened on, it may be in use; leave --port out for a free one"
        ) from None
    return found
