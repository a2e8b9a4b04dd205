"""The segments report: what it shows for a shop, for a tiny shop, and for one that lacks what it would show."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from clv.marketing.segments.cluster_names import cluster_table
from clv.marketing.segments.fallen import fallen
from clv.marketing.segments.figures import eco_summary, moved, summary
from clv.marketing.segments.hits import tier_hits
from clv.marketing.segments.migration import migration, then_and_now
from clv.marketing.segments.params import SegmentParams
from clv.marketing.segments.profiles import mix, profile
from clv.marketing.segments.sorting import find_sorting
from clv.params import Params
from clv.reporting.customers import cluster_tables as show_clusters
from clv.reporting.customers import moved as show_moves
from clv.reporting.customers import segment_tables as show
from clv.reporting.kit.chart import Chart
from clv.reporting.kit.table import ELSEWHERE, Table
from tests.marketing.customers import SHARES, customers


class Shop:
    """All that the page shows of n customers; `backtest` states whether a backtest was judged."""

    def __init__(self, n: int, params: SegmentParams, backtest: bool, eco: bool):
        least = 20
        values = customers(n)
        if eco:
            values["eco_share"] = np.linspace(0, 1, n)
            values["eco_segment"] = np.where(values["eco_share"] > 0.5, "Eco-conscious High-CLV", "Other High-CLV")
        sorting = find_sorting(values, params, 1, {}, [])
        values["cluster"] = sorting.clusters.labels_of(values)
        values["cluster_name"] = values["cluster"].map(lambda number: f"Group {number}")
        self.profiles = profile(values, 180, 0.4, 0.05, least)
        self.mix = mix(values.assign(channel="mail"), self.profiles, least)
        test = values.assign(realised=values["predicted_clv"][::-1].to_numpy()) if backtest else values.head(0)
        self.hits = tier_hits(test, SHARES, 0.95, pd.DataFrame(columns=["customers"]), least)
        then = values.assign(rfm_segment="Loyal", tier="High-CLV", predicted_clv=values["predicted_clv"] + 1)
        moves = then_and_now(then, values if backtest else values.head(0))
        self.moves = migration(moves, least)
        behaviour = values[["customer_id", "recency_days"]]
        self.fallen = fallen(moves, behaviour.assign(recency_days=0), behaviour)
        self.clusters = cluster_table(sorting.clusters, values, self.profiles)
        self.metrics: dict[str, Any] = summary(
            values, self.profiles, sorting, self.hits, params, least, pd.Timestamp(0).date(), []
        )
        self.metrics |= {
            "migration": moved(moves, self.moves, self.fallen, least),
            "eco": eco_summary(values, params.eco_share, least),
        }


PARTS: dict[str, Callable[[Shop], Chart | Table]] = {
    "suppression": lambda s: show.suppression(s.profiles, 20),
    "grid": lambda s: show.rfm_grid(s.profiles, "EUR"),
    "tiers": lambda s: show.tiers(s.profiles),
    "worth": lambda s: show.worth(s.profiles, "tier", "EUR"),
    "behaviour": lambda s: show.behaviour(s.profiles, "eco", "EUR"),
    "mix": lambda s: show.mix_table(s.mix, "tier"),
    "hits": lambda s: show.hits(s.hits, 0.85, 0.95),
    "stability": lambda s: show_clusters.stability(s.metrics["clusters"]),
    "silhouettes": lambda s: show_clusters.silhouettes({str(k): v for k, v in s.metrics["silhouette"].items()}),
    "clusters": lambda s: show_clusters.profiles(s.clusters, "EUR"),
    "eco": lambda s: show.eco(s.profiles, s.metrics["eco"], "EUR"),
    "differences": lambda s: show.eco_differences(s.metrics["eco"]),
    "matrix": lambda s: show_moves.matrix(s.moves, "tier"),
    "flows": lambda s: show_moves.flows(s.metrics["migration"], "tier", "EUR"),
    "fallen": lambda s: show_moves.fallen(s.metrics["migration"], "EUR"),
    "top": lambda s: show_moves.top_fallen(s.fallen.head(3), len(s.fallen), "EUR"),
}


@pytest.fixture(scope="module")
def params(project_params: Params) -> SegmentParams:
    few = replace(project_params.segment.clusters, bootstraps=2)
    return replace(project_params.segment, clusters=few)


@pytest.fixture(scope="module")
def shop(params: SegmentParams) -> Shop:
    return Shop(400, params, backtest=True, eco=True)


@pytest.fixture(scope="module")
def tiny(params: SegmentParams) -> Shop:
    return Shop(3, params, backtest=False, eco=False)


def html(shown: Chart | Table) -> str:
    return shown.to_html() if isinstance(shown, Chart) else shown.html


@pytest.mark.parametrize("part", PARTS)
def test_every_part_shows_a_shop(shop: Shop, part: str) -> None:
    said = html(PARTS[part](shop))
    assert "nan" not in said.lower()
    assert ("<svg" in said) == (part in ("grid", "tiers", "silhouettes", "clusters", "matrix"))
    assert not any(
        nothing in said for nothing in ("too few customers to", "There is no backtest", "does not show which")
    )


@pytest.mark.parametrize("part", PARTS)
def test_of_three_customers_without_a_backtest_no_figure_is_shown(tiny: Shop, part: str) -> None:
    said = html(PARTS[part](tiny))
    assert "<svg" not in said
    assert "nan" not in said.lower()
    if part in ("hits", "matrix", "flows", "fallen"):
        assert "There is no backtest" in said
    if part == "eco":
        assert "does not show which products are eco products" in said
    if part in ("differences", "behaviour"):
        assert said == ELSEWHERE.html, "reported once"
    if part == "suppression":
        assert "High-CLV (tier)" in said
    if part == "worth":
        assert said.count('<td class="right">–</td>') == said.count('<td class="right">'), "no figures"


def test_an_unstable_clustering_is_warned_of(shop: Shop, params: SegmentParams) -> None:
    assert "Warning" not in html(PARTS["stability"](shop)) or shop.metrics["clusters"]["stability"] < 0.8
    shaky = shop.metrics["clusters"] | {"warning": "clusters are unstable"}
    assert "Warning: clusters are unstable" in show_clusters.stability(shaky).html


def test_the_goal_is_missed_and_said_to_be(shop: Shop) -> None:
    assert shop.hits.iloc[0]["precision"] < 0.85
    assert "The goal of 85% is missed" in html(PARTS["hits"](shop))
    perfect = shop.hits.assign(precision=1.0)
    assert "The goal of 85% is reached" in show.hits(perfect, 0.85, 0.95).html


def test_sums_of_moves_that_are_not_all_shown_are_the_least_there_were() -> None:
    sums = {f"{kind}{end}": 0 for kind in ("stayed", "came", "left", "new") for end in ("", "_value")}
    more = {f"{kind}_more": False for kind in ("stayed", "came", "left", "new")}
    high = sums | more | {"left": 1200, "left_value": 5000.0, "left_more": True}
    low = sums | more | {"came_more": True}
    metrics = {
        "known_then": True,
        "flows": {"tier": {"High-CLV": high, "Growth-Potential": low, "Low-CLV": sums | more}},
    }
    shown = re.findall(r"<td[^>]*>(.*?)</td>", show_moves.flows(metrics, "tier", "EUR").html)
    assert shown[:9] == ["High-CLV", "0", "0", "0", "0", "at least 1,200", "at least 5,000", "0", "0"]
    assert shown[9:14] == ["Growth-Potential", "0", "0", "–", "–"]
