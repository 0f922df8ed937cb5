"""What a message says of a name that is not there: the nearest one, else the likely ones, else those there are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from selenite.errors import shown

MOST_LISTED = 20


def nearest(name: str, names: Iterable[str]) -> str | None:
    """Return the name most like the given one, whatever its case and the blanks at its ends; None if none is.

    >>> nearest("classs", ["a1", "Class "]), nearest("classs", ["a1", "target"])
    ('Class ', None)
    """
    from difflib import get_close_matches

    by_folded = {folded(one): one for one in reversed(list(names))}  # of those that are alike, the first
    near = get_close_matches(folded(name), by_folded, n=1)
    return by_folded[near[0]] if near else None


def listed(names: Sequence[str], most: int = MOST_LISTED) -> str:
    """Return names in quotes, and how many more there are.

    >>> listed(["a", "b", "c"]), listed(["a", "b", "c"], 2)
    ('"a", "b", "c"', '"a", "b" and 1 more')
    """
    more = len(names) - most
    return ", ".join(map(shown, names[:most])) + (f" and {more:,} more" if more > 0 else "")


def hint(name: str, names: Sequence[str], likely: Sequence[str] = ()) -> str:
    """Return what to take instead of a name that is none of `names`.

    >>> hint("clas", ["a1", "class"]), hint("clas", ["a1", "a2", "y"], ["y"])
    ('did you mean "class"?', 'likely "y"; it has "a1", "a2", "y"')
    """
    near = nearest(name, names)
    if near is not None:
        return f"did you mean {shown(near)}?"
    first = f"likely {listed(likely, 4)}; " if likely else ""
    return f"{first}it has {listed(names)}"


def folded(name: str) -> str:
    """Return a name without its case and the blanks at its ends."""
    return name.strip().casefold()
