"""What sets the forecast of a customer apart from those of the others, in words."""

import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from clv.evaluation.explanation import BASE, DECIMALS, VALUE
from clv.features.columns import CUSTOMER
from clv.features.feature import Feature

REASONS = 5  # per customer
COLUMNS = {CUSTOMER: "str", "rank": "int64", "feature": "str", "value": "str", "factor": "float64", "text": "str"}
UNKNOWN = "not known"
SYMBOLS = re.compile(r" \((?:T - t_x|T|x)\)")  # symbols of the papers in descriptions of features


def reasons(
    found: pd.DataFrame,
    usual: pd.Series,
    ids: np.ndarray,
    values: pd.DataFrame,
    typical: Mapping[str, object],
    table: Mapping[str, Feature],
) -> pd.DataFrame:
    """The five features that move the forecast of each customer most, against the mean customer: one row per reason.

    `found` are contributions, one row per customer as in `ids` (n,) and in `values`, the features; `usual` is the mean
    contribution of each feature over all customers, `typical` its typical value. Columns: customer_id; rank, 1 moves
    most; feature; value; `factor` on the forecast, 1 for the mean contribution; text, which states all of these.
    Without contributions there are no rows.
    """
    # By name, and sorted stably: of equal contributions the first by name comes first.
    names = sorted(str(name) for name in found.drop(columns=BASE, errors="ignore"))
    if not names:
        return pd.DataFrame(columns=list(COLUMNS)).astype(COLUMNS)
    relative = (found[names] - usual[names]).round(DECIMALS).to_numpy()
    order = np.argsort(-np.abs(relative), axis=1, kind="stable")[:, :REASONS]
    factors = np.round(np.exp(np.take_along_axis(relative, order, axis=1)), DECIMALS)
    rows = []
    for i, (chosen, by) in enumerate(zip(order, factors, strict=True)):
        for rank, (column, factor) in enumerate(zip(chosen, by, strict=True), start=1):
            feature = table[names[column]]
            value = written(values[feature.name].iloc[i], feature)
            text = sentence(feature, value, written(typical[feature.name], feature), float(factor))
            rows.append((ids[i], rank, feature.name, value, float(factor), text))
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype(COLUMNS)


def typical_values(features: pd.DataFrame) -> dict[str, object]:
    """The median of each numeric feature, the first most frequent value of each other; None where no value is known."""
    found: dict[str, object] = {}
    for name, column in features.items():
        known = column.dropna()
        if known.empty:
            found[str(name)] = None
        elif pd.api.types.is_numeric_dtype(column):
            found[str(name)] = float(known.median())
        else:
            found[str(name)] = str(known.mode().iloc[0])
    return found


def written(value: Any, feature: Feature) -> str:
    """The value of a feature as text, with its unit; money is in the currency of the transactions."""
    if pd.isna(value):
        return UNKNOWN
    if isinstance(value, str):
        return value
    number = float(value)
    if feature.unit == "flag":
        return "yes" if number else "no"
    if feature.unit == "share":
        return f"{number:.1%}"
    if feature.unit in ("money", "ratio"):
        return f"{number:,.2f}"
    plain = f"{number:,.1f}".removesuffix(".0")
    return f"{plain} {'day' if plain == '1' else 'days'}" if feature.unit == "days" else plain


def sentence(feature: Feature, value: str, typical: str, factor: float) -> str:
    """The feature, its value, its effect on the forecast, and its typical value, in one sentence.

    The buy-till-you-die value is the starting point of the forecast. Its factor would refer to a mean of logs, which
    readers cannot interpret; only the column `factor` has it.
    """
    usual = "" if value == typical else f" (typical: {typical})"
    if feature.name == VALUE:
        return f"Starting point: the value expected from purchases so far, {value}{usual}"
    fitted = ", by the buy-till-you-die models" if feature.compute is None else ""
    return f"{SYMBOLS.sub('', feature.description)}{fitted}: {value}, which {effect(factor)}{usual}"


def effect(factor: float) -> str:
    """The effect of a factor on a forecast, in words."""
    if factor >= 2:
        return f"multiplies the forecast by {factor:.1f}"
    if round(100 * (factor - 1)) == 0:
        return "hardly changes the forecast"
    return f"{'raises' if factor > 1 else 'lowers'} the forecast by {abs(factor - 1):.0%}"
