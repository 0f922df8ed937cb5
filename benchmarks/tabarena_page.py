"""The page "selenite in TabArena's table", from results kept as text.

    python benchmarks/tabarena_page.py

Reads results/tabarena.jsonl (see tabarena.py), tabarena_published.csv and tabarena_board.csv (tabarena_published.py),
writes docs/tabarena.md.
"""

from collections import defaultdict
from pathlib import Path

import numpy as np

import elo
import tabarena_published as published
from accuracy import kept
from tabarena import LEARNERS, RESULTS

PAGE = Path(__file__).parents[1] / "docs" / "tabarena.md"
OURS = [name for name in LEARNERS if name.startswith("selenite")]
RIVALS = {
    "CatBoost": "CatBoost (default)",
    "LightGBM": "LightGBM (default)",
    "RealMLP": "RealMLP (default)",
    "TabM": "TabM (default)",
}
REALMLP, CATBOOST, FOREST = "RealMLP (default)", "CatBoost (default)", "random forest (default)"
MANY_ROWS = 20_000
DRAWS = 2000  # of the tables
FEWEST_TABLES = 8  # for an interval

INTRODUCTION = """# selenite in TabArena's table

[TabArena](https://github.com/autogluon/tabarena) compares learners on 51 tables that its authors chose and checked:
748 to 150,000 independent rows, without time or groups. Other people picked these tables and made the rules. Here is
how selenite stands on {tables} of the {had} tables that could be had. `python benchmarks/tabarena_page.py` makes this
page of the results in `benchmarks/results`, and `python benchmarks/tabarena.py FOLDER` measures again.

{short}

**The rules.** Three-fold cross-validation, stratified for classes. The error on a table is one less the area under the
ROC curve for two classes, the log loss for more, and the RMSE for numbers. Every *default* of TabArena is a bag: eight
models, each trained on seven eighths of the training rows, and their mean. *Tuned + ensemble* is a weighted mean of
some 200 settings, each such a bag. selenite is fitted once, as it comes; its presets are themselves ensembles.

**What differs.** The rows of TabArena's folds are not known here. So selenite's folds are others, drawn with a fixed
seed; the mean of those that were run, {folds}, stands beside the published error of one split. On a table of a
thousand rows two splits differ by several percent, more than learners do, so only means over tables say something;
and some learners were run again on selenite's own folds, see [below](#the-same-rows). Everything ran on one machine
({machine}) that had other work to do, so seconds are those of the processor. AutoGluon's cleaning
of columns and TabArena's limit of an hour were left out.

**What had a say.** selenite's recipe was chosen on rows held out of training parts, of other tables and of some of
these. Test errors of the first fold were looked at between its versions, so the other two say more than the first.
"""
SUMMARY = """
## Beside the published errors

*To RealMLP* and *to CatBoost* is the geometric mean over the tables of the error divided by the published error of
their defaults, so below 1 is better; in brackets the 95 % interval when the tables are drawn anew; *medians* are those
of the tables' ratios to both. *Elo* is a rating by who errs less on which table (the Bradley-Terry model; random
forest's default has 1,000) among the {entries} published entries that ran on all {tables} tables; each of selenite's
is rated alone among them. *Seconds* are those of training for 1,000 rows: selenite's the median of its fits, the
others' from TabArena's leaderboard, on its machines, some with a GPU. *Declared* means that selenite was told which
columns are categories, as TabArena tells its learners; else it read the tables as they come. **Pretrained** models have
learnt from other tables before. The learners without a mark, selenite among them, are trained on your table alone.
"""
SAME_ROWS = """
## The same rows

{rivals} ran here as bags of eight with TabArena's settings (`benchmarks/bags.py`), on
the folds that selenite had, on one thread and no GPU. They were run as far as the time went, the quick ones first, so
mind the number of tables. *Error* is the geometric mean of selenite's error divided by theirs, with its interval;
*without* leaves out the table whose ratio is furthest from 1; *wins* is the share of tables on which selenite errs
less; *time* is the geometric mean of selenite's seconds of the processor divided by theirs.{again}
"""
CHECK = """
## How the ratings were checked

The formula gives what TabArena's own package `bencheval` 0.1.0 gives for the same errors. From the first split of all
51 tables it makes the ratings in the middle; at the right are those of TabArena's leaderboard of October 2026, from all
splits and with more entries.
"""
LEFT_OUT = """
## What could not be had

{count} tables: {names}. Of these no copy was found whose rows, columns and classes agree with TabArena's.{waiting}

The published errors are from autogluon/tabarena, commit 29bdbf9, under the Apache License 2.0; its entries are those of
May 2026. Newer pretrained models on its leaderboard are not among them and are further ahead. A folder in TabArena's
form of submission is [benchmarks/tabarena_submission](../benchmarks/tabarena_submission/README.md).
"""


def measured():
    """Return {learner: {table: {fold: row}}}."""
    rows = defaultdict(lambda: defaultdict(dict))
    for row in kept(RESULTS):
        rows[row["learner"]][row["table"]][row["fold"]] = row
    return rows


def errors_of(rows, learner):
    """Return the mean error of a learner's folds for each table it ran on."""
    return {table: float(np.mean([row["error"] for row in of.values()])) for table, of in rows[learner].items()}


def ratios(errors, others):
    """Return the ratio of errors for each table that both have."""
    return np.array([errors[table] / others[table] for table in sorted(errors.keys() & others.keys())])


def geometric(values):
    return float(np.exp(np.mean(np.log(values))))


def with_interval(values):
    """Return the geometric mean and its 95 % interval over tables, in words."""
    if len(values) < FEWEST_TABLES:
        return f"{geometric(values):.3f}" if len(values) else ""
    rng = np.random.default_rng(0)
    drawn = np.log(values)[rng.integers(len(values), size=(DRAWS, len(values)))].mean(axis=1)
    low, high = np.exp(np.quantile(drawn, [0.025, 0.975]))
    return f"{geometric(values):.3f} ({low:.3f} to {high:.3f})"


def lines_of(head, rows):
    """Return a table in Markdown."""
    return "\n".join(f"| {' | '.join(map(str, row))} |" for row in [head, ["---"] * len(head), *rows])


def entries_on(known, tables):
    """Return {entry: {table: error}} of the published entries that ran on all the tables."""
    common = set.intersection(*(set(known[table]["errors"]) for table in tables))
    return {entry: {table: known[table]["errors"][entry] for table in tables} for entry in sorted(common)}


def rating(entries, errors=None):
    """Return the ratings of entries, or of one more learner's errors among them: rating, low, high."""
    tables = list(errors or next(iter(entries.values())))
    of_all = [[of[table] for table in tables] for of in entries.values()]
    won = elo.wins(np.array(of_all + ([list(errors.values())] if errors else [])))
    anchor = list(entries).index(FOREST)
    if errors is None:
        return dict(zip(entries, elo.ratings(won.sum(axis=2), anchor), strict=True))
    return tuple(end[-1] for end in elo.intervals(won, anchor))


def folds_of(tables):
    """Return in words how many folds there are of tables: {fold: row} each."""
    numbers = sorted({len(folds) for folds in tables})
    return f"{' to '.join(map(str, sorted({numbers[0], numbers[-1]})))} fold{'s' * (numbers[-1] > 1)}"


def summary_table(rows, entries):
    """Return selenite's presets and the published entries, the best first; and the same as numbers."""
    board, rated, found = published.board(), rating(entries), []
    for learner in (name for name in OURS if rows[name]):
        errors = errors_of(rows, learner)
        middle, low, high = rating(entries, errors)
        seconds = np.median([row["processor_s_per_1000_rows"] for of in rows[learner].values() for row in of.values()])
        shown = f"{middle:.0f}" + (f" ({low:.0f} to {high:.0f})" if len(errors) >= FEWEST_TABLES else "")
        found.append((learner, "", middle, shown, errors, f"{seconds:.2f}"))
    for entry, errors in entries.items():
        if entry.endswith("(tuned)"):
            continue
        seconds = board.get(entry, (0, np.nan))[1]
        shown = "" if np.isnan(seconds) else f"{seconds:,g}"
        found.append((entry, published.kind(entry), rated[entry], f"{rated[entry]:.0f}", errors, shown))
    found.sort(key=lambda row: -row[2])
    head = ["learner", "kind", "Elo", "tables", "to RealMLP", "to CatBoost", "medians", "seconds"]
    lines = [
        [
            f"**{name}**" if name in OURS else name,
            kind,
            shown,
            f"{len(errors)}, {folds_of(rows[name].values())}" if name in OURS else len(errors),
            *(with_interval(ratios(errors, entries[reference])) for reference in (REALMLP, CATBOOST)),
            ", ".join(f"{np.median(ratios(errors, entries[reference])):.3f}" for reference in (REALMLP, CATBOOST)),
            seconds,
        ]
        for name, kind, _, shown, errors, seconds in found
    ]
    return lines_of(head, lines), found


def ahead(found):
    """Return in words who errs less than selenite's best preset that ran on all the tables: by the ratings."""
    ours = [row for row in found if row[0] in OURS]
    if not ours:
        return ""
    most = max(len(errors) for *_, errors, _ in ours)
    best = next(row for row in ours if len(row[4]) == most)
    before = [row for row in found[: found.index(best)] if row[0] not in OURS]
    told = {
        kind: ", ".join(name for name, of, *_ in before if of == kind) for kind in ("pretrained", "", "many models")
    }
    return (
        f"\n**Who is ahead** of the best of selenite's ({best[0]}, Elo {best[2]:.0f})? Pretrained models: "
        f"{told['pretrained'] or 'none'}. Learners trained on your table alone: {told[''] or 'none'}. Systems of many "
        f"models, four hours a table: {told['many models'] or 'none'}."
    )


def short(found, entries):
    """Return the outcome in words: selenite's best preset by its rating, beside the defaults and the pretrained."""
    ours = next(row for row in found if row[0] in OURS)
    medians = [np.median(ratios(ours[4], entries[reference])) for reference in (REALMLP, CATBOOST)]
    elos = {row[0]: row[2] for row in found}
    pretrained = next(row for row in found if row[1] == "pretrained")
    return (
        f"**In short.** Trained on your table alone and untuned, {ours[0]}, errs in the median {medians[0]:.3f} times "
        f"as much as RealMLP's default and {medians[1]:.3f} times as much as CatBoost's. Its Elo is {ours[2]:.0f}; "
        f"CatBoost's default has {elos[CATBOOST]:.0f}, RealMLP's {elos[REALMLP]:.0f}, and the best of the pretrained "
        f"models, {pretrained[0]}, {pretrained[2]:.0f}."
    )


def lever(found, entries):
    """Return in words which table pulls the geometric mean of selenite's best preset most."""
    name, _, _, _, errors, _ = next(row for row in found if row[0] in OURS)
    logs = {table: np.log(errors[table] / entries[REALMLP][table]) for table in errors}
    table = max(logs, key=lambda table: abs(logs[table]))
    without = np.exp(np.mean([log for other, log in logs.items() if other != table]))
    return (
        f"\nA geometric mean listens most to the table with the most unlike errors. Of {name} that is {table}, with "
        f"{np.exp(logs[table]):.2f} of the error of RealMLP's default; without it the ratio is {without:.3f}."
    )


def groups_of(known, tables):
    """Return {group: tables}: by task and by rows."""
    rows = {table: known[table]["rows"] for table in tables}
    found = {
        "up to 3,000 rows": [table for table in tables if rows[table] <= 3000],
        f"to {MANY_ROWS:,}": [table for table in tables if 3000 < rows[table] <= MANY_ROWS],
        f"above {MANY_ROWS:,}": [table for table in tables if rows[table] > MANY_ROWS],
    }
    tasks = {"two classes": "binary", "more classes": "multiclass", "numbers": "regression"}
    return found | {name: [table for table in tables if known[table]["task"] == task] for name, task in tasks.items()}


def groups_table(rows, entries, known, tables, reference):
    """Return the ratios to a reference by rows and task, of selenite's and of the published defaults."""
    groups = groups_of(known, tables)
    shown = {name: errors_of(rows, name) for name in OURS if rows[name]}
    shown |= {name: of for name, of in entries.items() if name in {*RIVALS.values(), "TabICLv2 (default)"}}
    lines = []
    for name, errors in shown.items():
        cells = []
        for group in groups.values():
            values = ratios({table: errors[table] for table in group if table in errors}, entries[reference])
            cells.append(f"{geometric(values):.3f}" if len(values) else "")
        lines.append([f"**{name}**" if name in OURS else name, *cells])
    return lines_of(["learner", *(f"{name} ({len(group)})" for name, group in groups.items())], lines)


def same_rows(rows, ours, rival):
    """Return {table: (ratio of errors, ratio of seconds)} of two learners on the folds that both ran on."""
    found = {}
    for table in sorted(rows[ours].keys() & rows[rival].keys()):
        if common := rows[ours][table].keys() & rows[rival][table].keys():
            sums = [
                [sum(rows[one][table][fold][name] for fold in sorted(common)) for one in (ours, rival)]
                for name in ("error", "processor_s")
            ]
            found[table] = tuple(of_ours / of_rival for of_ours, of_rival in sums)
    return found


def same_rows_table(rows, known):
    """Return selenite's errors beside those of the learners that were run on the same folds."""
    lines = []
    for ours in OURS:
        for rival in RIVALS:
            if found := same_rows(rows, ours, rival):
                errors, seconds = np.array(list(found.values())).T
                many = [error for table, (error, _) in found.items() if known[table]["rows"] > MANY_ROWS]
                above = f"{geometric(many):.3f} on {len(many)}" if many else ""
                without = geometric(np.delete(errors, np.argmax(np.abs(np.log(errors)))))
                figures = (
                    f"{without:.3f}",
                    f"{np.median(errors):.3f}",
                    f"{np.mean(errors < 1):.0%}",
                    above,
                    f"{geometric(seconds):.3f}",
                )
                lines.append([f"**{ours}**", rival, len(found), with_interval(errors), *figures])
    head = ["learner", "beside", "tables", "error", "without", "median", "wins", f"above {MANY_ROWS:,} rows", "time"]
    return lines_of(head, lines)


def again(rows, known):
    """Return in words how the learners that were run again stand beside their published errors."""
    told = []
    for rival, entry in RIVALS.items():
        errors = errors_of(rows, rival)
        if len(found := ratios(errors, {table: known[table]["errors"][entry] for table in errors})):
            told.append(f"{rival} errs {with_interval(found)} times as much on {len(found)} tables")
    return f" Beside their own published errors, of other folds: {'; '.join(told)}." if told else ""


def detail_table(rows, entries, known, tables):
    """Return each table's errors: selenite's, the learners run again, and some published."""
    run = [name for name in (*OURS, *RIVALS) if rows[name]]
    theirs = [
        name for name in (*RIVALS.values(), "RealMLP (tuned + ensemble)", "TabPFN-3 (default)") if name in entries
    ]
    lines = []
    for table in sorted(tables, key=lambda table: known[table]["rows"]):
        errors = {name: errors_of(rows, name).get(table) for name in run}
        errors |= {f"published {name}": entries[name][table] for name in theirs}
        cells = ["" if error is None else f"{error:.4g}" for error in errors.values()]
        lines.append([f"{table} ({known[table]['rows']:,})", *cells])
    here = (f"{name}, {folds_of(rows[name].values())}" for name in run)
    return lines_of(["table (rows)", *here, *(f"{name}, published" for name in theirs)], lines)


def check_table(known):
    """Return the ratings of all 51 tables beside those of TabArena's leaderboard."""
    of_all = rating(entries_on(known, known))
    return lines_of(
        ["entry", "Elo, first split", "TabArena's leaderboard"],
        [[name, f"{of_all[name]:.0f}", points] for name, (points, _) in published.board().items() if name in of_all],
    )


def page():
    """Return the page."""
    rows, known = measured(), published.read()
    fits = [row for tables in rows.values() for of in tables.values() for row in of.values()]
    had, tables = {row["table"] for row in fits}, sorted({table for name in OURS for table in rows[name]})
    entries = entries_on(known, tables)
    summary, found = summary_table(rows, entries)
    waiting = sorted(had - set(tables))
    return "\n".join(
        [
            INTRODUCTION.format(
                tables=len(tables),
                had=len(had),
                short=short(found, entries),
                folds=folds_of(folds for name in OURS for folds in rows[name].values()),
                machine="; ".join(sorted({row["machine"] for row in fits})),
            ),
            SUMMARY.format(entries=len(entries), tables=len(tables)),
            summary,
            lever(found, entries),
            ahead(found),
            "\n### By rows and by task\n\nRatios to RealMLP's published default; in brackets the number of tables.\n",
            groups_table(rows, entries, known, tables, REALMLP),
            "\nRatios to CatBoost's published default.\n",
            groups_table(rows, entries, known, tables, CATBOOST),
            SAME_ROWS.format(rivals=", ".join(name for name in RIVALS if rows[name]), again=again(rows, known)),
            same_rows_table(rows, known),
            "\n## Table by table\n\nErrors: the mean of the folds run here, beside those of the published split.\n",
            detail_table(rows, entries, known, tables),
            CHECK,
            check_table(known),
            LEFT_OUT.format(
                count=len(known.keys() - had),
                names=", ".join(sorted(known.keys() - had, key=str.lower)),
                waiting=f" Not measured with selenite so far: {', '.join(waiting)}." if waiting else "",
            ),
        ]
    )


def main():
    PAGE.write_text(page())


if __name__ == "__main__":
    main()
