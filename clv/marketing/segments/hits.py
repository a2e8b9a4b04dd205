"""How well the backtest's tiers identified the customers who then spent most."""

import numpy as np
import pandas as pd
from scipy.stats import binomtest

from clv.evaluation.forecast_names import BAYES, LATENT_TRUTH
from clv.marketing.params import TierParams
from clv.marketing.tiers import ELITE, HIGH, TIERS, assign_drawn, assign_tiers, is_elite, is_elite_drawn
from clv.suppression import hidden

GOAL = 0.85  # of the customers in the highest tier should belong there by what they then spent
KNOWN = (BAYES, LATENT_TRUTH)  # forecasts under the true process of a synthetic shop, or from its truth
COLUMNS = [
    "tier",
    "customers",
    "realised_customers",
    "hits",
    "precision",
    "precision_lower",
    "precision_upper",
    "recall",
    "recall_lower",
    "recall_upper",
    "by_chance",
    "value_share",
    "value_share_perfect",
    *KNOWN,
]


def tier_hits(
    test: pd.DataFrame, params: TierParams, confidence: float, metrics: pd.DataFrame, minimum: int
) -> pd.DataFrame:
    """One row per tier and Elite: customers in it by forecast, customers in it by realised value, and those in both.

    `test` has `predicted_clv` and `realised`, money, one row per test customer; `metrics` is the table of metrics that
    evaluate wrote. Precision is hits over customers, recall hits over realised customers, each with its Wilson interval
    at `confidence`; `by_chance` is the precision of a random draw; `value_share` is the share of all realised value of
    the tier's customers, and `value_share_perfect` that of the customers who belong there. `bayes` and `latent_truth`
    are the precision of the ceilings of a synthetic shop, where evaluate has judged a share of that size; else NaN. No
    rows without test customers. With tiers by thresholds a tier may have no customers; its precision is NaN. All
    figures are NaN for tiers that `hidden` suppresses at `minimum`, by either count, and for an Elite of fewer.
    """
    n = len(test)
    if n == 0:
        return pd.DataFrame(columns=COLUMNS)
    # Equal values, such as 0, are in a fixed random order, which is how evaluate breaks ties: rows come
    # by customer id, which is not neutral.
    rows = test.iloc[np.random.default_rng(0).permutation(n)]
    forecast, realised = rows["predicted_clv"].to_numpy(), rows["realised"].to_numpy()
    put, belong = assign_tiers(forecast, params), assign_drawn(realised, params)
    members = {tier: (put == tier, belong == tier) for tier in TIERS}
    members[ELITE] = is_elite(forecast, params.elite), is_elite_drawn(realised, params.elite)
    shares = {ELITE: params.elite} | ({HIGH: params.shares.high_clv} if params.by == "shares" else {})
    total = float(realised.sum())
    found = []
    for tier, (there, should) in members.items():
        hits = int((there & should).sum())
        found.append(
            {"tier": tier, "customers": int(there.sum()), "realised_customers": int(should.sum()), "hits": hits}
            | _share("precision", hits, int(there.sum()), confidence)
            | _share("recall", hits, int(should.sum()), confidence)
            | {
                "by_chance": should.mean(),
                "value_share": realised[there].sum() / total if total > 0 else np.nan,
                "value_share_perfect": realised[should].sum() / total if total > 0 else np.nan,
            }
            | {name: _judged(metrics, name, shares.get(tier)) for name in KNOWN}
        )
    table = pd.DataFrame(found, columns=COLUMNS)
    counts = [table.loc[: len(TIERS) - 1, name].to_numpy() for name in ("customers", "realised_customers")]
    small = bool((table.iloc[-1][["customers", "realised_customers"]] < minimum).any())
    unseen = np.append(hidden(counts[0], minimum) | hidden(counts[1], minimum), small)
    return table.assign(**{name: table[name].where(~unseen) for name in COLUMNS[1:]})


def _share(name: str, hits: int, n: int, confidence: float) -> dict[str, float]:
    """A share and its interval; NaN where `n` is 0."""
    if n == 0:
        return dict.fromkeys((name, f"{name}_lower", f"{name}_upper"), np.nan)
    interval = binomtest(hits, n).proportion_ci(confidence, method="wilson")
    return {name: hits / n, f"{name}_lower": interval.low, f"{name}_upper": interval.high}


def _judged(metrics: pd.DataFrame, forecast: str, share: float | None) -> float:
    """The precision of another forecast in the top share, as evaluate judged it; NaN where it did not."""
    if share is None or "metric" not in metrics:
        return float("nan")
    rows = (metrics["forecast"] == forecast) & (metrics["metric"] == f"precision_top_{share * 100:g}")
    return float(metrics.loc[rows, "value"].iloc[0]) if rows.any() else float("nan")
