"""Hillstrom's e-mail test of 64,000 customers: published figures, and the usual conclusions from them."""

import numpy as np
import pandas as pd
import pytest

from clv.marketing.experiments.analysis import analyse
from clv.marketing.experiments.comparison import of_shares
from clv.marketing.experiments.randomisation import check
from tests.conftest import SHARED

MENS, WOMENS, NONE = "Mens E-Mail", "Womens E-Mail", "No E-Mail"


@pytest.fixture(scope="module")
def hillstrom() -> pd.DataFrame:
    """The customers as participants: spend as revenue, and spend in the year before as the forecast."""
    path = SHARED / "hillstrom" / "customers.parquet"
    if not path.exists():
        pytest.skip(f"real data not here: {path}")
    rows = pd.read_parquet(path)
    return pd.DataFrame(
        {
            "customer_id": rows["customer_id"],
            "experiment": "hillstrom",
            "arm": rows["treatment"],
            "is_control": rows["treatment"] == NONE,
            "cost": np.nan,
            "revenue": rows["spend"],
            "purchased": rows["conversion"] == 1,
            "visited": rows["visit"] == 1,
            "expected": rows["history"],
        }
    )


@pytest.fixture(scope="module")
def table(hillstrom: pd.DataFrame) -> pd.DataFrame:
    return analyse(hillstrom, 0.95, 0.4, 20).set_index(["outcome", "with_forecast", "arm"])


def test_figures_are_those_published(hillstrom: pd.DataFrame, table: pd.DataFrame) -> None:
    visits = hillstrom.groupby("arm")["visited"].mean()
    assert visits[[MENS, WOMENS, NONE]].tolist() == pytest.approx([0.1828, 0.1514, 0.1062], abs=5e-5)
    bought = table.loc["purchased", False]
    spent = table.loc["revenue", False]
    assert bought.loc[[MENS, WOMENS], "mean"].tolist() == pytest.approx([0.0125, 0.0088], abs=5e-5)
    assert bought["control_mean"].tolist() == pytest.approx([0.0057] * 2, abs=5e-5)
    assert spent.loc[[MENS, WOMENS], "mean"].tolist() == pytest.approx([1.42, 1.08], abs=5e-3)
    assert spent["control_mean"].tolist() == pytest.approx([0.65] * 2, abs=5e-3)


def test_mens_mail_beats_womens_beats_none_in_visits(hillstrom: pd.DataFrame) -> None:
    visited = {arm: rows["visited"].to_numpy() for arm, rows in hillstrom.groupby("arm")}
    for better, worse in ((MENS, WOMENS), (WOMENS, NONE), (MENS, NONE)):
        assert of_shares(visited[better], visited[worse], 0.999).lower > 0


def test_both_mails_beat_none_in_conversion_and_spend(table: pd.DataFrame) -> None:
    assert (table["p_holm"] <= 0.05).all()
    assert (table["lower"] > 0).all()


def test_spend_of_the_year_before_hardly_helps(table: pd.DataFrame) -> None:
    """Spend in two weeks, by a hundredth of the customers, has little to do with spend in the year before."""
    reduction = table.loc[("revenue", True), "variance_reduction"]
    assert 0 < reduction.iloc[0] < 0.005


def test_arms_are_as_they_were_meant(hillstrom: pd.DataFrame) -> None:
    checked = check(hillstrom, {})
    assert checked.alarm == ""
    assert checked.p_sizes > 0.05
    thinned = hillstrom.drop(hillstrom.index[hillstrom["arm"] == NONE][:1000])
    assert "sizes of the arms" in check(thinned, {}).alarm
