"""`clv predict`: it gives the numbers of the batch from raw files, whichever customers are in them."""

import subprocess
import sys
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from clv import storage
from clv.__main__ import main
from clv.data.cleaning import clean_table
from clv.data.lines import Cleaning
from clv.data.world.params import SyntheticParams
from clv.data.world.worlds import make_world
from clv.door import raw_history
from clv.errors import InputError
from clv.features.base import base_days, total_days
from clv.features.block import FEATURE_TABLES, Block, Clean
from clv.features.columns import CUSTOMER
from clv.features.shop import Shop
from clv.features.snapshot import make_snapshots
from clv.features.sources import first_windows, source_means
from clv.machine import Machine
from clv.models.btyd.season import fit_season
from clv.models.btyd.value import Btyd
from clv.models.forecaster import Forecaster
from clv.models.params import TrainParams
from clv.models.samples import Samples, sample_of
from clv.params import Params
from tests.conftest import ROOT

HORIZON = 120
TRAINING, CALIBRATION, TODAY = CUTOFFS = (date(2024, 4, 4), date(2024, 8, 2), date(2024, 11, 30))
OPTIONS = {"orders": "transactions", "customers": "customers", "touches": "touches"}
HOW = Cleaning(time_zone="UTC")
OUTLIER = "c0000000"  # this history, cleaned alone, would differ from the batch

Run = Callable[..., tuple[str, str]]


@dataclass(frozen=True)
class Trained:
    """The raw tables to which a model was fitted, the model, and its forecasts of all customers."""

    raw: dict[str, pd.DataFrame]
    model: Forecaster
    shop: Shop
    batch: pd.DataFrame


def odd_history(of: pd.DataFrame) -> pd.DataFrame:
    """Lines of one customer. Seen alone, one would be in the future, and a purchase extreme and cancelled."""
    rows = [("2023-01-03", 0.5), *[(f"2024-{month:02d}-05", 0.5) for month in range(1, 10) for _ in range(12)]]
    rows += [("2024-05-20", 90.0), ("2024-05-22", -90.0), ("2024-11-29", 7.0)]
    odd = of.iloc[[0] * len(rows)].assign(customer_id=OUTLIER, order_ts=[pd.Timestamp(day) for day, _ in rows])
    odd["order_id"] = [f"{OUTLIER}-{i}" for i in range(len(rows))]
    return odd.assign(amount=[amount for _, amount in rows])


def fitted(raw: dict[str, pd.DataFrame], train: TrainParams, project: Params) -> Trained:
    """Do what preprocess, featurize, train and segment do."""
    cleaned = {name: clean_table(name, frame, HOW) for name, frame in raw.items()}
    blank = {"transactions": None, "customers": ["customer_id"], "touches": ["customer_id", "touch_ts"]}
    clean = Clean(*(cleaned[n].clean if n in cleaned else pd.DataFrame(columns=blank[n]) for n in FEATURE_TABLES))
    snapshots = make_snapshots(clean, CUTOFFS, TODAY, HORIZON)
    block = Block.of_frames(clean)
    season = fit_season(total_days([base_days(block)]), snapshots[TODAY], TODAY, train.btyd)
    training, calibration, forecast = (
        sample_of(snapshot, Btyd.fit(snapshot, cutoff, HORIZON, season, train.btyd))
        for cutoff, snapshot in snapshots.items()
    )
    model = Forecaster.fit(Samples([training], calibration, forecast), [], train, Machine(1), 1)
    bounds = cleaned["transactions"].bounds
    assert bounds is not None
    shop = Shop(bounds, source_means([first_windows(block)], [TODAY])[TODAY])
    return Trained(raw, model, shop, snapshots[TODAY][[CUSTOMER]].join(model.predict(snapshots[TODAY])))


@pytest.fixture(scope="module")
def trained(small_world: SyntheticParams, project_params: Params) -> Trained:
    """A model of a small shop with few learners."""
    tables = make_world(small_world, seed=7, horizon_days=HORIZON).tables
    raw = {name: tables[name] for name in FEATURE_TABLES}
    raw["transactions"] = pd.concat([raw["transactions"], odd_history(raw["transactions"])], ignore_index=True)
    train = replace(
        project_params.train,
        learners=("btyd", "ridge", "lightgbm", "hurdle", "neural"),
        lightgbm=replace(project_params.train.lightgbm, n_rounds=20),
        hurdle=replace(project_params.train.hurdle, n_rounds=20),
        neural=replace(project_params.train.neural, n_networks=1, n_epochs=3),
    )
    return fitted(raw, train, project_params)


@pytest.fixture(scope="module")
def folder(trained: Trained, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of that model, as train writes it."""
    folder = tmp_path_factory.mktemp("model")
    trained.shop.save(folder)
    trained.model.save(folder, {})
    return folder


@pytest.fixture
def run(
    trained: Trained,
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Run:
    """Run the command with the model and files of the raw tables, except those that are None; gives stdout, stderr."""

    def command(
        *more: str, tables: dict[str, pd.DataFrame | None] | None = None, ok: bool = True, cwd: Path = ROOT
    ) -> tuple[str, str]:
        arguments = ["predict", "--model", str(folder)]
        for option, table in OPTIONS.items():
            frame = (tables or {}).get(table, trained.raw[table])
            if frame is not None:
                frame.to_csv(tmp_path / f"{option}.csv", index=False)
                arguments += [f"--{option}", str(tmp_path / f"{option}.csv")]
        monkeypatch.chdir(cwd)
        with nullcontext() if ok else pytest.raises(SystemExit, match="1"):
            main([*arguments, *more])
        return capsys.readouterr()

    return command


def rows_of(trained: Trained, *customers: str) -> dict[str, pd.DataFrame]:
    return {name: frame[frame[CUSTOMER].isin(customers)] for name, frame in trained.raw.items()}


def assert_same(given: pd.DataFrame, batch: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(
        given.reset_index(drop=True), batch.reset_index(drop=True), check_exact=True, check_dtype=False
    )


def test_all_customers_get_the_numbers_of_the_batch(trained: Trained, run: Run, tmp_path: Path) -> None:
    out = tmp_path / "forecasts.csv"
    stdout, stderr = run("--out", str(out))
    assert stdout == ""
    assert f"customers as of {TODAY}, the next {HORIZON} days, in EUR" in stderr
    assert_same(storage.read_csv(out, text=["not_known"]), trained.batch)


def test_one_customer_alone_gets_them_too(trained: Trained, run: Run) -> None:
    wanted = trained.batch.iloc[17]
    lines = "".join(f"{name}: {value}\n" for name, value in wanted.items())
    assert run("--customer", wanted[CUSTOMER])[0] == lines
    alone = dict(rows_of(trained, wanted[CUSTOMER]))
    assert run("--customer", wanted[CUSTOMER], tables=alone)[0] == lines
    table = run(tables=alone)[0].splitlines()
    assert table == [",".join(wanted.index), ",".join(map(str, wanted))]


def predict(trained: Trained, params: Params, tables: dict[str, pd.DataFrame], **more: str) -> pd.DataFrame:
    return raw_history.predict(trained.model, trained.shop, raw_history.Given(tables), params.preprocess, **more)


def test_each_of_many_customers_alone(trained: Trained, project_params: Params) -> None:
    customers = [OUTLIER, *trained.batch[CUSTOMER].iloc[::50]]
    alone = [predict(trained, project_params, rows_of(trained, customer)) for customer in customers]
    batch = trained.batch.set_index(CUSTOMER).loc[customers].reset_index()
    assert_same(pd.concat(alone), batch)


def test_some_customers_in_any_order(trained: Trained, project_params: Params) -> None:
    some = trained.batch[trained.batch[CUSTOMER].isin([OUTLIER, *trained.batch[CUSTOMER].iloc[::7]])]
    tables = {name: frame.sample(frac=1, random_state=3) for name, frame in rows_of(trained, *some[CUSTOMER]).items()}
    assert_same(predict(trained, project_params, tables), some)


def test_a_line_without_its_customer_is_found_by_its_order(trained: Trained, project_params: Params) -> None:
    """In the batch, cleaning finds the customer of such a line, so a forecast of one customer must use it too."""
    lines = trained.raw["transactions"]
    orders = lines.groupby("order_id", sort=False)[CUSTOMER].agg(["size", "first"])
    order, customer = next((name, row["first"]) for name, row in orders.iterrows() if row["size"] > 2)
    further = lines.index[lines["order_id"] == order][1]
    tables = {**trained.raw, "transactions": lines.assign(**{CUSTOMER: lines[CUSTOMER].mask(lines.index == further)})}
    batch = trained.batch[trained.batch[CUSTOMER] == customer]
    assert_same(predict(trained, project_params, tables, customer=customer), batch)
    with_another = tables["transactions"].copy()
    with_another.loc[with_another[CUSTOMER] != customer, "order_id"] = order
    lost = raw_history.clean(
        trained.model,
        trained.shop,
        raw_history.Given({**tables, "transactions": with_another}),
        project_params.preprocess,
        customer,
    )
    assert len(lost["transactions"].columns["customer_id"]) == (lines[CUSTOMER] == customer).sum() - 1


def test_the_odd_customer_alone_would_be_cleaned_otherwise(trained: Trained) -> None:
    odd = rows_of(trained, OUTLIER)["transactions"]
    alone = clean_table("transactions", odd, HOW)
    assert alone.counts["extreme_cancelled"] == 2
    assert alone.counts["future_date"] == 1
    among_all = clean_table("transactions", odd, replace(HOW, bounds=trained.shop.bounds))
    assert among_all.counts["extreme_cancelled"] == among_all.counts["future_date"] == 0
    assert len(alone.order) == len(among_all.order) - 3


def test_the_model_is_loaded_with_what_it_needs_of_the_shop(trained: Trained, folder: Path) -> None:
    assert Shop.load(folder) == trained.shop
    assert set(trained.shop.sources) == {"channel", "campaign", "channel and category"}


def test_later_events_are_not_looked_at(trained: Trained, project_params: Params) -> None:
    wanted = trained.batch.iloc[[17]]
    tables = rows_of(trained, *wanted[CUSTOMER])
    later = {
        name: pd.concat([frame, frame.assign(**{time: pd.Timestamp("2024-12-20")})])
        for name, time in (("transactions", "order_ts"), ("touches", "touch_ts"))
        for frame in [tables[name]]
    }
    assert_same(predict(trained, project_params, tables | later), wanted)


def test_a_customer_without_touches_or_profile(trained: Trained, project_params: Params) -> None:
    customer = trained.batch[CUSTOMER].iloc[17]
    tables = rows_of(trained, customer)
    empty = {name: tables[name].iloc[:0] for name in ("customers", "touches")}
    everyone = {name: trained.raw[name][trained.raw[name][CUSTOMER] != customer] for name in empty}
    alone = predict(trained, project_params, tables | empty)
    assert_same(alone, predict(trained, project_params, trained.raw | everyone, customer=customer))
    assert alone["predicted_clv"].item() > 0
    assert alone["predicted_clv"].item() != trained.batch["predicted_clv"].iloc[17]


def test_a_file_with_a_header_alone(trained: Trained, run: Run, project_params: Params) -> None:
    customer = trained.batch[CUSTOMER].iloc[17]
    tables = rows_of(trained, customer)
    empty = {"touches": tables["touches"].iloc[:0]}
    wanted = predict(trained, project_params, tables | empty).iloc[0]
    assert f"predicted_clv: {wanted['predicted_clv']}\n" in run("--customer", customer, tables=tables | empty)[0]


def test_columns_without_a_value_are_blank(trained: Trained, project_params: Params) -> None:
    customer = trained.batch[CUSTOMER].iloc[17]
    blank = {"discount": None, "quantity": None, "category": None, "is_eco": None, "order_id": None}
    lines = trained.raw["transactions"]
    whole = lines.assign(**{name: lines[name].where(lines[CUSTOMER] != customer) for name in blank})
    among_all = predict(trained, project_params, trained.raw | {"transactions": whole}, customer=customer)
    alone = rows_of(trained, customer)
    assert_same(
        predict(trained, project_params, alone | {"transactions": alone["transactions"].assign(**blank)}), among_all
    )


def test_parquet_and_other_names_of_columns(trained: Trained, project_params: Params, tmp_path: Path) -> None:
    files = project_params.generate.files
    names = files.columns.transactions | {"customer_id": "Kunde", "amount": "Betrag"}
    wanted = trained.batch.iloc[[17]]
    tables = rows_of(trained, *wanted[CUSTOMER])
    given = {name: str(tmp_path / f"{name}.parquet") for name in tables}
    tables["transactions"] = tables["transactions"].rename(columns=names)
    for name, frame in tables.items():
        frame.to_parquet(given[name])
    read = raw_history.read_tables(replace(files, columns=replace(files.columns, transactions=names)), given)
    found = raw_history.predict(trained.model, trained.shop, read, project_params.preprocess)
    assert_same(found, wanted)


def test_a_model_of_three_columns_needs_no_other(
    trained: Trained, project_params: Params, run: Run, tmp_path: Path
) -> None:
    lines = trained.raw["transactions"][["customer_id", "order_ts", "amount"]]
    bare = fitted({"transactions": lines}, replace(project_params.train, learners=("btyd", "ridge")), project_params)
    folder = tmp_path / "model"
    folder.mkdir()
    bare.shop.save(folder)
    bare.model.save(folder, {})
    customer = bare.batch[CUSTOMER].iloc[17]
    alone = lines[lines[CUSTOMER] == customer]
    assert_same(predict(bare, project_params, {"transactions": alone}), bare.batch.iloc[[17]])
    assert_same(predict(bare, project_params, rows_of(trained, customer)), bare.batch.iloc[[17]])
    only = {"transactions": alone.assign(order_ts=alone["order_ts"].dt.date), "customers": None, "touches": None}
    stdout, _ = run("--model", str(folder), tables=only)
    assert stdout.splitlines()[1] == ",".join(map(str, bare.batch.iloc[17]))


def test_what_is_missing_is_named(trained: Trained, run: Run, tmp_path: Path) -> None:
    def error(*more: str, tables: dict[str, pd.DataFrame | None] | None = None, cwd: Path = ROOT) -> str:
        stdout, stderr = run(*more, tables=tables, ok=False, cwd=cwd)
        assert stdout == ""
        assert stderr.startswith("error: ")
        assert stderr.count("\n") == 1
        return stderr

    one = dict(rows_of(trained, trained.batch[CUSTOMER].iloc[17]))
    assert "features of touches: touches_90d, emails_90d" in (text := error(tables=one | {"touches": None}))
    assert "give --touches a file" in text
    assert "features of customers: channel, campaign" in (text := error(tables=one | {"customers": None}))
    assert "give --customers a file" in text
    text = error(tables=one | {"customers": one["customers"].drop(columns="country")})
    assert "customers.csv: no column country, which features of the model need: country; supply it" in text
    assert "orders.csv: no rows of customer 'nobody'; check the id" in error("--customer", "nobody", tables=one)
    assert "none.csv: no such file; give --orders one that exists" in error("--orders", "none.csv", tables=one)
    assert "holds no model (no manifest.json)" in error("--model", str(tmp_path / "none"), tables=one)
    assert "params.yaml does not exist; run from the root of the repo" in error(tables=one, cwd=tmp_path)
    assert "orders.csv: has no rows" in (text := error(tables=one | {"transactions": one["transactions"].iloc[:0]}))
    assert "supply a file with orders" in text
    (tmp_path / "folder").mkdir()
    assert "folder cannot be written: " in error("--out", str(tmp_path / "folder"), tables=one)
    late = {"transactions": one["transactions"].assign(order_ts="2025-01-05")}
    assert f"nobody bought anything up to {TODAY}, the date of the model" in error(tables=one | late)


def test_a_model_without_its_shop(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"has no shop\.json, which .* need; run `dvc repro train`"):
        Shop.load(tmp_path)


def test_rows_set_aside_are_told(trained: Trained, run: Run) -> None:
    one = dict(rows_of(trained, trained.batch[CUSTOMER].iloc[17]))
    zero = one["transactions"].iloc[[0]].assign(amount=0.0)
    _, stderr = run(tables=one | {"transactions": pd.concat([one["transactions"], zero])})
    assert "predict: 1 customer as of 2024-11-30" in stderr
    assert stderr.endswith("; rows set aside: 1 zero_amount\n")


def test_help(capsys: pytest.CaptureFixture[str]) -> None:
    main([])
    assert "predict" in capsys.readouterr().out
    with pytest.raises(SystemExit, match="0"):
        main(["predict", "--help"])
    shown = capsys.readouterr().out
    assert all(f"--{option}" in shown for option in (*OPTIONS, "model", "customer", "out"))


def test_an_error_is_one_line_of_the_process(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "clv", "predict", "--orders", "none.csv", "--model", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == f"error: {tmp_path} holds no model (no manifest.json); run `dvc repro train`\n"
