"""Reasons: five per customer, the strongest first, in words."""

import re

import numpy as np
import pandas as pd
import pytest

from clv.evaluation.explanation import BASE, VALUE
from clv.evaluation.reasons import COLUMNS, effect, reasons, sentence, typical_values, written
from clv.features.feature import Feature, Unit
from clv.features.feature_table import FEATURES, FITTED

NAMES = list("gfedcba")
TABLE = {name: Feature(name, "ratio", "g", f"What {name} is", None) for name in NAMES}


@pytest.fixture(scope="module")
def found() -> pd.DataFrame:
    rng = np.random.default_rng(1)
    return pd.DataFrame(rng.normal(0, 0.5, (40, len(NAMES))), columns=NAMES).assign(**{BASE: 5.0})


def of(found: pd.DataFrame, usual: pd.Series, values: pd.DataFrame | None = None) -> pd.DataFrame:
    values = found if values is None else values
    ids = np.array([f"c{i}" for i in range(len(found))])
    return reasons(found, usual, ids, values, typical_values(values), TABLE)


def test_every_customer_has_five_the_strongest_first(found: pd.DataFrame) -> None:
    rows = of(found, found.mean())
    assert list(rows) == list(COLUMNS)
    assert rows["customer_id"].to_list() == [f"c{i}" for i in range(40) for _ in range(5)]
    assert rows["rank"].to_list() == [1, 2, 3, 4, 5] * 40
    size = np.log(rows["factor"]).abs().to_numpy().reshape(40, 5)
    assert (np.diff(size, axis=1) <= 1e-3).all()
    relative = (found[NAMES] - found[NAMES].mean()).abs()
    for i in range(40):
        chosen = rows["feature"][5 * i : 5 * i + 5].to_list()
        assert relative.iloc[i].nlargest(5).index.to_list() == chosen
    assert not rows.duplicated(["customer_id", "feature"]).any()


def test_factors_are_against_the_mean_customer() -> None:
    found = pd.DataFrame({name: [0.3, 0.1] for name in NAMES}).assign(**{BASE: 1.0})
    rows = of(found, found.mean())
    assert rows["factor"].to_list() == [1.1052] * 5 + [0.9048] * 5
    assert rows["feature"].to_list() == list("abcde") * 2, "of equal ones the first by name"


def test_all_features_where_there_are_fewer_than_five(found: pd.DataFrame) -> None:
    rows = of(found[["a", "b", BASE]], found.mean(), found)
    assert len(rows) == 80


def test_without_contributions_or_customers_there_are_none(found: pd.DataFrame) -> None:
    for nothing in (pd.DataFrame(index=range(3)), found.head(0)):
        rows = of(nothing, found.mean(), found)
        assert rows.empty
        assert {name: str(dtype) for name, dtype in rows.dtypes.items()} == COLUMNS


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (1234.5, "money", "1,234.50"),
        (0.256, "share", "25.6%"),
        (1.0, "days", "1 day"),
        (1200.0, "days", "1,200 days"),
        (12.34, "days", "12.3 days"),
        (3.0, "count", "3"),
        (1.234, "ratio", "1.23"),
        (1.0, "flag", "yes"),
        (0.0, "flag", "no"),
        ("search", "text", "search"),
        (np.nan, "money", "not known"),
        (None, "text", "not known"),
    ],
)
def test_values_are_written_with_their_unit(value: object, unit: Unit, text: str) -> None:
    assert written(value, Feature("a", unit, "g", "", None)) == text


@pytest.mark.parametrize(
    ("factor", "text"),
    [
        (3.14, "multiplies the forecast by 3.1"),
        (1.35, "raises the forecast by 35%"),
        (0.8, "lowers the forecast by 20%"),
        (1.004, "hardly changes the forecast"),
    ],
)
def test_effects_in_words(factor: float, text: str) -> None:
    assert effect(factor) == text


def test_every_feature_makes_a_sentence() -> None:
    for feature in (*FEATURES, *FITTED):
        value = written("a" if feature.unit == "text" else 0.5, feature)
        text = sentence(feature, value, "typical", 1.2)
        assert not re.search(r"\((T - t_x|T|x)\)", text), "no symbols of the papers"
        if feature.name == VALUE:
            assert text == f"Starting point: the value expected from purchases so far, {value} (typical: typical)"
            continue
        assert text.startswith(re.sub(r" \((T - t_x|T|x)\)", "", feature.description))
        assert text.endswith(f": {value}, which raises the forecast by 20% (typical: typical)")
        assert ("buy-till-you-die" in text) is (feature in FITTED)


def test_typical_is_the_median_or_the_most_frequent() -> None:
    frame = pd.DataFrame(
        {
            "number": [1.0, 2.0, 9.0, np.nan],
            "text": pd.Series(["b", "a", "b", "a"], dtype="str"),
            "nothing": np.full(4, np.nan),
        }
    )
    assert typical_values(frame) == {"number": 2.0, "text": "a", "nothing": None}
