"""The command line in a folder of its own, and a page whose pictures are not written."""

import shlex

import pytest
from click.testing import CliRunner

from selenite.cli import group
from selenite.plots import inline
from selenite.plots.style import figure


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def call(line, code=0):
        result = CliRunner().invoke(group, shlex.split(line), prog_name="selenite")
        assert result.exit_code == code, (result.output, result.exception)
        return result.output

    return call


@pytest.fixture
def unwritten(monkeypatch):
    """Pictures are drawn, but neither laid out nor written, which is most of a page's time: where words are read."""

    def drawn(name, width, height, draw):
        with figure(width, height) as picture:
            draw(picture)
        return "<svg></svg>"

    monkeypatch.setattr(inline, "inline_svg", drawn)
