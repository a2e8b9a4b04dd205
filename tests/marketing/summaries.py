"""The summary of a shop that has everything, from which tests take things away."""

from copy import deepcopy
from typing import Any

FULL: dict[str, Any] = {
    "shop": "00ff",
    "as_of": "2025-12-31",
    "horizon_days": 180,
    "currency": "EUR",
    "customers": 2000,
    "synthetic": False,
    "not_known": [],
    "forecast": {
        "total": 110_000.0,
        "lower_95": 90_000.0,
        "upper_95": 130_000.0,
        "level_error": 0.08,
        "expected_buyers": 700.4,
    },
    "season_index": 0.9,
    "last_horizon": {"known_customers": 1600, "of_known": 100_000.0, "new_customers": 400, "of_new": 30_000.0},
    "top_segment": {
        "name": "Champions",
        "customers": 300,
        "customer_share": 0.15,
        "total": 66_000.0,
        "share": 0.6,
        "mean": 220.0,
    },
    "budget": {
        "mode": "optimal",
        "source": "tests",
        "total": 5000.0,
        "spent": 5000.0,
        "forecast_margin": 44_000.0,
        "warning": "",
        "not_spent": 0.0,
        "expected_margin": 9000.0,
        "lower_95": 2000.0,
        "upper_95": 16_000.0,
        "window_days": 60,
        "split": [
            {"tier": "High-CLV", "channel": "social", "budget": 3000.0},
            {"tier": "Growth-Potential", "channel": "email", "budget": 1100.0},
            {"tier": "High-CLV", "channel": "email", "budget": 900.0},
        ],
        "next": {
            "amount": 1000.0,
            "margin": 1500.0,
            "split": [{"tier": "High-CLV", "channel": "email", "amount": 1000.0}],
        },
    },
    "at_risk": {
        "customers": 50,
        "lost_value": 4000.0,
        "paid": 25,
        "paid_tiers": ["High-CLV", "Growth-Potential"],
        "main": {"reason": "overdue", "customers": 30, "lost_value": 2500.0},
    },
    "campaign": {"treated": 1800, "holdout": 200, "channels": {"email": 1000, "ad": 800}},
    "evidence": {"tests": 1, "participants": 1500, "proven": 0},
    "next_test": {
        "outcome": "purchased",
        "window_days": 60,
        "rise": 0.05,
        "participants": 1500,
        "duration_days": 70,
        "enough_customers": True,
        "customers": 1700,
        "rise_8_weeks": 0.06,
        "finished": 1,
    },
    "uploads": {},
    "data": {"rows": 10_000, "share": 0.001, "many": False},
    "trust": {
        "customers": 1600,
        "why": "",
        "bias": -0.014,
        "coverage_95": 0.951,
        "gini": 0.8,
        "gini_naive": 0.7,
        "earlier": [-0.1, -0.02],
        "passed": 7,
        "failed": [],
    },
}


def shop(**changes: Any) -> dict[str, Any]:
    """The full summary with some of its numbers replaced; `budget__spent=1.0` sets `spent` of `budget`."""
    made = deepcopy(FULL)
    for name, value in changes.items():
        *parents, last = name.split("__")
        section = made
        for parent in parents:
            section = section[parent]
        section[last] = value
    return made


def unjudged() -> dict[str, Any]:
    """A shop whose history is too short to judge anything, with a rule instead of tests, and without touches."""
    split = [
        {"tier": "High-CLV", "channel": "all", "budget": 2500.0},
        {"tier": "Low-CLV", "channel": "all", "budget": 2500.0},
    ]
    return shop(
        forecast__lower_95=None,
        forecast__upper_95=None,
        forecast__level_error=None,
        last_horizon=None,
        at_risk=None,
        next_test=None,
        budget__mode="rule",
        budget__source="none",
        budget__expected_margin=None,
        budget__lower_95=None,
        budget__upper_95=None,
        budget__split=split,
        budget__next__margin=None,
        budget__next__split=[],
        campaign__channels={"none known": 1800},
        trust={
            "customers": 0,
            "why": "the history is too short",
            "bias": None,
            "coverage_95": None,
            "gini": None,
            "gini_naive": None,
            "earlier": [],
            "passed": 0,
            "failed": [],
        },
    )
