"""ES modules as one script: each a function that returns what the module exports, in the order they are needed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

_IMPORT = re.compile(r'^import (?:(\* as \w+|\{[^}]*\}) from )?"(\.[^"]+)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:function\*?|class|const) ([\w$]+))", re.MULTILINE)


def bundled(entry: Path, root: Path, instead: Mapping[Path, str] | None = None) -> str:
    """Return a module of a folder and all that it needs as one script.

    Some modules' texts may be given in place of what their files hold. A module is a constant of `module_name`.
    """
    found: dict[str, str] = {}
    _collect(entry, root, instead or {}, found)
    _, body = found.popitem()
    return "\n".join([*(f"const {name} = (() => {{\n{module}\n}})();" for name, module in found.items()), body])


def module_name(file: Path, root: Path) -> str:
    """Return the name of a module in the script."""
    return "module_" + re.sub(r"\W", "_", str(file.relative_to(root).with_suffix("")))


def in_html(script: str) -> str:
    """Return a script as it may stand in HTML, whose parser looks for its end."""
    return script.replace("</script", r"<\/script").replace("<!--", r"<\!--")


def _collect(file: Path, root: Path, instead: Mapping[Path, str], found: dict[str, str]) -> None:
    """Add the modules that a file needs, then the file, each once."""
    name = module_name(file, root)
    if name in found:
        return
    text, heads = _text(file, instead), []
    for what, path in _IMPORT.findall(text):
        other = (file.parent / path).resolve()
        _collect(other, root, instead, found)
        wanted = set(re.findall(r"(?:^\{|,)\s*([\w$]+)", what))
        missing = wanted.difference(_EXPORT.findall(_text(other, instead)))
        assert not missing, f"{other} exports {missing} in no declaration of its own"
        if what.startswith("* as "):
            heads.append(f"const {what.removeprefix('* as ')} = {module_name(other, root)};")
        elif what:
            heads.append(f"const {what.replace(' as ', ': ')} = {module_name(other, root)};")
    exported = _EXPORT.findall(text)
    body = _EXPORT.sub("", _IMPORT.sub("", text))
    assert not re.search(r"^(import|export) ", body, re.MULTILINE), file
    found[name] = "\n".join([*heads, body, *[f"return {{ {', '.join(exported)} }};"] * bool(exported)])


def _text(file: Path, instead: Mapping[Path, str]) -> str:
    return instead[file] if file in instead else file.read_text(encoding="utf-8")
