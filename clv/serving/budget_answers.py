"""JSON bodies about the budget: the split of the pipeline, and, if it is by rule, that of another total."""

from collections.abc import Callable
from typing import Any

import pandas as pd

from clv import paths
from clv.marketing.budget.table_files import TABLES
from clv.serving.records import records
from clv.serving.refused import RefusedError
from clv.serving.release import Release

ANSWERED = {name: path for name, path in TABLES.items() if name != "response"}  # response curves are only for pictures


def budget(release: Release) -> dict[str, Any]:
    """The split of the pipeline's run: the figures of reports/metrics/budget.json, and its tables.

    `cells` by tier and channel, `tiers`, and comparisons: `sensitivity` to other circumstances, `regret` of other
    splits, and the `return` of other totals.
    """
    return body(release, release.json(paths.BUDGET_JSON), release.csv)


def is_of_run(release: Release, total: float) -> bool:
    """Whether a total is that of the pipeline's run, to the cent."""
    return round(total, 2) == round(float(release.json(paths.BUDGET_JSON)["total"]), 2)


def require_rule(release: Release, total: float) -> None:
    """Raise `RefusedError` unless the release splits by rule; otherwise another total would need a new optimisation."""
    run = release.json(paths.BUDGET_JSON)
    if run["mode"] != "rule":
        raise RefusedError(
            f"total must be that of the run, {run['total']:.2f}, as the split is {run['mode']}, not by rule, "
            f"got {total:.2f}; run `dvc exp run -S budget.total={total}`",
            code="needs_a_run",
            field="total",
        )


def body(release: Release, figures: dict[str, Any], table: Callable[[Any], pd.DataFrame]) -> dict[str, Any]:
    """The body with the figures of a budget and its tables; `table` reads one by its path among the artifacts."""
    return release.stamp() | {"budget": figures} | {name: records(table(path)) for name, path in ANSWERED.items()}
