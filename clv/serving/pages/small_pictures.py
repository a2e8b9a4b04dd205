"""The pictures of the dashboard as SVG; the page's style sheet sets their colours, by class."""

from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Any

from markupsafe import Markup

from clv.evaluation.forecast_names import AVERAGE_SO_FAR, ENSEMBLE, PERFECT
from clv.models.calibration.intervals import LEVELS
from clv.reporting.kit.table import write

WIDTH = 480  # of a picture, in its own units: about the width of a phone in pixels
EDGE = 10
MOST_BARS = 60


def interval(one: Mapping[str, Any], horizon_days: int, currency: str) -> Markup | None:
    """The forecast of a customer as a dot on its intervals; None if it has none."""
    forecast, levels = one["predicted_clv"], sorted(LEVELS)
    if forecast is None or one[f"upper_{levels[-1]}"] is None:
        return None
    ends = {level: (one[f"lower_{level}"], one[f"upper_{level}"]) for level in levels}
    lowest = min(0.0, forecast, *(lower for lower, _ in ends.values()))
    highest = max(1.0, forecast, *(upper for _, upper in ends.values()))
    across = _scale(lowest, highest, EDGE, WIDTH - EDGE)
    shapes, said = "", []
    for level, half in zip(reversed(levels), (9, 15, 21), strict=True):
        lower, upper = ends[level]
        shapes += _bar(across(lower), 34 - half, across(upper), 34 + half, "level")
        said.append(f"{level}%: {write(lower, 'money')} to {write(upper, 'money')}")
    shapes += f'<circle class="of-blue" cx="{across(forecast):.1f}" cy="34" r="6"/>'
    shapes += _line(EDGE, 60, WIDTH - EDGE, 60, "axis")
    for value, anchor in ((lowest, "start"), (highest, "end")):
        shapes += _text(across(value), 76, write(value, "money"), anchor, "soft")
    return _figure(
        shapes,
        82,
        f"The forecast (dot) and its intervals, {currency}: {'; '.join(reversed(said))}",
        f"Bar of the intervals of the forecast of {horizon_days} days, {write(forecast, 'money')} {currency}: "
        f"{', '.join(reversed(said))}",
    )


def bars(periods: Sequence[tuple[str, float]], unit: str, what: str) -> Markup | None:
    """A bar per period, negative ones downwards, for at most the last `MOST_BARS`; None if there are no periods."""
    shown = periods[-MOST_BARS:]
    if not shown:
        return None
    lowest, highest = min(0.0, *(v for _, v in shown)), max(0.01, *(v for _, v in shown))
    up = _scale(lowest, highest, 112, 24)
    step = (WIDTH - 2 * EDGE) / len(shown)
    width = min(0.8 * step, 40.0)
    shapes = "".join(
        _bar(EDGE + i * step, up(max(value, 0.0)), EDGE + i * step + width, up(min(value, 0.0)), "of-blue")
        for i, (_, value) in enumerate(shown)
        if value
    )
    shapes += _line(EDGE, up(0.0), WIDTH - EDGE, up(0.0), "axis")
    shapes += _text(EDGE, 14, f"most in a {what}: {write(highest, 'money')} {unit}", "start", "soft")
    shapes += _text(EDGE, 130, shown[0][0], "start", "soft")
    if len(shown) > 1:
        shapes += _text(WIDTH - EDGE, 130, shown[-1][0], "end", "soft")
    total = sum(value for _, value in shown)
    said = (
        f"from {shown[0][0]} to {shown[-1][0]}, at most {write(highest, 'money')} in a {what}, "
        f"{write(total, 'money')} in all"
    )
    return _figure(shapes, 136, f"Spent by {what}, {unit}, less what was returned", f"Bars of what was spent, {said}")


def gain(curve: Sequence[Mapping[str, float]], share: float) -> Markup:
    """The gain curve of the backtest, with a line at a share of the customers.

    `curve` has a row per share, as in reports/plots/gain.csv; it must have rows, all with values.
    """
    across, up = _scale(0, 1, 40, WIDTH - EDGE), _scale(0, 1, 208, 14)
    shapes = ""
    for level in (0.0, 0.5, 1.0):
        shapes += _line(40, up(level), WIDTH - EDGE, up(level), "axis") + _text(
            34, up(level) + 4, f"{level:.0%}", "end", "soft"
        )
        shapes += _text(across(level), 226, f"{level:.0%}", "end" if level == 1 else "middle", "soft")
    for name, kind in ((PERFECT, "curve perfect"), (AVERAGE_SO_FAR, "curve plain"), (ENSEMBLE, "curve")):
        points = " ".join(f"{across(row['customers_share']):.1f},{up(row[name]):.1f}" for row in curve)
        shapes += f'<polyline class="{kind}" points="{points}"/>'
    at = read_off(curve, ENSEMBLE, share)
    shapes += _line(across(share), up(0), across(share), up(1), "reads")
    shapes += f'<circle class="of-blue" cx="{across(share):.1f}" cy="{up(at):.1f}" r="6"/>'
    for y, kind, text in ((150, "curve perfect", "perfect ranking"), (168, "curve", "the forecast"),
                          (186, "curve plain", "average so far")):  # fmt: skip
        shapes += f'<polyline class="{kind}" points="310,{y} 340,{y}"/>' + _text(346, y + 4, text)
    return _figure(
        shapes,
        232,
        "Share of the value (up) that came from the share of customers (across) with the highest forecasts a horizon "
        "ago, by what they then spent",
        f"Gain curve: the {share:.1%} of customers with the highest forecasts held {at:.1%} of the value",
    )


def read_off(curve: Sequence[Mapping[str, float]], name: str, share: float) -> float:
    """The value of a curve at a share of the customers, by linear interpolation."""
    before = after = curve[0]
    for row in curve:
        if row["customers_share"] >= share:
            after = row
            break
        before = after = row
    wide = after["customers_share"] - before["customers_share"]
    part = (share - before["customers_share"]) / wide if wide > 0 else 0.0
    return before[name] + part * (after[name] - before[name])


def _figure(shapes: str, height: int, caption: str, alt: str) -> Markup:
    return Markup(
        f'<figure class="small"><svg viewBox="0 0 {WIDTH} {height}" role="img" '
        f'aria-label="{escape(alt, quote=True)}">{shapes}</svg><figcaption>{escape(caption)}</figcaption></figure>'
    )


def _scale(low: float, high: float, start: float, end: float) -> Callable[[float], float]:
    """Map a value between two ends to a position in the picture."""
    return lambda value: start + (value - low) / (high - low) * (end - start)


def _bar(left: float, top: float, right: float, bottom: float, kind: str) -> str:
    width, height = max(right - left, 1.0), max(bottom - top, 0.5)
    return f'<rect class="{kind}" x="{left:.1f}" y="{top:.1f}" width="{width:.1f}" height="{height:.1f}"/>'


def _line(x1: float, y1: float, x2: float, y2: float, kind: str) -> str:
    return f'<line class="{kind}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'


def _text(x: float, y: float, text: str, anchor: str = "start", kind: str = "") -> str:
    mark = f' class="{kind}"' if kind else ""
    return f'<text{mark} x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'
