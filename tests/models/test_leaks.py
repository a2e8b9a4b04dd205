"""A refit as of an earlier date knows nothing later: its features, model and forecasts keep their bytes.

The functions of the stages featurize and backtest read the history, fit and forecast. Events after the date are changed
in the clean tables, because cleaning may learn later that an order was cancelled.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from clv import paths, storage
from clv.evaluation.months_judged import FORECAST, KNOWN, LAST_MONTH, LAST_YEAR, months_of
from clv.features.base import base_days, total_days
from clv.features.block import Block, Clean
from clv.features.columns import TARGET, TARGET_ORDERS
from clv.features.labelled_window import window_of
from clv.features.params import CustomerShares
from clv.features.revenue_days import revenue_days, total_revenue
from clv.features.snapshot import make_snapshots
from clv.features.store import Snapshots, read_base, read_revenue, read_snapshot
from clv.features.timeline import Plan, Recipe, Rows, make_plan
from clv.machine import Machine
from clv.models import samples
from clv.params import Params
from stages import backtest
from tests.conftest import few_rounds

HORIZON = 120
LAST_DAY = date(2024, 11, 30)
SHARES = CustomerShares(0.7, 0.15, 0.15)
Change = Callable[[Clean, date], Clean]


@pytest.fixture(scope="module")
def quick(project_params: Params) -> Params:
    """Parameters with every learner, and few rounds of each."""
    few = few_rounds(project_params.train, rounds=8, epochs=2)
    time = replace(project_params.time, horizon_days=HORIZON, rolling_origins=1)
    return replace(project_params, train=few, time=time)


def of_stage(p: Params) -> backtest.Params:
    """The parameters that the stage backtest loads."""
    return backtest.Params(p.seed, p.device, p.time.customer_shares, p.train)


@pytest.fixture(scope="module")
def plan(clean_shop: Clean, quick: Params) -> Plan:
    first = clean_shop.transactions["order_ts"].min().date()
    made = make_plan(first, LAST_DAY, quick.time)
    assert len(made.rolling) == 1
    return made


def featurize(clean: Clean, plan: Plan, root: Path) -> None:
    """Write what the stage prepares for the fits, below a folder that stands for the repo."""
    for cutoff, snapshot in make_snapshots(clean, plan.cutoffs, plan.last_day, plan.horizon_days).items():
        storage.write_table(snapshot, root / paths.snapshot(str(cutoff)) / paths.part(0))
    whole = Block.of_frames(clean)
    for cutoff in plan.windows:
        window = window_of(whole, cutoff, plan.last_day, plan.horizon_days).to_pandas()
        storage.write_table(window, root / paths.window(str(cutoff)) / paths.part(0))
    storage.write_table(total_days([base_days(whole)]), root / paths.BASE)
    storage.write_table(total_revenue([revenue_days(whole, SHARES)]), root / paths.REVENUE_DAYS)


def refitted(recipe: Recipe, plan: Plan, p: Params, folder: Path) -> dict[str, bytes]:
    """The bytes of features, model files and forecasts of a refit as of the recipe's date, by name."""
    snapshot = read_snapshot(recipe.forecast)
    model = backtest.refit(recipe, plan, of_stage(p), Machine(1))
    assert model is not None
    folder.mkdir()
    model.save(folder, {})
    features = model.features_of(snapshot)
    predicted = model.predict_from(features)
    customers = snapshot.assign(predicted_clv=predicted["predicted_clv"])
    months = months_of(model.btyd, customers, read_base(), read_revenue(), recipe.forecast, plan)
    files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    return files | {
        "features": snapshot.drop(columns=[TARGET, TARGET_ORDERS]).to_parquet(index=False),
        "forecasts": predicted.join(model.predict_learners(features)).to_parquet(index=False),
        "months": months[["as_of", "kind", "last_day", FORECAST, LAST_MONTH, LAST_YEAR]].to_parquet(index=False),
    }


def after(frame: pd.DataFrame, time: str, as_of: date) -> np.ndarray:
    return (frame[time] >= pd.Timestamp(as_of) + pd.Timedelta(days=1)).to_numpy()


def scrambled(clean: Clean, as_of: date) -> Clean:
    """The history in which every event after the date has another customer, another later day and other values."""
    rng = np.random.default_rng(0)
    tables = []
    for table, time in ((clean.transactions, "order_ts"), (clean.touches, "touch_ts")):
        changed, later = table.copy(), after(table, time, as_of)
        for name in changed.columns:
            changed.loc[later, name] = changed.loc[later, name].to_numpy()[rng.permutation(later.sum())]
        tables.append(changed)
    later = np.flatnonzero(after(tables[0], "order_ts", as_of))
    tables[0].loc[later[::2], "amount_minor"] *= 100
    tables[0].loc[later[::3], "category"] = "a category of the future"
    return Clean(tables[0], clean.customers, tables[1])


def deleted(clean: Clean, as_of: date) -> Clean:
    lines, touches = clean.transactions, clean.touches
    return Clean(lines[~after(lines, "order_ts", as_of)], clean.customers, touches[~after(touches, "touch_ts", as_of)])


def closed(clean: Clean, as_of: date) -> Clean:
    """The history of a shop that was shut on the last two days up to the date."""
    lines = clean.transactions
    shut = lines["order_ts"].dt.date.between(as_of - pd.Timedelta(days=1), as_of)
    return Clean(lines[~shut], clean.customers, clean.touches)


def differing(mine: dict[str, bytes], theirs: dict[str, bytes]) -> list[str]:
    assert mine.keys() == theirs.keys()
    return [name for name in mine if mine[name] != theirs[name]]


@pytest.fixture(scope="module")
def original(
    clean_shop: Clean, plan: Plan, quick: Params, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, bytes]:
    root = tmp_path_factory.mktemp("original")
    featurize(clean_shop, plan, root)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        return refitted(plan.rolling[0], plan, quick, root / "model")


@pytest.mark.parametrize("change", [scrambled, deleted])
def test_no_byte_of_a_refit_depends_on_what_came_after(
    change: Change,
    clean_shop: Clean,
    plan: Plan,
    quick: Params,
    original: dict[str, bytes],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    recipe = plan.rolling[0]
    assert after(clean_shop.transactions, "order_ts", recipe.as_of).sum() > 500
    featurize(change(clean_shop, recipe.as_of), plan, tmp_path)
    monkeypatch.chdir(tmp_path)
    assert differing(refitted(recipe, plan, quick, tmp_path / "model"), original) == []
    assert {"manifest.json", "features", "forecasts"} < original.keys()


def test_last_days_without_orders_are_known_whatever_comes_after(
    clean_shop: Clean, plan: Plan, quick: Params, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipe, found = plan.rolling[0], []
    shut = closed(clean_shop, recipe.as_of)
    for name, clean in (("whole", shut), ("deleted", deleted(shut, recipe.as_of))):
        featurize(clean, plan, tmp_path / name)
        monkeypatch.chdir(tmp_path / name)
        shares, source = quick.time.customer_shares, Snapshots()
        found.append(samples.samples_of(recipe, plan, read_base(), source, shares, quick.train).forecast)
    assert found[0].btyd.season.harmonics, "there is a season to compare"
    assert found[0].btyd == found[1].btyd
    pd.testing.assert_frame_equal(found[0].features, found[1].features, check_exact=True)


def peek_at_the_season(recipe: Recipe, monkeypatch: pytest.MonkeyPatch) -> Recipe:
    """Peek: the season is fitted as of the last day of the data."""
    honest = samples.fit_season
    monkeypatch.setattr(
        samples, "fit_season", lambda base, snapshot, as_of, params: honest(base, snapshot, LAST_DAY, params)
    )
    return recipe


def peek_at_labels(recipe: Recipe, monkeypatch: pytest.MonkeyPatch) -> Recipe:
    """Peek: calibrate on a window that is not over."""
    return replace(recipe, calibration=Rows(recipe.as_of))


def peek_at_windows(recipe: Recipe, monkeypatch: pytest.MonkeyPatch) -> Recipe:
    """Peek: learn the level from windows that are not over."""
    monkeypatch.setattr(Plan, "windows_over", lambda plan, as_of: list(plan.windows))
    return recipe


@pytest.mark.parametrize("peek", [peek_at_the_season, peek_at_labels, peek_at_windows])
def test_a_peek_would_be_found(
    peek: Callable[[Recipe, pytest.MonkeyPatch], Recipe],
    clean_shop: Clean,
    plan: Plan,
    quick: Params,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each test above would fail: a model that peeks learns different things from the two histories."""
    recipe, found = plan.rolling[0], []
    peeking = peek(recipe, monkeypatch)
    for name, clean in (("whole", clean_shop), ("scrambled", scrambled(clean_shop, recipe.as_of))):
        featurize(clean, plan, tmp_path / name)
        monkeypatch.chdir(tmp_path / name)
        found.append(refitted(peeking, plan, quick, tmp_path / name / "model"))
    assert {"manifest.json", "forecasts"} <= set(differing(*found))


def test_each_origin_is_judged_on_all_customers_of_its_snapshot(
    clean_shop: Clean, plan: Plan, quick: Params, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rows are those of the stage; nothing is judged where there are too few customers to learn from."""
    recipe = plan.rolling[0]
    featurize(clean_shop, plan, tmp_path)
    monkeypatch.chdir(tmp_path)
    origin = backtest.judge(recipe, plan, of_stage(quick), Machine(1))
    rows, months, spans = origin.forecasts, origin.months, origin.spans
    assert spans["is_extrapolated"].to_list() == [days > HORIZON for days in spans["days"]]
    lines, first = clean_shop.transactions, pd.Timestamp(recipe.as_of) + pd.Timedelta(days=1)
    theirs = lines[lines["customer_id"].isin(read_snapshot(recipe.forecast)["customer_id"])]
    for span in spans.itertuples():
        since = theirs["order_ts"].between(first, first + pd.Timedelta(days=span.days), inclusive="left")
        assert span.realised == pytest.approx(theirs.loc[since, "amount_minor"].sum() / 100)
    known = months[(months["kind"] == KNOWN) & ~months["is_extrapolated"]]
    assert known["months_ahead"].to_list() == [1, 2, 3, 4]
    assert known["realised"].sum() == pytest.approx(read_snapshot(recipe.forecast)[TARGET].sum())
    assert rows["forecast"].to_list() == ["ensemble", "btyd", "same_as_last_period", "average_so_far"]
    assert (rows["customers"] == len(read_snapshot(recipe.forecast))).all()
    assert rows["gini"].between(0, 1).all()
    assert rows["coverage_95"].notna().to_list() == [True, False, False, False]
    early = replace(recipe, training=(Rows(plan.cutoffs[0]),), calibration=Rows(plan.cutoffs[0], ()))
    nobody = backtest.judge(early, plan, of_stage(quick), Machine(1))
    assert all(table.empty for table in vars(nobody).values())
