"""The page on serving: what it shows is asked of a server that runs, and its container's recipe is sound."""

import json
import re
import signal
import subprocess
import sys

import pytest

pytest.importorskip("starlette", reason="serving needs starlette: pip install 'selenite[serve]'")

from documentation import ROOT, call, call_tool, go_to_clone, page, refuse_dead_links, run_python

PAGE = page("docs/serve.md")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM to send")
def test_what_it_shows_is_answered(tmp_path, monkeypatch):
    go_to_clone(tmp_path, monkeypatch)
    call("fit tests/data/pima_diabetes.csv --target target -o diabetes.selenite --epochs 2 --members 1 -q")
    started = [sys.executable, "-m", "selenite", "serve", "diabetes.selenite", "--port", "0", "--json"]
    with subprocess.Popen(started, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as server:
        try:
            address = json.loads(server.stdout.readline())["address"]
            ask_what_is_shown(PAGE.replace("http://127.0.0.1:8000", address))
        finally:
            server.terminate()
        _, complaints = server.communicate(timeout=20)
    assert (server.returncode, complaints) in ((0, ""), (-signal.SIGTERM, ""))
    refuse_dead_links(PAGE, ROOT / "docs")


def ask_what_is_shown(text):
    curl, shown = re.search(r"```bash\n(.*?)```\n\n```text\n(.*?)```", text, re.DOTALL).groups()
    answer, wanted = json.loads(call_tool(curl)), json.loads(shown)
    assert list(answer) == list(wanted)
    assert answer["outside"] == wanted["outside"]
    [(printed, _)] = run_python(text)
    assert re.fullmatch(r"\[('[01]', ){2}'[01]'\]\n", printed)


def test_the_containers_recipe_is_sound(tmp_path):
    recipe = re.search(r"```dockerfile\n(.*?)```", PAGE, re.DOTALL)[1]
    tmp_path.joinpath("Dockerfile").write_text(recipe)
    assert call_tool(f"hadolint --no-color {tmp_path / 'Dockerfile'}") == ""
    command = json.loads(re.findall(r"^CMD (.*)$", recipe, re.MULTILINE)[-1])
    assert call(" ".join([*command[1:2], "--help"])).startswith("Usage: selenite serve")
