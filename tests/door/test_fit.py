"""`clv.fit`: it gives the bytes of the pipeline on the same rows; and what a fitted model offers."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from threadpoolctl import threadpool_limits

import clv
from clv import paths, storage
from clv.data.world.params import SyntheticParams
from clv.data.world.worlds import make_world
from clv.evaluation.forecast_names import ENSEMBLE
from clv.features.columns import CUSTOMER
from clv.models.model_folder import SUMS
from stages import backtest, evaluate, featurize, segment, train, tune
from tests.own_files import run as generate_and_preprocess

HORIZON = 120
FEW = {  # some learners, with little work for each
    "train.learners": ["btyd", "ridge", "lightgbm", "hurdle"],
    "train.lightgbm.n_rounds": 20,
    "train.hurdle.n_rounds": 20,
    "evaluate.resamples": 100,
}
TABLES = ("transactions", "customers", "touches")


@dataclass(frozen=True)
class Fits:
    """The same rows fitted by the stages, in a folder, and by `clv.fit`."""

    raw: dict[str, pd.DataFrame]
    folder: Path
    model: clv.Model


@pytest.fixture(scope="module")
def raw(small_world: SyntheticParams) -> dict[str, pd.DataFrame]:
    few = replace(small_world, default=replace(small_world.default, n_customers=600))
    tables = make_world(few, seed=7, horizon_days=HORIZON).tables
    return {name: tables[name] for name in TABLES}


def by_stages(folder: Path, raw: Mapping[str, pd.DataFrame], kind: str, params: Mapping[str, Any]) -> None:
    """Write the tables as files and run the stages from raw data to segments, without tuning."""
    settings: dict[str, Any] = {"time.horizon_days": HORIZON, "time.rolling_origins": 0, "tune.trials": 0}
    for name, table in raw.items():
        path = folder / f"{name}.{kind}"
        table.to_parquet(path, index=False) if kind == "parquet" else table.to_csv(path, index=False)
        settings[f"generate.files.{name}"] = str(path)
    # One thread: while other tests run, the threads of one fit would wait for each other.
    with pytest.MonkeyPatch.context() as patch, threadpool_limits(1):
        patch.setenv("CLV_THREADS", "1")
        generate_and_preprocess(folder, patch, settings | dict(params))
        for stage in (featurize, tune, train, backtest, evaluate, segment):
            stage.main()


@pytest.fixture(scope="module", params=["all tables", "three columns"])
def fits(
    request: pytest.FixtureRequest, raw: dict[str, pd.DataFrame], tmp_path_factory: pytest.TempPathFactory
) -> Fits:
    """Both fits: of all tables from Parquet, in several blocks; and of three columns of text, as from a CSV."""
    folder = tmp_path_factory.mktemp("shop")
    if request.param == "all tables":
        params = FEW | {"preprocess.rows_per_block": 2000}
        by_stages(folder, raw, "parquet", params)
        assert storage.read_json(folder / paths.BLOCKS)["n"] > 1
        return Fits(raw, folder, clv.fit(**raw, horizon_days=HORIZON, params=params))
    lines = raw["transactions"][["customer_id", "order_ts", "amount"]]
    lines = lines.assign(order_ts=lines["order_ts"].dt.strftime("%d.%m.%Y"))
    by_stages(folder, {"transactions": lines}, "csv", FEW)
    frame = pd.read_csv(folder / "transactions.csv", dtype=str)
    theirs = frame.rename(columns={"order_ts": "Bought on"})
    return Fits(
        {"transactions": theirs}, folder, clv.fit(theirs, HORIZON, columns={"Bought on": "order_ts"}, params=FEW)
    )


def hashes(folder: Path) -> dict[str, str]:
    """SHA-256 by file, as the sealed folder of a model lists them."""
    lines = (folder / SUMS).read_text(encoding="utf-8").splitlines()
    return {name: digest for digest, name in (line.split("  ") for line in lines)}


def test_the_saved_model_has_the_bytes_of_the_pipeline_s(fits: Fits, tmp_path: Path) -> None:
    fits.model.save(tmp_path / "model")
    ours, theirs = hashes(tmp_path / "model"), hashes(fits.folder / paths.TODAY_MODEL)
    assert {name: ours.get(name) for name in theirs} == theirs
    assert set(ours) - set(theirs) == {"snapshot.parquet", "fit.json"}


def test_forecasts_are_those_of_the_pipeline(fits: Fits) -> None:
    batch = pd.read_parquet(fits.folder / paths.CUSTOMER_VALUES).sort_values(CUSTOMER, ignore_index=True)
    found = fits.model.predict()
    assert len(found) > 500
    shared = [name for name in found if name in batch]
    assert {"customer_id", "predicted_clv", "lower_90", "expected_orders", "confidence"} <= set(shared)
    pd.testing.assert_frame_equal(found[shared], batch[shared], check_exact=True)


def test_raw_orders_of_some_are_forecast_as_among_all(fits: Fits) -> None:
    everyone = fits.model.predict()
    some = everyone[CUSTOMER].iloc[::25]
    tables = {name: table[table[CUSTOMER].isin(some)] for name, table in fits.raw.items()}
    found = fits.model.predict(tables.pop("transactions"), **tables)
    wanted = everyone[everyone[CUSTOMER].isin(some)].reset_index(drop=True)
    pd.testing.assert_frame_equal(found, wanted, check_exact=True, check_dtype=False)


def test_the_backtest_is_judged_as_by_evaluate(fits: Fits) -> None:
    theirs = storage.read_csv(fits.folder / "reports/tables/metrics.csv")
    found = storage.rounded(fits.model.evaluate())
    pd.testing.assert_frame_equal(found, theirs, check_dtype=False)
    assert ENSEMBLE in set(found["forecast"])


def test_a_loaded_model_says_the_same(fits: Fits, tmp_path: Path) -> None:
    fits.model.evaluate()
    fits.model.save(tmp_path / "model")
    loaded = clv.Model.load(tmp_path / "model")
    pd.testing.assert_frame_equal(loaded.predict(), fits.model.predict(), check_exact=True)
    pd.testing.assert_frame_equal(loaded.evaluate(), fits.model.evaluate(), check_exact=True)
    assert (loaded.params, loaded.data) == (fits.model.params, fits.model.data)
    loaded.save(tmp_path / "again")
    assert hashes(tmp_path / "again") == hashes(tmp_path / "model")
