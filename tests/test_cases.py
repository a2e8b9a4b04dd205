"""Small shops in the forms in which users have them: each gives the right figures, or a line that helps.

Each form is made here from one invented shop, and the right figures are computed from that shop with plain pandas.
Larger files in the same forms are beside the checkout, where there are any, with their right figures.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from clv import paths, storage
from clv.errors import InputError
from tests.conftest import ROOT
from tests.own_files import MAPPED, run

CASES = ROOT.parent / "shared" / "cases"
BEGIN = pd.Timestamp("2023-01-01")


def orders() -> pd.DataFrame:
    """400 orders of 80 customers in two years: customer_id, order_ts, amount, order_id; random to second and cent."""
    rng = np.random.default_rng(11)
    second = np.sort(rng.choice(np.arange(700 * 86_400), 400, replace=False))
    return pd.DataFrame(
        {
            "customer_id": [f"K{number:03d}" for number in rng.integers(0, 80, 400)],
            "order_ts": (BEGIN + pd.to_timedelta(second, "s")).as_unit("s"),
            "amount": rng.integers(500, 20_000, 400) / 100,
            "order_id": [f"O{1000 + i}" for i in range(400)],
        }
    )


@dataclass(frozen=True)
class Form:
    """How a shop is written, and its `right` net revenue, or words of the line with which the pipeline `stops`.

    `flags` are words of findings that a person should check; `settings` are those that a user would give.
    """

    write: Callable[[pd.DataFrame], pd.DataFrame]
    right: Callable[[pd.DataFrame], float] = lambda shop: shop["amount"].sum()
    stops: str = ""
    flags: tuple[str, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    csv: Mapping[str, Any] = field(default_factory=dict)


def _text(values: pd.Series, written: Callable[[float], str]) -> pd.Series:
    return values.map(written)


def _with_status(shop: pd.DataFrame) -> pd.DataFrame:
    states = ["completed", "canceled", "completed", "refunded", "completed", "failed", "completed", "completed"]
    return shop.assign(order_status=np.resize(states, len(shop)))


def _with_returns(shop: pd.DataFrame) -> pd.DataFrame:
    """Every tenth order is returned two days later, with quantity -1 and an unchanged amount."""
    back = shop.iloc[::10].assign(order_ts=lambda rows: rows["order_ts"] + pd.Timedelta("2D"), quantity=-1)
    return pd.concat([shop.assign(quantity=1), back], ignore_index=True)


def _refunds_without_customer(shop: pd.DataFrame) -> pd.DataFrame:
    back = shop.iloc[::20].assign(
        order_ts=lambda rows: rows["order_ts"] + pd.Timedelta("3D"),
        customer_id=None,
        amount=lambda rows: -rows["amount"],
    )
    return pd.concat([shop, back], ignore_index=True)


def _ahead(shop: pd.DataFrame) -> pd.DataFrame:
    late = shop.index % 40 == 0
    moved = shop["order_ts"] + pd.to_timedelta(np.where(late, 200 + shop.index % 7 * 20, 0), "D")
    return shop.assign(order_ts=moved.where(moved > shop["order_ts"].max(), shop["order_ts"]))


def _both_dates(shop: pd.DataFrame) -> pd.DataFrame:
    day_first = shop["order_ts"].dt.strftime("%d/%m/%Y")
    return shop.assign(order_ts=day_first.where(shop.index % 2 == 0, shop["order_ts"].dt.strftime("%m/%d/%Y")))


def _guests(shop: pd.DataFrame) -> pd.DataFrame:
    return shop.assign(customer_id=shop["customer_id"].where(shop.index % 3 > 0, "guest"))


def _kept(shop: pd.DataFrame) -> float:
    return float(shop.loc[_with_status(shop)["order_status"] == "completed", "amount"].sum())


EPOCH = pd.Timestamp("1970-01-01")
EXCEL = pd.Timestamp("1899-12-30")
FORMS = {
    "plain": Form(lambda shop: shop),
    "status": Form(_with_status, right=_kept),
    "negative quantity": Form(
        _with_returns, right=lambda shop: shop["amount"].sum() - shop["amount"].iloc[::10].sum(), flags=()
    ),
    "refunds without a customer": Form(
        _refunds_without_customer, right=lambda shop: shop["amount"].sum() - shop["amount"].iloc[::20].sum()
    ),
    "dated ahead": Form(_ahead, flags=("set time.last_day",)),
    "guests": Form(_guests, flags=("'guest' bought on", "preprocess.not_customers")),
    "guests set aside": Form(
        _guests,
        right=lambda shop: shop.loc[shop.index % 3 > 0, "amount"].sum(),
        settings={"preprocess.not_customers": ["guest"]},
    ),
    "scientific ids": Form(
        lambda shop: shop.assign(customer_id=shop["customer_id"].str[1:].map(lambda n: f"5.55{n[:1]}E+12")),
        stops="are in scientific notation",
    ),
    "day and month first": Form(_both_dates, stops="has the (day|month) first and .* the (day|month) first"),
    "day and month first, reject": Form(
        _both_dates,
        stops="has the (day|month) first and .* the (day|month) first",
        settings={"generate.files.unreadable_values": "reject"},
    ),
    "spreadsheet serials": Form(
        lambda shop: shop.assign(order_ts=((shop["order_ts"] - EXCEL) / pd.Timedelta("1D")).round(5))
    ),
    "epoch milliseconds": Form(lambda shop: shop.assign(order_ts=(shop["order_ts"] - EPOCH) // pd.Timedelta("1ms"))),
    "epoch seconds": Form(lambda shop: shop.assign(order_ts=(shop["order_ts"] - EPOCH) // pd.Timedelta("1s"))),
    "zone by name": Form(lambda shop: shop.assign(order_ts=shop["order_ts"].dt.strftime("%Y-%m-%d %H:%M:%S UTC"))),
    "dollars": Form(
        lambda shop: shop.assign(amount=_text(shop["amount"] * 30, lambda v: f"${v:,.2f}")),
        right=lambda shop: (shop["amount"] * 30).round(2).sum(),
    ),
    "euros": Form(
        lambda shop: shop.assign(amount=_text(shop["amount"], lambda v: f"{v:.2f} €".replace(".", ","))),
        csv={"sep": ";", "encoding": "cp1252"},
    ),
    "brackets": Form(
        lambda shop: _refunds_without_customer(shop).assign(
            amount=lambda rows: _text(rows["amount"], lambda v: f"({-v:.2f})" if v < 0 else f"{v:.2f}")
        ),
        right=lambda shop: shop["amount"].sum() - shop["amount"].iloc[::20].sum(),
    ),
}


@pytest.mark.parametrize("name", FORMS)
def test_a_form_gives_the_right_figures_or_the_line_that_helps(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    form, shop = FORMS[name], orders()
    form.write(shop).to_csv(tmp_path / "orders.csv", index=False, **form.csv)
    settings = {"generate.files.transactions": str(tmp_path / "orders.csv")} | dict(form.settings)
    if form.stops:
        with pytest.raises(InputError, match=form.stops) as stop:
            run(tmp_path, monkeypatch, settings)
        assert "\n" not in str(stop.value)
        assert "unreadable_values" not in str(stop.value)
        return
    metrics = run(tmp_path, monkeypatch, settings)
    assert metrics["net_revenue"] == pytest.approx(form.right(shop), abs=0.001)
    flagged = storage.read_csv(paths.FINDINGS, text=["remedy"]).query("flagged")
    said = " ".join(flagged["text"] + " " + flagged["remedy"])
    assert all(words in said for words in form.flags)
    assert form.flags or not said


@pytest.mark.parametrize(("orders_have", "customers_have"), [("{}", "{}.0"), ("{}", "00{}"), ("k{}", "K{}")])
def test_the_same_ids_spelled_in_two_ways_stop(
    orders_have: str, customers_have: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = orders()
    number = shop["customer_id"].str[1:].astype(int) + 12_000
    shop.assign(customer_id=number.map(orders_have.format)).to_csv(tmp_path / "orders.csv", index=False)
    ids = pd.Series(number.unique())
    pd.DataFrame({"customer_id": ids.map(customers_have.format), "country": "DE"}).to_csv(
        tmp_path / "customers.csv", index=False
    )
    settings = {
        "generate.files.transactions": str(tmp_path / "orders.csv"),
        "generate.files.customers": str(tmp_path / "customers.csv"),
    }
    with pytest.raises(InputError, match=rf"none of its {len(ids)} rows .* {len(ids)} rows would match"):
        run(tmp_path, monkeypatch, settings)


SHOPIFY = {
    "customer_id": "Email",
    "order_ts": "Created at",
    "order_id": "Name",
    "amount": "Total",
}
BY_LINES = {
    "customer_id": "Email",
    "order_ts": "Created at",
    "order_id": "Name",
    "quantity": "Lineitem quantity",
    "unit_price": "Lineitem price",
    "product_id": "Lineitem sku",
    "discount": "Discount Amount",
}
WOO = {"order_id": "Order #", "order_ts": "Date", "amount": "Net Sales"}


@dataclass(frozen=True)
class Case:
    """A file beside the checkout: its right net revenue and customers, or its error line, or what must be flagged."""

    net_revenue: float | None = None
    customers: int | None = None
    stops: str = ""
    flags: str = ""
    mapped: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)


AS_BASE = Case(68_557.72, 400)
BROUGHT = {
    "base": AS_BASE,
    "closure": Case(flags="nothing was sold from 2023-11-15 to 2024-03-19"),
    "yearly": Case(flags="of 365 days in the median"),
    "subscription": Case(flags="buy at regular intervals, of 31 days"),
    "no_repeat": Case(flags="hardly anybody bought twice"),
    "woo_guest0": Case(flags="'0' bought on 242 days, all others on at most 30", mapped=WOO),
    "sci_ids": Case(stops="52 different ids are in scientific notation"),
    "float_ids": Case(
        stops="without '.0' at the end 400 rows would match",
        settings={"generate.files.customers": str(CASES / "float_ids_customers.csv.gz")},
    ),
    "status": Case(59_739.25, 378),
    "shopify": Case(57_813.55, mapped=SHOPIFY, settings={"preprocess.grain": "orders"}),
    "shopify by lines": Case(52_438.25, mapped=BY_LINES),
    "shopify_blank_created": Case(52_438.25, mapped=BY_LINES),
    "mixed_dm_md": Case(stops="has the (day|month) first and .* the (day|month) first"),
    "refund_no_customer": Case(65_553.15),
    "neg_quantity": Case(66_042.92),
    "ahead": Case(68_575.94, 400, flags="if so, set time.last_day: '2024-12-30'"),
    "margins": Case(flags="net revenue"),
    "excel_serial": AS_BASE,
    "epoch_ms": AS_BASE,
    "utc_suffix": AS_BASE,
    "euro_sign": AS_BASE,
}


@pytest.mark.parametrize("name", BROUGHT)
def test_a_shop_as_people_bring_it(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    case, path = BROUGHT[name], CASES / f"{name.split()[0]}.csv.gz"
    if not path.exists():
        pytest.skip(f"the file is not here: {path}")
    settings = {"generate.files.transactions": str(path)} | {MAPPED + ours: its for ours, its in case.mapped.items()}
    if case.stops:
        with pytest.raises(InputError, match=case.stops) as stop:
            run(tmp_path, monkeypatch, settings | dict(case.settings))
        assert "unreadable_values" not in str(stop.value)
        return
    metrics = run(tmp_path, monkeypatch, settings | dict(case.settings))
    assert metrics["net_revenue"] == (case.net_revenue or metrics["net_revenue"])
    assert metrics["customers"] == (case.customers or metrics["customers"])
    flagged = storage.read_csv(paths.FINDINGS, text=["remedy"]).query("flagged")
    assert case.flags in " ".join(flagged["text"] + " " + flagged["remedy"])
    assert case.flags or name == "base" or not flagged["about"].isin(["identity", "last day"]).any()
