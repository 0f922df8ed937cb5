"""The order in which to read the table's files is one in which each uses only those before it."""

import re
from pathlib import Path

from selenite import table

FOLDER = Path(table.__file__).parent


def test_each_file_is_named_once_and_uses_only_those_before_it():
    order = re.findall(r"`(\w+)`", table.__doc__)
    assert sorted(order) == sorted(path.stem for path in FOLDER.glob("*.py") if path.stem != "__init__")
    for path in FOLDER.glob("*.py"):
        text = path.read_text()
        used = set(re.findall(r"from selenite\.table\.(\w+) import", text))
        used |= set(re.findall(r"from selenite\.table import (arrow)$", text, flags=re.M))
        used -= set(re.findall(r">>> from selenite\.table\.(\w+) import", text))
        before = order if path.stem == "__init__" else order[: order.index(path.stem)]
        assert used <= set(before), path
