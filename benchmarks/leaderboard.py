"""The leaderboard's page and chart, from results kept as text.

    python benchmarks/leaderboard.py

Reads results/accuracy.jsonl (see accuracy.py), more.jsonl (more_tables.py), larger.jsonl (larger_tables.py),
calibration.jsonl (calibration.py) and alternately.jsonl (alternately.py), writes docs/leaderboard.md and
docs/leaderboard.png.
"""

from collections import defaultdict
from pathlib import Path

import numpy as np
from scipy.stats import rankdata

from accuracy import kept
from selenite.palette import BLUE
from selenite.plots.style import GREY, INK, PALE, canvas, plain_axes, plain_log_ticks, save_axes, say

ROOT = Path(__file__).parents[1]
RESULTS = Path(__file__).parent / "results"
REFERENCE, OURS = "RealMLP-TD", "selenite"
SHIFT = 0.01  # of the shifted geometric mean
FEWEST_TABLES = 8
CLOSE = 0.01  # calibration errors that differ by less
HIGHEST = 1.42  # what errs more is left out of the picture
RADIUS = 7  # of a point, in pixels, with a little air
SIDES = (  # where a name may stand: offset in points, and how it is aligned
    ((9, 0), "left", "center"), ((-9, 0), "right", "center"), ((0, 8), "center", "bottom"), ((0, -8), "center", "top"),
    ((7, 6), "left", "bottom"), ((7, -6), "left", "top"), ((-7, 6), "right", "bottom"), ((-7, -6), "right", "top"),
)  # fmt: skip

INTRODUCTION = """# Leaderboard

How good the tabular learners are without tuning, and what they cost: {all} public tables, each learner with its
defaults. `python benchmarks/leaderboard.py` makes this page of the results in `benchmarks/results`, and
`python benchmarks/accuracy.py FOLDER` measures selenite's again.

A split is 75/25, stratified by class; everybody gets the same rows. The error is the error rate for classes, RMSE over
the answers' standard deviation for numbers. *Error*, *log loss* and *time* are ratios to RealMLP-TD's (below 1 is
better): shifted geometric means exp(mean log(e + 0.01)) over the tables and splits that both have, and the geometric
mean of the seconds to fit, preparation included. A mean of logarithms listens most to tables with hardly any mistakes:
on iris, with 38 test rows, RealMLP-TD makes none, and a single one moves it by 5 %; so the *median* of the tables'
ratios stands beside it. *Wins* counts the tables on which the error is lower, ties half. *Calibration* is the expected
calibration error of the likeliest class in 15 bins, the mean over the tables and splits that all who have it share; of
few test rows exact probabilities have one, too, which stands below each table. PyTorch's networks are those
of pytabkit 1.7.3. All others, and `fast`, ran on Intel Xeons with AVX-512; selenite and `best` were measured again on
one core of an AMD EPYC that had other work to do. Where the recipe had stayed the same, a fit took 1.06 times as long
there as on two cores of a Xeon in the first part, and 0.6 times as long as on one in the two others. RealMLP-TD and
selenite were timed in turn as well, see further below.

{together}

selenite's recipe was chosen on rows held out of the training parts of the first 14 tables, and a few of its rules on
those of the others (see [tried.md](tried.md)); no test row of a split has had a say, but perhaps in the epochs of
`fast`. The other learners were tuned on tables of their own choice.

## {tables} well-known tables of 150 to 54,000 rows

Up to three splits, at most 20,000 training rows, two cores (selenite and `best`: one), time in seconds of the clock.
The others were measured on another day: run again with selenite, on four small tables, RealMLP-TD took 0.8 to 1.2 times
as long, CatBoost 0.5 to 0.9 times.

![Error against time](leaderboard.png)
"""
MORE = """
## {tables} small tables

Most of them of surveys, prices and medicine, 178 to 8,000 rows, which come with R's packages and with scikit-learn
(`benchmarks/more_tables.py` lists them), met when most of the recipe stood. Two splits, at most 4,000 training rows,
one thread, time in seconds of the processor. *Rank*: the mean over the tables, 1 is best.
"""
LARGER = """
## {tables} further tables

Of 208 to 13,333 rows, from the KEEL repository and R's packages (`benchmarks/larger_tables.py`), met later still:
sensors, letters, mail, loans, weather, flights. One split, at most 10,000 training rows, one thread, time in seconds of
the processor; while the others were measured, another program ran beside them.
"""

ALTERNATELY = """
## Time in turn

The times above were taken on several days and machines. So every fourth table of each part, split 0 with at most
10,000 training rows, was fitted once more, RealMLP-TD and selenite in turn on two threads of one machine, in seconds of
the clock (`benchmarks/alternately.py`), before wider networks were trained for twice the epochs: on the three tables of
ten that have them a fit takes 1.7 times as long since. *Time* is the geometric mean of the ratios, *least* and *most*
those of single tables.
"""
CALIBRATION = """
## Calibration over many splits

One split leaves a small table a few dozen test rows, too few to tell honest probabilities from others. So the training
part of split 0 of each table of classes, of at most 4,000 rows, was split anew, 75/25, ten times, or forty where it has
below 1,000 rows, and the mean of the calibration errors counts (`benchmarks/calibration.py`). Two learners take long.
CatBoost ran on ten splits of 14 of those small tables and not on seven tables with many classes or categories;
RealMLP-TD on the 29 small tables alone, ten splits of each and forty of the four where it came out best. *Close*
is the number of tables where it is at most {close} above that of the best of all others. *Exact* is what chance alone
would leave of selenite's probabilities if they were exact, and *selenite's there* its mean over the same tables.
"""


def read(name):
    """Return {contender: {table: {split: row}}}."""
    rows = defaultdict(lambda: defaultdict(dict))
    for row in kept(RESULTS / name):
        rows[row["contender"]][row["table"]][row["split"]] = row
    return rows


def means(rows, contender, other, name):
    """Return a measure of both, the mean of the splits that both have, for each table that both have."""
    pairs = {}
    for table in rows[contender].keys() & rows[other].keys():
        common = rows[contender][table].keys() & rows[other][table].keys()
        if common and name in next(iter(rows[contender][table].values())):
            pairs[table] = [np.mean([rows[one][table][s][name] for s in common]) for one in (contender, other)]
    return pairs


def ratio(pairs, shift=SHIFT):
    """Return the ratio of the shifted geometric means."""
    values = np.array(list(pairs.values())) + shift
    return float(np.exp(np.mean(np.log(values[:, 0] / values[:, 1]))))


def summary(rows):
    """Return a row for each contender, the best first."""
    found = []
    for contender in rows:
        errors, losses = (means(rows, contender, REFERENCE, name) for name in ("error", "log_loss"))
        if len(errors) < FEWEST_TABLES:
            continue
        values = np.array(list(errors.values()))
        wins = np.sum(values[:, 0] < values[:, 1] - 1e-12) + 0.5 * np.sum(np.abs(values[:, 0] - values[:, 1]) <= 1e-12)
        seconds = ratio(means(rows, contender, REFERENCE, "fit_s"), 0)
        median = float(np.median((values[:, 0] + SHIFT) / (values[:, 1] + SHIFT)))
        found.append((contender, len(errors), ratio(errors), median, wins / len(errors), ratio(losses), seconds))
    return sorted(found, key=lambda row: row[2])


def calibration(rows):
    """Return the mean calibration error of each contender that has one, where all of those do: which tables, splits."""
    name = "calibration_error"
    found = {
        contender: {
            (table, s): row[name] for table, splits in tables.items() for s, row in splits.items() if name in row
        }
        for contender, tables in rows.items()
    }
    found = {contender: errors for contender, errors in found.items() if errors}
    common = set.intersection(*map(set, found.values()))
    means = {contender: float(np.mean([errors[key] for key in common])) for contender, errors in found.items()}
    return means, common


def summary_table(rows, found, ranked=False):
    rank, (calibrated, common) = mean_ranks(rows) if ranked else {}, calibration(rows)
    exact = np.mean([rows[OURS][table][s]["calibration_error_by_chance"] for table, s in common])
    head = "| learner | tables | error | median | wins | log loss | calibration | time |" + (" rank |" if rank else "")
    lines = [head, "|---" * (head.count("|") - 1) + "|"]
    for contender, tables, error, median, wins, loss, seconds in found:
        name = f"**{contender}**" if contender.startswith(OURS) else contender
        even = f"{calibrated[contender]:.3f}" if contender in calibrated else ""
        last = f" {rank[contender]:.1f} |" if rank else ""
        figures = f"{error:.3f} | {median:.3f} | {wins:.0%} | {loss:.3f} | {even} | {seconds:.4f}"
        lines.append(f"| {name} | {tables} | {figures} |{last}")
    return "\n".join(lines) + (
        f"\n\nCalibration on {len({table for table, _ in common})} tables; were selenite's probabilities exact, chance "
        f"alone would give them {exact:.3f}. {coverage(rows)}"
    )


def coverage(rows):
    """Return in words how many test answers lie in selenite's intervals of 90 %."""
    of_table = [
        np.mean([row["coverage"] for row in splits.values()])
        for splits in rows[OURS].values()
        if all("coverage" in row for row in splits.values())
    ]
    return f"Its intervals of 90 % cover {np.mean(of_table):.1%} of the answers, the mean of {len(of_table)} tables."


def calibration_table():
    """Return each learner's mean calibration error over many splits, and which tables selenite is not close on."""
    rows = defaultdict(dict)
    for row in kept(RESULTS / "calibration.jsonl"):
        rows[row["learner"]][row["table"]] = row
    errors = {name: {table: row["calibration_error"] for table, row in tables.items()} for name, tables in rows.items()}
    errors["exact"] = {table: row["calibration_error_by_chance"] for table, row in rows[OURS].items()}
    means = {
        name: [float(np.mean([errors[one][table] for table in tables])) for one in (name, OURS)]
        for name, tables in errors.items()
    }
    lines, far = ["| learner | tables | calibration | selenite's there | close |", "|---|---|---|---|---|"], {}
    for name in sorted(means, key=lambda name: means[name][0] / means[name][1]):
        left_out = {OURS, "exact"} if name in (OURS, "exact") else {name, "exact"}
        others = errors.keys() - left_out
        best = {table: min(errors[other].get(table, np.inf) for other in others) for table in errors[name]}
        far[name] = {table: least for table, least in best.items() if errors[name][table] > least + CLOSE}
        shown = f"**{name}**" if name == OURS else name
        mean, there = means[name]
        lines.append(f"| {shown} | {len(best)} | {mean:.4f} | {there:.4f} | {len(best) - len(far[name])} |")
    told = ", ".join(
        f"{table} ({errors[OURS][table]:.3f}; {least:.3f}; exact {errors['exact'][table]:.3f})"
        for table, least in sorted(far[OURS].items())
    )
    return "\n".join(lines) + f"\n\nNot close: {told or 'none'}."


def alternately_table():
    """Return how long selenite's presets took beside the reference, fitted in turn."""
    rows = kept(RESULTS / "alternately.jsonl")
    lines = ["| learner | tables | time | least | most |", "|---|---|---|---|---|"]
    for preset, name in (("fast", f"{OURS}, fast"), ("balanced", OURS)):
        ratios = np.array([row[preset] / row[REFERENCE] for row in rows])
        mean = np.exp(np.mean(np.log(ratios)))
        lines.append(f"| **{name}** | {len(rows)} | {mean:.4f} | {ratios.min():.4f} | {ratios.max():.4f} |")
    return "\n".join(lines)


def mean_ranks(rows):
    """Return the mean rank of each contender over tables that all of them have; equal errors share ranks."""
    errors = np.array(
        [
            [np.mean([row["error"] for row in splits.values()]) for _, splits in sorted(tables.items())]
            for tables in rows.values()
        ]
    )
    return dict(zip(rows, rankdata(errors, axis=0).mean(axis=1), strict=True))


def detail_table(rows, contenders):
    """Return the error on each table, the mean of the splits run, and seconds; the lowest error in bold."""
    lines = ["| table | " + " | ".join(contenders) + " |", "|---" * (len(contenders) + 1) + "|"]
    for table in sorted({table for of_tables in rows.values() for table in of_tables}):
        cells = {}
        for contender in contenders:
            splits = rows[contender].get(table, {}).values()
            if splits:
                cells[contender] = [np.mean([row[name] for row in splits]) for name in ("error", "fit_s")]
        best = min(error for error, _ in cells.values())
        shown = [
            "" if contender not in cells else _cell(*cells[contender], cells[contender][0] <= best)
            for contender in contenders
        ]
        lines.append(f"| {table} | " + " | ".join(shown) + " |")
    return "\n".join(lines)


def _cell(error, seconds, best):
    return f"{'**' if best else ''}{error:.4f}{'**' if best else ''} ({seconds:.2g} s)"


def draw(found, path):
    """Draw the error against the time to fit, both as ratios to the reference: selenite's in blue, the others grey."""
    with canvas(None, 9.2, 5.6) as axes:
        axes.axhline(1, color=PALE, linewidth=1.2, zorder=0)
        axes.axvline(1, color=PALE, linewidth=1.2, zorder=0)
        for contender, _, error, *_, seconds in found:
            ours = contender.startswith(OURS)
            axes.plot(seconds, error, "o", color=BLUE if ours else GREY, markersize=10 if ours else 7)
        axes.set(xscale="log", ylim=(0.92, HIGHEST))
        axes.margins(x=0.12)
        plain_log_ticks(axes.xaxis)
        plain_axes(axes, f"time to fit, {REFERENCE}'s being 1", f"error, {REFERENCE}'s being 1")
        ours = next(row for row in found if row[0] == OURS)
        say(axes, f"selenite errs {ours[2]:.2f} times as much as {REFERENCE} in {100 * ours[-1]:.0f} % of its time",
            "Lower left is better. Each learner with its defaults, two cores; means over the tables")  # fmt: skip
        axes.figure.draw_without_rendering()  # now the points' places are known
        _label(axes, found)
        save_axes(axes, path)


def _label(axes, found):
    """Name the points, each name on the first side where it covers no point and no other name."""
    places = [axes.transData.transform((row[-1], row[2])) for row in found]
    taken = [(*(place - RADIUS), *(place + RADIUS)) for place in places]
    for contender, _, error, *_, seconds in found:
        ours = contender.startswith(OURS)
        look = {"size": 10.5, "color": BLUE if ours else INK, "weight": "bold" if ours else "normal"}
        for offset, ha, va in SIDES:
            name = axes.annotate(contender, (seconds, error), offset, textcoords="offset points", ha=ha, va=va, **look)
            box = name.get_window_extent()
            if not any(box.x0 < x1 and x0 < box.x1 and box.y0 < y1 and y0 < box.y1 for x0, y0, x1, y1 in taken):
                break
            name.remove()
        else:
            raise RuntimeError(f"there is no room for the name of {contender}")
        taken.append((box.x0, box.y0, box.x1, box.y1))


def main():
    rows, more, larger = read("accuracy.jsonl"), read("more.jsonl"), read("larger.jsonl")
    together = {contender: rows[contender] | more[contender] | larger[contender] for contender in larger}
    found = summary(rows)
    draw([row for row in found if row[2] < HIGHEST], ROOT / "docs" / "leaderboard.png")
    tables = {table for of_tables in rows.values() for table in of_tables}
    of_all = summary_table(together, summary(together))
    page = [
        INTRODUCTION.format(all=len(together[OURS]), tables=len(tables), together=of_all),
        summary_table(rows, found),
        "\n### Table by table\n\nError, and seconds to fit; some learners were run on one split only.\n",
        detail_table(rows, [contender for contender, *_ in found]),
        MORE.format(tables=len(more[OURS])),
        summary_table(more, summary(more), ranked=True),
        LARGER.format(tables=len(larger[OURS])),
        summary_table(larger, summary(larger), ranked=True),
        ALTERNATELY,
        alternately_table(),
        CALIBRATION.format(close=CLOSE),
        calibration_table(),
    ]
    (ROOT / "docs" / "leaderboard.md").write_text("\n".join(page) + "\n")


if __name__ == "__main__":
    main()
