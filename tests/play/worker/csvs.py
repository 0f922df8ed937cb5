"""Prints small text tables, by hand and by chance, and what selenite learns of each, as JSON.

The page's reader is compared with them.
"""

import re
import sys
from base64 import b64encode
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec
import numpy as np
from tables import columns_of, hexadecimal, schema_of

from selenite.errors import SeleniteError
from selenite.play.files import Learnt, OpenedTable, PageKind
from selenite.play.reading import read_as_written
from selenite.table import Table, input_names
from selenite.table.schema import SET_ASIDE

Kinds = tuple[tuple[str, PageKind], ...]

ROWS = "\n".join(f"{i},{i * i % 7},{'ab'[i % 2]}" for i in range(1, 31))
BY_HAND = {
    "plain": "age,pet,tall\n3,cat,yes\n4.5,dog,no\n,cat,yes\n9,,no\n2,dog,yes\n",
    "byte order mark": "\ufeffage,pet\n3,cat\n4,dog\n5,cat\n6,dog\n",
    "semicolons": "age;pet\n3.5;cat\n4;dog\n5;cat\n6;dog\n",
    "decimal commas": "size;price;pet\n1,5;1.000;cat\n2,25;3;dog\n3;NA;cat\n-0,5;4,0;dog\n",
    "thousands with semicolons": "size;price\n1,500;1.000,5\n2,250;3\n3,1;3\n0,5;4\n",
    "semicolons and commas": "a,b;c\n1,2\n2,3\n3,4\n5,1\n",
    "quotes": '"a b","c ""d""",e\n"1","x,y",2\n"2","x;y",3\n3,"",4\n4,"NA",1\n',
    "line ends": "a,b\r\n1,x\r\n\r\n2,y\r\n3,x\r\n4,y\r\n\r\n",
    "old line ends": "a,b\r1,x\r2,y\r3,x\r4,y\r",
    "several lines in a cell": 'a,b\n1,"x\ny"\n2,z\n3,z\n4,z\n',
    "ragged": "a,b\n1,x\n2,y,z\n3,x\n4,y\n",
    "short": "a,b\n1,x\n2,y\n3,x\n",
    "no rows": "a,b\n",
    "one column": "a\n1\n2\n3\n4\n",
    "no names": ",\n1,2\n3,4\n5,6\n7,8\n",
    "one without a name": ",b\n0,x\n1,y\n2,x\n3,y\n4,x\n",
    "twice": "a,b,a\n1,2,3\n4,5,6\n1,2,3\n4,5,6\n",
    "numbers as names": "1,2.5,3\n4,5,6\n7,8,9\n1,1,2\n3,2,1\n",
    "true": "a,b\nTrue,x\nFALSE,y\ntrue,x\nfalse,y\n",
    "codes": "zip,y\n01099,1.5\n10117,2\n01099,3\n01187,4\n",
    "dates": "day,y\n2026-01-31,1\n2026-02-01,2\n2026-02-02,3\n2026-02-03,4\n",
    "other dates": "day,y\n31/01/2026,1\n01/02/2026,2\n02/02/2026,3\n03/02/2026,4\n",
    "days": "day,y\n20260131,1\n20260201,2\n20260202,3\n20260203,4\n",
    "units": "weight,y\n5 kg,1\n7 kg,2\n8 kg,3\n9 kg,4\n",
    "shares": "share,y\n5%,1\n7%,2\n8%,3\n9%,4\n",
    "spans": "age,y\n10-20,1\n20-30,2\n<10,3\n10-20,4\n",
    "mostly numbers": "a,y\n" + "\n".join(f"{i}.5,{i}" for i in range(30)) + "\n?,1\n",
    "few numbers": "a,y\n1,1\n2,2\n3,3\nmany,4\n1,5\n",
    "infinite": "a,y\n1,1\ninf,2\n3,3\n4,4\n",
    "huge": "a,y\n1e300,1\n2e300,2\n-1e308,3\n1e308,4\n",
    "beyond": "a,y\n9007199254740993,1\n2,2\n3,3\n4,4\n",
    "minus": "a,y\n−1.5,1\n2,2\n−3,3\n-0,4\n",
    "dashes": "a,y\n−1.5,1\n2,2\n−3,3\n4,4\n",
    "no minus nought": "a,y\n-0.0,1\n2,2\n3,3\n4,4\n",
    "written": "k,y\n1.0,2.0\n1,3.0\n2.0,4.0\n2,2.0\n1,3.0\n",
    "exponents": "k,y\n1e0,a\n1E1,b\n+1,a\n5.,b\n.5,a\n",
    "numbers the rows, in order": "k,x,y\n" + "\n".join(f"{i},{i % 3},{i // 11}" for i in range(1, 31)) + "\n",
    "numbers the rows, a trend": "k,x,y\n" + "\n".join(f"{i},{i % 3},{i + i * 7 % 5}.5" for i in range(1, 41)) + "\n",
    "numbers the rows": f"k,x,y\n{ROWS}\n",
    "an identifier": "id,x,y\n" + "\n".join(f"{i * 17 % 101},{i % 3},{i % 2}" for i in range(40)) + "\n",
    "names": "name,x,y\n" + "\n".join(f"n{i},{i % 3},{i % 2}" for i in range(40)) + "\n",
    "families": "name,x,y\n" + "\n".join(f"n{i // 2 if i < 30 else i},{i % 3},{i // 2 % 2}" for i in range(60)) + "\n",
    "tickets": "name,x,y\n" + "\n".join(f"n{i // 2 if i < 30 else i},{i % 3},{i * 79 % 101}" for i in range(60)) + "\n",
    "constant": "a,b,c,y\n" + "\n".join(f"1,x,,{i % 2}" for i in range(9)) + "\n",
    "nothing to predict from": "a,y\n" + "\n".join(f"7,{i}.5" for i in range(9)) + "\n",
    "one class": "a,y\n1,x\n2,x\n3,x\n4,x\n",
    "a gap in the target": "a,y\n1,x\n2,\n3,x\n4,y\n",
    "many classes": "a,y\n" + "\n".join(f"{i},c{i}" for i in range(11)) + "\n",
    "rare ones": "c,y\n" + "\n".join(f"c{min(i, 25)},{i % 7}.5" for i in range(90)) + "\n",
    "no and yes": "m,n,y\n"
    + "\n".join(f"{('No', 'Yes')[i % 2]},{('t', 'f', '')[i % 3]},{'NY'[i // 2 % 2]}" for i in range(12))
    + "\n",
    "blanks": "a , b\n 1,x \n2, x\n3,x\n4,x \n",
    "odd blanks": "a,b\n1,x\u00a0\n2,x\n3,y\n4,y\n",
    "a tab": "a,b\n1\t,x\n2,y\t\n3,x\n4,y\n",
    "control": "a,b\n1,x\x07\n2,y\n3,x\n4,y\n",
    "JSON": '[{"a": 1},\n{"a": 2}]\n',
    "a web page": "<table,b\n1,2\n3,4\n5,6\n7,8\n",
    "Excel's": "sep=;\na;b\n1;2\n3;4\n5;6\n7;8\n",
    "a title": "My table\na,b\n1,2\n3,4\n5,6\n7,8\n",
    "many days": "day,y\n" + "\n".join(f"20{i % 30:02}-0{i % 7 + 1}-{i * 7 % 19 + 10},{i % 7}" for i in range(60)),
    "moments": "at,y\n2026-01-31 08:30,1\n2026-01-31T23:59:59,2\n,3\n1969-12-31 00:00:01,4\n9999-12-31 12:00,6\n",
    "no such day": "day,y\n2026-02-29,1\n2026-02-28,2\n2026-03-01,3\n2026-03-02,4\n",
    "zones": "at,y\n2026-01-31T08:30Z,1\n2026-01-31T08:31Z,2\n2026-03-01T08:30Z,3\n2026-03-02T08:30Z,4\n",
    "one day": "day,x,y\n" + "\n".join(f"2026-02-03,{i % 3},{i % 2}" for i in range(9)) + "\n",
    "a day to tell": "x,day\n" + "\n".join(f"{i},2026-02-{i + 1:02}" for i in range(9)) + "\n",
    "free text": "text,y\n" + "\n".join(f"a fine wine of {i} again,{i % 2}" for i in range(120)) + "\n",
    "free text and more": "text,x,y\n" + "\n".join(f"a fine wine of {i} again,{i % 3},{i % 2}" for i in range(120)),
    "astral": "c,y\n😀,1.5\n￿,2\n😀,3.5\nz,4\n",
}  # fmt: skip

WORDS = (
    "a", "b", "yes", "no", "NA", "", "?", "x y", "5 kg", "1/2", "C85", "10-20", "12 %", "2026-01-31", "3/4/2021",
    "May 5", "true", "False", "inf", "nan", "007", "-", "n/a", "T1", "$5", "1,5", "1.000,5", "1 000", "(5)", "−2",
)  # fmt: skip


def number(rng: np.random.Generator) -> str:
    """Return a number as text, in some notation."""
    value = rng.normal() * 10.0 ** rng.integers(-2, 5)
    return str(
        rng.choice(
            [
                f"{value:.2f}",
                f"{value:.0f}",
                f"{rng.integers(0, 5)}",
                f"{rng.integers(0, 3)}.0",
                f"{value:.3e}",
                repr(float(value)),
                f"+{abs(value):.1f}",
            ]
        )
    )


def by_chance(seed: int) -> str:
    """Return a random small table."""
    rng = np.random.default_rng(seed)
    n, width = int(rng.choice([4, 5, 8, 25, 60])), int(rng.integers(2, 6))
    separator, comma = (";", rng.random() < 0.6) if rng.random() < 0.3 else (",", False)
    columns = []
    for _ in range(width):
        which, words = rng.integers(10), [str(word) for word in rng.choice(WORDS, rng.integers(1, 6))]
        days = [f"{rng.integers(1800, 2300)}-0{rng.integers(1, 10)}-{rng.integers(10, 29)}" for _ in range(n)]
        times = [["", " 12:34:56", "T00:59"], [""]][rng.integers(2)]
        pair = ["yes", "no", " no", "Yes"] if rng.integers(7) else ["0", "1", "1.0"]
        cells = {
            0: lambda: number(rng),
            1: lambda: f"{rng.normal():.2f}",
            2: lambda: str(rng.integers(0, int(rng.choice([2, 3, 30])))),
            3: lambda words=words: str(rng.choice(words)),
            4: lambda: f"w{rng.integers(0, 45)}",
            5: lambda words=words: str(rng.choice(words)) if rng.random() < 0.2 else f"{rng.integers(0, 40)}",
            6: lambda pair=pair: str(rng.choice(pair)),
            7: lambda: str(rng.choice(["a", "b", "c"])),
            9: lambda days=days, times=times: str(rng.choice(days)) + str(rng.choice(times)),
        }.get(int(which), lambda: "")  # fmt: skip
        column = [cells() if which != 8 else str(i + seed % 2) for i in range(n)]
        if rng.random() < 0.3:
            column = ["" if rng.random() < 0.15 else cell for cell in column]
        if comma:
            column = [cell.replace(".", ",") for cell in column]
        columns.append(column)
    names = [
        f"{rng.choice(['x', 'id', 'A b', 'key', 'y'])}{k}"
        if rng.random() < 0.9
        else ("id", "Nr.", "row_number")[k % 3] + " " * k
        for k in range(width)
    ]
    lines = [names, *zip(*columns, strict=True)]
    quoted = rng.random() < 0.2
    marks = f'{separator}"' if rng.random() < 0.95 else ""
    text = [
        separator.join(f'"{cell}"' if quoted or any(mark in cell for mark in marks) else cell for cell in line)
        for line in lines
    ]
    if rng.random() < 0.1:
        text.insert(
            int(rng.integers(1, len(text))),
            str(rng.choice(["", "a", " ", separator * (width - 1), 'x"y' + separator * (width - 1)])),
        )
    return (
        str(rng.choice(["", "", "", "\ufeff"]))
        + str(rng.choice(["\n", "\r\n"])).join(text)
        + str(rng.choice(["", "\n"]))
    )


def problem_of(table: Table, target: str, test_fraction: float, seed: int, kinds: Kinds = ()) -> dict[str, Any]:
    """Return what is learnt of a table, or why nothing is."""
    try:
        found: Learnt = OpenedTable(table).learnt(target or table.names[-1], test_fraction, seed, (), kinds)
    except SeleniteError as error:  # the page has no options of the command line
        return {"error": re.sub("; --drop-missing .* leaves them out", "", str(error))}
    axes = [column.name for column in found.schema.columns if column.kind not in (*SET_ASIDE, "date")]
    return {
        "schema": schema_of(found.schema),
        "target": {key: value for key, value in msgspec.to_builtins(found.target).items() if key != "each"},
        "X": hexadecimal(found.X),
        "Y": hexadecimal(found.Y),
        "training": found.training.tolist(),
        "test": found.test.tolist(),
        "columns": axes,
        "inputs": input_names(found.schema),
    }


def case(name: str, text: str, path: Path) -> dict[str, Any]:
    """Return a table as text, and what is made of it."""
    path.write_text(text, encoding="utf-8", newline="")
    found: dict[str, Any] = {"name": name, "bytes": b64encode(path.read_bytes()).decode()}
    try:
        table, _ = read_as_written(path)
    except SeleniteError as error:
        return found | {"error": str(error)}
    seed = len(text) % 5
    fraction = 0.25 * (seed > 0)
    ways = [{"data": "file", "target": name, "test_fraction": fraction, "seed": seed} for name in table.names[-2:]]
    said = tuple(
        (name, ("category", "identifier", "number", "date")[(len(text) + k) % 4])
        for k, name in enumerate(table.names[:2])
    )
    learnt = [(one, ()) for one in ways] + [(ways[-1] | {"kinds": said}, said)]
    return found | {
        "columns": columns_of(table),
        "first_line": table.first_line,
        "learnt": [
            {"settings": one, **problem_of(table, one["target"], fraction, seed, kinds)} for one, kinds in learnt
        ],
    }


if __name__ == "__main__":
    first, count = map(int, sys.argv[1:])
    with TemporaryDirectory() as folder:
        path = Path(folder) / "t.csv"
        cases = [case(name, text, path) for name, text in BY_HAND.items() if first == 0]
        cases += [case(f"seed {seed}", by_chance(seed), path) for seed in range(first, first + count)]
        print(msgspec.json.encode(cases).decode().replace(str(path), "t.csv"))
