"""What the customers of a segment are worth, and what they have in common."""

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from clv.marketing.interval_of_mean import interval_of_mean
from clv.marketing.tiers import ELITE
from clv.models.btyd.basis import Gap, knows_returns
from clv.suppression import hidden, hidden_cells

DIMENSIONS = {
    "tier": "tier",
    "rfm_segment": "rfm_segment",
    "cluster": "cluster_name",
    "elite": "elite",
    "eco": "eco_segment",
}
ELITE_NAMES = {True: ELITE, False: "All others"}
MEANS = ("churn_risk", "p_purchase", "p_alive", "recency_days", "frequency", "monetary_value", "acquisition_cost")
FIGURES = ("predicted_clv", "lower_95", "upper_95", *MEANS)
OF_FORECASTS = (
    *("predicted_total", "predicted_share", "predicted_mean", "predicted_mean_lower", "predicted_mean_upper"),
    *("churn_risk_mean", "p_purchase_mean", "p_alive_mean", "payback_days", "ltv_cac"),
)
MIX = {"category": "preferred_category", "channel": "channel", "country": "country"}
MOST_NAMES = 5  # of a kind that are shown for a segment


def groups(customers: pd.DataFrame) -> Iterator[tuple[str, pd.Series]]:
    """Each of DIMENSIONS that the shop has, with the segment of each customer in it, as text."""
    for dimension, column in DIMENSIONS.items():
        if column in customers:
            of = customers[column]
            yield dimension, (of.map(ELITE_NAMES) if dimension == "elite" else of).astype("str").rename("segment")


def profile(
    customers: pd.DataFrame, horizon_days: int, margin_rate: float, spread: float, minimum: int
) -> pd.DataFrame:
    """One row per dimension and segment, by falling forecast.

    `customers` are customer values, with `acquisition_cost` (money) where the shop records it; `spread` is the relative
    standard deviation of the level of all forecasts. Columns: customers, customer_share and predicted_share (of all),
    predicted_total and predicted_mean (money) with its 95% interval predicted_mean_lower and _upper, means over
    customers of MEANS, payback_days (CAC over the margin per day of the horizon) and ltv_cac (margin of the horizon
    over CAC); the last two use customers whose CAC is known, and are NaN where there are none. All figures of groups
    that `hidden` suppresses at `minimum` are NaN, and `suppressed` is True.
    """
    total = float(customers["predicted_clv"].sum())
    figures = customers[[name for name in FIGURES if name in customers]]  # because grouping sorts all columns
    tables = []
    for dimension, segment in groups(customers):
        rows = [
            {"dimension": dimension, "segment": name, "customers": len(group)}
            | _figures(group, len(customers), total, spread)
            | _acquisition(group, horizon_days, margin_rate)
            for name, group in figures.groupby(segment)
        ]
        table = pd.DataFrame(rows).sort_values(["predicted_total", "segment"], ascending=[False, True])
        table["suppressed"] = hidden(table["customers"].to_numpy(), minimum)
        hide = [str(name) for name in table if name not in ("dimension", "segment", "suppressed")]
        tables.append(table.assign(**{name: table[name].where(~table["suppressed"]) for name in hide}))
    return pd.concat(tables, ignore_index=True)


def without_guesses(profiles: pd.DataFrame, gaps: Sequence[Gap]) -> pd.DataFrame:
    """The table of `profile`, with figures that rest on forecasts as NaN where it is not known who comes back."""
    return profiles if knows_returns(gaps) else profiles.assign(**dict.fromkeys(OF_FORECASTS, np.nan))


def _figures(group: pd.DataFrame, n: int, total: float, spread: float) -> dict[str, float]:
    forecast = float(group["predicted_clv"].sum())
    lower, upper = interval_of_mean(group, spread)
    return {
        "customer_share": len(group) / n,
        "predicted_total": forecast,
        "predicted_share": forecast / total if total > 0 else 0.0,
        "predicted_mean": forecast / len(group),
        "predicted_mean_lower": lower,
        "predicted_mean_upper": upper,
        **{f"{name}_mean": float(group[name].mean()) if name in group else np.nan for name in MEANS},
    }


def _acquisition(group: pd.DataFrame, horizon_days: int, margin_rate: float) -> dict[str, float]:
    """Payback and LTV:CAC, from means over the customers whose cost is known."""
    nothing = {"payback_days": np.nan, "ltv_cac": np.nan}
    if "acquisition_cost" not in group:
        return nothing
    known = group[group["acquisition_cost"].notna()]
    cost, margin = float(known["acquisition_cost"].sum()), margin_rate * float(known["predicted_clv"].sum())
    if not cost > 0 or not margin > 0:
        return nothing
    return {"payback_days": cost / (margin / horizon_days), "ltv_cac": margin / cost}


def mix(customers: pd.DataFrame, profiles: pd.DataFrame, minimum: int) -> pd.DataFrame:
    """The most frequent categories, channels and countries of each segment that is not suppressed.

    One row per dimension, segment, kind and name, the most frequent first: share of the segment's customers for whom
    the kind is known, and index, 100 times that over the share among all customers. `preferred_category` is where a
    customer spent most. Names with fewer than `minimum` customers of a segment, and others that `hidden_cells`
    suppresses with them, are left out: the index reveals how many there are in all. No rows where the shop records none
    of the kinds.
    """
    seen = profiles[~profiles["suppressed"].astype("bool")]
    shown = list(zip(seen["dimension"], seen["segment"], strict=True))
    rows = []
    for dimension, segment in groups(customers):
        for kind, column in MIX.items():
            if column not in customers or not customers[column].notna().any():
                continue
            counts = pd.crosstab(segment, customers[column].astype("str").where(customers[column].notna()))
            everyone = counts.sum() / counts.to_numpy().sum()
            named = [of for by, of in shown if by == dimension and of in counts.index]
            others = np.tile(~counts.index.isin(named)[:, None], counts.shape[1])
            unseen = hidden_cells(counts.to_numpy(), minimum, others)
            for name in named:
                of = counts.loc[name]
                share = of[~unseen[counts.index.get_loc(name)] & (of > 0)] / of.sum()
                top = share.sort_values(ascending=False, kind="stable").head(MOST_NAMES)
                rows += [
                    (dimension, name, kind, value, top[value], 100 * top[value] / everyone[value])
                    for value in top.index
                ]
    return pd.DataFrame(rows, columns=["dimension", "segment", "kind", "name", "share", "index"])
