"""Parts of C that stand ready under names: those that a source calls are copied into it."""

from __future__ import annotations

import re
from pathlib import Path

_ASIDE = re.compile(r'/\*.*?\*/|"(?:\\.|[^"\\])*"', re.DOTALL)  # comments and strings, which may hold a user's words


def parts_in(file: str) -> dict[str, str]:
    """Return the parts in a file by the name of the function that each is; what they call stands before them."""
    text = (Path(__file__).parent.parent / "runtime" / file).read_text(encoding="utf-8")
    return dict(re.findall(r"/\* part: (\w+) \*/\n(.*?)(?=\n/\* part: |\Z)", text, re.DOTALL))


def called(parts: dict[str, str], text: str) -> dict[str, str]:
    """Return the parts that a text calls, and those that these call, in their order.

    >>> called({"half": "half(x)", "quarter": "half(half(x))", "other": ""}, 'quarter(5); puts("other(");')
    {'half': 'half(x)', 'quarter': 'half(half(x))'}
    """
    code, found = _ASIDE.sub("", text), set()
    for name in reversed(parts):
        if re.search(rf"\b{name}\(", code):
            found.add(name)
            code += _ASIDE.sub("", parts[name])
    return {name: part for name, part in parts.items() if name in found}
