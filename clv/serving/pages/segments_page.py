"""The page of segments: what each is worth, and how many customers moved between them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi.responses import Response

from clv import paths
from clv.reporting.kit.table import Column
from clv.serving import release_answers
from clv.serving.pages.addresses import address
from clv.serving.pages.customer_list import HOME
from clv.serving.pages.look import PageFrame, show
from clv.serving.release import Release

SEGMENTS_PAGE = "/segments"
TITLES = {
    "tier": "Tiers",
    "elite": "Elite",
    "rfm_segment": "RFM segments",
    "cluster": "Clusters",
    "eco": "Eco segments",
}
MOVED = {"tier": "Between tiers", "rfm_segment": "Between RFM segments"}
CHOICES = {"tier": "tier", "rfm_segment": "segment", "cluster": "cluster", "elite": "elite"}
SHADES = 4


@dataclass(frozen=True)
class Moves:
    """Customers by group then (rows) and now (columns): a count, "few" if it is hidden, and a shade."""

    title: str
    now: Sequence[str]
    rows: Sequence[tuple[str, Sequence[tuple[str, int]]]]


def segments(release: Release, setting: PageFrame) -> Response:
    """Every dimension as a table, and the moves between groups since the backtest's date."""
    rows = release_answers.segments(release)["segments"]
    dimensions = {row["dimension"]: TITLES.get(row["dimension"], row["dimension"]) for row in rows}
    moved = release_answers.migration(release)["migration"]
    clusters = {name: n for n, name in release.json(paths.PROFILES_JSON)["clusters"]["names"].items()}
    return show(
        "segments_page.html.j2",
        setting,
        "Segments",
        SEGMENTS_PAGE,
        columns=_columns(release.currency),
        dimensions=[
            (title, [row | {"href": _href(row, clusters)} for row in rows if row["dimension"] == dimension])
            for dimension, title in dimensions.items()
        ],
        suppressed=any(row["suppressed"] for row in rows),
        least=release.recorded["min_group_customers"],
        moves=[_moves(moved, dimension, title) for dimension, title in MOVED.items()],
    )


def _columns(currency: str) -> Sequence[Column]:
    return (
        Column("customers", "customers", "count"),
        Column("customer_share", "share", "share"),
        Column("predicted_share", "share of forecast", "share"),
        Column("predicted_mean", f"mean forecast, {currency}", "money"),
        Column("predicted_mean_lower", "95% from", "money"),
        Column("predicted_mean_upper", "to", "money"),
        Column("churn_risk_mean", "will not buy", "share"),
        Column("recency_days_mean", "days since last", "days"),
        Column("frequency_mean", "orders after the first", "mean"),
        Column("monetary_value_mean", f"spend per order, {currency}", "money"),
    )


def _href(row: Mapping[str, Any], clusters: Mapping[str, str]) -> str:
    """The address of the list of a segment's customers; "" if the list has no such filter."""
    choice, name = CHOICES.get(row["dimension"]), row["segment"]
    if choice == "elite":
        return address(HOME, {"elite": "yes" if name == "Elite" else "no"})
    if choice == "cluster":
        return address(HOME, {"cluster": clusters[name]}) if name in clusters else ""
    return address(HOME, {choice: name}) if choice else ""


def _moves(rows: Sequence[Mapping[str, Any]], dimension: str, title: str) -> Moves:
    cells = {(row["from"], row["to"]): row for row in rows if row["dimension"] == dimension}
    then, now = (list(dict.fromkeys(pair[side] for pair in cells)) for side in (0, 1))
    now.sort(key=lambda name: then.index(name) if name in then else len(then))
    return Moves(title, now, [(one, [_move(cells, one, other, now) for other in now]) for one in then])


def _move(
    cells: Mapping[tuple[str, str], Mapping[str, Any]], then: str, now: str, names: Sequence[str]
) -> tuple[str, int]:
    """The text of a cell, and its share of the row as a shade, 0 to `SHADES`."""
    cell = cells.get((then, now))
    if cell is None:
        return "–", 0
    if cell["suppressed"] or cell["customers"] is None:
        return "few", 0
    counts = [cells[then, to]["customers"] or 0 for to in names if (then, to) in cells]
    share = cell["customers"] / max(sum(counts), 1)
    return f"{cell['customers']:,.0f}", min(int(share * SHADES) + (share > 0), SHADES)
