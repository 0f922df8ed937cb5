"""The page in one file that opens from disk or any web space, without a server and without asking for anything else.

The page's modules are found by an import map, under their names, as data. A worker has no import map: its modules are
put one after the other, each a function that gives what it exports, and so they have no cycles and no live bindings.
"""

from __future__ import annotations

import json
import re
from base64 import b64encode
from importlib.resources import files
from importlib.resources.abc import Traversable
from posixpath import dirname, join, normpath

PAGE = files("selenite.play").joinpath("page")
WORKER = "worker/worker.js"
POLICY = (
    "default-src 'none'; script-src 'unsafe-inline' 'wasm-unsafe-eval' data: blob:; worker-src blob:; "
    "style-src 'unsafe-inline'; img-src data: blob:; base-uri 'none'; form-action 'none'"
)
IMPORT = re.compile(r'^import (\{[^}]*\}|\* as \w+) from "(\.[^"]+)";$', re.MULTILINE)
EXPORT = re.compile(r"^export ((?:async )?(?:function\*?|const|class) (\w+))", re.MULTILINE)


def page_in_one_file() -> str:
    """Return the playground as one page of HTML.

    >>> len(page_in_one_file()) < 1_500_000
    True
    """
    modules = {path.name: _text(path) for path in PAGE.iterdir() if path.name.endswith(".js")}
    imports = {
        f"page/{name}": f"data:text/javascript;base64,{_encoded(_named(text))}" for name, text in modules.items()
    }
    carried = (
        "const bytes = (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));\n"
        "globalThis.playground = {"
        f' worker: new TextDecoder().decode(bytes("{_encoded(worker_in_one_file())}")),'
        f' kernel: bytes("{b64encode(PAGE.joinpath("kernel.wasm").read_bytes()).decode()}") }};'
    )
    icon = f"data:image/svg+xml;base64,{_encoded(_text(PAGE.joinpath('icon.svg')))}"
    parts = {
        '<meta charset="utf-8">': (
            f'<meta charset="utf-8">\n<meta http-equiv="content-security-policy" content="{POLICY}">'
        ),
        '<link rel="icon" href="/page/icon.svg">': f'<link rel="icon" href="{icon}">',
        '<link rel="stylesheet" href="/page/style.css">': f"<style>\n{_text(PAGE.joinpath('style.css'))}</style>",
        '<script type="module" src="/page/main.js"></script>': (
            f'<script type="importmap">{json.dumps({"imports": imports})}</script>\n<script>{carried}</script>\n'
            '<script type="module">import "page/main.js";</script>'
        ),
    }
    page = _text(PAGE.joinpath("index.html"))
    for before, after in parts.items():
        assert before in page, before
        page = page.replace(before, after)
    return page


def worker_in_one_file() -> str:
    """Return the worker with all modules that it needs as one script."""
    texts: dict[str, str] = {}
    _collect(WORKER, texts)
    parts = []
    for name, text in texts.items():
        exported = ", ".join(match[2] for match in EXPORT.finditer(text))
        taken = IMPORT.sub(lambda match, name=name: _taken(match, name), EXPORT.sub(r"\1", text))  # type: ignore[misc]
        parts.append(f'modules["{name}"] = (() => {{\n{taken}\nreturn {{ {exported} }};\n}})();\n')
    return '"use strict";\nconst modules = {};\n' + "".join(parts)


def _collect(name: str, texts: dict[str, str]) -> None:
    """Put a module's text behind those that it imports."""
    if name in texts:
        return
    text = _text(PAGE.joinpath(*name.split("/")))
    for match in IMPORT.finditer(text):
        _collect(_resolved(match[2], name), texts)
    texts[name] = text


def _taken(match: re.Match[str], name: str) -> str:
    return f'const {match[1].replace(" as ", ": ")} = modules["{_resolved(match[2], name)}"];'


def _resolved(path: str, importer: str) -> str:
    return normpath(join(dirname(importer), path))


def _named(text: str) -> str:
    """Return a module of the page that imports others by their names in the map."""
    return re.sub(r'(from |import )"\./([^"]+)"', r'\1"page/\2"', text)


def _text(path: Traversable) -> str:
    return path.read_text(encoding="utf-8")


def _encoded(text: str) -> str:
    return b64encode(text.encode()).decode()
