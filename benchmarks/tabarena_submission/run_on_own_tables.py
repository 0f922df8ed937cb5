"""Run selenite through TabArena's own runner on tables of a folder: no network is needed.

    python run_on_own_tables.py FOLDER [--as system] [--only anneal,diabetes] [-o FOLDER]

FOLDER is that of ../tabarena.py, whose first fold is the split here. Prints the error by TabArena's metric, as it
computes it, and its seconds.
"""

import argparse
import json
from pathlib import Path

import pandas as pd
import selenite_system
from selenite_model import SeleniteModel
from sklearn.model_selection import KFold, StratifiedKFold
from tabarena.benchmark.experiment import (
    TABARENA_V0PT1_VALIDATION_PROTOCOL,
    ExperimentBatchRunner,
    TabArenaV0pt1ExperimentBundle,
)
from tabarena.benchmark.task import UserTask
from tabarena.benchmark.task.metadata import TaskMetadataCollection


def task_of(folder, entry, output):
    """Return TabArena's task of a table, its declared categories as such, with the first of three folds."""
    table = pd.read_parquet(folder / entry["file"])
    table = table.astype(dict.fromkeys(entry["categorical"], "category"))
    is_number = entry["task"] == "regression"
    labels = table[entry["target"]].astype("category").cat.codes
    train, test = next(
        iter((KFold if is_number else StratifiedKFold)(3, shuffle=True, random_state=0).split(table, labels))
    )
    task = UserTask(task_name=entry["name"], task_cache_path=output / "tasks")
    made = task.create_task(
        dataset=table,
        target_feature=entry["target"],
        problem_type="regression" if is_number else "classification",
        splits={0: {0: (train.tolist(), test.tolist())}},
    )
    task.save_task(made)
    return task


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--as", dest="kind", choices=("model", "system"), default="model")
    parser.add_argument("--only", default="", help="tables")
    parser.add_argument("-o", "--output", type=Path, default=Path("selenite_on_own_tables"))
    options = parser.parse_args()
    system, output = options.kind == "system", options.output.resolve()
    wanted = options.only.split(",") if options.only else None
    entries = json.loads((options.folder / "datasets.json").read_text())
    tasks = [task_of(options.folder, entry, output) for entry in entries if wanted is None or entry["name"] in wanted]
    generator = selenite_system.config_generator() if system else SeleniteModel.config_generator()
    bundle = TabArenaV0pt1ExperimentBundle(
        models=[(generator, 0)],
        system_experiments=system,
        validation_protocol=None if system else TABARENA_V0PT1_VALIDATION_PROTOCOL,
    )
    experiments = bundle.build_experiments()
    runner = ExperimentBatchRunner(
        expname=str(output / "experiments"),
        task_metadata=TaskMetadataCollection.from_user_tasks(tasks),
        user_tasks=tasks,
        debug_mode=True,
    )
    for result in runner.run_all(methods=experiments):
        seconds = f"{result['time_train_s']:.1f} s to train, {result['time_infer_s']:.2f} s to predict"
        print(result["framework"], result["task_metadata"]["name"], f"error {result['metric_error']:.5f}, {seconds}")


if __name__ == "__main__":
    main()
