"""The whole playground as one file: it opens from a disk or any web space, and asks for nothing.

The page's modules become one script and the worker's another: each module a function that returns what it exports, in
the order in which they need each other. The kernel and the worker's script travel as text.
"""

from __future__ import annotations

import gzip
import re
from base64 import b64encode
from json import dumps
from pathlib import Path

PAGE = Path(__file__).parent / "page"
POLICY = (  # nothing is asked for, and nothing sent
    "default-src 'none'; script-src 'unsafe-inline' 'wasm-unsafe-eval' blob:; worker-src blob:; "
    "style-src 'unsafe-inline'; img-src data: blob:; base-uri 'none'; form-action 'none'"
)
_IMPORT = re.compile(r'^import (?:(\* as \w+|\{[^}]*\}) from )?"(\.[^"]+)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:function\*?|class|const) ([\w$]+))", re.MULTILINE)


def one_file(link: str = "") -> str:
    """Return the page as HTML; `link`, the part behind the # of a link that the page made, is what it opens with."""
    page, style = (PAGE / "index.html").read_text(encoding="utf-8"), (PAGE / "style.css").read_text(encoding="utf-8")
    kernel = b64encode(gzip.compress((PAGE / "kernel.wasm").read_bytes(), mtime=0)).decode()
    carried = f"""
const packed = Uint8Array.from(atob("{kernel}"), (one) => one.charCodeAt(0));
const kernel = await new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();
const [worker, link] = [{dumps(_script("worker/worker.js"))}, {dumps(link)}];
globalThis.playground = {{ kernel, worker, link }};
"""  # noqa: E501
    icon = b64encode((PAGE / "icon.svg").read_bytes()).decode()
    for old, new in (
        (
            '<meta charset="utf-8">',
            f'<meta charset="utf-8">\n<meta http-equiv="content-security-policy" content="{POLICY}">',
        ),
        ('<link rel="icon" href="/page/icon.svg">', f'<link rel="icon" href="data:image/svg+xml;base64,{icon}">'),
        ('<link rel="stylesheet" href="/page/style.css">', f"<style>\n{style}</style>"),
        (
            '<script type="module" src="/page/main.js"></script>',
            f'<script type="module">{_inline(carried + _script("main.js"))}</script>',
        ),
    ):
        assert page.count(old) == 1, old
        page = page.replace(old, new)
    return page


def _script(entry: str) -> str:
    """Return a module and all that it needs as one script."""
    found: dict[str, str] = {}
    _collect(PAGE / entry, found)
    _, body = found.popitem()
    return "\n".join([*(f"const {name} = (() => {{\n{module}\n}})();" for name, module in found.items()), body])


def _collect(file: Path, found: dict[str, str]) -> None:
    """Add the modules that a file needs, then the file, each once."""
    name = _name(file)
    if name in found:
        return
    text, heads = file.read_text(encoding="utf-8"), []
    for what, path in _IMPORT.findall(text):
        other = (file.parent / path).resolve()
        _collect(other, found)
        wanted = set(re.findall(r"(?:^\{|,)\s*([\w$]+)", what))
        missing = wanted.difference(_EXPORT.findall(other.read_text(encoding="utf-8")))
        assert not missing, f"{other} exports {missing} in no declaration of its own"
        if what.startswith("* as "):
            heads.append(f"const {what.removeprefix('* as ')} = {_name(other)};")
        elif what:
            heads.append(f"const {what.replace(' as ', ': ')} = {_name(other)};")
    exported = _EXPORT.findall(text)
    body = _EXPORT.sub("", _IMPORT.sub("", text))
    assert not re.search(r"^(import|export) ", body, re.MULTILINE), file
    found[name] = "\n".join([*heads, body, *[f"return {{ {', '.join(exported)} }};"] * bool(exported)])


def _name(file: Path) -> str:
    """Return the name of a module in the script."""
    return "module_" + re.sub(r"\W", "_", str(file.relative_to(PAGE).with_suffix("")))


def _inline(script: str) -> str:
    """Return a script as it may stand in HTML, whose parser looks for its end."""
    return script.replace("</script", r"<\/script").replace("<!--", r"<\!--")
