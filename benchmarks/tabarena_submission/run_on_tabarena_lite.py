"""Run selenite on the first split of TabArena's tables and print where it stands on the leaderboard.

    python run_on_tabarena_lite.py [--as system] [--only anneal,diabetes] [-o FOLDER]

Downloads the tables from OpenML and the published results from TabArena's own store.
"""

import argparse
from pathlib import Path

import selenite_system
from selenite_model import SeleniteModel
from tabarena.benchmark.experiment import TabArenaV0pt1ExperimentBundle
from tabarena.contexts import TabArenaContext


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--as", dest="kind", choices=("model", "system"), default="model")
    parser.add_argument("--only", default="", help="tables")
    parser.add_argument("-o", "--output", type=Path, default=Path("selenite_on_tabarena"))
    options = parser.parse_args()
    system = options.kind == "system"
    generator = selenite_system.config_generator() if system else SeleniteModel.config_generator()
    experiments = TabArenaV0pt1ExperimentBundle(models=[(generator, 0)], system_experiments=system).build_experiments()
    context = TabArenaContext()
    context.build_and_run_jobs(
        experiments,
        expname=str(options.output / "experiments"),
        subset="lite",
        build_kwargs={"dataset_names": options.only.split(",")} if options.only else None,
        debug_mode=True,
    )
    leaderboard = context.compare(output_dir=options.output / "leaderboard")
    print(context.leaderboard_to_website_format(leaderboard=leaderboard).to_markdown(index=False))


if __name__ == "__main__":
    main()
