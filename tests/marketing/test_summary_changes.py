"""What changed since an earlier run, and what is not compared."""

import json
from pathlib import Path
from typing import Any

import pytest

from clv import paths
from clv.errors import InputError
from clv.marketing.summary.changes import SEASON, changes
from tests.conftest import ROOT
from tests.marketing.summaries import shop, unjudged

PREVIOUS = Path("reports/previous.json")


def test_changes_are_relative_in_points_or_in_words() -> None:
    then = shop(as_of="2025-11-30", customers=1600, forecast__total=100_000.0, trust__bias=0.01, at_risk=None)
    found = changes(shop(), then, "previous.json")
    assert (found["then"], found["why"]) == ("2025-11-30", "")
    rows = {row["what"]: row for row in found["rows"]}
    assert rows["customers"]["change"] == pytest.approx(0.25)
    assert rows["total forecast"]["change"] == pytest.approx(0.1)
    assert rows["total of the last test window, off by"]["change"] == pytest.approx(-0.024)
    assert rows["segment with most of the forecast"] == {
        "what": "segment with most of the forecast",
        "kind": "text",
        "then": "Champions",
        "now": "Champions",
        "change": None,
    }
    assert rows["customers who fell to a lower group"]["change"] is None, "nobody is known to have fallen then"
    assert rows["checks that fail"]["change"] is None, "0 is nothing to compare with"


def test_the_season_is_told_only_where_both_runs_have_it() -> None:
    def season(then: dict[str, Any]) -> list[dict[str, Any]]:
        return [row for row in changes(shop(), then, "p")["rows"] if row["what"] == SEASON]

    assert [row["change"] for row in season(shop(season_index=1.2))] == [pytest.approx(-0.25)]
    earlier = {name: value for name, value in shop().items() if name != "season_index"}
    assert season(earlier) == []


def test_what_neither_run_has_is_left_out() -> None:
    rows = [row["what"] for row in changes(unjudged(), unjudged(), "p")["rows"]]
    assert "customers" in rows
    assert "customers inside their 95% interval" not in rows


REPLACED = "; `make keep` replaces it with this one"


@pytest.mark.parametrize(
    ("then", "why"),
    [
        ({}, "no earlier run was kept (`make keep` keeps this one)"),
        (shop(shop="beef"), "the run in previous.json is of another shop" + REPLACED),
        (shop(horizon_days=90), "the run in previous.json is of another horizon (90, now 180)" + REPLACED),
        (shop(currency="USD"), "the run in previous.json is of another currency (USD, now EUR)" + REPLACED),
        (shop(as_of="2026-01-01"), "the run in previous.json is of a later day (2026-01-01, now 2025-12-31)"),
    ],
)
def test_another_run_is_not_compared(then: dict[str, Any], why: str) -> None:
    found = changes(shop(), then, "previous.json")
    assert (found["why"], found["rows"]) == (why, [])


@pytest.mark.parametrize("then", [{"a": 1}, [], "text", shop(trust=None), shop(forecast={})])
def test_what_is_no_summary_is_refused_in_a_line(then: Any) -> None:
    with pytest.raises(
        InputError, match=r"^report\.previous must be reports/metrics/summary\.json .* and p\.json is not"
    ):
        changes(shop(), then, "p.json")


def test_the_run_that_is_shipped_is_of_the_default_shop_a_month_earlier() -> None:
    now, then = (json.loads((ROOT / path).read_text(encoding="utf-8")) for path in (paths.SUMMARY, PREVIOUS))
    assert (then["as_of"], now["as_of"]) == ("2025-11-30", "2025-12-31")
    assert changes(now, then, str(PREVIOUS))["why"] == ""
