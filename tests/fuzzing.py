"""Mutates small whole files; what reads them must give a result, or the right error, in a line.

    python tests/fuzzing.py csv parquet selenite signed.selenite --inputs 10000 --seed 1

Run by hand, it has 4 GB of memory and two minutes for an input, and keeps the inputs that fail; the tests run some
hundreds of each kind. An input depends on its kind, the seed and its number alone.
"""

import argparse
import codecs
import csv
import faulthandler
import io
import random
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fuzzing_models import edited, model_wholes, use
from selenite.errors import DialectError, ModelFileError, SeleniteError, TableError
from selenite.model import Model
from selenite.table import ReadOptions, Table, read_table
from selenite.text import printable

CHANGES = (1, 1, 1, 2, 3, 6)
EDGE_BYTES = 400  # at both ends, where headers and footers are: half of the mutations fall there
MEMORY, SECONDS = 4 << 30, 120


@dataclass(frozen=True)
class Kind:
    """A kind of file: whole ones to begin with, what reads one, and what may come of it."""

    name: str  # the suffix, too
    wholes: Callable[[], list[bytes]]
    read: Callable[[Path], Any]
    error: type[SeleniteError]
    pieces: tuple[bytes, ...]  # worth to be put in
    disagreement: Callable[[bytes, Any], str] = lambda content, result: ""  # what is wrong with a result
    mutate: Callable[[bytes, list[bytes], tuple[bytes, ...], random.Random], bytes] = lambda *given: mutated(*given)


def mutated(content: bytes, others: list[bytes], pieces: tuple[bytes, ...], rng: random.Random) -> bytes:
    """Return a file with one to six changes."""
    for _ in range(rng.choice(CHANGES)):
        content = changed(content, rng.choice(others), rng.choice(pieces), rng)
    return content


def changed(content: bytes, other: bytes, piece: bytes, rng: random.Random) -> bytes:
    """Return a file with one change: something put in, taken out, repeated, moved, or cut off."""
    n = len(content)
    at = rng.randrange(n + 1)
    if rng.random() < 0.5:
        at = rng.choice([at % EDGE_BYTES, max(n - at % EDGE_BYTES, 0)])
    length = min(rng.choice([1, 1, 1, 2, 4, 8, 60]), n - at)
    before, here, after = content[:at], content[at : at + length], content[at + length :]
    start = rng.randrange(len(other))
    return rng.choice(
        [
            *[before + bytes(byte ^ 1 << rng.randrange(8) for byte in here) + after] * 3,
            *[before + rng.randbytes(length) + after] * 2,
            before + other[start : start + length] + content[at + len(other[start : start + length]) :],
            before + after[:length] + here + after[length:],
            before + piece + content[at + len(piece) :],
            before + piece + here + after,
            before + piece * rng.choice([2, 30, 1000]) + here + after,
            before + here * rng.choice([2, 3, 50]) + after,
            before + after,
            before if rng.random() < 0.3 else content[at // 8 :],
        ]
    )


def failure(kind: Kind, content: bytes, path: Path) -> str:
    """Return what is wrong with how a file is read, "" if nothing is."""
    path.write_bytes(content)
    faulthandler.dump_traceback_later(SECONDS, exit=True)  # of one that hangs
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            result = kind.read(path)
    except kind.error as error:
        lines = str(error).split("\n") if isinstance(error, DialectError) else [str(error)]
        return "" if lines == list(map(printable, lines)) and str(path) in lines[0] else f"message {str(error)!r}"
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    finally:
        faulthandler.cancel_dump_traceback_later()
    return kind.disagreement(content, result)


def failures(kind: Kind, seed: int, count: int, folder: Path) -> Iterator[str]:
    """Read `count` mutated files; give what goes wrong, with the file that it goes wrong with."""
    wholes = kind.wholes()
    for i in range(count):
        rng = random.Random(f"{kind.name} {seed} {i}")
        content = kind.mutate(rng.choice(wholes), wholes, kind.pieces, rng)
        if wrong := failure(kind, content, folder / f"input.{kind.name}"):
            kept = folder / f"failed-{seed}-{i}.{kind.name}"
            kept.write_bytes(content)
            yield f"{kept}: {wrong}"


def csv_wholes() -> list[bytes]:
    return [
        b'id,name,x,when,y\n1,Ann,0.5,2026-01-02,yes\n2,"Lee, Bo",,2026-01-03,no\n3,"say ""hi""",-7e3,,yes\n',
        b'a;b;text\r\n1,5;"two\r\nlines";x\r\n2,5;"";\r\n\r\n-3;z;"\xc3\xa9"\r\n',
        b"a\tb\n1\t2\n3\t4",
        b"only\n1\n\n2\nNA\n",
        b'"q","r"\n' + b'"1","0.25"\n' * 40,
        b"n,%,date\n" + b'"1,000",12%,31/12/2026\n' * 5,
        "a,b\n1,2\n".encode("utf-16"),
        b"x,y\n" + b"".join(b"%d,%d\n" % (i, i * i) for i in range(200)),
    ]


def read_csv(path: Path) -> Table:
    content = path.read_bytes()
    encoding = "utf-16" if content.startswith(codecs.BOM_UTF16) else "utf-8"
    return read_table(path, ReadOptions(separator=separator_of(content), encoding=encoding))


def separator_of(content: bytes) -> str:
    """Return the separator that the first line has most of."""
    first = content.partition(b"\n")[0]
    return max(",;\t", key=lambda mark: first.count(mark.encode()))


def csv_disagreement(content: bytes, table: Table) -> str:
    """Compare the rows with those of Python's reader, where it can read them strictly."""
    try:
        text = io.StringIO(content.decode("utf-8-sig"), newline="")
        rows = list(csv.reader(text, delimiter=separator_of(content), strict=True))
    except (csv.Error, UnicodeDecodeError):
        return ""
    while rows and not rows[0]:
        del rows[0]
    single = len(rows[0]) == 1  # where a blank line is a missing value
    below = [row or ([""] if single else []) for row in rows[1:]]
    below = [row for row in below if row]
    if any(len(row) != len(rows[0]) for row in below):
        return f"rows of {sorted({len(row) for row in below})} cells were read"
    shape = (len(below), len(rows[0]))
    return "" if (table.n_rows, len(table.names)) == shape else f"{table.n_rows} rows were read, not {shape}"


def parquet_wholes() -> list[bytes]:
    import pyarrow
    from pyarrow import parquet

    table = pyarrow.table(
        {
            "i": pyarrow.array([1, None, 3] * 9, pyarrow.int16()),
            "f": [0.5, None, -1e9] * 9,
            "t": ["x", None, "é"] * 9,
            "b": [True, False, None] * 9,
            "m": pyarrow.array([10**15, None, 0] * 9, pyarrow.timestamp("us", "UTC")),
            "d": pyarrow.array([12, None, 7] * 9).cast(pyarrow.decimal128(20, 1)),
            "c": pyarrow.array(["p", "q", None] * 9).dictionary_encode(),
        }
    )
    found = []
    for options in (
        {"compression": "none"},
        {"compression": "none", "use_dictionary": False, "write_statistics": False, "store_schema": False},
        {"compression": "snappy", "data_page_version": "2.0", "row_group_size": 10},
        {"compression": "zstd", "version": "1.0", "write_page_index": True},
    ):
        out = pyarrow.BufferOutputStream()
        parquet.write_table(table, out, **options)
        found.append(out.getvalue().to_pybytes())
    return found


def model_disagreement(content: bytes, model: Model) -> str:
    """Compare what is saved again with what was opened."""
    old = any(version in content.replace(b"\\", b"") for version in (b'"format":1', b'"format":2'))
    return "" if old or model.to_bytes() == content else "saved again it is another file"


KINDS = {
    "csv": Kind(
        "csv",
        csv_wholes,
        read_csv,
        TableError,
        (b'"', b'""', b",", b"\n", b"\r", b"\r\n", b"\0", b" ", b";", b"\t", b"\xff", b"\xef\xbb\xbf", b"\xc3",
         b"1e999", b"NA", b"inf", b"2026-02-30", b'"\n', b'\n"', b'","', b"9" * 400, b"#", "𝟙\u2028\u202e".encode(),
         b"\x1b[31m"),
        csv_disagreement,
    ),
    "parquet": Kind(
        "parquet",
        parquet_wholes,
        read_table,
        TableError,
        (b"\0", b"\xff", b"PAR1", b"\xff\xff\xff\x7f", b"\x15\x04", b"\x80\x80\x80\x80\x08", b"\0" * 8, b"\xff" * 8),
    ),
    "selenite": Kind(
        "selenite",
        model_wholes,
        use,
        ModelFileError,
        (b"\0", b"\xff", b'"', b"{", b"}", b"[", b",", b"\\", b"1e999", b"NaN", b"\0" * 8, b"\xff" * 8, b"PK"),
        model_disagreement,
    ),
    "signed.selenite": Kind("signed.selenite", model_wholes, use, ModelFileError, (b"",), model_disagreement, edited),
}  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kinds", nargs="+", choices=list(KINDS))
    parser.add_argument("--inputs", type=int, default=10_000, help="of each kind (default 10,000)")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    if sys.platform == "linux":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    folder, failed = Path(tempfile.mkdtemp(prefix="fuzzing-")), 0
    for name in asked.kinds:
        print(f"{asked.inputs:,} inputs, each in its turn {folder}/input.{name}")
        for wrong in failures(KINDS[name], asked.seed, asked.inputs, folder):
            print(wrong)
            failed += 1
    print(f"{failed:,} failed")
    return min(failed, 1)


if __name__ == "__main__":
    sys.exit(main())
