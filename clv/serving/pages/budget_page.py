"""The page of the budget: where the run's money goes, and, if it is split by a rule, the split of another total."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from fastapi.responses import Response

from clv.errors import shown
from clv.reporting.kit.table import Column, facts, table, write
from clv.serving.asked import split_budget
from clv.serving.bodies import LARGEST
from clv.serving.budget_answers import body, budget, is_of_run, require_rule
from clv.serving.http_refusals import STATUS
from clv.serving.pages.choices import typed_number
from clv.serving.pages.look import PageFrame, show
from clv.serving.refused import RefusedError
from clv.serving.release import Release
from clv.serving.state import Serving
from clv.serving.working import ask

BUDGET = "/budget"
SPLITS = {
    "ours": "this budget",
    "rule": "shares by tier",
    "equal": "equal parts",
    "best_expected": "most expected profit, no caution",
}


async def budget_page(serving: Serving, setting: PageFrame, query: Mapping[str, str]) -> Response:
    """The budget of the run, or of another `total`; with status 422 if that cannot be split."""
    release, typed = serving.release, query.get("total", "").strip()
    run = budget(release)
    if not typed:
        return _shown(release, setting, run, run)
    try:
        total = _amount(typed)
        if is_of_run(release, total):
            return _shown(release, setting, run, run, typed)
        require_rule(release, total)
        figures, tables = await ask(serving, split_budget, total)
    except ValueError:
        error = f"give an amount of money from 0 on, such as 50000, not {shown(typed)}"
        return _shown(release, setting, run, run, typed, error, 422)
    except RefusedError as refused:
        return _shown(release, setting, run, run, typed, str(refused), STATUS[refused.code])
    return _shown(release, setting, run, body(release, figures, tables.__getitem__), typed)


def _amount(typed: str) -> float:
    """An amount of money as people type it; raises `ValueError` if it is invalid."""
    amount = typed_number(typed)
    if not 0 <= amount <= LARGEST:  # NaN fails the comparison
        raise ValueError(typed)
    return amount


def _shown(
    release: Release,
    setting: PageFrame,
    run: Mapping[str, Any],
    answer: Mapping[str, Any],
    typed: str = "",
    error: str = "",
    status: int = 200,
) -> Response:
    """The page of the budget in `answer`, which is that of the `run` unless another total was requested."""
    figures, currency = answer["budget"], release.currency
    return show(
        "budget_page.html.j2",
        setting,
        "Budget",
        BUDGET,
        status,
        figures=figures,
        by_rule=figures["mode"] == "rule",
        is_run=answer is run,
        run_total=run["budget"]["total"],
        typed=typed,
        error=error,
        numbers=facts(_numbers(figures, currency)).html,
        cells=_table(answer["cells"], _cells(currency), "What each tier gets through each channel"),
        tiers=_table(answer["tiers"], _tiers(currency), "What a new customer of a tier may cost, and how to spend"),
        others=_table(
            [row | {"allocation": SPLITS.get(row["allocation"], row["allocation"])} for row in answer["regret"]],
            _others(currency),
            "The same money in other splits, judged by the same response of customers",
        ),
    )


def _numbers(figures: Mapping[str, Any], currency: str) -> Sequence[tuple[str, str]]:
    """The budget in a few numbers: (label, value)."""
    rows = [
        (f"budget, {currency}", write(figures["total"], "money")),
        (f"spent, {currency}", write(figures["allocated"], "money")),
        (f"expected margin from it, {currency}", write(figures["expected_margin"], "money")),
    ]
    if figures["lower_95"] is not None:
        interval = f"{write(figures['lower_95'], 'money')} to {write(figures['upper_95'], 'money')}"
        rows.append((f"95% interval of that, {currency}", interval))
    return rows


def _table(rows: Sequence[Mapping[str, Any]], columns: Sequence[Column], caption: str) -> str:
    """A table of the columns that have any value; "" without rows."""
    if not rows:
        return ""
    known = [column for column in columns if any(row.get(column.name) not in (None, "") for row in rows)]
    return table(pd.DataFrame(list(rows)), known, caption).html


def _cells(currency: str) -> Sequence[Column]:
    return (
        Column("tier", "tier"),
        Column("channel", "channel"),
        Column("customers", "customers", "count"),
        Column("budget", f"budget, {currency}", "money"),
        Column("share", "share", "share"),
        Column("spend_per_customer", "per customer", "money"),
        Column("expected_margin", f"expected margin, {currency}", "money"),
        Column("lower_95", "95% from", "money"),
        Column("upper_95", "to", "money"),
        Column("marginal_return", f"next 1 {currency} yields", "ratio"),
        Column("bound_by", "held by"),
    )


def _tiers(currency: str) -> Sequence[Column]:
    return (
        Column("tier", "tier"),
        Column("budget", f"budget, {currency}", "money"),
        Column("share", "share", "share"),
        Column("margin_clv", f"margin of a customer, {currency}", "money"),
        Column("cac_target", f"CAC target, {currency}", "money"),
        Column("bid_ceiling", f"bid no more than, {currency}", "money"),
        Column("payback_days", "pays back in, days", "days"),
        Column("strategy", "how to spend"),
    )


def _others(currency: str) -> Sequence[Column]:
    return (
        Column("allocation", "split"),
        Column("spent", f"spent, {currency}", "money"),
        Column("expected_margin", f"expected margin, {currency}", "money"),
        Column("expected_profit", f"expected profit, {currency}", "money"),
        Column("regret", f"less than the best, {currency}", "money"),
    )
