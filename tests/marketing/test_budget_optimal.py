"""Optimal budgets: against brute force, by their marginal returns, under bounds, to the cent."""

import itertools
from dataclasses import replace
from typing import Any, Literal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clv.errors import InputError
from clv.marketing.budget.optimal import cvar, optimise
from clv.marketing.budget.params import BudgetParams, CellBound
from clv.marketing.budget.response import Response
from clv.marketing.tiers import HIGH, LOW
from clv.params import Params
from tests.marketing.budgets import random_response, setting


@pytest.fixture(scope="module")
def params(project_params: Params) -> BudgetParams:
    return project_params.budget


def objective(response: Response, budgets: np.ndarray, worst: float, aversion: float) -> float:
    profit = response.margin(budgets) - budgets.sum()
    return float((1 - aversion) * profit.mean() + aversion * cvar(profit, worst))


@pytest.mark.parametrize("aversion", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("seed", [0, 1])
def test_no_budget_of_a_grid_is_better(params: BudgetParams, aversion: float, seed: int) -> None:
    response = random_response(3, 60, seed).times(4)
    case = setting(response, replace(params, risk_aversion=aversion, bounds=(), channel_caps={}), ("email",))
    total = 2000.0
    found = optimise(response, case.limits(total), total, 0.1, aversion)
    steps = np.arange(0, total + 1, 40.0)
    inside = [np.array(b) for b in itertools.product(steps, repeat=3) if sum(b) <= total]
    inside = [b for b in inside if (b <= response.highest).all()]
    best = max(objective(response, b, 0.1, aversion) for b in inside)
    mine = objective(response, found.budgets, 0.1, aversion)
    assert mine >= best - 1e-6 * abs(best), "the grid is a part of what may be chosen"
    assert mine <= best * 1.001 + 1.0, "and fine enough to come within a thousandth"


@pytest.mark.parametrize("aversion", [0.0, 0.5, 1.0])
def test_cells_between_their_bounds_have_equal_returns(params: BudgetParams, aversion: float) -> None:
    response = random_response(9, 200, 3)
    case = setting(response, replace(params, risk_aversion=aversion), ("email", "search", "social"))
    total = 3000.0
    limits = case.limits(total)
    found = optimise(response, limits, total, 0.1, aversion)
    returns = response.slope(found.budgets) @ found.weights
    free = (found.budgets > limits.lowest + 1) & (found.budgets < limits.highest - 1)
    assert free.sum() >= 3
    assert returns[free] == pytest.approx(1 + found.shadow, rel=1e-3)
    assert (returns[found.budgets <= limits.lowest + 1] <= 1 + found.shadow + 1e-3).all()
    assert (returns[found.budgets >= limits.highest - 1] >= 1 + found.shadow - 1e-3).all()
    # The weights are those of the CVaR at this budget: no draw exceeds its share, and the weights attain the optimum.
    profit = response.margin(found.budgets) - found.budgets.sum()
    assert found.weights.sum() == pytest.approx(1)
    assert found.weights.max() <= (1 - aversion) / 200 + aversion / (0.1 * 200) + 1e-6
    assert found.weights @ profit == pytest.approx(objective(response, found.budgets, 0.1, aversion), rel=1e-4)


def test_caution_gives_up_profit_for_the_worst_cases(params: BudgetParams) -> None:
    response = random_response(9, 200, 5)
    case = setting(response, params, ("email", "search", "social"))
    bold, careful = (case.cautious(a).allocate(6000.0).budgets for a in (0.0, 1.0))
    profits = [response.margin(b) - b.sum() for b in (bold, careful)]
    assert profits[0].mean() > profits[1].mean()
    assert cvar(profits[1], 0.1) > cvar(profits[0], 0.1)


@settings(max_examples=40, deadline=None)
@given(
    st.integers(0, 10_000),
    st.floats(0, 20_000),
    st.floats(0, 1),
    st.floats(0, 1),
    st.floats(0, 3000),
    st.sampled_from(["optimal", "rule"]),
)
def test_budgets_keep_the_cent_the_bounds_and_the_caps(
    params: BudgetParams,
    seed: int,
    total: float,
    low: float,
    high: float,
    cap: float,
    mode: Literal["rule", "optimal"],
) -> None:
    response = random_response(6, 50, seed)
    total = round(total, 2)
    least = round(min(low * response.highest[0], total / 2, cap) // 2, 2)
    most = round(max(least, high * response.highest[0]), 2)
    case = setting(
        response,
        replace(
            params,
            bounds=(CellBound(HIGH, "email", least, most),),
            channel_caps={"email": round(cap, 2)},
        ),
        ("email", "search"),
    )
    budgets = replace(case, mode=mode).allocate(total).budgets
    cents = budgets * 100
    assert np.abs(cents - np.round(cents)).max() < 1e-6
    assert round(budgets.sum(), 2) <= total
    assert (budgets >= 0).all()
    assert (budgets <= response.highest + 0.005).all()
    assert least <= budgets[0] <= most
    assert round(budgets[::2].sum(), 2) <= round(cap, 2)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.floats(100, 4000), st.floats(1.05, 2), st.sampled_from([0.0, 0.5]))
def test_more_money_never_brings_less(
    params: BudgetParams, seed: int, total: float, factor: float, aversion: float
) -> None:
    response = random_response(6, 50, seed)
    case = setting(response, replace(params, risk_aversion=aversion), ("email", "search"))
    small, large = (case.allocate(money).budgets for money in (total, total * factor))
    assert large.sum() >= small.sum() - 1, "more is spent, to a unit of money"
    worth = [objective(response, b, params.worst_share, aversion) for b in (small, large)]
    assert worth[1] >= worth[0] - 5


def test_what_brings_less_than_it_costs_stays_unspent(params: BudgetParams) -> None:
    flat = Response(np.full((3, 1), 50.0), np.full((3, 1), 100.0), np.full(3, 1000.0))
    assert setting(flat, params, ("email",)).allocate(900.0).budgets.sum() == 0
    steep = Response(np.full((3, 1), 400.0), np.full((3, 1), 100.0), np.full(3, 1000.0))
    budgets = setting(steep, params, ("email",)).allocate(900.0).budgets
    assert budgets == pytest.approx(100), "sqrt(V K) - K each, where the next unit yields what it costs"


CAP, LOW_CAP = {"email": 40.0}, (CellBound(HIGH, "email", 50.0, 95.0),)
IMPOSSIBLE: list[tuple[dict[str, Any], str]] = [
    (
        {"channel_caps": {"radio": 5.0}},
        "budget.channel_caps must name channels of the budget, got 'radio'; there are email; fix or drop it",
    ),
    (
        {"bounds": (CellBound(LOW, "radio", 0.0, 5.0),)},
        "budget.bounds must name channels of the budget, got Low-CLV x radio; there are email; fix or drop it",
    ),
    (
        {"bounds": (CellBound(HIGH, "email", 90.0, 95.0), CellBound(LOW, "email", 20.0, 30.0))},
        "budget.bounds: the minima of High-CLV x email, Low-CLV x email must not sum to more than budget.total, "
        "100.00, got 110.00; lower them or raise the total",
    ),
    (
        {"bounds": LOW_CAP, "channel_caps": CAP},
        "budget.channel_caps: the cap of email, 40.00, must not be less than the minima of High-CLV x email, got "
        "50.00; raise the cap or lower them",
    ),
    (
        {"bounds": (CellBound(HIGH, "email", 600.0, 700.0),)},
        "budget.bounds: the minimum of High-CLV x email must not exceed what was ever tried on so many customers, "
        "500.00, got 600.00; lower it, or test higher costs",
    ),
]


@pytest.mark.parametrize(("change", "message"), IMPOSSIBLE)
def test_bounds_that_nothing_can_keep_are_named(params: BudgetParams, change: dict[str, Any], message: str) -> None:
    response = Response(np.full((3, 1), 400.0), np.full((3, 1), 100.0), np.full(3, 500.0))
    with pytest.raises(InputError) as error:
        setting(response, replace(params, **change), ("email",)).allocate(100.0)
    assert str(error.value) == message


def test_a_cap_of_nothing_closes_a_channel(params: BudgetParams) -> None:
    response = random_response(6, 50, 1)
    case = setting(response, replace(params, channel_caps={"email": 0.0}), ("email", "search"))
    for way in (case.allocate(1000.0), case.by_rule(1000.0), case.equally(1000.0)):
        assert (way.budgets[::2] == 0).all()
        assert way.budgets[1::2].sum() > 0


def test_the_cvar_is_the_mean_of_the_worst() -> None:
    profit = np.array([5.0, -1.0, 3.0, 9.0])
    assert cvar(profit, 0.5) == 1.0
    assert cvar(profit, 1.0) == profit.mean()
    assert cvar(profit, 0.375) == pytest.approx((-1.0 + 0.5 * 3.0) / 1.5)
