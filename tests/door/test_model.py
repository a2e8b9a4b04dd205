"""What a fit and a model refuse, each in one line, and what they report about a history that is too short."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import clv
from clv.arguments import Options
from clv.commands import predict
from clv.door.frames import in_python

HORIZON = 60
FEW = {"train.learners": ["btyd", "ridge"]}


@pytest.fixture(scope="module")
def orders() -> pd.DataFrame:
    """Orders of 150 customers over 300 days, in three columns."""
    rng = np.random.default_rng(4)
    bought = [np.flatnonzero(rng.random(300) < rate) for rate in rng.gamma(0.8, 0.04, 150)]
    ids = np.repeat([f"c{i:03d}" for i in range(150)], [len(days) for days in bought])
    days = pd.Timestamp("2024-01-01") + pd.to_timedelta(np.concatenate(bought), unit="D")
    return pd.DataFrame({"customer_id": ids, "order_ts": days, "amount": rng.gamma(4.0, 10.0, len(ids)).round(2)})


@pytest.fixture(scope="module")
def model(orders: pd.DataFrame) -> clv.Model:
    """A model that was fitted with touches."""
    return clv.fit(orders, HORIZON, touches=touches(orders), params=FEW)


def touches(orders: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame({"customer_id": orders["customer_id"].unique(), "touch_ts": "2024-03-01", "kind": "email"})


Change = Callable[[pd.DataFrame], Any]


@pytest.mark.parametrize(
    ("change", "how", "message"),
    [
        (lambda o: o.drop(columns="amount"), {}, r"transactions: no column 'amount', .*columns={'yours': 'amount'}"),
        (lambda o: o.to_numpy(), {}, r"transactions must be a pandas\.DataFrame, got a ndarray"),
        (lambda o: None, {}, r"transactions must be a pandas\.DataFrame, got None"),
        (lambda o: o.head(0), {}, r"transactions: has no rows; .*give a frame with orders"),
        (lambda o: o.set_index("customer_id"), {}, r"transactions: 'customer_id' is the index .*reset_index\(\).*"),
        (lambda o: o.set_index(["order_ts", "amount"]), {}, r"transactions: 'order_ts' is the index .*"),
        (lambda o: o.assign(amount=[{}, *o["amount"][1:]]), {}, r"transactions: column 'amount' cannot be read: .*"),
        (lambda o: o.assign(order_ts="soon"), {}, r"transactions, column 'order_ts', data row 1: 'soon' .*"),
        (lambda o: o.assign(amount=0.0), {}, r"transactions: 100\.0% of the transaction lines are rejected, .*"),
        (lambda o: o, {"horizon_days": 0}, r"parameter 'time\.horizon_days' must be between 1 and 1095, got 0"),
        (
            lambda o: o,
            {"params": {"time.split": "temporal"}},
            r"time\.split=temporal needs a training .*",
        ),
        (
            lambda o: o,
            {"columns": {"when": "order_ts"}},
            r"columns: no table has a column 'when'; there are customer_id, order_ts, amount; .*",
        ),
        (
            lambda o: o,
            {"columns": {"amount": "spend"}},
            r"columns: 'amount' cannot be 'spend'; .*",
        ),
        (lambda o: o, {"params": {"time.horizon_days": 9}}, r"time\.horizon_days is given by the argument .*"),
        (lambda o: o, {"params": {"budget.total": 9.0}}, r"params: 'budget\.total' has no effect on a fit; .*"),
        (lambda o: o, {"params": {"train.a.b": 1}}, r"params: 'train\.a\.b' is not a parameter; .*"),
        (
            lambda o: o,
            {"params": {"train.learner": []}},
            r"unknown parameter 'train\.learner'; did you .*",
        ),
    ],
)
def test_what_cannot_be_fitted_is_one_line(
    orders: pd.DataFrame, change: Change, how: dict[str, Any], message: str
) -> None:
    with pytest.raises(clv.InputError) as caught:
        clv.fit(change(orders), **how)
    assert re.fullmatch(message, str(caught.value)), str(caught.value)


def test_what_may_be_wrong_is_warned_of(orders: pd.DataFrame) -> None:
    named = orders.assign(customer_id=orders["customer_id"].replace("c001", "guest"))
    with pytest.warns(UserWarning, match="'guest' is an id that stands for nobody in particular"):
        found = clv.fit(named, HORIZON, params=FEW)
    assert found.findings["flagged"].sum() == 1


def test_advice_is_for_a_caller_in_python() -> None:
    of_files = "customer_id may be the id of an order; map the id of the person in generate.files.columns.transactions"
    assert in_python(of_files).endswith("; name that of the person by columns={'yours': 'customer_id'}")


def test_other_names_of_columns_and_parameters_are_kept_with_the_model(orders: pd.DataFrame, tmp_path: Path) -> None:
    theirs = orders.rename(columns={"order_ts": "when", "amount": "net"})
    names = {"when": "order_ts", "net": "amount"}
    found = clv.fit(theirs, HORIZON, columns=names, params=FEW | {"time.last_day": "2024-08-31"})
    assert str(found.as_of) == "2024-08-31"
    assert repr(found).endswith("as of 2024-08-31, 60 days ahead>")
    found.save(tmp_path / "model")
    loaded = clv.Model.load(tmp_path / "model")
    pd.testing.assert_frame_equal(loaded.predict(theirs), found.predict(), check_exact=True, check_dtype=False)


def test_a_model_says_what_it_needs(model: clv.Model, orders: pd.DataFrame, tmp_path: Path) -> None:
    with pytest.raises(clv.InputError, match=r"features of touches: .*; give touches, or a frame of its columns"):
        model.predict(orders)
    assert len(model.predict(orders, touches=touches(orders).head(0))) == len(model.predict())
    with pytest.raises(
        clv.InputError, match=r"no column 'order_ts', .*; rename it to that, as predict reads the names"
    ):
        model.predict(orders.rename(columns={"order_ts": "when"}), touches=touches(orders))
    with pytest.raises(clv.InputError, match="customers and touches need orders, which are missing"):
        model.predict(touches=touches(orders))
    with pytest.raises(clv.InputError, match="nobody bought anything up to 2024-10-2"):
        model.predict(orders.assign(order_ts="2025-01-05"), touches=touches(orders))
    (tmp_path / "notes.txt").touch()
    with pytest.raises(
        clv.InputError, match="would be replaced, but it exists and is not a model; give another folder"
    ):
        model.save(tmp_path)
    with pytest.raises(clv.InputError, match=r"has no fit\.json, which Model\.save writes"):
        clv.Model.load(tmp_path)


def test_a_model_that_was_saved_unjudged_says_so(model: clv.Model, tmp_path: Path) -> None:
    model.save(tmp_path / "model")
    with pytest.raises(clv.InputError, match=r"call evaluate\(\) before save\(\)"):
        clv.Model.load(tmp_path / "model").evaluate()


def test_without_a_whole_horizon_it_forecasts_and_cannot_be_judged(orders: pd.DataFrame) -> None:
    short = clv.fit(orders, 290)
    assert (short.predict()["predicted_clv"] > 0).any()
    with pytest.raises(clv.InputError, match=r"there is nothing to judge by: the history \(2024-01-0\d to 2024-10"):
        short.evaluate()


def test_the_command_reads_a_saved_model_with_its_own_parameters(
    orders: pd.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = orders.rename(columns={"order_ts": "when"})
    found = clv.fit(theirs, HORIZON, columns={"when": "order_ts"}, params=FEW)
    monkeypatch.chdir(tmp_path)  # where there is no params.yaml
    found.save("model")
    theirs.to_csv("orders.csv", index=False)
    parser = Options(prog="clv predict")
    predict.options(parser)
    predict.run(parser.parse_args(["--model", "model", "--orders", "orders.csv", "--out", "forecasts.csv"]))
    written = pd.read_csv("forecasts.csv", keep_default_na=False)
    pd.testing.assert_frame_equal(written, found.predict(), check_dtype=False)
