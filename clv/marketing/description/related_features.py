"""Which features go with the value that customers then brought, and with each other, by rank."""

import numpy as np
import pandas as pd

from clv.features.columns import TARGET

FEWEST = 100  # customers of whom a feature is known: the correlation of fewer is luck
FEWEST_OF_TWO = 30  # customers of whom two figures are known
LEADERS = 6
RELATIONS = ["feature", "group", "description", "rho", "customers"]
# Features that a reader can picture, with what the picture calls them; what is money so far is left out, because it is
# purchases times value.
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
    """The features that are there and are numbers, of the list of features."""
    return list(_numbers(described)["feature"])


def relations(customers: pd.DataFrame, described: pd.DataFrame) -> pd.DataFrame:
    """How features go with the value that was realised: one row per feature that is a number, the strongest first.

    Takes a labelled snapshot (one row per customer) and the list of features. Columns: those of the list, rho, the
    Spearman correlation over the customers of whom the feature is known, and customers, how many these are.
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
    """The strongest feature of each of the strongest groups, of those known of half of the customers or more.

    Without relations it is the first number of each group.
    """
    rows = _numbers(described) if found.empty else found
    return list(rows[rows["known_share"] >= 0.5].drop_duplicates("group")["feature"].head(LEADERS))


def correlations(customers: pd.DataFrame) -> pd.DataFrame:
    """Rank correlation of every two of FIGURES, from a snapshot: one row per pair, one, other and rho.

    The figures are those that differ, in the order of FIGURES; rho is missing where too few customers have both.
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
