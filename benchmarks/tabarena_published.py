"""What TabArena published: each entry's error on the first split of its 51 tables.

    python benchmarks/tabarena_published.py FOLDER

FOLDER holds `results_per_split.csv` and `datasets.csv` of autogluon/tabarena (Apache-2.0). Writes
results/tabarena_published.csv: a line for each table, a column for each entry, empty where the entry did not run there
and another's error stands in.
"""

import argparse
import csv
from pathlib import Path

import pandas as pd

RESULTS = Path(__file__).parent / "results"
ATTRIBUTION = """\
# Errors on the first split of TabArena's 51 tables, from results_per_split.csv of github.com/autogluon/tabarena,
# commit 29bdbf9, Copyright the TabArena authors, licensed under the Apache License 2.0
# (www.apache.org/licenses/LICENSE-2.0). Changed: one line for each table, six digits, imputed errors left out; task and
# rows are those of its list of tables.
"""
NAMES = {
    "CAT": "CatBoost", "GBM": "LightGBM", "XGB": "XGBoost", "RF": "random forest", "XT": "extra trees",
    "LR": "linear", "KNN": "nearest neighbours", "FASTAI": "fastai's MLP", "NN_TORCH": "AutoGluon's MLP",
    "PB": "PerpetualBooster", "REALMLP_GPU": "RealMLP", "TABM_GPU": "TabM", "MNCA_GPU": "ModernNCA", "XRFM_GPU": "xRFM",
    "TABDPT_GPU": "TabDPT", "TABSTAR": "TabSTAR", "TABICL_GPU": "TabICL", "TABICLV2": "TabICLv2",
    "TABPFNV2_GPU": "TabPFNv2", "REALTABPFN-V2.5": "RealTabPFN-2.5", "TABPFN-V2.6": "TabPFN-2.6",
    "TA-TABPFN-3": "TabPFN-3", "TA-LIMIX": "LimiX", "TA-ILTM": "iLTM", "TA-ORION-MSP": "OrionMSP",
    "SAP-RPT-OSS": "SAP RPT-1", "MITRA_GPU": "Mitra", "BETA_GPU": "BETA", "TABFLEX_GPU": "TabFlex",
}  # fmt: skip
PRETRAINED = {
    "TabDPT", "TabSTAR", "TabICL", "TabICLv2", "TabPFNv2", "RealTabPFN-2.5", "TabPFN-2.6", "TabPFN-3", "LimiX", "iLTM",
    "OrionMSP", "SAP RPT-1", "Mitra", "BETA", "TabFlex",
}  # fmt: skip


def named(entry):
    """Return an entry's name as it is written in papers."""
    model, setting = entry.split(" (", 1)
    return f"{NAMES.get(model, model)} ({setting}"


def kind(name):
    """Return what an entry learns from: the table alone, other tables too, or whether it is many models at once."""
    model = name.split(" (")[0]
    return "pretrained" if model in PRETRAINED else "many models" if model.startswith("AutoGluon 1") else ""


def read():
    """Return {table: {"task": ..., "rows": ..., "errors": {entry: error}}}."""
    lines = (RESULTS / "tabarena_published.csv").read_text().splitlines()
    found = {}
    for row in csv.DictReader(line for line in lines if not line.startswith("#")):
        table, task, rows = (row.pop(name) for name in ("table", "task", "rows"))
        errors = {named(entry): float(error) for entry, error in row.items() if error}
        found[table] = {"task": task, "rows": int(rows), "errors": errors}
    return found


def board():
    """Return {entry: (Elo, seconds of training per 1,000 rows)} of TabArena's leaderboard."""
    lines = (RESULTS / "tabarena_board.csv").read_text().splitlines()
    rows = csv.DictReader(line for line in lines if not line.startswith("#"))
    return {row["entry"]: (int(row["elo"]), float(row["train_s_per_1000_rows"] or "nan")) for row in rows}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    rows = pd.read_csv(folder / "results_per_split.csv")
    tables = pd.read_csv(folder / "datasets.csv").set_index("dataset_name")
    wide = rows[~rows.imputed].pivot(index="dataset", columns="method", values="metric_error")
    wide = wide.drop(columns=[name for name in wide if "[Rerun]" in name])
    wide.insert(0, "task", tables.problem_type[wide.index])
    wide.insert(1, "rows", tables.num_instances[wide.index].astype(int))
    text = wide.rename_axis("table").to_csv(float_format="%.6g")
    (RESULTS / "tabarena_published.csv").write_text(ATTRIBUTION + text)


if __name__ == "__main__":
    main()
