"""The page's session, which runs in a worker and in node: its tests in JavaScript, each file a test here."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from functions import functions

from selenite import _kernel
from tutorial import tutorial

HERE = Path(__file__).parent
PAGE = Path(__file__).parents[3] / "src/selenite/play/page"


@pytest.mark.skipif(shutil.which("node") is None, reason="there is no node on this machine")
@pytest.mark.skipif("v2" not in _kernel.LEVELS, reason="there is no level v2 on this machine")
@pytest.mark.parametrize("file", sorted(HERE.glob("*.test.mjs")), ids=lambda file: file.name)
def test_in_node(file):
    environment = os.environ | {"PYTHON": sys.executable}
    done = subprocess.run(["node", file], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_tutorial_in_the_page_is_the_tutorials():
    assert (PAGE / "worker/tutorial.js").read_text(encoding="utf-8") == tutorial()


def test_the_functions_in_the_page_are_those_of_nn():
    assert (PAGE / "functions.js").read_text(encoding="utf-8") == functions(), "write them again by `just page`"
