"""The recipes of docs/own_data.md on invented exports: net revenue, customers and purchase days are right."""

import csv
import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest

from clv import paths, storage
from clv.data.rules import TRANSACTION_RULES
from stages import generate, preprocess
from tests import platforms
from tests.recipes import OWN_DATA, overrides, prepare, section

STEP = re.compile(r"```(python|console)\n(.*?)```|^Set aside: ([^\n]*)\.$", flags=re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class Recipe:
    """The code to run before, the settings, and the rules that set rows aside; the last recipe may be code alone."""

    code: str
    settings: tuple[str, ...]
    set_aside: frozenset[str]


def recipes(title: str) -> list[Recipe]:
    """The recipes of a section, each up to its line about rows that are set aside."""
    found: list[Recipe] = []
    code = ""
    settings: tuple[str, ...] = ()
    for language, block, rules in STEP.findall(section(title)):
        if language == "python":
            code += block
        elif language == "console":
            settings = tuple(overrides(block))
        else:
            found.append(Recipe(code, settings, frozenset(re.findall(r"`(\w+)`", rules))))
            code, settings = "", ()
    return [*found, Recipe(code, settings, frozenset())]


Sales = pd.DataFrame  # a row per amount that counts: customer, day, amount
Run = Callable[..., Sales]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Write the files beside a repo, follow a recipe in it, and return the clean sales."""

    def follow(recipe: Recipe, files: dict[str, str], *changes: str) -> Sales:
        repo = tmp_path / "repo"
        repo.mkdir(exist_ok=True)
        monkeypatch.chdir(repo)
        for name, text in files.items():
            (tmp_path / name).write_text(text, encoding="utf-8", newline="")
        exec(compile(recipe.code, str(OWN_DATA), "exec"), {})
        prepare(repo, [*recipe.settings, *changes])
        generate.main()
        preprocess.main()
        clean = storage.read_table(paths.clean("transactions"))
        sales = clean.assign(day=clean["order_ts"].dt.date, amount=clean["amount_minor"] / 100)
        metrics = storage.read_json(paths.PREPROCESS_METRICS)
        rejected = metrics["rejected"]["transactions"]
        assert {rule for rule, rows in rejected.items() if rows} == recipe.set_aside
        assert metrics["net_revenue"] == pytest.approx(sales["amount"].sum(), abs=0.001)
        return sales.rename(columns={"customer_id": "customer"})[["customer", "day", "amount"]]

    return follow


def read(text: str) -> pd.DataFrame:
    return pd.read_csv(io.StringIO(text), dtype="str")


def read_tabbed(text: str) -> pd.DataFrame:
    return pd.read_csv(io.StringIO(text), sep="\t", dtype="str", quoting=csv.QUOTE_NONE)


def amounts(values: pd.Series) -> pd.Series:
    """The numbers of an export, without currency signs and thousands separators."""
    return values.str.replace("[$,]", "", regex=True).astype("float64").fillna(0)


def compare(got: Sales, customer: pd.Series, when: pd.Series, amount: pd.Series) -> None:
    """Require the net revenue, customers and purchase days of the rows that should count."""
    wanted = pd.DataFrame({"customer": customer, "day": when.dt.date, "amount": amount})
    assert len(wanted) > 60, "there is something to compare"
    assert got["amount"].sum() == pytest.approx(wanted["amount"].sum(), abs=0.005)
    assert set(got["customer"]) == set(wanted["customer"])
    days = [frame[frame["amount"] > 0][["customer", "day"]].drop_duplicates() for frame in (got, wanted)]
    assert set(days[0].itertuples(index=False, name=None)) == set(days[1].itertuples(index=False, name=None))


def test_every_section_has_a_recipe_and_names_rules_that_there_are() -> None:
    titles = re.findall(r"^## (.*)$", OWN_DATA.read_text(encoding="utf-8"), flags=re.MULTILINE)
    platforms = [title for title in titles if "\nSet aside: " in section(title)]
    assert platforms == ["Shopify", "WooCommerce", "Stripe", "Square", "Olist", "BigCommerce", "Magento", "Amazon"]
    rules = {rule.name for rule in TRANSACTION_RULES if rule.action == "reject"}
    for title in platforms:
        *found, _ = recipes(title)
        assert found
        assert all(recipe.settings and recipe.set_aside <= rules for recipe in found), title


def first_rows(rows: pd.DataFrame) -> pd.DataFrame:
    """The first row of each order of Shopify, with its day in Berlin."""
    first = rows.dropna(subset="Total")
    local = pd.to_datetime(first["Created at"], utc=True).dt.tz_convert("Europe/Berlin")
    return first.assign(Email=first["Email"].str.lower(), when=local)


SHOPIFY_SALES = ("paid", "partially_refunded")


@pytest.mark.parametrize("blank", [False, True])
def test_shopify_by_line_items(run: Run, blank: bool) -> None:
    text = platforms.shopify(blank)
    got = run(recipes("Shopify")[1], {"orders_export.csv": text})
    rows = read(text)
    whole = first_rows(rows).set_index("Name")
    value = (amounts(rows["Lineitem quantity"]) * amounts(rows["Lineitem price"])).groupby(rows["Name"]).sum()
    whole["net"] = value.reindex(whole.index) - amounts(whole["Discount Amount"])
    sold = whole[whole["Financial Status"].isin(SHOPIFY_SALES) & whole["Email"].notna()]
    assert sold["net"].sum() == pytest.approx(amounts(sold["Subtotal"]).sum()), "as in the export itself"
    compare(got, sold["Email"], sold["when"], sold["net"])


@pytest.mark.parametrize("blank", [False, True])
def test_shopify_by_orders(run: Run, blank: bool) -> None:
    text = platforms.shopify(blank)
    got = run(recipes("Shopify")[0], {"orders_export.csv": text})
    whole = first_rows(read(text))
    sold = whole[whole["Financial Status"].isin(SHOPIFY_SALES) & whole["Email"].notna()]
    compare(got, sold["Email"], sold["when"], amounts(sold["Total"]) - amounts(sold["Refunded Amount"]))


def test_shopify_by_totals_as_they_stand(run: Run) -> None:
    text = platforms.shopify(blank=False)
    settings = [s for s in recipes("Shopify")[0].settings if not s.startswith("generate.files.transactions=")]
    settings += ["generate.files.transactions=../orders_export.csv", "generate.files.columns.transactions.amount=Total"]
    recipe = Recipe("", tuple(settings), frozenset({"blank_customer_id", "further_line", "not_a_sale"}))
    got = run(recipe, {"orders_export.csv": text})
    whole = first_rows(read(text))
    sold = whole[whole["Financial Status"].isin(SHOPIFY_SALES) & whole["Email"].notna()]
    compare(got, sold["Email"], sold["when"], amounts(sold["Total"]))


WOO_SALES = ("completed", "processing")


def test_woocommerce(run: Run) -> None:
    text = platforms.woocommerce()
    got = run(recipes("WooCommerce")[0], {"order_export.csv": text})
    rows = read(text)
    sold = rows[rows["status"].isin(WOO_SALES) & (rows["customer_id"] != "0")]
    compare(got, sold["customer_id"], pd.to_datetime(sold["order_date"], format="mixed"), amounts(sold["order_total"]))


def test_woocommerce_with_guests_by_their_addresses(run: Run) -> None:
    text = platforms.woocommerce()
    recipe = Recipe("", recipes("WooCommerce")[0].settings, frozenset({"not_a_sale"}))
    mapping = "generate.files.columns.transactions.customer_id=customer_email"
    got = run(recipe, {"order_export.csv": text}, mapping, "preprocess.ignore_id_case=true")
    rows = read(text)
    sold = rows[rows["status"].isin(WOO_SALES)]
    when = pd.to_datetime(sold["order_date"], format="mixed")
    compare(got, sold["customer_email"].str.lower(), when, amounts(sold["order_total"]))


def test_woocommerce_analytics(run: Run) -> None:
    text = platforms.woocommerce_analytics()
    got = run(recipes("WooCommerce")[1], {"orders.csv": text})
    rows = read(text)
    sold = rows[rows["Status"].isin(WOO_SALES) & rows["Customer"].notna()]
    assert (amounts(sold["Net Sales"]) < 0).any()
    compare(got, sold["Customer"], pd.to_datetime(sold["Date"]), amounts(sold["Net Sales"]))


def test_stripe(run: Run) -> None:
    text = platforms.stripe()
    got = run(recipes("Stripe")[0], {"unified_payments.csv": text})
    rows = read(text)
    who = rows["Customer ID"].where(rows["Customer ID"].notna(), rows["Customer Email"])
    net = amounts(rows["Converted Amount"]) - amounts(rows["Converted Amount Refunded"])
    sold = (rows["Status"] == "Paid") & who.notna()
    compare(got, who[sold], pd.to_datetime(rows["Created date (UTC)"])[sold], net[sold])


@pytest.mark.parametrize("joined", [False, True])
def test_square(run: Run, joined: bool) -> None:
    text = platforms.square()
    recipe, last = recipes("Square")
    changes = ["generate.files.columns.transactions.order_ts=When"] if joined else []
    code = last.code if joined else ""
    got = run(Recipe(code, recipe.settings, recipe.set_aside), {"transactions.csv": text}, *changes)
    rows = read(text).dropna(subset="Customer ID")
    assert (rows["Net Sales"].str.contains(",")).any()
    compare(got, rows["Customer ID"], pd.to_datetime(rows["Date"]), amounts(rows["Net Sales"]))
    if joined:
        hours = storage.read_table(paths.clean("transactions"))["order_ts"].dt.hour
        assert hours.nunique() > 12


def olist_rows(files: dict[str, str]) -> pd.DataFrame:
    """The rows of Olist, one per unit sold."""
    names = ("orders", "order_items", "customers")
    orders, items, people = (read(files[f"olist_{name}_dataset.csv"]) for name in names)
    assert items.duplicated(["order_id", "product_id", "price"]).any(), "two units are two rows"
    return items.merge(orders, on="order_id").merge(people, on="customer_id")


def compare_olist(got: Sales, files: dict[str, str]) -> None:
    rows = olist_rows(files)
    sold = rows[rows["order_status"].isin(["delivered", "shipped"])]
    compare(got, sold["customer_unique_id"], pd.to_datetime(sold["order_purchase_timestamp"]), amounts(sold["price"]))


def test_olist(run: Run) -> None:
    files = platforms.olist()
    compare_olist(run(recipes("Olist")[0], files), files)


def test_olist_joined_without_adding_up(run: Run) -> None:
    files = platforms.olist()
    people = read(files["olist_customers_dataset.csv"])["customer_unique_id"]
    assert people.nunique() < len(people), "an order has a customer_id of its own"
    joined = olist_rows(files).rename(columns={"price": "amount"}).to_csv(index=False)
    mapping = "generate.files.columns.transactions.product_id=''"
    recipe = Recipe("", recipes("Olist")[0].settings, frozenset({"not_a_sale"}))
    compare_olist(run(recipe, {"olist.csv": joined}, mapping), files)


def test_bigcommerce(run: Run) -> None:
    text = platforms.bigcommerce()
    got = run(recipes("BigCommerce")[0], {"bigcommerce.csv": text})
    rows = read(text)
    sold = rows[rows["Order Status"].isin(["Completed", "Partially Refunded"]) & (rows["Customer ID"] != "0")]
    net = amounts(sold["Order Total (inc tax)"]) - amounts(sold["Refund Amount"])
    compare(got, sold["Customer ID"], pd.to_datetime(sold["Order Date"], dayfirst=True), net)


@pytest.mark.parametrize(
    ("hours", "changes"), [("%I", []), ("%H", ["generate.files.date_format='%b %d, %Y %H:%M:%S %p'"])]
)
def test_magento(run: Run, hours: str, changes: list[str]) -> None:
    text = platforms.magento(hours)
    got = run(recipes("Magento")[0], {"export.csv": text}, *changes)
    rows = read(text)
    sold = rows[rows["Status"].isin(["Complete", "Processing"])]
    day = pd.to_datetime(sold["Purchase Date"].str.extract(r"^(\w+ \d+, \d+)", expand=False), format="%b %d, %Y")
    net = amounts(sold["Grand Total (Purchased)"]) - amounts(sold["Total Refunded"])
    compare(got, sold["Customer Email"].str.lower(), day, net)
    clean = storage.read_table(paths.clean("transactions"))
    assert clean["order_ts"].dt.hour.max() == 23, "the half of the day is read"


def in_los_angeles(times: pd.Series) -> pd.Series:
    return pd.to_datetime(times, utc=True).dt.tz_convert("America/Los_Angeles")


def test_amazon_shipments_alone(run: Run) -> None:
    files = platforms.amazon()
    got = run(recipes("Amazon")[0], files)
    rows = read_tabbed(files["shipments.txt"]).dropna(subset="buyer-email")
    compare(got, rows["buyer-email"], in_los_angeles(rows["purchase-date"]), amounts(rows["item-price"]))


def test_amazon_shipments_with_states_and_promotions(run: Run) -> None:
    files = platforms.amazon()
    got = run(recipes("Amazon")[1], files)
    states = read_tabbed(files["all_orders.txt"]).groupby("amazon-order-id")["order-status"].first()
    rows = read_tabbed(files["shipments.txt"]).dropna(subset="buyer-email")
    sold = rows[rows["amazon-order-id"].map(states) == "Shipped"]
    net = amounts(sold["item-price"]) - amounts(sold["item-promotion-discount"]).abs()
    compare(got, sold["buyer-email"], in_los_angeles(sold["purchase-date"]), net)
