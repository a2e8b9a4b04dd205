"""The few customers that pages name, and the forecasts of all customers in figures."""

from collections.abc import Collection
from typing import Any

import numpy as np
import pandas as pd

from clv import paths
from clv.damage import REPRO
from clv.errors import InputError
from clv.features.columns import CUSTOMER

MOST_SHARE = 0.05  # of the customers, that a page names: many see it, and it need not list half of a small shop
BINS = 39
LOWEST = 0.1  # money: the first bin of forecasts holds all below


def most_named(customers: int, asked: int, least: int) -> int:
    """How many customers a list may name: as many as asked, up to MOST_SHARE of all; none of fewer than `least`."""
    return 0 if customers < least else min(asked, int(MOST_SHARE * customers))


def those_named(forecasts: np.ndarray, asked: int, least: int) -> tuple[int, float]:
    """How many customers are kept to be named, at least one, and the lowest of their forecasts (money), of all (n,)."""
    n = max(1, most_named(len(forecasts), asked, least))
    return n, float(np.partition(forecasts, -n)[-n])


def by_forecast(values: pd.DataFrame) -> pd.DataFrame:
    """Customers by forecast, the highest first."""
    return values.sort_values(["predicted_clv", CUSTOMER], ascending=[False, True])


def candidates(values: pd.DataFrame, n: int, least: float, others: Collection[str | None]) -> pd.DataFrame:
    """The customers who may be among the `n` of all with the highest forecasts, which are `least` or more.

    The `others`, asked for by id, are added.
    """
    top = by_forecast(values[values["predicted_clv"] >= least]).head(n)
    asked = values[values[CUSTOMER].isin(set(others)) & ~values[CUSTOMER].isin(top[CUSTOMER])]
    return pd.concat([top, asked])


def shown(found: pd.DataFrame, n: int, customer: str | None, others: Collection[str]) -> pd.DataFrame:
    """The n candidates of all blocks with the highest forecasts, in that order, and then the customers asked for.

    Asked for are a `customer` (report.customer) and `others`, by id. Raises `InputError` if there is no such customer.
    """
    ranked = by_forecast(found).reset_index(drop=True)
    if customer is not None and customer not in set(ranked[CUSTOMER]):
        raise InputError(
            f"report.customer must be a customer_id of data/customer_values, got {customer!r}; "
            f"give one of these, such as {ranked[CUSTOMER].iloc[0]}, or null"
        )
    return ranked[(ranked.index < n) | ranked[CUSTOMER].isin({customer, *others})].reset_index(drop=True)


def chosen(shown: pd.DataFrame, asked: str | None) -> pd.Series:
    """The row of the customer asked for by id, or of the one with the highest forecast if none is asked for.

    Takes data/described/customers.parquet. Raises `InputError` where the customer is not in it.
    """
    if asked is None:
        return shown.iloc[0]
    found = shown[shown[CUSTOMER] == asked]
    if found.empty:
        raise InputError(f"{paths.SHOWN_CUSTOMERS} has no customer {asked!r}; {REPRO}")
    return found.iloc[0]


def forecast_figures(forecasts: np.ndarray, p_purchase: np.ndarray, are_known: bool) -> dict[str, Any]:
    """Forecasts of all customers, (n,) in money, in a few numbers; null where it is not known who comes back."""
    if not are_known:
        nothing = dict.fromkeys(("total", "top_fifth_share", "expected_buyers", "median", "largest"))
        return {"customers": len(forecasts), **nothing}
    rising = np.sort(forecasts)  # sums of floats depend on the order
    total, top = rising.sum(), rising[-max(1, round(len(rising) * 0.2)) :].sum()
    return {
        "customers": len(rising),
        "total": total,
        "top_fifth_share": top / total if total > 0 else None,
        "expected_buyers": np.sort(p_purchase).sum(),
        "median": np.median(rising),
        "largest": rising[-1],
    }


def forecast_bins(forecasts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Edges (BINS + 1,) in equal ratios, and how many forecasts lie between them; the first bin holds all below."""
    held = np.maximum(forecasts, LOWEST)
    edges = np.logspace(np.log10(LOWEST), np.log10(max(held.max(), 1.0) * 1.01), BINS + 1).round(9)
    return edges, np.histogram(held, edges)[0]
