"""Decisions about customers, made block by block, do not depend on the blocks, even empty ones."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from clv import block_parts, paths
from clv.data.blocks import block_of
from clv.features.by_id import by_id
from clv.features.timeline import Rows
from clv.marketing.campaigns.everybody import Everybody, Seen, TouchTally
from clv.marketing.campaigns.judged_hours import judge_hours
from clv.marketing.campaigns.plan import whole_plan
from clv.marketing.campaigns.plan_parts import PlanParts, hits_of
from clv.marketing.experiments.line_blocks import LineBlocks, OfEverybody
from clv.marketing.segments import value_parts
from clv.marketing.segments.customer_values import names_of
from clv.marketing.segments.rfm import RfmCuts
from clv.marketing.segments.sorting import find_sorting
from clv.marketing.segments.value_parts import ValueParts
from clv.marketing.store import read_values, write_values_block
from clv.params import Params
from tests.marketing.customers import customers

N, BLOCKS, EVENTS = 60, (1, 3, 12), 1500
LAST_DAY = date(2025, 12, 31)


def blocks_of(frame: pd.DataFrame, n_blocks: int) -> np.ndarray:
    """The block of each row; where there are several blocks, the first is empty."""
    ids = pd.Index(frame["customer_id"])
    return block_of(ids, 1) if n_blocks == 1 else 1 + block_of(ids, n_blocks - 1)


def write_blocks(frame: pd.DataFrame, folder: Path, n_blocks: int) -> None:
    """Write a part for each block, with whole customers and rows in the order of ids."""
    frame = frame.sort_values("customer_id", kind="stable")
    block = blocks_of(frame, n_blocks)
    for number in range(n_blocks):
        part = block_parts.as_written(frame[block == number])
        block_parts.write_part(part, str(folder / paths.part(number)))


class FromHistory:
    """A forecaster whose columns depend on the history of the customer alone."""

    def predict(self, snapshot: pd.DataFrame) -> pd.DataFrame:
        money = snapshot["monetary_value"] * (1 + snapshot["frequency"])
        columns: dict[str, Any] = {name: money.round(2) for name in names_of("forecast")}
        columns |= {"p_alive": 1 / (1 + snapshot["recency_days"]), "confidence": "low", "not_known": ""}
        return pd.DataFrame(columns, index=snapshot.index)


def values_of(root: Path, n_blocks: int, params: Params) -> pd.DataFrame:
    """The table of customer values, made in `n_blocks` blocks."""
    rows = Rows(LAST_DAY)
    current = customers(N)[["customer_id", *names_of("history")[:-1]]].assign(tenure_days=400, net_revenue=1.0)
    current = current.assign(net_revenue_last_horizon=1.0, eco_momentum_180d=np.nan, eco_share=np.linspace(0, 1, N))
    write_blocks(current, root / paths.snapshot(str(LAST_DAY)), n_blocks)
    folders = str(root / paths.SNAPSHOTS), "", str(root / paths.CUSTOMER_VALUES)
    parts = ValueParts(*folders, rows, RfmCuts.fit(current), "cpu")
    found = by_id([parts.forecast(block) for block in range(n_blocks)])
    sorting = find_sorting(found.assign(eco_share=current["eco_share"]), params.segment, 1, {}, [])
    for block in [*range(n_blocks), 0]:  # the block of a lost worker is done again
        parts.sort(sorting, block)
    return read_values(root=root)


def test_customer_values_do_not_depend_on_blocks(
    tmp_path: Path, project_params: Params, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(value_parts, "forecaster_at", lambda *_: FromHistory())
    one, *others = (values_of(tmp_path / str(n), n, project_params) for n in BLOCKS)
    assert one["customer_id"].is_monotonic_increasing
    assert one["tier"].nunique() == 3
    for other in others:
        pd.testing.assert_frame_equal(other, one, check_exact=True)


def shop(root: Path, n_blocks: int) -> None:
    """Write customers with values, touches, orders, consents and a running test."""
    rng = np.random.default_rng(4)
    values = customers(N).assign(churn_risk=rng.random(N).round(3), p_purchase=0.5)
    ids = values["customer_id"].to_numpy(dtype=object)
    days = pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 730 * 24, EVENTS), unit="h")
    who = ids[rng.integers(0, N - 9, EVENTS)]
    flags = pd.array(rng.random(EVENTS) < 0.2, dtype="boolean")
    flags[::9] = pd.NA
    tables = {
        "touches": {"touch_ts": days, "kind": np.where(rng.random(EVENTS) < 0.7, "ad", "email"), "opened": flags},
        "transactions": {"order_ts": days[::-1], "amount_minor": rng.integers(-200, 5000, EVENTS)},
    }
    for name, columns in tables.items():
        write_blocks(pd.DataFrame({"customer_id": who, **columns}), root / paths.clean(name), n_blocks)
    consent = pd.DataFrame({"customer_id": ids, "email_consent": rng.random(N) < 0.5})
    write_blocks(consent, root / paths.clean("customers"), n_blocks)
    tests = pd.DataFrame({"customer_id": ids[:9], "assigned_ts": pd.Timestamp("2025-12-20")})
    write_blocks(tests, root / paths.clean("experiments"), n_blocks)
    order = blocks_of(values, n_blocks)
    for block in range(n_blocks):
        write_values_block(values[order == block], str(root / paths.CUSTOMER_VALUES), block)


def planned(root: Path, n_blocks: int, params: Params) -> tuple[Any, ...]:
    """The plan, and all that is reported about it, made in `n_blocks` blocks."""
    shop(root, n_blocks)
    folders = str(root / paths.CLEAN), str(root / paths.CUSTOMER_VALUES)
    parts, blocks = PlanParts(*folders, params.campaign, 0.4, 60, LAST_DAY), range(n_blocks)
    seen = Seen.together([parts.see(block) for block in blocks])
    tally = TouchTally.together([parts.tally(seen, block) for block in blocks])
    everybody = Everybody.of(tally)
    found = [parts.plan(seen, everybody, block) for block in blocks]
    judged = judge_hours(tally.orders_before, tally.orders_later, hits_of(found))
    plan = whole_plan([part.plan for part in found], [part.send_hour(judged.worth_it) for part in found])
    hours, known = everybody.hours, (seen.last_order, seen.column, seen.consent_from)
    return plan.astype({"channel": "str"}), known, tally.left_out, judged, (hours.orders, hours.reactions)


def test_a_campaign_does_not_depend_on_blocks(tmp_path: Path, project_params: Params) -> None:
    one, *others = (planned(tmp_path / str(n), n, project_params) for n in BLOCKS)
    assert set(one[0]["channel"]) == {"ad", "email"}
    assert one[2]["in a running test"] == 9
    assert one[3].orders > 100
    for other in others:
        pd.testing.assert_frame_equal(other[0], one[0], check_exact=True)
        assert other[1:] == one[1:]


def looked(root: Path, n_blocks: int) -> tuple[OfEverybody, pd.DataFrame]:
    """What tests need from all customers, and the lines of a few, read from `n_blocks` blocks."""
    shop(root, n_blocks)
    forecasts = customers(N)[["customer_id", "predicted_clv"]].assign(p_purchase=0.5)
    write_blocks(forecasts, root / paths.TEST_FORECASTS, n_blocks)
    folders = str(root / paths.CLEAN), str(root / paths.TEST_FORECASTS)
    parts = LineBlocks(*folders, LAST_DAY, 60, date(2025, 7, 4))
    everybody = OfEverybody.together([parts.look(block) for block in range(n_blocks)])
    some = everybody.first.index[::7]
    lines = pd.concat([parts.lines_of(some, block) for block in range(n_blocks)])
    return everybody, lines.sort_values(["customer_id", "order_ts", "amount_minor"], ignore_index=True)


@pytest.mark.parametrize("part", [lambda e: e.first, lambda e: e.recent, lambda e: e.after])
def test_what_tests_take_of_everybody_does_not_depend_on_blocks(
    tmp_path: Path, part: Callable[[OfEverybody], Any]
) -> None:
    (one, lines), *others = (looked(tmp_path / str(n), n) for n in BLOCKS)
    assert len(part(one)) > N / 2
    for other, its_lines in others:
        assert part(other).equals(part(one))
        pd.testing.assert_frame_equal(its_lines, lines)
