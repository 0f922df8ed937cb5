"""The page of the commands is what each says with --help; `just docs` writes it again."""

from click.testing import CliRunner

from documentation import ROOT
from selenite.cli import COMMANDS, group

PAGE = ROOT / "docs/commands.md"
BEGINNING = """# The commands

Each command with its `--help`. How commands end: [exit-codes.md](exit-codes.md).
"""


def described():
    """Return the page as the commands describe themselves."""
    sections = [BEGINNING]
    for name in ("", *COMMANDS):
        result = CliRunner().invoke(
            group, [name, "--help"] if name else ["--help"], prog_name="selenite", terminal_width=100
        )
        assert result.exit_code == 0, result.output
        title = f"## {name}\n\n" if name else ""
        sections.append(f"{title}```text\n{result.output}```\n")
    return "\n".join(sections)


def test_it_is_what_the_commands_say():
    assert PAGE.read_text() == described(), "write it again by `just docs`"


if __name__ == "__main__":
    PAGE.write_text(described())
