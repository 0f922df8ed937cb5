"""Free text at which an export may go wrong, made of words that a model knows: borders, blanks, letters, lengths."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from selenite.table.schema import Terms
from selenite.table.words import LONGEST_WORD, sort_of

LONGEST, MOST_WORDS = 10_000, 30
BLANKS = ("\n", "\r\n", "\t", "\x0b", "\x1c", "\x1f", "\x85", "\xa0", "\u1680", "\u2003", "\u2028", "\u205f", "\u3000")
# Neither blank nor a part of a word: quotes, marks that no eye sees, accents and vowels that stand alone, smileys.
BORDERS = (
    '"', "'", "’", "\\", "*/", "`${", "</script>", "??/", "\u200b", "\ufeff", "\u180e", "\ufffd", "\u0301", "\u093e",
    "\u20dd", "😀", "👩\u200d👩\u200d👧",
)  # fmt: skip
LETTERS = ("_", "٣", "²", "Ⅷ", "é", "Σ", "ς", "ß", "ŉ", "İ", "Ǆ", "ﬃ", "日", "ᏸ", "Ꙋ", "𐐀", "𝒜", "𞤀")
FORMS = {"s": "ſ", "k": "\u212a", "ss": "ẞ", "fi": "ﬁ", "å": "\u212b", "st": "ﬆ", "ω": "\u2126", "σ": "ς"}  # alike


def odd_texts(words: Sequence[str]) -> Iterator[str]:
    """Yield texts that hold words of a model beside odd characters, and very long and blank ones."""
    one, other = words[0], words[-1]
    every = " ".join(words)
    yield from (" ", "\n\t", one, one.upper(), f"{one} {one} {other} {one}", every, every.upper(), every.title())
    yield from (f"{one}{mark}{other} {other} {mark}{one}{mark}" for mark in (*BLANKS, *BORDERS, *LETTERS))
    for letters, form in FORMS.items():
        yield every.replace(letters, form)
    for length in (LONGEST_WORD, LONGEST_WORD + 1, LONGEST):
        yield f"{one} {'é' * length} {other} {'x' * length}{one}"
    yield (f"{every}\n" * LONGEST)[:LONGEST]


def telling_words(terms: Terms) -> Sequence[str]:
    """Return the words that add most to the scores; one that is none where a model knows none."""
    most = np.argsort(-np.abs(terms.added_array).sum(axis=0), kind="stable").tolist()
    return [terms.names[place] for place in most if sort_of(terms.names[place]) == 0][:MOST_WORDS] or ["word"]
