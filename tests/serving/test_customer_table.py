"""Customers of a release: every value is that of the Parquet, pages are in order, cursors hold for one release."""

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from clv import artifacts, paths
from clv.errors import InputError
from clv.marketing.tiers import is_elite
from clv.serving.customer_table import CustomerTable
from clv.serving.refused import RefusedError, ReleaseChangedError
from clv.serving.release import Release
from clv.serving.rows_of_customer import RowsOfCustomer
from clv.serving.selection import SORTS, Selection
from clv.serving.sorted_rows import SortedRows
from clv.table_shape import Columns

NEEDED = artifacts.TABLE[paths.CUSTOMER_VALUES]


@pytest.fixture(scope="module")
def values(release: Release) -> pd.DataFrame:
    """The customer values of the release with a few odd rows: ties, unknown numbers, ids of all lengths."""
    frame = pd.read_parquet(release.path(paths.CUSTOMER_VALUES))
    frame.loc[::7, "predicted_clv"] = 12.5
    frame.loc[::11, "days_to_next_order"] = np.nan
    frame.loc[3, "customer_id"], frame.loc[4, "customer_id"] = "ÄÖ", "c"
    frame.loc[5, "tier"] = None
    return frame.sample(frac=1, random_state=1)


@pytest.fixture(scope="module")
def table(values: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> CustomerTable:
    return CustomerTable(rows(values, tmp_path_factory.mktemp("values")), "0123456789ab")


def rows(frame: pd.DataFrame, folder: Path, needed: Columns = NEEDED) -> SortedRows:
    frame.to_parquet(folder / "rows.parquet", index=False)
    return SortedRows.read(folder / "rows.parquet", needed)


def plain(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return frame.astype(object).where(frame.notna(), None).to_dict("records")


def ids(found: list[dict[str, Any]]) -> list[str]:
    return [row["customer_id"] for row in found]


def every_page(table: CustomerTable, chosen: Selection, limit: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    cursor: str | None = None
    while True:
        page, total, cursor = table.page(chosen, cursor, limit)
        found += page
        if cursor is None:
            assert total == len(found)
            return found


def test_every_value_of_every_customer_is_that_of_the_file(table: CustomerTable, values: pd.DataFrame) -> None:
    for expected in plain(values):
        got = table.get(expected["customer_id"])
        assert got == expected
        assert [type(value) for value in got.values()] == [type(value) for value in expected.values()]
    for nobody in ("", "C", "C0000001x", "zzz", "\x00", "\U0001f600"):
        assert table.get(nobody) is None


@pytest.mark.parametrize("column", SORTS)
@pytest.mark.parametrize("sign", ["", "-"])
def test_pages_follow_each_other_in_order(table: CustomerTable, values: pd.DataFrame, column: str, sign: str) -> None:
    found = every_page(table, Selection(sort=sign + column), 101)
    by_id = values.sort_values("customer_id")
    expected = by_id.sort_values(column, ascending=not sign, kind="stable", na_position="last")
    assert found == plain(expected)


def test_groups_are_chosen_together(table: CustomerTable, values: pd.DataFrame) -> None:
    assert values["elite"].any()
    segment, tier, cluster = values["rfm_segment"].mode()[0], values["tier"].mode()[0], values["cluster"].mode()[0]
    masks = {
        "tier": (str(tier), values["tier"] == tier),
        "segment": (str(segment), values["rfm_segment"] == segment),
        "cluster": (int(cluster), values["cluster"] == cluster),
        "elite": (False, ~values["elite"]),
        "top_pct": (60.0, pd.Series(is_elite(values["predicted_clv"].to_numpy(), 0.6), index=values.index)),
    }
    for names in ([name] for name in masks), [list(masks)], [["tier", "elite"], ["segment", "top_pct"]]:
        for chosen in names:
            mask = np.logical_and.reduce([masks[name][1] for name in chosen])
            found = every_page(table, Selection(**{name: masks[name][0] for name in chosen}), 1000)
            assert set(ids(found)) == set(values.loc[mask, "customer_id"]), chosen
            assert mask.any()


@pytest.mark.parametrize("percent", [0.01, 1, 5, 20, 33.3, 99.9, 100])
def test_the_best_share_is_counted_as_elite_is(table: CustomerTable, values: pd.DataFrame, percent: float) -> None:
    found = every_page(table, Selection(top_pct=percent), 1000)
    best = is_elite(values["predicted_clv"].to_numpy(), percent / 100)
    assert set(ids(found)) == set(values.loc[best, "customer_id"])


def test_the_elite_of_the_run_are_its_best_share(release: Release) -> None:
    share = 100 * release.recorded["segment"]["tiers"]["elite"]
    best = every_page(release.customers, Selection(top_pct=share), 1000)
    assert ids(best) == ids(every_page(release.customers, Selection(elite=True), 1000))


def test_a_cursor_is_good_for_one_release_and_one_selection(
    table: CustomerTable, values: pd.DataFrame, tmp_path: Path
) -> None:
    _, _, cursor = table.page(Selection(), None, 10)
    assert cursor is not None
    other = CustomerTable(rows(values, tmp_path), "ba9876543210")
    with pytest.raises(ReleaseChangedError, match="to release 0123456789ab, but ba9876543210 is served now") as refused:
        other.page(Selection(), cursor, 10)
    assert refused.value.code == "release_changed"
    for chosen in (Selection(sort="predicted_clv"), Selection(elite=True)):
        with pytest.raises(RefusedError, match="cursor belongs to other filters or another order"):
            table.page(chosen, cursor, 10)
    for text in ("", "x", "äöü", "AAAA", cursor[:-3], cursor * 100, "MDEyMzQ1Njc4OWFiIDEwIDEwIDEw"):
        with pytest.raises(RefusedError) as error:
            table.page(Selection(), text, 10)
        assert error.value.field == "cursor"


@pytest.mark.parametrize(
    ("chosen", "field"),
    [
        ({"sort": "customer_id"}, "sort"),
        ({"sort": "--predicted_clv"}, "sort"),
        ({"top_pct": 0.0}, "top_pct"),
        ({"top_pct": float("nan")}, "top_pct"),
        ({"top_pct": 101.0}, "top_pct"),
        ({"tier": "Platinum"}, "tier"),
        ({"segment": "lost"}, "segment"),
        ({"cluster": 99}, "cluster"),
    ],
)
def test_what_cannot_be_chosen_is_refused_by_name(table: CustomerTable, chosen: dict[str, Any], field: str) -> None:
    with pytest.raises(RefusedError, match=rf"\A{field} must be ") as refused:
        table.page(Selection(**chosen), None, 10)
    assert refused.value.field == field


def test_a_group_without_customers_is_empty(table: CustomerTable) -> None:
    assert table.page(Selection(tier="Not known"), None, 10) == ([], 0, None)


def test_no_customers_at_all(values: pd.DataFrame, tmp_path: Path) -> None:
    empty = CustomerTable(rows(values[:0], tmp_path), "0123456789ab")
    assert len(empty) == 0
    assert empty.get("C0000001") is None
    assert empty.page(Selection(top_pct=5.0), None, 10) == ([], 0, None)


def test_reasons_are_those_of_the_file_in_its_order(release: Release) -> None:
    frame = pd.read_parquet(release.path(paths.REASONS))
    assert len(frame) > 100
    for customer, expected in list(frame.groupby("customer_id", sort=False))[::10]:
        assert release.reasons.get(str(customer)) == plain(expected)
    assert release.reasons.get("nobody") == []
    assert len(release.campaign.get(frame["customer_id"][0])) == 1


def test_rows_of_one_customer_stay_in_order_where_the_file_is_not_sorted(tmp_path: Path) -> None:
    frame = pd.DataFrame({"customer_id": ["b", "a", "b", "a"], "rank": [1, 1, 2, 2]})
    found = RowsOfCustomer(rows(frame, tmp_path, Columns(("customer_id",), ("rank",))))
    assert [row["rank"] for row in found.get("b")] == [1, 2]
    assert [row["rank"] for row in found.get("a")] == [1, 2]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda frame: frame.drop(columns="p_alive"), "it has no column p_alive"),
        (lambda frame: frame.assign(p_alive="high"), "its column p_alive has values that are not numbers"),
        (lambda frame: frame.assign(customer_id=1), "its column customer_id must be text in every row"),
    ],
)
def test_a_file_of_another_shape_is_refused(values: pd.DataFrame, tmp_path: Path, change: Any, said: str) -> None:
    with pytest.raises(InputError, match=said):
        rows(change(values), tmp_path)


def test_a_selection_is_as_it_was_asked_for() -> None:
    chosen = Selection(tier="High-CLV", sort="frequency")
    assert (chosen.column, chosen.falling) == ("frequency", False)
    assert chosen.groups() == {"tier": "High-CLV"}
    with pytest.raises(dataclasses.FrozenInstanceError):
        chosen.tier = "Low-CLV"
