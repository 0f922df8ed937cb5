"""The page's modules as one script and the worker's as another: what is served, or goes into one file with all else.

The one file opens from a disk or any web space, and asks for nothing; the kernel and the worker's script are in it.
"""

from __future__ import annotations

import gzip
import re
from base64 import b64encode
from functools import cache
from json import dumps
from pathlib import Path

from selenite.bundle import bundled, in_html

PAGE = Path(__file__).parent / "page"
PAGE_SCRIPT, WORKER_SCRIPT = SCRIPTS = "main.js", "worker/worker.js"
POLICY = (  # nothing is asked for, and nothing sent
    "default-src 'none'; script-src 'unsafe-inline' 'wasm-unsafe-eval' blob:; worker-src blob:; "
    "style-src 'unsafe-inline'; img-src data: blob:; base-uri 'none'; form-action 'none'"
)


def one_file(link: str = "") -> str:
    """Return the page as HTML; `link`, the part behind the # of a link that the page made, is what it opens with."""
    page, style = (PAGE / "index.html").read_text(encoding="utf-8"), (PAGE / "style.css").read_text(encoding="utf-8")
    kernel = b64encode(gzip.compress((PAGE / "kernel.wasm").read_bytes(), mtime=0)).decode()
    carried = {"carried-kernel": kernel, "carried-worker": script(WORKER_SCRIPT), "carried-link": link}
    parts = "".join(f'<script type="text/plain" id="{key}">{in_html(text)}</script>' for key, text in carried.items())
    icon, charset = b64encode((PAGE / "icon.png").read_bytes()).decode(), '<meta charset="utf-8">'
    instead = {
        charset: f'{charset}\n<meta http-equiv="content-security-policy" content="{POLICY}">',
        'href="/page/icon.png"': f'href="data:image/png;base64,{icon}"',
        '<link rel="stylesheet" href="/page/style.css">': f"<style>\n{style}</style>",
        "</body>": f"{parts}\n</body>",
        ' src="/page/main.js">': f">{in_html(script(PAGE_SCRIPT))}",
    }
    for old, new in instead.items():
        assert page.count(old) == 1, old
        page = page.replace(old, new)
    return page.encode("ascii", "xmlcharrefreplace").decode()


@cache
def script(entry: str) -> str:
    """Return a module of the page and all that it needs as one script, in ASCII, which is read in less time."""
    return re.sub(r"[^\x00-\x7f]", lambda found: dumps(found[0])[1:-1], bundled(PAGE / entry, PAGE))
