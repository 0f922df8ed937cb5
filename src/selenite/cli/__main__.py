"""`python -m selenite.cli` is `selenite`."""

from selenite.cli import main

main()
