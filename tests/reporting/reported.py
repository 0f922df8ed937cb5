"""A report read as strictly as a browser could, and the table of which it is: its names and values are hostile."""

from html.parser import HTMLParser

import numpy as np

HOSTILE = ["<script>alert(1)</script>", '"><img src=x onerror=alert(2)>', "it's & \u202etxt.exe", "\x1b[31m\u200fשם"]
VALUES = ["</td></svg><b>", 'https://evil.example/"x"', "'><style>*{}", "עב\u202e]]>-->"]
VOID = {"meta", "br"}
TAGS = (
    "html head meta title style body section h1 h2 h3 p a b i div span nav table thead tbody tr th td bdi br pre "
    "figure svg g path defs use rect image clippath ol li main dl dt dd"
)
ALLOWED = set(TAGS.split())


class Page(HTMLParser):
    """Reads a page strictly: every element closed in order, and only those that a page is made of."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.open, self.texts, self.attributes, self.ids = [], [], [], []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        assert tag in ALLOWED, tag
        self.attributes += [(tag, key, value or "") for key, value in attrs]
        self.ids += [value for key, value in attrs if key == "id"]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if "style" not in self.open:
            self.texts.append(data)

    @property
    def text(self):
        return "".join(self.texts)


def write(path, kind, n=240, names=HOSTILE, values=VALUES):
    """Write a table whose names and values are hostile."""
    rng = np.random.default_rng(1)
    size, codes, gap = rng.normal(size=n), rng.integers(4, size=n), rng.random(n) < 0.1
    score = size + (codes == 0) + 0.3 * rng.normal(size=n)
    labels = {"two": ["<no>", "<yes>"], "three": values[:3]}.get(kind)
    at = None if labels is None else np.digitize(score, np.quantile(score, np.linspace(0, 1, len(labels) + 1)[1:-1]))
    answers = [f"{1000 * s:.1f}" for s in score] if labels is None else [labels[k] for k in at]

    def cell(text):
        return '"' + str(text).replace('"', '""') + '"'

    lines = [",".join(map(cell, [*names, "<i>target</i>"]))]
    for i in range(n):
        row = [
            "" if gap[i] else f"{size[i]:.3f}",
            values[codes[i]],
            f"2024-01-{1 + i % 28:02d}",
            i * i % 17,
            answers[i],
        ]
        lines.append(",".join(map(cell, row)))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
