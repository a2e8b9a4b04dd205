"""The budget of a release at another total, decided anew in the process that forecasts: the numbers of the batch."""

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd

from clv import artifacts, paths, storage
from clv.marketing.budget.decision import VALUES, Facts, decide
from clv.marketing.budget.groups import NEEDED
from clv.marketing.budget.params import BudgetParams
from clv.marketing.budget.store import read_acquired
from clv.models.store import read_btyd, read_level_sd
from clv.serving.budget_answers import TABLES
from clv.serving.recorded import LOCK, Lock
from clv.serving.worker_state import held
from clv.strict import build


def split_budget(total: float) -> tuple[dict[str, Any], dict[Path, pd.DataFrame]]:
    """Figures and tables, by their path among the artifacts, as a run with this `budget.total` would publish them.

    They are written and read again, because that is what rounds them. Raises `InputError` where nothing keeps the
    bounds of the budget.
    """
    folder = held().folder
    recorded = Lock.read(folder / LOCK).parameters()
    params = replace(build(BudgetParams, recorded["budget"], "budget", f"{folder / LOCK}"), total=total)
    shared = (recorded[name] for name in ("margin_rate", "test_window_days", "min_group_customers", "seed"))
    decision = decide(_facts(folder), params, *shared)
    with TemporaryDirectory() as temporary:
        there = Path(temporary)
        storage.write_json(decision.figures, there / paths.BUDGET_JSON.name)
        for name, path in TABLES.items():
            storage.write_csv(decision.tables[name], there / path.name)
        tables = {path: storage.read_csv(there / path.name, _text(path)) for path in TABLES.values()}
        return storage.read_json(there / paths.BUDGET_JSON.name), tables


def _facts(folder: Path) -> Facts:
    tests = storage.read_json(folder / paths.EXPERIMENT_JSON)["tests"]
    model = folder / paths.TODAY_MODEL
    return Facts(
        values=storage.read_table(folder / paths.CUSTOMER_VALUES, VALUES),
        acquired=read_acquired(folder / paths.clean("customers")),
        outcomes=storage.read_table(folder / paths.OUTCOMES, NEEDED),
        alarms={name: test["alarm"] for name, test in tests.items()},
        btyd=read_btyd(model),
        spread=read_level_sd(model) or 0.0,
    )


def _text(path: Path) -> tuple[str, ...]:
    return tuple(artifacts.TABLE[path].text) if path in artifacts.TABLE else ()
