"""check-gradient on files: verdict, exit codes, JSON, exceptions with their lines; the page's examples."""

import json
import re
import shlex
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2].joinpath("docs/check-gradient.md").read_text()
FILES = dict(re.findall(r"```python file=(\S+)\n(.*?)```", PAGE, re.DOTALL))


@pytest.fixture
def page(run, tmp_path):
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    return run


def test_the_page_shows_what_is_printed(page):
    blocks = re.findall(r"```console\n\$ selenite (.*?)\n(.*?)```", PAGE, re.DOTALL)
    assert len(blocks) == 3
    for command, shown in blocks:
        printed = page(*shlex.split(command), code=7).stdout.splitlines()
        assert all(line in printed for line in shown.splitlines() if line != "..."), printed


def test_the_page_names_every_slip():
    source = Path(__file__).parents[2].joinpath("src/selenite/gradient_check")
    text = "".join(file.read_text() for file in source.rglob("*.py"))
    names = set(re.findall(r'"((?:[a-z0-9]+-)+[a-z0-9/]+|sign)"', text)) - {"a-z", "cross-entropy", "site-packages"}
    assert names == set(re.findall(r"`((?:[a-z0-9]+-)+[a-z0-9/]+|sign)`", PAGE))


def test_a_right_gradient_exits_0_and_a_wrong_one_7(page, tmp_path):
    right = FILES["mynet.py"].replace("sigmoid_der(self.ah)", "sigmoid_der(self.zh)")
    (tmp_path / "right.py").write_text(right + "\nprint('not to be seen')\nnet = Net()\n")
    assert "The gradient is right." in page("check-gradient", "right.py:net").stdout
    told = json.loads(page("check-gradient", "right.py", "--json").stdout)
    assert (told["ok"], told["slips"], told["rows"]) == (True, [], 100)
    assert all(one["agrees"] and one["difference_from_selenite"] < 1e-12 for one in told["parameters"])
    told = json.loads(page("check-gradient", "mynet.py:Net", "--json", code=7).stdout)
    assert [slip["name"] for slip in told["slips"]] == ["slope-of-activation"]


def test_a_flat_script_is_checked_as_it_was_typed(page, tmp_path):
    right = FILES["article.py"].replace("sigmoid_der(ah)", "sigmoid_der(zh)")
    (tmp_path / "right.py").write_text(right)
    assert "line 39, dcost_wh  agrees" in page("check-gradient", "right.py").stdout
    told = json.loads(page("check-gradient", "article.py", "--json", code=7).stdout)
    assert [(one["name"], one["computed"]) for one in told["parameters"] if not one["agrees"]] == [
        ("wh", "line 39, dcost_wh")
    ]
    assert told["gradient_at"] == "article.py, the loop of line 20"
    message = page("check-gradient", "article.py", "--tutorial", "2", code=2).stderr
    assert "article.py is a script with rows of its own" in message


def test_rows_of_the_tutorial_may_be_asked_for(page, tmp_path):
    (tmp_path / "t.py").write_text(FILES["functions.py"].replace("X = ", "inputs = ").replace("y = X", "t = inputs"))
    assert "; 5 rows" in page("check-gradient", "t.py", "--tutorial", "1", code=7).stdout


@pytest.mark.parametrize(
    ("text", "name", "code", "message"),
    [
        ("x = (", "", 8, r"net.py, line 1: SyntaxError"),
        ("\n\nimport nosuchthing", "", 8, r"line 3, in <module>: `import nosuchthing`: ModuleNotFoundError"),
        ("import sys\nsys.exit(3)", "", 8, r"line 2, in <module>: `sys.exit\(3\)`: SystemExit"),
        (
            FILES["mynet.py"].replace("self.wo.T", "self.wo"),
            ":Net",
            8,
            r"line 34, in gradient: `delta_h = .*ValueError",
        ),
        (FILES["mynet.py"], ":Nett", 2, "there is no Nett; there is"),
        ("x = 1", "", 2, r"has no loss and gradient of its own; say which network, such as net.py:Net"),
    ],
)
def test_mistakes_are_named_with_their_line(run, tmp_path, text, name, code, message):
    (tmp_path / "net.py").write_text(text)
    assert re.search(message, run("check-gradient", f"net.py{name}", code=code).stderr)


def test_a_file_that_is_not_there(run):
    assert "there is no file nosuch.py" in run("check-gradient", "nosuch.py:Net", code=2).stderr


def test_help_says_that_code_is_run(run):
    assert "This runs FILE.py" in run("check-gradient", "--help").stdout
