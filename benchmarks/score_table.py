"""A folder of cases with metrics, and the table that compares a forecast with others on them."""

import importlib.util
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd

from clv.evaluation.distribution import inside

LARGER, SMALLER = ("ngini", "spearman", "r2"), ("mae", "dec_mape")
METRICS = (*LARGER, *SMALLER, "bias")  # the bias nearest to 0 is best
ACTUAL, OURS, LOWER, UPPER = "actual", "predicted", "lower_90", "upper_90"
SEED = 1
Score = Callable[[np.ndarray, np.ndarray], dict[str, float]]


@dataclass(frozen=True)
class Folder:
    """Cases by name, the functions that load a case and score forecasts, and the metrics of other systems by case."""

    cases: dict[str, Any]
    load: Callable[[Any], tuple[pd.DataFrame, pd.Series]]
    score: Score
    others: pd.DataFrame

    @classmethod
    def at(cls, path: Path) -> "Folder":
        cases, others = _module(path / "cases.py"), path / "others.csv"
        table = pd.read_csv(others) if others.exists() else pd.DataFrame(columns=["case", "system", *METRICS])
        score = _module(path / "score.py").score
        return cls({case.name: case for case in cases.CASES}, cases.load, score, table)


def _module(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"scoreboard_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def table_of(folder: Folder, name: str, found: pd.DataFrame, rival: np.ndarray, resamples: int) -> pd.DataFrame:
    """The rows of one set, by metric.

    `found` has one row per customer, in money: ACTUAL, OURS, LOWER, UPPER, and one column per baseline. `rival` (n,) is
    the forecast that ours is compared with, customer by customer. `apart` is our metric less the rival's; its interval
    comes from the same resamples.
    """
    actual, ours = (found[column].to_numpy(dtype=float) for column in (ACTUAL, OURS))
    drawn, theirs = _resampled(folder.score, actual, (ours, rival), resamples)
    simple = [str(column) for column in found if column not in (ACTUAL, OURS, LOWER, UPPER)]
    reached = {column: folder.score(actual, found[column].to_numpy()) for column in simple}
    exact, against = folder.score(actual, ours), folder.score(actual, rival)
    others = folder.others[folder.others["case"] == name]
    rows = []
    for metric in METRICS:
        low, high = np.quantile(drawn[metric], [0.025, 0.975])
        less, more = np.quantile(drawn[metric] - theirs[metric], [0.025, 0.975])
        row: dict[str, Any] = {"set": name, "metric": metric, "ours": exact[metric], "low": low, "high": high}
        row |= _best(others, metric, low, high)
        row |= {column: reached[column][metric] for column in simple}
        rows.append(row | {"apart": exact[metric] - against[metric], "from": less, "to": more})
    rows += [{"set": name, "metric": metric, "ours": value} for metric, value in _coverage(found).items()]
    return pd.DataFrame(rows)


def _resampled(score: Score, actual: np.ndarray, systems: tuple[np.ndarray, ...], resamples: int) -> list[pd.DataFrame]:
    """Metrics of each system, one row per resample; all systems share the same resamples of the customers."""
    rng, n = np.random.default_rng(SEED), len(actual)
    drawn = [rng.integers(0, n, n) for _ in range(resamples)]
    return [pd.DataFrame([score(actual[rows], forecast[rows]) for rows in drawn]) for forecast in systems]


def _best(others: pd.DataFrame, metric: str, low: float, high: float) -> dict[str, Any]:
    """The best of the other systems in a metric, and whether it is better than our whole interval."""
    if others.empty:
        return {}
    values = others[metric].to_numpy(dtype=float)
    worth, ours = values, high
    if metric not in LARGER:
        worth, ours = -np.abs(values), 0.0 if low <= 0 <= high else -min(abs(low), abs(high))
    first = int(np.argmax(worth))
    return {"best": values[first], "of": others["system"].iloc[first], "ahead": "yes" if worth[first] > ours else ""}


def _coverage(found: pd.DataFrame) -> dict[str, float]:
    """Share of customers inside their 90% interval: of all, and in the tenth of the forecast where it is worst."""
    hit = inside(*(found[column].to_numpy() for column in (ACTUAL, LOWER, UPPER)))
    tenth = pd.qcut(found[OURS].rank(method="first").to_numpy(), 10, labels=False)
    shares = np.array([hit[tenth == number].mean() for number in range(10)])
    return {"coverage_90": float(hit.mean()), "in the worst tenth": float(shares[np.abs(shares - 0.9).argmax()])}
