"""The project on real shops beside other systems: `python -m benchmarks.scoreboard [--folder F] [--sets A,B]`.

The folder holds three files:
- cases.py: CASES, each with name, cutoff and horizon_days. `load(case)` gives the past (raw order lines with our column
  names) and the truth (spend in the horizon by customer id).
- score.py: `score(actual, predicted)` gives metrics by name.
- others.csv, optional: the metrics of other systems, by case and system.
The project gets each past as from a user: the cutoff as `time.last_day`, the horizon as `time.horizon_days`, all else
as in params.yaml, without tuning. What is missing is skipped with a line.

Each row of the table is a metric of a set. It has our value with its 95% interval from resampled customers; the best
of the other systems, picked for this metric in hindsight, and whether it is better than that whole interval; our
baselines; and ours less buy till you die as in the papers, or less the forecasts in --against, with its interval.
--rolling adds the totals as of earlier dates: every quarter of a horizon back from the cutoff, as long as two horizons
of history lie before the date. The recipe is fitted anew for each; its total and the 95% interval are compared with the
realised total.
"""

import argparse
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.score_table import ACTUAL, LOWER, OURS, UPPER, Folder, table_of
from clv.door.fitting import fit
from clv.door.model import Model
from clv.errors import InputError, run_stage
from clv.evaluation.baselines import baselines, plain_btyd, value_of
from clv.evaluation.forecast_names import PLAIN_BTYD
from clv.features.columns import CUSTOMER
from clv.marketing.interval_of_mean import interval_of_mean

FOLDER = Path("../shared/scoreboard")


def fitted(folder: Folder, case: Any) -> tuple[Model, pd.Series]:
    """The model of a case, fitted as of its cutoff to its past alone; and the truth."""
    past, truth = folder.load(case)
    return fit(past, case.horizon_days, params={"time.last_day": case.cutoff}), truth


def forecasts(folder: Folder, case: Any) -> pd.DataFrame:
    """One row per customer of the truth, by id: realised spend, our forecast and its 90% interval, and the baselines.

    A customer whom cleaning left without a purchase has a forecast of 0.
    """
    found, truth = fitted(folder, case)
    snapshot, model = found.snapshot, found.forecaster
    features = model.features_of(snapshot)
    predictions = model.predict_from(features).rename(columns={"predicted_clv": OURS})[[OURS, LOWER, UPPER]]
    plain = value_of(plain_btyd(model.btyd, snapshot), snapshot)
    others = {PLAIN_BTYD: plain, **baselines(features, case.horizon_days)}
    table = predictions.assign(**others).set_axis(snapshot[CUSTOMER])
    return table.reindex(truth.index, fill_value=0.0).assign(**{ACTUAL: truth})


def origins(case: Any, first_day: date) -> Iterator[Any]:
    """The case as of its cutoff and as of earlier dates, as long as two horizons of history lie before the date."""
    cutoff = date.fromisoformat(case.cutoff)
    while cutoff - timedelta(days=2 * case.horizon_days) >= first_day:
        yield replace(case, cutoff=str(cutoff))
        cutoff -= timedelta(days=case.horizon_days // 4)


def rolling(folder: Folder, case: Any) -> pd.DataFrame:
    """One row per origin of a case: its date, the error of the total, and whether the interval held.

    `log_error` is the log of forecast over realised total; `inside` is whether the realised total lies in the 95%
    interval.
    """
    first_day = folder.load(case)[0]["order_ts"].min().date()
    rows = []
    for origin in origins(case, first_day):
        try:
            found, truth = fitted(folder, origin)
        except InputError as error:  # too few to learn from
            print(f"{case.name}, as of {origin.cutoff}, is left out: {error}")
            continue
        predictions = found.predict()
        realised = truth.clip(lower=0).sum()  # as in all metrics, net returns count as no spend
        low, high = interval_of_mean(predictions, found.forecaster.level.sd or 0.0)
        log_error = np.log(predictions["predicted_clv"].sum() / realised)
        inside = low <= realised / len(predictions) <= high
        rows.append({"set": case.name, "as_of": origin.cutoff, "log_error": log_error, "inside": inside})
    return pd.DataFrame(rows, columns=["set", "as_of", "log_error", "inside"])


def by_set(totals: pd.DataFrame) -> pd.DataFrame:
    """The mean absolute error of the totals of each set, and the share of them that lies in their interval."""
    groups = totals.assign(log_error=totals["log_error"].abs()).groupby("set", sort=False)
    return groups.agg(origins=("log_error", "size"), mean_abs_log_error=("log_error", "mean"), in_95=("inside", "mean"))


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, default=FOLDER)
    parser.add_argument("--sets", help="names, separated by commas; without it all")
    parser.add_argument("--save", type=Path, help="folder that gets the forecasts by customer, a file SET.csv each")
    parser.add_argument("--against", type=Path, help="folder of such files: compare with these, not with plain BTYD")
    parser.add_argument("--resamples", type=int, default=1000, help="of the customers, for intervals")
    parser.add_argument("--rolling", action="store_true", help="the totals as of earlier dates, too")
    return parser.parse_args()


def scored(folder: Folder, name: str, chosen: argparse.Namespace) -> pd.DataFrame:
    """The rows of one set; its forecasts are saved first if `--save` asks for it."""
    start, cpu = time.perf_counter(), time.process_time()
    found = forecasts(folder, folder.cases[name])
    seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
    print(f"{name}: {len(found):,} customers, {seconds:.0f} s, of the processor {cpu:.0f} s", flush=True)
    rival = found[PLAIN_BTYD]
    if chosen.against:
        rival = pd.read_csv(chosen.against / f"{name}.csv", dtype={CUSTOMER: str}).set_index(CUSTOMER)[OURS]
    if chosen.save:
        chosen.save.mkdir(parents=True, exist_ok=True)
        found.to_csv(chosen.save / f"{name}.csv")
    return table_of(folder, name, found, rival.reindex(found.index).to_numpy(), chosen.resamples)


def main() -> None:
    chosen = options()
    if not (chosen.folder / "cases.py").exists():
        print(f"scoreboard: skipped, there is no {chosen.folder / 'cases.py'}")
        return
    folder = Folder.at(chosen.folder)
    tables, totals = [], []
    for name in chosen.sets.split(",") if chosen.sets else folder.cases:
        if name not in folder.cases:
            print(f"scoreboard: {name} skipped, the folder has no such case")
            continue
        try:
            tables.append(scored(folder, name, chosen))
        except FileNotFoundError as error:
            print(f"scoreboard: {name} skipped, its data are not here: {error}")
            continue
        if chosen.rolling:
            totals.append(rolling(folder, folder.cases[name]))
    if tables:
        print(pd.concat(tables, ignore_index=True).to_string(index=False, na_rep="", float_format=_shown))
    if totals:
        every = pd.concat(totals, ignore_index=True)
        print(every.round(3).to_string(index=False))
        print(by_set(every).round(3).to_string())


def _shown(value: float) -> str:
    """A metric as text. Where a tenth of a resample spent nothing its decile MAPE is huge: only its size is shown."""
    return f"{value:.3f}" if abs(value) < 1e5 else f"{value:.0e}"


if __name__ == "__main__":
    run_stage(main)
