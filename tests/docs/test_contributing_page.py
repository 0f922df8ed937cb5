"""What CONTRIBUTING.md says must be touched is all that must be."""

import re

from documentation import ROOT, page

CODE = (".py", ".js", ".hpp", ".cpp", ".c", ".txt")


def test_an_activation_is_named_where_it_says_and_nowhere_else():
    """Nobody chooses mish for anything: where it stands, every other would have to stand."""
    said = page("CONTRIBUTING.md").partition("## A new activation")[2].partition("\n## ")[0]
    sources = [path for folder in ("src", "kernel") for path in ROOT.joinpath(folder).rglob("*") if path.suffix in CODE]
    named = {path.name for path in sources if re.search(r"\bmish\b", path.read_text(encoding="utf-8"))}
    assert named == {"activations.py", "names.hpp", "activations.hpp", "functions.js", "formulas.py", "curves.py"}
    assert all(name in said for name in named)
