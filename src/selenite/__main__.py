"""`python -m selenite` is `selenite`."""

from selenite.cli import main

main()
