"""The page of the best customers: choose a share, see what it holds, download the list."""

from collections.abc import Mapping
from typing import Any

from fastapi.responses import Response

from clv.evaluation.forecast_names import AVERAGE_SO_FAR, ENSEMBLE, PERFECT
from clv.marketing.tiers import UNKNOWN
from clv.reporting.kit.not_known import NOT_KNOWN
from clv.reporting.kit.table import facts, write
from clv.serving import model_answers
from clv.serving.pages.addresses import address
from clv.serving.pages.choices import not_expected, percent
from clv.serving.pages.customer_columns import listed_columns
from clv.serving.pages.customer_list import EXPORT, HOME
from clv.serving.pages.look import PageFrame, show
from clv.serving.pages.small_pictures import gain, read_off
from clv.serving.refused import RefusedError
from clv.serving.release import Release
from clv.serving.selection import Selection

ELITE = "/elite"
START = "5"  # percent, by default
SHARES = ("1", "5", "10", "20", "50")
FIRST = 25  # customers in the list on the page


def elite(release: Release, setting: PageFrame, query: Mapping[str, str]) -> Response:
    """The best `top_pct` percent of customers by forecast; with status 422 if that is invalid."""
    typed = query.get("top_pct", "").strip() or START
    try:
        chosen = Selection(top_pct=percent(typed))
    except (RefusedError, ValueError):
        return _shown(release, setting, typed, not_expected("top_pct", typed))
    rows, total, _ = release.customers.page(chosen, None, FIRST)
    share, curve = (chosen.top_pct or 0.0) / 100, model_answers.gain(release)["gain"]
    judged = bool(curve) and all(row[name] is not None for row in curve for name in (ENSEMBLE, PERFECT, AVERAGE_SO_FAR))
    said = {name: f"{read_off(curve, name, share):.1%}" for name in (ENSEMBLE, PERFECT, AVERAGE_SO_FAR) if judged}
    return _shown(
        release,
        setting,
        typed,
        rows=rows,
        total=total,
        figures=facts(_held(release, chosen, total, said.get(ENSEMBLE))).html,
        picture=gain(curve, share) if judged else None,
        said=said,
    )


def _held(release: Release, chosen: Selection, total: int, realised: str | None) -> list[tuple[str, str]]:
    """What the best customers hold: (label, value)."""
    customers, currency = release.customers, release.currency
    theirs, everyone = (customers.total(of, "predicted_clv") for of in (chosen, Selection()))
    if UNKNOWN in customers.groups("tier"):
        return [("customers", write(total, "count")), ("what they hold", NOT_KNOWN)]
    return [
        ("customers", write(total, "count")),
        (f"their forecast of {release.horizon_days} days, {currency}", write(theirs, "money")),
        ("of the forecast of all", write(theirs / everyone if everyone > 0 else None, "share")),
        ("of what came, in the backtest", realised or "not judged"),
        (f"mean forecast, {currency}", write(theirs / total if total else None, "money")),
    ]


def _shown(
    release: Release,
    setting: PageFrame,
    typed: str,
    error: str = "",
    rows: list[dict[str, Any]] | None = None,
    total: int = 0,
    figures: str = "",
    picture: str | None = None,
    said: Mapping[str, str] | None = None,
) -> Response:
    query = {"top_pct": typed}
    return show(
        "elite_page.html.j2",
        setting,
        "Elite and gain",
        ELITE,
        422 if error else 200,
        typed=typed,
        error=error,
        shares=SHARES,
        rows=rows or [],
        total=total,
        columns=listed_columns(rows or [], release.currency),
        figures=figures,
        picture=picture,
        said=said or {},
        share=release.recorded["segment"]["tiers"]["elite"],
        everyone=len(release.customers),
        export=address(EXPORT, query),
        whole_list=address(HOME, query),
    )
