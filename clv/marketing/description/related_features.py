"""Rank correlations of features with the value that was then realised, and with each other."""

import numpy as np
import pandas as pd

from clv.features.columns import TARGET

FEWEST = 100  # customers with a known feature: the correlation of fewer is mostly chance
FEWEST_OF_TWO = 30  # customers with two known figures
LEADERS = 6
RELATIONS = ["feature", "group", "description", "rho", "customers"]
# Features that a reader can picture, with their labels in charts; revenue so far is left out, because it is
# purchases times spend per purchase.
FIGURES = {
    "recency_days": "days since last purchase",
    "frequency": "repeat purchases",
    "monetary_value": "spend per purchase day",
    "tenure_days": "days since first purchase",
    "gap_mean_days": "days between purchases",
    "categories": "categories bought",
    "unit_price_mean": "price of a unit",
    "discount_share": "share of discount",
    "return_share": "share returned",
    "eco_share": "share of eco products",
    "weekend_share": "share of weekend days",
    "acquisition_cost": "cost of acquisition",
    "touches_90d": "touches in 90 days",
    "open_share_90d": "share of touches opened",
}


def numbers_of(described: pd.DataFrame) -> list[str]:
    """The features in the list of features that are present and numeric."""
    return list(_numbers(described)["feature"])


def relations(customers: pd.DataFrame, described: pd.DataFrame) -> pd.DataFrame:
    """Correlations of features with the value that was then realised: one row per numeric feature, the strongest first.

    Takes a labelled snapshot (one row per customer) and the list of features. Columns: those of the list, rho, the
    Spearman correlation over the customers with a known feature, and customers, the number of these.
    """
    rows = _numbers(described).set_index("feature")
    known = [name for name in rows.index if customers[name].count() >= FEWEST]
    names = [name for name in known if customers[name].min() < customers[name].max()]
    if customers[TARGET].nunique() < 2 or not names:
        return pd.DataFrame(columns=RELATIONS)
    rho = [_rank_correlation(customers[name], customers[TARGET]) for name in names]
    found = rows.loc[names].assign(rho=np.round(rho, 3), customers=customers[names].count())
    found = found.dropna(subset="rho").reset_index()
    return found.sort_values("rho", key=lambda v: -v.abs(), kind="stable", ignore_index=True)


def leaders(found: pd.DataFrame, described: pd.DataFrame) -> list[str]:
    """The strongest feature of each of the strongest groups, among those known for half of the customers or more.

    Without relations it is the first numeric feature of each group.
    """
    rows = _numbers(described) if found.empty else found
    return list(rows[rows["known_share"] >= 0.5].drop_duplicates("group")["feature"].head(LEADERS))


def correlations(customers: pd.DataFrame) -> pd.DataFrame:
    """Rank correlation of each pair of FIGURES in a snapshot: one row per pair, with one, other and rho.

    Only figures that vary are included, in the order of FIGURES; rho is missing where too few customers have both.
    """
    names = [name for name in FIGURES if name in customers and customers[name].min() < customers[name].max()]
    found = customers[names].corr(method="spearman", min_periods=FEWEST_OF_TWO).round(2) + 0.0  # no -0.00
    pairs = [(one, other, found.loc[one, other]) for i, one in enumerate(names) for other in names[:i]]
    return pd.DataFrame(pairs, columns=["one", "other", "rho"])


def _numbers(described: pd.DataFrame) -> pd.DataFrame:
    return described[(described["status"] == "present") & (described["unit"] != "text")]


def _rank_correlation(one: pd.Series, other: pd.Series) -> float:
    known = one.notna() & other.notna()
    return float(one[known].rank().corr(other[known].rank()))
