"""Who may ask the page's server: a call must carry the token, which only the address opened from the terminal has."""

from __future__ import annotations

from hmac import compare_digest

from selenite.play.wire import KIND
from selenite.serving import guard
from selenite.serving.guard import App, Guard, Headers, Refused, Scope

MOST_BODY = 64 << 20
TOO_LARGE = f"the page takes files of at most {MOST_BODY >> 20} MiB. For more: selenite fit FILE"
ENTER_PATH = "/api/enter"
HEADERS = guard.HEADERS | {
    "content-security-policy": "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; "
    "style-src 'self'; img-src 'self' blob:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
}


class PageGuard(Guard):
    """Stands before the page's application; `key` opens the door once, to fetch the token."""

    def __init__(self, app: App, port: int, token: str, key: str = "") -> None:
        super().__init__(app, {f"127.0.0.1:{port}", f"localhost:{port}"}, MOST_BODY, TOO_LARGE)
        self.token, self.key = token, key

    def permit(self, scope: Scope, named: Headers) -> None:
        """Raise unless a call has the token; the page itself may be read by who is here."""
        if not scope["path"].startswith("/api/"):
            if scope["method"] not in ("GET", "HEAD"):
                raise Refused(405, "only GET")
            return
        given = (named.get("x-selenite-token") or [""])[0].encode()
        if scope["path"] == ENTER_PATH and self.key and compare_digest(given, self.key.encode()):
            self.key = ""
        elif not compare_digest(given, self.token.encode()):
            raise Refused(403, "without the token; open the address that the terminal shows")
        kind = (named.get("content-type") or [""])[0].partition(";")[0].strip().lower()
        if scope["method"] == "POST" and kind != KIND:
            raise Refused(403, f"a message is {KIND}")
