"""The judgement of test customers does not depend on blocks and threads, and has each customer once."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from benchmarks.forecasts import cleaned
from clv import paths
from clv.compute import mapper
from clv.data.clean_shop import CleanShop
from clv.data.parquet import write_clean
from clv.data.world.params import SyntheticParams
from clv.data.world.worlds import make_world
from clv.door.featurized import Featurized, featurize
from clv.door.recipe_fit import fit_recipe
from clv.evaluation.baselines import plain_btyd
from clv.evaluation.bayes import bayes_forecast
from clv.evaluation.chosen_rows import drawn_ids, read_chosen, read_ids
from clv.evaluation.drift_samples import training_ids
from clv.evaluation.forecast_names import BAYES, LATENT_TRUTH
from clv.evaluation.forecast_parts import read_test_forecasts, write_no_forecasts
from clv.evaluation.holdout import TABLES, Holdout
from clv.evaluation.holdout_blocks import HoldoutBlocks, KnownWorld
from clv.evaluation.latent import with_ceilings
from clv.evaluation.looked_at import TodayBlocks
from clv.features.by_id import by_id
from clv.features.columns import CUSTOMER, TARGET
from clv.features.timeline import Rows
from clv.machine import Machine
from clv.models.loaded import forecaster_at
from clv.params import Params
from tests.conftest import few_rounds

HORIZON, SEED = 120, 7


@dataclass(frozen=True)
class Judging:
    """A shop in `n` blocks, and the folder of its model."""

    made: Featurized
    clean: Path
    model: Path
    n: int
    params: Params
    world: SyntheticParams

    @property
    def rows(self) -> Rows:
        assert self.made.plan.backtest is not None
        return self.made.plan.backtest.forecast

    def judged(self, folder: Path, threads: int) -> Holdout:
        """Judge as the stage does; parts go to a folder."""
        folder.mkdir(parents=True)
        where = str(self.made.folder.path), str(self.model), str(folder)
        world = KnownWorld(self.world, SEED, str(self.clean))
        plain = plain_btyd(forecaster_at(str(self.model)).btyd, self.made.snapshot(self.rows))
        blocks = HoldoutBlocks(*where, self.rows, self.params.time.customer_shares, plain, world, "cpu")
        with mapper(Machine(threads)) as each:
            return Holdout.together(each(blocks.judged, self.n))


@pytest.fixture(scope="module")
def params(project_params: Params) -> Params:
    """Learners of each kind that forecast block by block: trees, matrices, and none."""
    train = few_rounds(project_params.train, rounds=6, epochs=1)
    train = replace(train, learners=("btyd", "xgboost", "lightgbm", "hurdle", "neural", "ridge"))
    return replace(project_params, train=train, time=replace(project_params.time, horizon_days=HORIZON))


@pytest.fixture(scope="module")
def shop(small_world: SyntheticParams, params: Params) -> CleanShop:
    return cleaned(params, make_world(small_world, SEED, HORIZON).tables)


@pytest.fixture(scope="module")
def cases(
    shop: CleanShop, params: Params, small_world: SyntheticParams, tmp_path_factory: pytest.TempPathFactory
) -> dict[int, Judging]:
    """The same shop in one block and in five, with one model for both."""
    model, found, most = tmp_path_factory.mktemp("model"), {}, max(len(table.clean) for table in shop.tables.values())
    for n in (1, 5):
        preprocess = replace(params.preprocess, rows_per_block=-(-most // n))
        made = featurize(shop, replace(params, preprocess=preprocess))
        clean = tmp_path_factory.mktemp("clean")
        for name, table in shop.tables.items():
            write_clean(table, clean / name, n)
        if not found:
            assert made.plan.backtest is not None
            fit_recipe(made, made.plan.backtest, params).save(model, {})
        found[n] = Judging(made, clean, model, n, params, small_world)
    return found


@pytest.fixture(scope="module")
def whole(cases: dict[int, Judging], tmp_path_factory: pytest.TempPathFactory) -> tuple[Holdout, Path]:
    """The holdout of the shop in one block, and the folder of its table."""
    folder = tmp_path_factory.mktemp("whole") / paths.TEST_FORECASTS
    return cases[1].judged(folder, 1), folder


def columns_of(holdout: Holdout) -> dict[str, list[object]]:
    found = {f"{table} {name}": values for table in TABLES for name, values in getattr(holdout, table).items()}
    return {"ids": holdout.ids.to_list()} | {name: list(values) for name, values in found.items()}


@pytest.mark.parametrize("threads", [1, 2])
def test_neither_blocks_nor_threads_matter(
    cases: dict[int, Judging],
    whole: tuple[Holdout, Path],
    threads: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder = tmp_path / paths.TEST_FORECASTS
    assert columns_of(cases[5].judged(folder, threads)) == columns_of(whole[0])
    assert len(list(folder.iterdir())) == 5
    monkeypatch.chdir(tmp_path)
    parts = read_test_forecasts()
    monkeypatch.chdir(whole[1].parent.parent)
    pd.testing.assert_frame_equal(parts, read_test_forecasts(), check_exact=True)
    assert list(read_test_forecasts(["realised"])) == [CUSTOMER, "realised"]


def test_every_customer_is_judged_by_what_came(
    cases: dict[int, Judging], whole: tuple[Holdout, Path], shop: CleanShop, small_world: SyntheticParams
) -> None:
    snapshot, holdout = cases[1].made.snapshot(cases[1].rows), whole[0]
    assert holdout.ids.to_list() == snapshot[CUSTOMER].to_list()
    assert holdout.y.tolist() == snapshot[TARGET].tolist()
    clean = {name: table.clean for name, table in shop.tables.items()}
    cutoff = cases[1].rows.cutoff
    known = bayes_forecast(small_world, SEED, clean, snapshot[CUSTOMER], cutoff, HORIZON)
    assert holdout.forecast(BAYES).tolist() == known.tolist()
    latent = known + 1
    assert list(with_ceilings(holdout, latent).beside)[-2:] == [LATENT_TRUTH, BAYES]
    some = holdout.where(snapshot[TARGET].to_numpy() > 0)
    assert (some.y > 0).all()
    assert len(some.ids) == len(some.groups["channel"]) == (snapshot[TARGET] > 0).sum()


def test_forecasts_of_today_come_by_id_whatever_the_blocks(cases: dict[int, Judging]) -> None:
    found = {}
    for n, case in cases.items():
        blocks = TodayBlocks(str(case.made.folder.path), str(case.model), case.rows, "cpu")
        with mapper(Machine(2)) as each:
            found[n] = by_id(each(blocks.forecast, n))
    pd.testing.assert_frame_equal(found[1], found[5], check_exact=True)
    assert found[1][CUSTOMER].is_monotonic_increasing


def test_chosen_customers_are_looked_up_in_every_block(
    cases: dict[int, Judging], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = cases[5]
    (tmp_path / paths.SNAPSHOTS).parent.mkdir(parents=True)
    (tmp_path / paths.SNAPSHOTS).symlink_to(case.made.folder.path)
    monkeypatch.chdir(tmp_path)
    ids = read_ids(case.rows, case.params.time.customer_shares)
    some = drawn_ids(ids, "drift", 100)
    assert len(some) == 100
    assert drawn_ids(ids.sample(frac=1, random_state=0), "drift", 100).sort_values().tolist() == some.tolist()
    with mapper(Machine(2)) as each:
        found = read_chosen(each, str(paths.SNAPSHOTS), case.rows, some)
    snapshot = case.made.snapshot(case.rows)
    expected = snapshot[snapshot[CUSTOMER].isin(some)].reset_index(drop=True)
    pd.testing.assert_frame_equal(found, expected, check_exact=True)
    taught = training_ids([case.rows, case.rows], case.params.time.customer_shares, np.random.default_rng(0))
    assert [of.to_list() for of in taught] == [ids.to_list()] * 2, "few enough that all are taken"


def test_where_nothing_is_judged_there_is_a_table_without_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_no_forecasts()
    assert read_test_forecasts(["realised"]).empty
