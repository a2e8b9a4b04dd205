"""The budget of a release at another total, computed in the forecasting process: the numbers of the batch."""

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd

from clv import artifacts, paths, storage
from clv.marketing.budget.decision import decide
from clv.marketing.budget.params import BudgetParams
from clv.marketing.budget.store import read_facts
from clv.serving.budget_answers import ANSWERED
from clv.serving.recorded import LOCK, Lock
from clv.serving.worker_state import held
from clv.strict import build


def split_budget(total: float) -> tuple[dict[str, Any], dict[Path, pd.DataFrame]]:
    """Figures and tables, by their path among the artifacts, as a run with this `budget.total` would publish them.

    They are written and read again, which rounds them. Raises `InputError` if no split satisfies the bounds of the
    budget.
    """
    folder = held().folder
    recorded = Lock.read(folder / LOCK).parameters()
    params = replace(build(BudgetParams, recorded["budget"], "budget", f"{folder / LOCK}"), total=total)
    shared = (recorded[name] for name in ("margin_rate", "test_window_days", "min_group_customers", "seed"))
    decision = decide(read_facts(folder), params, *shared)
    with TemporaryDirectory() as temporary:
        there = Path(temporary)
        storage.write_json(decision.figures, there / paths.BUDGET_JSON.name)
        for name, path in ANSWERED.items():
            storage.write_csv(decision.tables[name], there / path.name)
        tables = {path: storage.read_csv(there / path.name, _text(path)) for path in ANSWERED.values()}
        return storage.read_json(there / paths.BUDGET_JSON.name), tables


def _text(path: Path) -> tuple[str, ...]:
    return tuple(artifacts.TABLE[path].text) if path in artifacts.TABLE else ()
