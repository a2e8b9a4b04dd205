"""The gain curve with a slider that reads off the share of the value which a share of the customers holds."""

import json
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from clv.evaluation.forecast_names import AVERAGE_SO_FAR, ENSEMBLE, PERFECT
from clv.reporting.kit.chart import Chart
from clv.reporting.kit.table import NOT_JUDGED, Table
from clv.reporting.models.accuracy import TOP, gain

READ = (PERFECT, ENSEMBLE, AVERAGE_SO_FAR)  # the curves that are read off
CAPTION = "Each curve ranks customers as of a horizon ago and shows the share of the value that they then spent"
ALL = 1.0005  # is read off as more than 100.0%
PAST_ALL = (
    ". The perfect ranking exceeds 100%, because it puts customers who returned more than they bought last, and they "
    "reduce the total"
)
START = 0.2  # share of customers that is read off at first, and where a page has no script


@dataclass(frozen=True)
class Reading:
    """What stands on the page at one share of the customers: the place of the line and its dots, and the sentence."""

    x: float
    dots: list[float]
    said: str


def gain_reader(curves: pd.DataFrame) -> Table:
    """The gain curve with a line that a slider moves, and a sentence with the values at this line.

    `curves` has a row per share of the customers, as `clv.evaluation.chart_tables.gain_curve` returns it. Every
    sentence is on the page: the script (page.js) only shows another one.
    """
    if curves.empty or curves[PERFECT].isna().all():
        return NOT_JUDGED
    chart = replace(gain(curves), caption=CAPTION + (PAST_ALL if curves[PERFECT].max() > ALL else ""))
    read = [reading(chart, row) for _, row in curves.iterrows()]
    start = int(np.abs(curves["customers_share"].to_numpy() - START).argmin())
    figure = chart.to_html().replace("</svg>", f"{_line(chart, read[start])}</svg>", 1)
    data = json.dumps([vars(one) for one in read], ensure_ascii=False).replace("<", "\\u003c")
    return Table(
        f'<div class="reading">{figure}'
        '<p class="control" hidden>'
        '<label for="gain-share">Choose a share of the customers here, or point at the chart</label>'
        f'<input type="range" id="gain-share" min="0" max="{len(read) - 1}" value="{start}"></p>'
        f'<output for="gain-share">{read[start].said}</output>'
        f'<script type="application/json">{data}</script></div>'
    )


def reading(chart: Chart, row: pd.Series) -> Reading:
    """One row of the curves, in the picture and in words."""
    frame = chart.frame
    x = frame.left + row["customers_share"] * (frame.right - frame.left)
    dots = [frame.bottom - row[name] / TOP * (frame.bottom - frame.top) for name in READ]
    perfect, ensemble, average = (f"{row[name]:.1%}" for name in READ)
    said = (
        f"The {row['customers_share']:.0%} of customers with the highest forecasts hold {ensemble} of the value "
        f"(perfect ranking: {perfect}, average so far: {average})"
    )
    return Reading(round(x, 1), [round(dot, 1) for dot in dots], said)


def _line(chart: Chart, at: Reading) -> str:
    dots = "".join(f'<circle cy="{dot}" r="3.5"/>' for dot in at.dots)
    return (
        f'<g class="marker" transform="translate({at.x} 0)">'
        f'<line y1="{chart.frame.top}" y2="{chart.frame.bottom}"/>{dots}</g>'
    )
