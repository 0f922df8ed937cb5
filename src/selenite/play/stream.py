"""Server-sent events to a few pages: to each the newest of every kind, so that for a slow one nothing queues up."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import msgspec

MOST_PAGES = 8
HEARTBEAT_SECONDS = 15.0


class Page:
    """One page that listens."""

    def __init__(self) -> None:
        self.pending: dict[str, bytes] = {}
        self.something = asyncio.Event()
        self.dropped = False
        self.state = b""  # that it has been told last

    def put(self, name: str, content: bytes) -> None:
        """Let it be told, unless it is a state that it knows: that is much work for the page."""
        if name == "state":
            if content == self.state:
                return
            self.state = content
        self.pending.pop(name, None)  # what is newer comes later, of whatever kind
        self.pending[name] = content
        self.something.set()

    def drop(self) -> None:
        """End its events."""
        self.dropped = True
        self.something.set()

    async def events(self) -> AsyncIterator[bytes]:
        """Yield events as they come, the newest of each kind."""
        while not self.dropped:
            try:
                await asyncio.wait_for(self.something.wait(), HEARTBEAT_SECONDS)
            except TimeoutError:
                yield b": still here\n\n"
                continue
            self.something.clear()
            pending, self.pending = self.pending, {}
            for name, content in pending.items():
                yield b"event: " + name.encode() + b"\ndata: " + content + b"\n\n"


class Stream:
    """All pages that listen; `publish` may be called from any thread."""

    def __init__(self) -> None:
        self.pages: list[Page] = []
        self.loop: asyncio.AbstractEventLoop | None = None

    def add(self) -> Page:
        """Return a new page; the oldest is dropped where there are too many."""
        self.loop = asyncio.get_running_loop()
        page = Page()
        self.pages.append(page)
        while len(self.pages) > MOST_PAGES:
            self.pages.pop(0).drop()
        return page

    def close(self) -> None:
        """Drop every page."""
        while self.pages:
            self.pages.pop().drop()

    def remove(self, page: Page) -> None:
        """Let a page listen no longer."""
        if page in self.pages:
            self.pages.remove(page)

    def watched(self) -> bool:
        """Tell whether a page listens."""
        return bool(self.pages)

    def publish(self, name: str, content: dict[str, Any]) -> None:
        """Tell every page."""
        if self.loop is None or not self.pages:
            return
        encoded = msgspec.json.encode(content)
        self.loop.call_soon_threadsafe(self._put, name, encoded)

    def _put(self, name: str, content: bytes) -> None:
        for page in self.pages:
            page.put(name, content)
