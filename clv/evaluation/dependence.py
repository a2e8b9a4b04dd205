"""How the forecast of the whole ensemble depends on a feature: permutation importance and partial dependence.

Both forecast rows in which one thing was changed and nothing else. They need nothing more from the model than that, and
cost one forecast per change. Where features are correlated, such rows describe customers who do not exist, and each
feature alone seems less important than all of them together, because the others carry the same information. So groups
are permuted, too.

Sources: for permutation Breiman (2001), "Random forests", Machine Learning 45, 5-32, and Fisher, Rudin and Dominici
(2019), "All models are wrong, but many are useful", Journal of Machine Learning Research 20 (177); for partial
dependence Friedman (2001), "Greedy function approximation: a gradient boosting machine", Annals of Statistics 29,
1189-1232.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from clv.evaluation.judged import Judged
from clv.evaluation.metrics import mae, normalised_gini

Forecast = Callable[[pd.DataFrame], np.ndarray]  # of rows of complete features, money (n,)
Change = Mapping[str, Any]  # columns by name: one value for all rows, or one for each

ROWS_AT_ONCE = 10_000  # rows per forecast: fewer calls have less overhead, but larger frames do not fit the CPU's cache
GRID = 10  # values of a numeric feature, at most
LEVELS = 8  # values of a categorical feature, at most
TAILS = 0.05, 0.95  # quantiles between which a number is varied: few customers lie beyond them
DECIMALS = 6
PERMUTATION = ["name", "kind", "mae_rise", "gini_fall"]
DEPENDENCE = ["feature", "value", "mean_forecast"]


def changed(forecast: Forecast, features: pd.DataFrame, changes: Sequence[Change]) -> Iterator[np.ndarray]:
    """The forecasts (n,) of the same rows after each change."""
    at_once = max(1, ROWS_AT_ONCE // max(len(features), 1))
    for start in range(0, len(changes), at_once):
        copies = [features.assign(**change) for change in changes[start : start + at_once]]
        yield from np.split(forecast(pd.concat(copies, ignore_index=True)), len(copies))


def permutation(
    forecast: Forecast, features: pd.DataFrame, y: np.ndarray, groups: Mapping[str, str], rng: np.random.Generator
) -> pd.DataFrame:
    """The accuracy lost when a feature, or a whole group, is permuted between customers: one row per feature and group.

    `y` (n,) are realised values, `groups` the group of each feature. Columns: name, kind (feature, then group),
    `mae_rise` in money and `gini_fall`, NaN where the forecast has no Gini; within each kind the largest rise comes
    first. All share one permutation, so that differences between them are due to the features alone and the features of
    a group stay together.
    """
    order = rng.permutation(len(features))
    members = {("feature", str(name)): [str(name)] for name in features}
    for name in features:
        members.setdefault(("group", groups[str(name)]), []).append(str(name))
    changes = [{name: features[name].array[order] for name in names} for names in members.values()]
    before = _gini_and_mae(y, forecast(features))
    after = np.array([_gini_and_mae(y, permuted) for permuted in changed(forecast, features, changes)])
    rows = pd.DataFrame(
        {
            "name": [name for _, name in members],
            "kind": [kind for kind, _ in members],
            "mae_rise": after[:, 1] - before[1],
            "gini_fall": before[0] - after[:, 0],
        }
    ).round(DECIMALS)
    return rows.sort_values(["kind", "mae_rise", "name"], ascending=[True, False, True], ignore_index=True)


def _gini_and_mae(y: np.ndarray, f: np.ndarray) -> np.ndarray:
    judged = Judged.of(y, f)
    return np.concatenate([normalised_gini(judged), mae(judged)])


def partial_dependence(forecast: Forecast, features: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    """The mean forecast when all customers have the same value of a feature: one row per feature and value.

    Columns: feature, in the order of `names`; value, as text; mean_forecast, money. Values are those of `grid`.
    """
    points = [(name, value) for name in names for value in grid(features[name])]
    changes = [{name: value} for name, value in points]
    means = [round(float(found.mean()), 4) for found in changed(forecast, features, changes)]
    texts = [value if isinstance(value, str) else f"{value:.6g}" for _, value in points]
    return pd.DataFrame(
        {"feature": [name for name, _ in points], "value": texts, "mean_forecast": means}, columns=DEPENDENCE
    )


def grid(column: pd.Series) -> list[Any]:
    """Values over which to vary a feature: quantiles that occur, ascending; for text the most frequent values first."""
    known = column.dropna()
    if pd.api.types.is_numeric_dtype(column):
        if known.empty:
            return []
        shares = np.linspace(*TAILS, GRID)
        return list(np.unique(np.quantile(known.to_numpy(), shares, method="inverted_cdf")).tolist())
    counts = known.value_counts().sort_index().sort_values(ascending=False, kind="stable")
    return [str(value) for value in counts.head(LEVELS).index]


def drawn(n: int, at_most: int, rng: np.random.Generator) -> np.ndarray:
    """Positions of rows drawn without replacement, ascending: all n, or `at_most` of them."""
    return np.arange(n) if n <= at_most else np.sort(rng.choice(n, at_most, replace=False))
