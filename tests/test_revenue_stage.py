"""The stage revenue on artifacts made by hand: its output adds up, and it reports where little is known."""

import json
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from clv import paths, storage
from clv.evaluation.months_judged import COLUMNS, KNOWN, NEW
from clv.features.timeline import Plan, Recipe, Rows
from clv.marketing.tiers import TIERS, UNKNOWN
from clv.models.btyd.basis import Basis
from clv.models.btyd.season import NO_SEASON
from clv.models.btyd.value import Btyd
from clv.models.model_folder import MANIFEST
from stages import revenue
from tests.conftest import ROOT
from tests.evaluation.test_months_judged import CUTOFF, FIRST, HORIZON, LAST, history
from tests.models.test_value_over_time import PARETO

THEN, NOW = Rows(CUTOFF), Rows(LAST)
JUDGED = Plan("temporal", "", HORIZON, FIRST, LAST, Recipe(CUTOFF, (), None, THEN), Recipe(LAST, (), None, NOW), ())
N = 200
Folder = tuple[Path, pd.DataFrame]


def customers(tier: str | None = None) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    tenure = rng.integers(0, 820, N)
    clv = np.round(rng.lognormal(3, 1, N), 2)
    columns = {"customer_id": [f"c{i:03d}" for i in range(N)], "predicted_clv": clv, "lower_95": 0.0}
    history = {"tenure_days": tenure, "recency_days": tenure // 3, "frequency": rng.integers(0, 5, N)}
    tiers = np.array(TIERS)[np.arange(N) % 3] if tier is None else tier
    return pd.DataFrame(columns | {"upper_95": clv * 3, "tier": tiers} | history)


def models(cutoff: date, sd: float | None, basis: Basis = PARETO.basis) -> dict[str, Any]:
    btyd: Btyd = replace(PARETO, season=NO_SEASON, horizon_days=HORIZON, cutoff=cutoff, basis=basis)
    return {
        "btyd": btyd.to_dict(),
        "at_level": {"level": {"value": 1.0, "orders": 1.0, "sd": sd}},
    }


def write(values: pd.DataFrame, plan: Plan, manifest: dict[str, Any]) -> None:
    """Write the artifacts that the stage reads, below the current folder."""
    base, days = history()
    shutil.copy(ROOT / "params.yaml", paths.PARAMS)
    storage.write_json(plan.to_dict(), paths.PLAN)
    storage.write_table(base, paths.BASE)
    storage.write_table(days, paths.REVENUE_DAYS)
    storage.write_table(values, paths.CUSTOMER_VALUES / paths.part(0))
    storage.write_json(manifest, paths.TODAY_MODEL / MANIFEST, digits=9)
    storage.write_json(models(CUTOFF, 0.1), paths.BACKTEST_MODEL / MANIFEST, digits=9)
    storage.write_table(values[["customer_id", "predicted_clv"]], paths.TEST_FORECASTS / paths.part(0))
    known = values.assign(monetary_value=1.0, net_revenue=1.0, net_revenue_last_horizon=1.0)
    storage.write_table(known.drop(columns="tier"), paths.snapshot(str(CUTOFF)) / paths.part(0))
    storage.write_csv(pd.DataFrame(columns=list(COLUMNS)), paths.REVENUE_ORIGINS)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def numbers() -> Any:
    return json.loads(paths.REVENUE_JSON.read_text(encoding="utf-8"))


def test_tables_add_up_and_months_are_judged(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(customers(), JUDGED, models(LAST, 0.1))
    revenue.main()
    months = storage.read_csv(paths.REVENUE_MONTHS)
    known = months[months["kind"] == KNOWN]
    for path, name in ((paths.REVENUE_TIERS, "tier"), (paths.REVENUE_COHORTS, "cohort")):
        table = storage.read_csv(path, text=["cohort"])
        assert table[name].nunique() == 3
        sums = table.groupby("months_ahead")[["forecast", "cumulative"]].sum().round(2)
        assert sums.to_numpy().tolist() == known[["forecast", "cumulative"]].to_numpy().tolist()
    assert known["lower_95"].lt(known["forecast"]).all()
    assert numbers()["next_months"][KNOWN]["cumulative"] == known["cumulative"].iloc[-1]
    judged = numbers()["judged"][KNOWN]
    assert judged["horizon"]["months"] == 3
    assert judged["beyond"]["months"] == 4
    assert storage.read_csv(paths.REVENUE_PAST)["as_of"].unique().tolist() == [str(CUTOFF)]
    assert len(storage.read_csv(paths.REVENUE_CURVE)) == len(known)
    assert "of customers known" in capsys.readouterr().out


def test_an_origin_stands_for_the_backtest_of_its_date(here: Path) -> None:
    write(customers(), JUDGED, models(LAST, 0.1))
    row = (str(CUTOFF), KNOWN, 1, "2024-08-15", "2024-09-13", False, 100.0, 50.0, 90.0, 90.0)
    storage.write_csv(pd.DataFrame([row], columns=list(COLUMNS)), paths.REVENUE_ORIGINS)
    revenue.main()
    assert len(storage.read_csv(paths.REVENUE_PAST)) == 1
    assert numbers()["judged"][KNOWN]["horizon"]["wape"]["forecast"] == 0.5


def test_without_labels_there_are_months_and_no_interval(here: Path) -> None:
    plan = Plan("none", "", HORIZON, FIRST, LAST, None, Recipe(LAST, (), None, NOW))
    write(customers(), plan, models(LAST, None))
    revenue.main()
    months = storage.read_csv(paths.REVENUE_MONTHS)
    known = months[months["kind"] == KNOWN]
    assert known["forecast"].notna().all()
    assert months[["lower_95", "upper_95", "cumulative_upper_90"]].isna().all(axis=None)
    assert storage.read_csv(paths.REVENUE_JUDGED).empty
    assert numbers()["judged"][KNOWN] == {"beyond": None, "horizon": None}


def test_where_nobody_is_known_to_return_only_those_to_come_have_months(here: Path) -> None:
    write(customers(UNKNOWN), JUDGED, models(LAST, 0.1, Basis(900, 0, 820, 1.0)))
    revenue.main()
    months = storage.read_csv(paths.REVENUE_MONTHS).set_index("kind")["forecast"]
    assert months[KNOWN].isna().all()
    assert months[NEW].notna().all()
    assert storage.read_csv(paths.REVENUE_TIERS).empty
    assert storage.read_csv(paths.REVENUE_COHORTS).empty
    assert numbers()["next_months"][KNOWN]["cumulative"] is None
    assert [gap["name"] for gap in numbers()["not_known"]] == ["returns"]


def test_the_same_bytes_again(here: Path) -> None:
    write(customers(), JUDGED, models(LAST, 0.1))
    revenue.main()
    outs = [path for path in sorted((here / "reports").rglob("*")) if path.is_file()]
    before = {path: path.read_bytes() for path in outs}
    revenue.main()
    assert {path: path.read_bytes() for path in outs} == before
