"""Which columns moved between the training rows, the test rows and today's customers.

A customer base ages: three years after its first sale, a shop has customers with three years of tenure. A model that
knows the tenure allows for that, and reporting it as drift would be a false alarm. So samples are also compared at
equal tenure, and a column has drifted only if it moved in both comparisons.
"""

from collections.abc import Mapping
from itertools import combinations

import numpy as np
import pandas as pd

from clv.evaluation.distance import Values, ks_of, psi_of
from clv.evaluation.params import DriftLimits
from clv.evaluation.recalibration import Factor

SAMPLES = ("training", "test", "current")
PAIRS = tuple(combinations(SAMPLES, 2))
STATUS = ("stable", "watch", "drifted")
FORECAST_COLUMN = "forecast"
TARGET_COLUMN = "target"  # not yet known for today's customers, which is no drift
TENURE = "tenure_days"
BAND_DAYS = 30
NAMED = 5  # columns in the recommendation
MIN_ROWS = 200  # of equal tenure in every sample; fewer cannot show drift

Distances = dict[str, float]  # psi_TRAINING_TEST and so on, by name


def drift_table(samples: Mapping[str, pd.DataFrame], limits: DriftLimits) -> pd.DataFrame:
    """One row per column of `current`, the worst first: how far it moved.

    `samples` are rows by name: `training` and `test` (either may be absent) and `current`. The caller adds `forecast`
    and `target` as columns and leaves out ids. Columns of the table: `column`; `status` and `status_before`; `psi_A_B`
    and `ks_A_B` of each pair of samples, NaN where a sample lacks the column, and for ks also where it is text;
    `psi_equal_tenure` and `ks_equal_tenure`, the worst of the pairs that count, at equal tenure (`at_equal_tenure`).

    `status` is stable, watch or drifted. It is the worst of the pairs with `current`, compared over all customers and
    at equal tenure, whichever moved less. `status_before` is the same for test against training (null if either is
    absent): where it is no better, the backtest's figures were obtained despite such a change, so the change is not
    new. A column without values in `current`, such as the target, is judged by test against training. A column that
    cannot be compared at all has no status.
    """
    current = samples["current"]
    plain = {name: samples[name] for name in SAMPLES if name in samples}
    equal = at_equal_tenure(plain)
    rows = [_row(str(name), _distances(plain, name), _distances(equal, name), limits) for name in current.columns]
    table = pd.DataFrame(rows).sort_values(["level", "excess", "column"], ascending=[False, False, True])
    return table.drop(columns=["level", "excess"]).reset_index(drop=True)


def recommendation(table: pd.DataFrame, factor: Factor, tolerance: float) -> str:
    """What to do, in two sentences: whether the level of the forecast holds, and which columns drifted.

    `table` is that of `drift_table`. `factor` is that of the newest completed window, and counts only where it is `off`
    by more than `tolerance`. It applies to forecasts made before that window: a model fitted afterwards has already
    learned most of the new level, so that the factor would correct it twice.
    """
    drifted, news = _what_drifted(table)
    if not np.isfinite([factor.value, factor.low, factor.high]).all():
        return (
            f"The newest window had no revenue, so it cannot show whether the level of the forecast holds. {drifted}."
        )
    ratio = (
        f"Revenue of the newest window was {factor.value:.2f} times the forecast ({factor.low:.2f} to "
        f"{factor.high:.2f})"
    )
    if factor.off(tolerance):
        return (
            f"{ratio}: multiply forecasts that were made before it by {factor.value:.2f} or retrain, but not both, "
            f"because a model fitted today has already seen the new level. {drifted}."
        )
    remedy = "check the columns that drifted, and retrain when the next window is over" if news else "nothing to do"
    level = "the level is not shown to be wrong"
    if not factor.low <= 1 <= factor.high:
        level = f"any window may be off by {tolerance:.0%}, so the level holds"
    return f"{ratio}: {level}. {drifted}: {remedy}."


def is_news(table: pd.DataFrame) -> pd.Series:
    """Which rows of `drift_table` have drifted, but had not when the backtest was judged."""
    return (table["status"] == "drifted") & (table["status_before"] != "drifted")


def _what_drifted(table: pd.DataFrame) -> tuple[str, int]:
    """The columns that drifted, in words, and how many of them had not drifted before."""
    drifted, before = table["status"] == "drifted", table["status_before"]
    news = [str(name) for name in table.loc[is_news(table), "column"]]
    watched = int((table["status"] == "watch").sum())
    known = int(drifted.sum()) - len(news)
    text = f"{_counted(len(news))} drifted{' since the backtest' if before.notna().any() else ''}"
    text += f" ({', '.join(news[:NAMED])}{', ...' if len(news) > NAMED else ''})" if news else ""
    text += f", {known} had drifted when it was judged" if known else ""
    text += f", {watched} {'is' if watched == 1 else 'are'} to watch" if watched else ""
    if drifted.any() and table["psi_equal_tenure"].isna().all():
        text += " (too few rows have the tenures of today's customers, so growing older counts as drift here)"
    return text, len(news)


def _counted(n: int) -> str:
    return {0: "No column", 1: "One column"}.get(n, f"{n} columns")


def at_equal_tenure(samples: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Rows of each sample, chosen so that all samples have the same shares of tenures, in bands of 30 days.

    Within a band, the rows kept are spread evenly over the rows in their given order. Empty if there is no tenure, only
    one sample, or fewer than MIN_ROWS rows of equal tenure, for example because all customers came at once.
    """
    if len(samples) < 2 or not all(TENURE in sample and len(sample) for sample in samples.values()):
        return {}
    bands = {name: (sample[TENURE].to_numpy() // BAND_DAYS).astype("int64") for name, sample in samples.items()}
    n_bands = 1 + max(int(band.max()) for band in bands.values())
    counts = {name: np.bincount(band, minlength=n_bands) for name, band in bands.items()}
    shared = np.min([n / n.sum() for n in counts.values()], axis=0)
    kept = {}
    for name, sample in samples.items():
        wanted = np.floor(shared * len(sample) + 1e-9).astype("int64")
        kept[name] = sample[_evenly(bands[name], counts[name], wanted)]
    return kept if min(map(len, kept.values())) >= MIN_ROWS else {}


def _evenly(band: np.ndarray, counts: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Mask (n,) of `wanted` rows of each band, as evenly spread as possible."""
    place = np.empty(len(band), dtype="int64")  # of each row within its band
    order = np.argsort(band, kind="stable")
    place[order] = np.arange(len(band)) - np.repeat(np.cumsum(counts) - counts, counts)
    n, k = counts[band], wanted[band]
    return (place + 1) * k // n > place * k // n


def _distances(samples: Mapping[str, pd.DataFrame], column: str) -> Distances:
    """Both distances of each pair of samples, NaN where there is nothing to compare."""
    values = {name: Values.of(sample[column]) for name, sample in samples.items() if column in sample}
    if column == TARGET_COLUMN:
        values = {name: found for name, found in values.items() if found.known}
    found = dict.fromkeys((f"{kind}_{a}_{b}" for kind in ("psi", "ks") for a, b in PAIRS), float("nan"))
    for a, b in PAIRS:
        if a in values and b in values:
            found[f"psi_{a}_{b}"] = psi_of(values[a], values[b])
            found[f"ks_{a}_{b}"] = ks_of(values[a], values[b])
    return found


def _row(column: str, plain: Distances, equal: Distances, limits: DriftLimits) -> dict[str, object]:
    """A row of the table, with `level` and `excess` to sort it by."""
    before, now = [("training", "test")], [pair for pair in PAIRS if "current" in pair]
    if np.isnan([plain[f"psi_{a}_{b}"] for a, b in now]).all():
        now = before
    ways = [_worst(found, now) for found in (plain, equal)]
    level, level_before = (
        _level([_worst(found, pairs) for found in (plain, equal)], limits) for pairs in (now, before)
    )
    return {
        "column": column,
        "status": None if level is None else STATUS[level],
        "status_before": None if level_before is None else STATUS[level_before],
        **plain,
        "psi_equal_tenure": ways[1][0],
        "ks_equal_tenure": ways[1][1],
        "level": -1 if level is None else level,
        "excess": round(_milder([_excess(way, limits) for way in ways]), 6),
    }


def _worst(found: Distances, pairs: list[tuple[str, str]]) -> tuple[float, float]:
    """The largest index and the largest distance over pairs; NaN where there is none."""
    psis, distances = ([found[f"{kind}_{a}_{b}"] for a, b in pairs] for kind in ("psi", "ks"))
    return (float(np.fmax.reduce(psis)), float(np.fmax.reduce(distances)))


def _level(ways: list[tuple[float, float]], limits: DriftLimits) -> int | None:
    """The position in STATUS by the comparison that moved less; None where nothing could be compared."""
    levels = [
        int(psi >= limits.psi_watch or ks >= limits.ks_watch)
        + int(psi >= limits.psi_drifted or ks >= limits.ks_drifted)
        for psi, ks in ways
        if not np.isnan(psi)
    ]
    return min(levels, default=None)


def _excess(way: tuple[float, float], limits: DriftLimits) -> float:
    """How far a column moved, relative to the limit for drifted."""
    return float(np.fmax(way[0] / limits.psi_drifted, way[1] / limits.ks_drifted))


def _milder(values: list[float]) -> float:
    return float(np.fmin.reduce(values)) if not np.isnan(values).all() else 0.0
