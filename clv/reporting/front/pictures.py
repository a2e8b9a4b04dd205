"""Small pictures on the cards of the front page that show at a glance what each report is about."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np
import pandas as pd

from clv.evaluation.forecast_names import ENSEMBLE
from clv.marketing.tiers import TIERS
from clv.reporting.kit.chart import BLUE, GREEN, GREY, ORANGE, PINK, RED, SKY
from clv.reporting.kit.not_known import NO_RETURNS, knows_no_tier

WIDTH, HEIGHT, EDGE = 240, 110, 8  # the picture and its margin, in pixels of a card
COLOURS = (BLUE, ORANGE, GREEN, PINK, SKY, RED)
MOST_RUNS = 24
NOT_YET = "Nothing has been judged yet"


@dataclass(frozen=True)
class Picture:
    """The shapes of an SVG of WIDTH x HEIGHT, and its alternative text."""

    shapes: str
    alt: str

    def to_html(self) -> str:
        """An svg element in the text colour of the page."""
        return (
            f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(self.alt, quote=True)}">'
            f"{self.shapes}</svg>"
        )


def outlook(summary: dict[str, Any]) -> Picture:
    """The forecast with its interval, above what the same customers spent in the last horizon."""
    forecast, last, money = summary["forecast"], summary["last_horizon"], summary["currency"]
    if forecast["total"] is None:
        return _nothing(NO_RETURNS.capitalize())
    spent = last["of_known"] if last else 0.0
    across = _scale(0, max(forecast["total"], forecast["upper_95"] or 0, spent, 1), EDGE, WIDTH - EDGE)
    shapes = _text(EDGE, 20, f"next {summary['horizon_days']} days") + _bar(
        EDGE, 26, across(forecast["total"]), 18, BLUE
    )
    alt = f"The next {summary['horizon_days']} days are forecast to yield {forecast['total']:,.0f} {money}"
    if forecast["lower_95"] is not None:
        low, high = across(forecast["lower_95"]), across(forecast["upper_95"])
        shapes += _line([(low, 35), (high, 35)], "currentColor", 2)
        shapes += _line([(low, 29), (low, 41)], "currentColor", 2) + _line([(high, 29), (high, 41)], "currentColor", 2)
    if last:
        shapes += _text(EDGE, 68, f"last {summary['horizon_days']} days, same customers")
        shapes += _bar(EDGE, 74, across(spent), 18, GREY)
        alt += (
            f"; in the last {summary['horizon_days']} days, the customers known at their beginning spent {spent:,.0f}"
        )
    return Picture(shapes, alt)


def orders(base: pd.DataFrame) -> Picture:
    """Orders by month of first-time and returning customers; `base` has a row per day."""
    month = pd.to_datetime(base["day"], unit="D").dt.strftime("%Y-%m")
    rows = base.groupby(month)[["repeat_orders", "new_customers"]].sum()
    total = rows.sum(axis=1)
    across, up = _scale(0, len(rows), EDGE, WIDTH - EDGE), _scale(0, max(total.max(), 1), 92, 20)
    shapes, wide = _text(EDGE, 14, "orders by month"), (WIDTH - 2 * EDGE) / len(rows)
    for i, (repeat, new) in enumerate(rows.to_numpy().tolist()):
        middle, top = up(repeat), up(repeat + new)
        shapes += _bar(across(i), middle, across(i) + 0.8 * wide, 92 - middle, BLUE)
        shapes += _bar(across(i), top, across(i) + 0.8 * wide, middle - top, SKY)
    shapes += _text(EDGE, 106, rows.index[0]) + _text(WIDTH - EDGE, 106, rows.index[-1], "end")
    return Picture(
        shapes,
        f"Orders by month from {rows.index[0]} to {rows.index[-1]}, of new and returning customers, "
        f"at most {total.max():,.0f}",
    )


def features(rows: pd.DataFrame) -> Picture:
    """The number of features in the largest groups."""
    counts = rows.loc[rows["status"] == "present", "group"].value_counts().sort_index()
    top = counts.sort_values(ascending=False, kind="stable").head(5)
    across = _scale(0, max(top.max(), 1), 90, WIDTH - 32)
    shapes = ""
    for i, (group, n) in enumerate(top.items()):
        y = EDGE + 19 * i
        shapes += _text(84, y + 11, str(group), "end") + _bar(90, y, across(n), 14, BLUE)
        shapes += _text(across(n) + 4, y + 11, str(n))
    return Picture(shapes, f"{counts.sum()} features in {len(counts)} groups, most in {top.index[0]}")


def gain(curve: pd.DataFrame) -> Picture:
    """The gain curve of the forecast, above the line of a random order."""
    if curve.empty or curve[ENSEMBLE].isna().all():
        return _nothing()
    across, up = _scale(0, 1, EDGE, WIDTH - EDGE), _scale(0, 1, HEIGHT - EDGE, EDGE)
    x, y = curve["customers_share"], curve[ENSEMBLE]
    at = float(np.interp(0.2, x, y))
    points = [(across(a), up(b)) for a, b in zip(x, y, strict=True)]
    shapes = _line([(across(0), up(0)), (across(1), up(1))], GREY, 1) + _line(points, BLUE, 3)
    shapes += f'<circle cx="{across(0.2):.1f}" cy="{up(at):.1f}" r="5" fill="{ORANGE}"/>'
    shapes += _text(WIDTH - EDGE, HEIGHT - EDGE - 2, f"best 20%: {at:.0%} of value", "end")
    return Picture(shapes, f"Gain curve: the 20% of customers with the highest forecasts held {at:.0%} of the value")


def deciles(rows: pd.DataFrame) -> Picture:
    """Forecast and realised means by tenth of the forecast."""
    if rows.empty or rows["realised_mean"].isna().all():
        return _nothing()
    means = rows[["forecast_mean", "realised_mean"]].clip(lower=0) ** 0.5  # roots: the lowest tenths are tiny
    across, up = _scale(0, len(rows), EDGE, WIDTH - EDGE), _scale(0, max(means.to_numpy().max(), 1), 96, 22)
    wide = (WIDTH - 2 * EDGE) / len(rows)
    shapes = _text(WIDTH - EDGE, 16, "bars: spent, dots: forecast", "end")
    for i, (forecast, realised) in enumerate(means.itertuples(index=False)):
        shapes += _bar(across(i), up(realised), across(i) + 0.75 * wide, 96 - up(realised), GREY)
        shapes += f'<circle cx="{across(i) + 0.375 * wide:.1f}" cy="{up(forecast):.1f}" r="4" fill="{BLUE}"/>'
    first = rows.iloc[0]
    return Picture(
        shapes,
        "Forecast and spending per customer by tenth of the forecast; in the first tenth "
        f"{first['forecast_mean']:,.0f} were forecast and {first['realised_mean']:,.0f} spent",
    )


def tiers(profiles: pd.DataFrame) -> Picture:
    """Share of customers and of the forecast by tier."""
    rows = profiles[profiles["dimension"] == "tier"].set_index("segment")
    if knows_no_tier(rows.index.to_series()):
        return _nothing(NO_RETURNS.capitalize())
    rows = rows.reindex(list(TIERS))[["customer_share", "predicted_share"]]
    if rows.isna().to_numpy().any():
        return _nothing("Too few customers to show")
    shapes, alt = "", []
    for y, (column, title) in zip(
        (18, 70), (("customer_share", "customers"), ("predicted_share", "value")), strict=True
    ):
        shapes += _text(EDGE, y, title)
        shapes += _stack(rows[column].tolist(), 1.0, y + 6, 20, (BLUE, GREEN, GREY))
        alt.append(f"{rows[column].iloc[0]:.0%} of the {title}")
    return Picture(shapes, f"Tiers: {TIERS[0]} are {' and hold '.join(alt)}")


def budget(cells: pd.DataFrame, currency: str) -> Picture:
    """The budget by tier, in parts by channel."""
    rows = cells[cells["tier"].isin(TIERS)].pivot_table(index="tier", columns="channel", values="budget", aggfunc="sum")
    rows = rows.reindex(list(TIERS)).fillna(0.0)
    most = max(float(rows.sum(axis=1).max()), 1.0)
    shapes, spent = "", []
    for i, (tier, parts) in enumerate(zip(TIERS, rows.to_numpy().tolist(), strict=True)):
        y = 16 + 35 * i
        spent.append(f"{tier} {sum(parts):,.0f}")
        shapes += _text(EDGE, y, spent[-1]) + _stack(parts, most, y + 5, 12, COLOURS)
    return Picture(shapes, f"The budget in {currency}: {', '.join(spent)}")


def revenue(months: pd.DataFrame, currency: str) -> Picture:
    """Revenue of the coming months: of known customers, and stacked on it that of new customers."""
    rows = months[["known", "new"]]
    if rows["known"].isna().any():
        return _nothing(NO_RETURNS.capitalize())
    total = rows.sum(axis=1)
    across, up = _scale(0, len(rows), EDGE, WIDTH - EDGE), _scale(0, max(float(total.max()), 1.0), 98, 22)
    shapes, wide = _text(EDGE, 14, "revenue by month to come"), (WIDTH - 2 * EDGE) / len(rows)
    for i, (known, new) in enumerate(rows.fillna(0.0).to_numpy().tolist()):
        middle, top = up(known), up(known + new)
        shapes += _bar(across(i), middle, across(i) + 0.8 * wide, 98 - middle, BLUE)
        shapes += _bar(across(i), top, across(i) + 0.8 * wide, middle - top, SKY)
    return Picture(
        shapes,
        f"Revenue of {len(rows)} months to come in {currency}: {rows['known'].sum():,.0f} from customers known today, "
        f"{rows['new'].sum():,.0f} from customers still to come",
    )


def runs(rows: pd.DataFrame) -> Picture:
    """The totals that the newest runs forecast, and the realised totals of those whose horizon is over."""
    known = rows[rows["forecast"].notna()].tail(MOST_RUNS)
    if known.empty:
        return _nothing("No run has been kept yet")
    totals = known[["forecast", "realised"]].to_numpy(dtype="float64")
    across, up = _scale(0, len(known), EDGE, WIDTH - EDGE), _scale(0, max(float(np.nanmax(totals)), 1.0), 98, 22)
    shapes, wide = _text(EDGE, 14, "dots: forecast, bars: realised"), (WIDTH - 2 * EDGE) / len(known)
    for i, (forecast, realised) in enumerate(totals.tolist()):
        if np.isfinite(realised):
            shapes += _bar(across(i), up(realised), across(i) + 0.75 * wide, 98 - up(realised), GREY)
        shapes += f'<circle cx="{across(i) + 0.375 * wide:.1f}" cy="{up(forecast):.1f}" r="4" fill="{BLUE}"/>'
    newest = known.iloc[-1]
    return Picture(
        shapes,
        f"Totals of {len(known)} runs; the newest, as of {newest['as_of']}, forecast {newest['forecast']:,.0f}",
    )


def checks(trust: dict[str, Any]) -> Picture:
    """A dot for each check of the backtest, and how many pass."""
    passed, failed = trust["passed"], len(trust["failed"])
    if not passed + failed:
        return _nothing()
    across = _scale(0, passed + failed, EDGE, WIDTH - EDGE)
    shapes = "".join(
        f'<circle cx="{across(i + 0.5):.1f}" cy="42" r="11" fill="{GREEN if i < passed else RED}"/>'
        for i in range(passed + failed)
    )
    said = f"{passed} of {passed + failed} checks pass"
    return Picture(shapes + _text(WIDTH / 2, 86, said, "middle"), f"The backtest: {said}")


def _nothing(why: str = NOT_YET) -> Picture:
    return Picture(_text(WIDTH / 2, HEIGHT / 2, why, "middle"), f"No picture: {why.lower()}")


def _scale(low: float, high: float, start: float, end: float) -> Callable[[float], float]:
    """Map a value between low and high to a position between start and end on the picture."""
    return lambda value: float(start + (value - low) / (high - low) * (end - start))


def _bar(left: float, top: float, right: float, height: float, colour: str) -> str:
    width = max(right - left, 0)
    return f'<rect x="{left:.1f}" y="{top:.1f}" width="{width:.1f}" height="{max(height, 0):.1f}" fill="{colour}"/>'


def _stack(parts: Sequence[float], whole: float, top: float, height: float, colours: Sequence[str]) -> str:
    """Bars one after the other from the left edge; a length of `whole` reaches the right edge."""
    across = _scale(0, whole, EDGE, WIDTH - EDGE)
    ends = np.concatenate([[0.0], np.cumsum(np.maximum(parts, 0))])
    return "".join(
        _bar(across(ends[i]), top, across(ends[i + 1]), height, colours[i % len(colours)]) for i in range(len(parts))
    )


def _line(points: Sequence[tuple[float, float]], colour: str, width: float) -> str:
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="{width}"/>'


def _text(x: float, y: float, text: str, anchor: str = "start") -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="12" fill="currentColor">{escape(text)}</text>'
    )
