"""`python -m selenite` is `selenite`, and what the script of that name calls."""

import sys


def main() -> None:
    """Run the command line; Ctrl-C while it is being imported is one line, too."""
    try:
        from selenite.cli import main as run
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        sys.exit(130)
    run()


if __name__ == "__main__":
    main()
