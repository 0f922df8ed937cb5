"""Text in messages: to the character, but for what a terminal would obey and what is too long."""

import subprocess

import pytest

from selenite.text import argument, printable, shown


@pytest.mark.parametrize("text", ["a b", "漢字", "می\u200cخواهم", "\u3000\u00a0a", "e\u0301", "\\n", "😀", "$x$", ""])
def test_ordinary_text_stays_as_it_is(text):
    assert printable(text) == text
    assert shown(text) == f'"{text}"'


def test_what_a_terminal_would_obey_is_escaped_and_nothing_is_dropped():
    assert printable("\x1b[31m\n\r\t\0\x7f\x9b") == r"\x1b[31m\n\r\t\x00\x7f\x9b"
    assert printable("\u2028\u202e\u2066") == r"\u2028\u202e\u2066"
    assert printable("caf\udce9 \ud800") == r"caf\xe9 \ud800"


def test_long_text_ends_in_an_ellipsis():
    assert shown("x" * 40) == f'"{"x" * 40}"'
    assert shown("x" * 41) == f'"{"x" * 39}…"'
    assert len(shown("\n" * 100_000, 10)) == 12


@pytest.mark.parametrize("text", ["a", "a b", "it's", "$(x)`y`", "a\nb\t'\\n'", "\x1b[31m", "x" * 1000, "-a=b", ""])
def test_a_shell_gives_an_argument_back(text):
    found = subprocess.run(["bash", "-c", f"printf %s {argument(text)}"], capture_output=True, check=True)
    assert found.stdout.decode() == text
