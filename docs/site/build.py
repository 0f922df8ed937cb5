"""The documentation as a folder of plain pages: `python docs/site/build.py FOLDER`.

README, docs and the lessons become HTML that opens from a disk or any web space and asks for nothing. Each picture of a
lesson becomes its run in the playground, one exported file, once a reader is near; without scripts the picture stays.
"""

from __future__ import annotations

import os
import re
import sys
from itertools import pairwise
from pathlib import Path
from shutil import copyfile

from markdown_it import MarkdownIt
from markdown_it.token import Token

from selenite.markup import Markup, element, page
from selenite.play.one_file import one_file

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PLAYGROUND = "playground.html"
VIEWS = {"3-bent.png": "&view=bent"}  # of the run that stands for a picture
FREE = {"play.png", "docs/learning.webp"}  # pictures of the playground itself
POLICY = (  # pictures and the playground lie in the same folder
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src 'self' file: data:; "
    "frame-src 'self' file:; base-uri 'none'; form-action 'none'"
)
MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table")


def build(folder: Path) -> None:
    """Write all pages, their pictures and the playground."""
    pages = {source: target(source) for source in sources()}
    titles = {source: title_of(source) for source in pages}
    for source, path in pages.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(html(source, pages, titles), encoding="utf-8")
        for picture in pictures(source):
            (folder / path.parent / picture).parent.mkdir(parents=True, exist_ok=True)
            copyfile(source.parent / picture, folder / path.parent / picture)
    (folder / PLAYGROUND).write_text(one_file(), encoding="utf-8")


def sources() -> list[Path]:
    """Return the pages in the order in which they are read."""
    docs = ROOT / "docs"
    lessons = sorted(docs.glob("lessons/[0-9]*.md"), key=place)
    return [ROOT / "README.md", docs / "lessons/README.md", *lessons, *sorted(docs.glob("*.md"))]


def place(source: Path) -> int:
    """Return which lesson a page is; 0 for another page."""
    found = re.match(r"\d+", source.name)
    return int(found[0]) if found and source.parent.name == "lessons" else 0


def target(source: Path) -> Path:
    """Return where a page lies in the folder."""
    path = source.relative_to(ROOT)
    return path.with_name("index.html") if path.name == "README.md" else path.with_suffix(".html")


def title_of(source: Path) -> str:
    """Return the first heading."""
    return source.read_text(encoding="utf-8").partition("\n")[0].removeprefix("# ")


def pictures(source: Path) -> list[str]:
    """Return the pictures that the page shows."""
    return re.findall(r"!\[[^\]]*\]\(([^)]+)\)", source.read_text(encoding="utf-8"))


def html(source: Path, pages: dict[Path, Path], titles: dict[Path, str]) -> str:
    """Return a page."""
    tokens = MARKDOWN.parse(source.read_text(encoding="utf-8"))
    _name_headings(tokens)
    for inline in [token for token in tokens if token.type == "inline"]:
        _lead_links(inline, source, pages)
    text = MARKDOWN.renderer.render(tokens, MARKDOWN.options, {}).replace("<table>", '<div class="scroll"><table>')
    text = text.replace("</table>", "</table></div>")
    text = re.sub(r'<p>(<img src="([^"]*)" alt="([^"]*)" />)</p>', lambda found: _figure(source, *found.groups()), text)
    script = f"<script>\n{(HERE / 'runs.js').read_text(encoding='utf-8')}</script>" if 'class="run"' in text else ""
    style = (HERE / "site.css").read_text(encoding="utf-8")
    content = [_nav(source, pages, titles), element("article", Markup(text)), Markup(script)]
    return page(titles[source], *content, style=style, policy=POLICY, kind="lesson" if place(source) else "")


def _figure(source: Path, image: str, name: str, caption: str) -> str:
    """Return a picture with what runs in its place, if anything does."""
    number = place(source)
    if not number and name not in FREE:
        return f"<p>{image}</p>"
    address = Path(os.path.relpath(PLAYGROUND, target(source).parent)).as_posix()
    address += f"#lesson={number}{VIEWS.get(name, '')}" if number else ""
    how = "Scroll is time: the run follows the text." if number else "Press Play."
    return (
        f'<figure class="run" data-run="{address}">{image}<figcaption><span>{how} Click any number to ask why.</span> '
        f'<button hidden>Follow the text again</button> <a href="{address}">All of the playground</a>'
        f'</figcaption></figure>\n<p class="quiet">In the picture: {caption.rstrip(".")}.</p>'
    )


def _nav(source: Path, pages: dict[Path, Path], titles: dict[Path, str]) -> Markup:
    """Return where one can go: the lessons from a lesson, else all other pages."""
    here = pages[source].parent
    shown = [each for each in pages if (place(each) > 0) == (place(source) > 0)]
    if place(source):
        shown = [ROOT / "README.md", ROOT / "docs/lessons/README.md", *shown]
    links = [(titles[each], pages[each], each == source) for each in shown]
    links.append(("Open the playground", Path(PLAYGROUND), False))
    return element(
        "nav",
        *(
            element("a", title, href=Path(os.path.relpath(path, here)).as_posix(), aria_current="page" * now)
            for title, path, now in links
        ),
        aria_label="Pages",
    )


def _name_headings(tokens: list[Token]) -> None:
    """Give headings the names that links use: small letters, hyphens for spaces, no signs."""
    for opening, content in pairwise(tokens):
        if opening.type == "heading_open":
            opening.attrSet("id", re.sub(r"[^\w\- ]", "", content.content.lower()).strip().replace(" ", "-"))


def _lead_links(inline: Token, source: Path, pages: dict[Path, Path]) -> None:
    """Let links lead to pages; those to other files of the repository are text."""
    kept: list[Token] = []
    leads = True
    for child in inline.children or []:
        if child.type == "link_open":
            path, mark, anchor = str(child.attrs["href"]).partition("#")
            goal = (source.parent / path).resolve() if path else source
            leads = goal in pages
            if path and leads:
                way = Path(os.path.relpath(pages[goal], pages[source].parent)).as_posix()
                child.attrSet("href", way + mark + anchor)
        if leads or child.type not in ("link_open", "link_close"):
            kept.append(child)
    inline.children = kept


if __name__ == "__main__":
    build(Path(sys.argv[1]))
    print(f"Wrote {sys.argv[1]}: open {Path(sys.argv[1]) / 'index.html'}")
