"""The data of a new night are believed where they continue as before; otherwise a named check stops them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from clv.data.cleaning import Cleaning, clean_table
from clv.data.profiling.data_comparison import Comparison, Profiled
from clv.data.profiling.expectations import EXPECTATIONS, RuleFinding, examine, stopping
from clv.data.profiling.params import ExpectParams
from clv.data.profiling.shop_profile import ShopProfile
from clv.data.world.params import SyntheticParams
from clv.data.world.worlds import make_world
from clv.params import Params

MONEY = ["amount", "unit_price", "discount"]
KNOWN_OF_CUSTOMERS = ["customer_id", "channel", "country"]

Poison = Callable[[pd.DataFrame, pd.Series], pd.DataFrame]


@pytest.fixture(scope="module")
def lines(small_world: SyntheticParams) -> pd.DataFrame:
    """The raw lines of the default shop with 4,000 customers, by time, as an export holds them."""
    shop = replace(small_world.default, n_customers=4000)
    raw = make_world(replace(small_world, default=shop), seed=7, horizon_days=120).tables["transactions"]
    return raw.sort_values("order_ts", ignore_index=True)


@pytest.fixture(scope="module")
def limits(project_params: Params) -> ExpectParams:
    return project_params.expect


def profiled(lines: pd.DataFrame, customers: pd.DataFrame | None = None) -> Profiled:
    """The profile of raw lines, as the stages make it."""
    cleaned = clean_table("transactions", lines.reset_index(drop=True), Cleaning(time_zone="UTC"))
    known = pd.DataFrame({name: [] for name in KNOWN_OF_CUSTOMERS}) if customers is None else customers
    profile = ShopProfile.together([ShopProfile.of(cleaned.clean, known)])
    return Profiled(
        profile,
        {"transactions": len(lines), "touches": 1000},
        {hits.rule: hits.rows for hits in cleaned.hits if hits.action == "reject"},
    )


def up_to(lines: pd.DataFrame, day: date) -> pd.DataFrame:
    return lines[lines["order_ts"] < pd.Timestamp(day) + pd.Timedelta(days=1)]


def night(lines: pd.DataFrame, back: int, days: int = 1, poison: Poison | None = None) -> Comparison:
    """The comparison of a run made `back` days before the last day with a run made `days` later."""
    then = lines["order_ts"].max().date() - timedelta(days=back)
    now = up_to(lines, then + timedelta(days=days))
    if poison is not None:
        now = poison(now, now["order_ts"].dt.date > then)
    return Comparison(profiled(up_to(lines, then)), profiled(now), then + timedelta(days=days))


def broken(compared: Comparison, limits: ExpectParams) -> dict[str, RuleFinding]:
    return {found.name: found for found in examine(compared, limits) if found.broken}


def test_every_rule_has_a_limit_and_a_name_of_its_own(limits: ExpectParams) -> None:
    assert [rule.name for rule in EXPECTATIONS] == list(vars(limits))


@pytest.mark.parametrize("customers", [200, 1000, 4000])
def test_nights_as_they_come_are_believed(lines: pd.DataFrame, limits: ExpectParams, customers: int) -> None:
    """Of 50 nights on all weekdays at most one is stopped, as happens now and then by chance."""
    few = lines[lines["customer_id"].isin(lines["customer_id"].drop_duplicates()[:customers])]
    stopped = [back for back in range(250, 0, -5) if stopping(examine(night(few, back), limits))]
    assert len(stopped) <= 1


def test_months_as_they_come_are_believed(lines: pd.DataFrame, limits: ExpectParams) -> None:
    assert [back for back in range(400, 30, -30) if stopping(examine(night(lines, back, days=30), limits))] == []


def test_a_window_that_slides_is_believed(lines: pd.DataFrame, limits: ExpectParams) -> None:
    def newest_year(lines: pd.DataFrame, until: date) -> pd.DataFrame:
        return up_to(lines, until)[lambda rows: rows["order_ts"] >= pd.Timestamp(until) - pd.Timedelta(days=364)]

    for back in (120, 60, 7):
        then = lines["order_ts"].max().date() - timedelta(days=back)
        now = then + timedelta(days=1)
        compared = Comparison(profiled(newest_year(lines, then)), profiled(newest_year(lines, now)), now)
        assert stopping(examine(compared, limits)) == []


def test_a_closed_day_is_doubted_once(lines: pd.DataFrame, limits: ExpectParams) -> None:
    """The night after the closed day passes without help."""

    def closed(lines: pd.DataFrame, new: pd.Series) -> pd.DataFrame:
        day = lines["order_ts"].dt.normalize()
        return lines[~new | (day != day[new].min())]

    assert stopping(examine(night(lines, 150, days=2, poison=closed), limits)) == []


def in_cents(lines: pd.DataFrame, which: pd.Series) -> pd.DataFrame:
    return lines.assign(**{name: lines[name].where(~which, lines[name] * 100) for name in MONEY})


def doubled(lines: pd.DataFrame, new: pd.Series) -> pd.DataFrame:
    return pd.concat([lines, lines[new]])


def doubled_under_other_ids(lines: pd.DataFrame, new: pd.Series) -> pd.DataFrame:
    again = lines[new]
    return pd.concat([lines, again.assign(order_id=again["order_id"] + "-2")])


def some(lines: pd.DataFrame) -> np.ndarray:
    return np.random.default_rng(1).random(len(lines)) < 0.5


def on(lines: pd.DataFrame, new: pd.Series, back: int, days: int = 1) -> pd.Series:
    """Whether each line is of some days before the new ones; `back` is 1 for the last known day."""
    last = lines.loc[~new, "order_ts"].max().normalize() - pd.Timedelta(days=back - 1)
    day = lines["order_ts"].dt.normalize()
    return (day <= last) & (day > last - pd.Timedelta(days=days))


def known_day_doubled(lines: pd.DataFrame, new: pd.Series, back: int) -> pd.DataFrame:
    return doubled_under_other_ids(lines, on(lines, new, back))


def a_tenth_in_cents(lines: pd.DataFrame, new: pd.Series) -> pd.DataFrame:
    tenth = np.random.default_rng(4).random(len(lines)) < 0.15
    return in_cents(lines, new & tenth)


POISONS: dict[str, tuple[Poison, set[str]]] = {
    "the first half of the file": (
        lambda lines, new: lines.head(len(lines) // 2),
        {"last_day", "history_lines", "history_revenue"},
    ),
    "the second half of the file": (lambda lines, new: lines.tail(len(lines) // 2), {"first_day"}),
    "the new day alone": (lambda lines, new: lines[new], {"first_day"}),
    "the newest quarter of a year": (lambda lines, new: lines[on(lines, new, 1, 90) | new], {"first_day"}),
    "the day before twice": (lambda lines, new: known_day_doubled(lines, new, 1), {"repeated"}),
    "a known day twice": (lambda lines, new: known_day_doubled(lines, new, 3), {"known_days"}),
    "a known day gone": (lambda lines, new: lines[~on(lines, new, 3)], {"known_days"}),
    "a known week gone": (lambda lines, new: lines[~on(lines, new, 10, 7)], {"known_days"}),
    "a known day in cents": (lambda lines, new: in_cents(lines, on(lines, new, 3)), {"known_days"}),
    "some amounts of a month in cents": (a_tenth_in_cents, {"buyer_revenue"}),
    "half of the rows": (lambda lines, new: lines[some(lines)], {"history_lines", "history_revenue"}),
    "half of a day": (lambda lines, new: lines[~new | (lines["order_ts"].dt.hour < 10)], {"day_complete"}),
    "all amounts in cents": (lambda lines, new: in_cents(lines, new | ~new), {"history_revenue"}),
    "amounts of a day in cents": (in_cents, {"order_amount"}),
    "a doubled day": (doubled, {"rejected"}),
    "a doubled day under other ids": (doubled_under_other_ids, {"repeated"}),
}


@pytest.mark.parametrize("name", POISONS)
def test_a_poisoned_night_is_stopped_by_name(lines: pd.DataFrame, limits: ExpectParams, name: str) -> None:
    poison, rules = POISONS[name]
    for back in (150, 99, 51):
        stops = stopping(examine(night(lines, back, poison=poison), limits))
        assert rules <= {found.name for found in stops}
        assert stopping(stops, [found.name for found in stops]) == [], "it is accepted by name"


@pytest.mark.parametrize(("poison", "rule"), [(doubled, "rejected"), (doubled_under_other_ids, "repeated")])
def test_a_doubled_day_of_few_lines_is_seen(
    lines: pd.DataFrame, limits: ExpectParams, poison: Poison, rule: str
) -> None:
    few = lines[lines["customer_id"].isin(lines["customer_id"].drop_duplicates()[:700])]
    for back in (150, 99, 51, 20):
        new = up_to(few, few["order_ts"].max().date() - timedelta(days=back - 1))
        n = int((new["order_ts"].dt.date == new["order_ts"].max().date()).sum())
        found = {one.name for one in stopping(examine(night(few, back, poison=poison), limits))}
        assert rule in found or n < 4, f"{n} lines"


def test_a_last_day_with_few_buyers_is_seen(lines: pd.DataFrame, limits: ExpectParams) -> None:
    """Where orders have no time of day, nothing else shows that the day is not over."""

    def a_quarter(lines: pd.DataFrame, new: pd.Series) -> pd.DataFrame:
        dates = lines.assign(order_ts=lines["order_ts"].dt.normalize())
        last = dates["order_ts"] == dates["order_ts"].max()
        return dates[~last | (dates["order_id"].map(lambda text: sum(text.encode()) % 5) == 0)]

    assert [found.name for found in stopping(examine(night(lines, 150, days=3, poison=a_quarter), limits))] == [
        "few_buyers"
    ]


def test_an_order_of_a_day_to_come_is_seen(lines: pd.DataFrame, limits: ExpectParams) -> None:
    def ahead(lines: pd.DataFrame, new: pd.Series) -> pd.DataFrame:
        later = lines["order_ts"].max() + pd.Timedelta(days=9)
        return pd.concat([lines, lines[new].head(1).assign(order_ts=later, order_id="ahead")])

    assert "future" in {found.name for found in stopping(examine(night(lines, 150, poison=ahead), limits))}


def test_a_column_that_is_gone_and_a_table_that_shrank_are_seen(lines: pd.DataFrame, limits: ExpectParams) -> None:
    compared = night(lines, 150, poison=lambda lines, new: lines.drop(columns="category"))
    found = broken(compared, limits)
    assert found["missing"].text == "100.0% of lines have no category, but 0.0% before"
    now = replace(compared.now, raw_rows=compared.now.raw_rows | {"touches": 500})
    shrunk = broken(replace(compared, now=now), limits)["other_tables"]
    assert (shrunk.action, shrunk.text) == ("stop", "touches has 500 rows, where it had 1,000")


def test_columns_that_change_are_warned_of(lines: pd.DataFrame, limits: ExpectParams) -> None:
    def other_texts(lines: pd.DataFrame, new: pd.Series) -> pd.DataFrame:
        return lines.assign(category=lines["category"].mask(new, "Neu"), product_id=lines["product_id"].mask(new))

    found = broken(night(lines, 150, days=3, poison=other_texts), limits)
    assert {name: one.action for name, one in found.items()} == {"missing": "warn", "new_categories": "warn"}
    assert found["missing"].text == "100.0% of lines have no product_id, but 0.0% before"
    assert found["new_categories"].text == "100% of the new rows have a category never seen before: Neu"


def test_what_customers_are_is_looked_at_too(lines: pd.DataFrame, limits: ExpectParams) -> None:
    then = lines["order_ts"].max().date() - timedelta(days=60)
    ids = lines["customer_id"].astype("str").drop_duplicates()
    customers = pd.DataFrame({"customer_id": ids, "channel": "search", "country": "DE"})
    late = ~customers["customer_id"].isin(up_to(lines, then)["customer_id"])
    renamed = customers.assign(channel=customers["channel"].mask(late, "Search (new)"))
    compared = Comparison(profiled(up_to(lines, then), customers[~late]), profiled(lines, renamed), then)
    assert "channel never seen before: Search (new)" in broken(compared, limits)["new_categories"].text


def test_late_data_are_warned_of(lines: pd.DataFrame, limits: ExpectParams) -> None:
    compared = night(lines, 100)
    assert "late" not in broken(compared, limits)
    late = replace(compared, today=compared.today + timedelta(days=limits.late.limit + 1))
    assert broken(late, limits)["late"].text.endswith("4 days ago")


def test_without_new_days_only_what_was_known_is_compared(lines: pd.DataFrame, limits: ExpectParams) -> None:
    same = profiled(lines)
    found = examine(Comparison(same, same, lines["order_ts"].max().date()), limits)
    assert {one.name for one in found} == {
        "first_day",
        "last_day",
        "future",
        "late",
        "history_lines",
        "history_revenue",
        "known_days",
        "other_tables",
    }
    assert not any(one.broken for one in found)


def test_a_profile_is_the_same_whatever_the_blocks(lines: pd.DataFrame) -> None:
    cleaned = clean_table("transactions", lines, Cleaning(time_zone="UTC")).clean
    customers = pd.DataFrame({"customer_id": lines["customer_id"].astype("str").unique(), "channel": "search"})
    whole = ShopProfile.together([ShopProfile.of(cleaned, customers)])
    block = cleaned["customer_id"].astype("str").map(lambda text: sum(text.encode()) % 5)
    of_known = customers["customer_id"].map(lambda text: sum(text.encode()) % 5)
    parts = [ShopProfile.of(cleaned[block == n], customers[of_known == n]) for n in range(5)]
    together = ShopProfile.together(parts)
    pd.testing.assert_frame_equal(together.days, whole.days)
    pd.testing.assert_frame_equal(together.categories, whole.categories)
    assert together.to_dict() == whole.to_dict()


def test_a_profile_counts_as_pandas_does(lines: pd.DataFrame) -> None:
    clean = clean_table("transactions", lines, Cleaning(time_zone="UTC")).clean
    days = ShopProfile.of(clean, pd.DataFrame({"customer_id": []})).days
    day = clean["order_ts"].dt.floor("D")
    by_day = clean.groupby(day)
    assert (days["lines"] == by_day.size().to_numpy()).all()
    assert (days["net_minor"] == by_day["amount_minor"].sum().to_numpy()).all()
    assert (days["customers"] == by_day["customer_id"].nunique().to_numpy()).all()
    first = clean.groupby(clean["customer_id"].astype("str"))["order_ts"].min().dt.floor("D").value_counts()
    assert (days["new_customers"] == first.reindex(by_day.size().index, fill_value=0).to_numpy()).all()
    logs = np.log(clean.loc[clean["amount_minor"] > 0, "amount_minor"] / 100)
    assert days["log_milli"].sum() / 1000 == pytest.approx(logs.sum(), rel=1e-5)
