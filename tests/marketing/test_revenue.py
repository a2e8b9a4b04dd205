"""Revenue by month: groups add up to the shop, small groups are hidden, and months stand beside those a year before."""

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from clv.data.types import MINOR_PER_UNIT
from clv.evaluation.months_interval import Uncertainty
from clv.evaluation.months_judged import ALL, KNOWN, NEW
from clv.features.past import days_since_epoch
from clv.features.span import calendar_months
from clv.features.timeline import Plan, Recipe, Rows
from clv.marketing.revenue.groups_by_month import SHOWN, cohort_of, groups_by_month
from clv.marketing.revenue.shop_months import COLUMNS, curve, shop_months
from clv.marketing.tiers import TIERS
from clv.models.btyd.value import Btyd
from clv.models.value_over_time import by_month
from tests.marketing.customers import customers
from tests.models.test_value_over_time import CUTOFF, HORIZON, PARETO

PLAN = Plan("temporal", "", HORIZON, date(2022, 9, 1), CUTOFF, None, Recipe(CUTOFF, (), None, Rows(CUTOFF)))
SPANS = calendar_months(CUTOFF)
DOUBT = Uncertainty(0.1, 0.05)


@pytest.fixture(scope="module")
def values() -> pd.DataFrame:
    rng = np.random.default_rng(5)
    found = customers(400)
    tenure = rng.integers(0, 700, len(found))
    return found.assign(tenure_days=tenure, recency_days=np.minimum(found["recency_days"], tenure))


def of_customers(values: pd.DataFrame, btyd: Btyd = PARETO) -> np.ndarray:
    return by_month(btyd, values, values["predicted_clv"].to_numpy(), CUTOFF, SPANS)


def months_of(values: pd.DataFrame, revenue: pd.DataFrame | None = None, plan: Plan = PLAN) -> pd.DataFrame:
    nothing = pd.DataFrame({"part": ["test"], "first_day": [0], "day": [0], "net_minor": [0]})
    known = of_customers(values).sum(axis=0) / MINOR_PER_UNIT
    forecasts = {KNOWN: known, NEW: np.round(np.linspace(10, 20, len(SPANS)), 2)}
    return shop_months(forecasts, {KNOWN: DOUBT, NEW: DOUBT}, nothing if revenue is None else revenue, plan, SPANS)


@pytest.mark.parametrize("dimension", ["tier", "cohort"])
def test_groups_add_up_to_the_shop_to_the_cent(values: pd.DataFrame, dimension: str) -> None:
    groups = values["tier"] if dimension == "tier" else cohort_of(values["tenure_days"], CUTOFF)
    order = TIERS if dimension == "tier" else sorted(set(groups))
    table = groups_by_month(values, of_customers(values), groups, order, DOUBT, PLAN, SPANS, 2)
    months = months_of(values)
    shop = months[months["kind"] == KNOWN]
    assert list(dict.fromkeys(table[dimension])) == list(order)
    for amount in ("forecast", "cumulative"):
        sums = table.groupby("months_ahead")[amount].sum().to_numpy()
        assert np.rint(sums * 100).tolist() == np.rint(shop[amount].to_numpy() * 100).tolist()
    assert shop["forecast"].sum() == pytest.approx(shop["cumulative"].iloc[-1], abs=1e-6)
    assert table.groupby(dimension)["customers"].first().sum() == len(values)


def test_a_group_is_less_sure_than_the_shop(values: pd.DataFrame) -> None:
    table = groups_by_month(values, of_customers(values), values["tier"], TIERS, DOUBT, PLAN, SPANS, 2)
    months = months_of(values)
    last = months[(months["kind"] == KNOWN)].iloc[-1]
    for row in table.groupby("tier").tail(1).itertuples():
        own = np.log(row.cumulative_upper_95 / row.cumulative_lower_95)
        assert own > np.log(last.cumulative_upper_95 / last.cumulative_lower_95)


def test_small_groups_are_hidden_with_those_by_which_they_could_be_worked_out(values: pd.DataFrame) -> None:
    few = values["tier"].where(np.arange(len(values)) > 5, TIERS[0]).rename("tier")
    few = few.where((few != TIERS[0]) | (np.arange(len(values)) <= 5), TIERS[1])
    table = groups_by_month(values, of_customers(values), few, TIERS, DOUBT, PLAN, SPANS, 20)
    hidden = set(table.loc[table["suppressed"], "tier"])
    assert TIERS[0] in hidden
    assert len(hidden) == 2
    assert table.loc[table["suppressed"], list(SHOWN)].isna().all(axis=None)
    assert table.loc[~table["suppressed"], list(SHOWN)].notna().all(axis=None)


def test_where_nobody_is_told_apart_there_are_no_groups(values: pd.DataFrame) -> None:
    table = groups_by_month(values, of_customers(values), values["tier"], (), DOUBT, PLAN, SPANS, 2)
    assert table.empty
    assert {"tier", *SHOWN} <= set(table)


def test_months_are_marked_beyond_the_horizon_and_new_customers_everywhere(values: pd.DataFrame) -> None:
    months = months_of(values)
    assert tuple(months) == COLUMNS
    known = months[months["kind"] == KNOWN].set_index("month")["is_extrapolated"]
    assert not known[:"2025-01"].any()  # 180 days from 14 August end on 10 February
    assert known["2025-02":].all()
    assert months.loc[months["kind"] == NEW, "is_extrapolated"].all()
    both = months[months["kind"] == ALL]["forecast"].to_numpy()
    assert both == pytest.approx(sum(months[months["kind"] == kind]["forecast"].to_numpy() for kind in (KNOWN, NEW)))
    assert len(curve(months)) == len(SPANS)


def test_a_year_before_is_split_at_its_own_date(values: pd.DataFrame) -> None:
    """Customers known on 14 August 2023, and customers who came after it, in the same calendar days."""
    day = {name: days_since_epoch(date.fromisoformat(name)) for name in ("2023-08-14", "2023-08-15", "2023-09-30")}
    rows = [("test", day["2023-08-14"], day["2023-09-30"], 300), ("test", day["2023-08-15"], day["2023-09-30"], 5000)]
    revenue = pd.DataFrame(rows, columns=["part", "first_day", "day", "net_minor"])
    found = months_of(values, revenue).set_index(["month", "kind"])["year_before"]
    assert found["2024-09"].to_dict() == {KNOWN: 3.0, NEW: 50.0, ALL: 53.0}
    assert found["2024-10"].to_dict() == {KNOWN: 0.0, NEW: 0.0, ALL: 0.0}
    young = months_of(values, revenue, replace(PLAN, first_day=date(2023, 9, 15))).set_index(["month", "kind"])
    assert np.isnan(young["year_before"]["2024-09", ALL])
    assert young["year_before"]["2024-10", ALL] == 0.0


def test_cohorts_are_years_of_the_first_purchase() -> None:
    days = pd.Series([0, 226, 227, 593])
    assert cohort_of(days, date(2024, 8, 14)).tolist() == ["2024", "2024", "2023", "2022"]
