"""Free text as numbers: its words, pairs of words and pieces of words, weighed by tf-idf and added up to scores.

A word is what the pattern ``\\w+`` finds in the casefolded text: letters, digits and _ of any script. Terms are words,
pairs of neighbouring words ("not good"), and pieces: four characters in a row of what stands between blanks, with one
blank before it and one after, which tell forms of a word, slips of the pen, and marks such as !! and :-). A term that a
text holds n times weighs (1 + ln n) × its rarity there. The weights of the words and pairs of a text are scaled to a
length of 1, those of its pieces too. Each term has learnt what it adds to each score.
"""

from __future__ import annotations

import re
from array import array
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np

from selenite.table.schema import Terms
from selenite.table.table import Text
from selenite.types import Floats, Indices, Mask

WORD = re.compile(r"\w+")
LONGEST_WORD = 40  # characters; what is longer is data rather than words
LENGTH_OF_PIECE, PIECE = 4, "-"  # the mark before a piece, which no word has
FEWEST_ROWS = 2  # that a term has to be in
MOST_OF_A_SORT = 2**15  # words, pairs and pieces that are looked at


def words_of(text: str) -> list[str]:
    """Return the words of a text that is casefolded.

    >>> words_of("don't stop!")
    ['don', 't', 'stop']
    """
    return [word for word in WORD.findall(text) if len(word) <= LONGEST_WORD]


@lru_cache(maxsize=2**16)
def pieces_of(unbroken: str) -> tuple[str, ...]:
    """Return the pieces of what stands between blanks.

    >>> pieces_of("stop!"), pieces_of("a")
    (('- sto', '-stop', '-top!', '-op! '), ('- a ',))
    """
    if len(unbroken) > LONGEST_WORD:
        return ()
    text = f" {unbroken} "
    return tuple(f"{PIECE}{text[i : i + LENGTH_OF_PIECE]}" for i in range(max(len(text) - LENGTH_OF_PIECE, 0) + 1))


def sort_of(term: str) -> int:
    """Return 0 of a word, 1 of a pair of words, 2 of a piece."""
    return 2 if term.startswith(PIECE) else int(" " in term)


@dataclass(frozen=True, eq=False)
class Counts:
    """Which terms texts hold, and how often: of text i those at `start[i]` to `start[i + 1]`."""

    start: Indices  # (n_texts + 1,)
    term: Indices
    times: Floats

    @property
    def text(self) -> Indices:
        """Return of which text each entry is."""
        return np.repeat(np.arange(len(self.start) - 1), np.diff(self.start))

    def weights(self, rarities: Floats, are_pieces: Indices) -> Floats:
        """Return the weight of each entry, by the rarity of each term, and 1 for each that is a piece of a word."""
        weights = (1 + np.log(self.times)) * rarities[self.term]
        scaled = 2 * self.text + are_pieces[self.term]
        return np.asarray(weights / np.sqrt(np.bincount(scaled, weights**2, minlength=1)[scaled]))


def common_terms(column: Text) -> tuple[list[str], Floats]:
    """Return the terms that at least two rows hold, by the alphabet, and how rare each is.

    That is 1 + ln((1 + rows) / (1 + rows with it)). Of too many words, pairs or pieces, those that most rows hold.

    >>> common_terms(Text(np.array([0, 1, 2]), ("good wine", "good bread", "bad wine")))[0]
    ['- goo', '- win', '-good', '-ine ', '-ood ', '-wine', 'good', 'wine']
    """
    held: Counter[str] = Counter()
    rows = np.bincount(column.codes[column.codes >= 0], minlength=len(column.values))
    for text, n in zip(column.values, rows.tolist(), strict=True):
        if n:
            words = words_of(text := text.casefold())
            different = {*words, *(f"{first} {second}" for first, second in pairwise(words))}
            different.update(*map(pieces_of, set(text.split())))
            held.update(dict.fromkeys(different, n))
    terms: list[str] = []
    for sort in range(3):
        often = [term for term, n in held.items() if n >= FEWEST_ROWS and sort_of(term) == sort]
        terms += sorted(often, key=lambda term: (-held[term], term))[:MOST_OF_A_SORT]
    terms.sort()
    n_rows = int(rows.sum())
    return terms, np.log((1 + n_rows) / (1 + np.array([held[term] for term in terms], dtype=np.float64))) + 1


def count_terms(texts: Sequence[str], place_of: Mapping[str, int]) -> Counts:
    """Return which of the terms that have a place each text holds, in the order of their places."""
    n_terms, keys, times = max(len(place_of), 1), array("q"), array("q")
    places_in: dict[str, list[int]] = {}
    for i, text in enumerate(map(str.casefold, texts)):
        words = words_of(text)
        found = Counter([*words, *map(" ".join, pairwise(words))])
        for term, n in found.items():
            if term in place_of:
                keys.append(i * n_terms + place_of[term])
                times.append(n)
        for unbroken, n in Counter(text.split()).items():
            if unbroken not in places_in:
                places_in[unbroken] = [place_of[piece] for piece in pieces_of(unbroken) if piece in place_of]
            keys.extend(i * n_terms + place for place in places_in[unbroken])
            times.extend([n] * len(places_in[unbroken]))
    different, which = np.unique(np.frombuffer(keys, dtype=np.int64), return_inverse=True)
    counts: Floats = np.bincount(which, np.frombuffer(times, dtype=np.int64), minlength=len(different)).astype(
        np.float64
    )
    return Counts(np.searchsorted(different, n_terms * np.arange(len(texts) + 1)), different % n_terms, counts)


def text_scores(terms: Terms, column: Text) -> Floats:
    """Return the scores of each row, (n_scores, n_rows): 0 where text is missing, or holds no term that is known."""
    used, row_of = np.unique(column.codes, return_inverse=True)
    texts = ["" if code < 0 else column.values[code] for code in used.tolist()]
    counts = count_terms(texts, terms.place_of)
    weights, text = counts.weights(terms.rarity_array, terms.are_pieces), counts.text
    of_text = [np.bincount(text, weights * added[counts.term], len(texts)) for added in terms.added_array]
    return np.array(of_text, dtype=np.float64)[:, row_of]


def terms_in(terms: Terms, text: str, score: int) -> list[tuple[str, float, float]]:
    """Return the terms that one text holds: of each its name, its weight there, and what it adds to a score."""
    counts = count_terms([text], terms.place_of)
    weights, added = counts.weights(terms.rarity_array, terms.are_pieces), terms.added_array[score][counts.term]
    names = [terms.names[term] for term in counts.term]
    return list(zip(names, weights.tolist(), added.tolist(), strict=True))


def has_known_word(terms: Terms, column: Text) -> Mask:
    """Return which rows hold a word that is a term, (n_rows,)."""
    known = [any(word in terms.place_of for word in words_of(text.casefold())) for text in column.values]
    return np.array([*known, False])[column.codes]
