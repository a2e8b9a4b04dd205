"""Charts: names beside lines, and colours that a page sets."""

import re

import numpy as np
import pytest
from matplotlib.figure import Figure

from clv.reporting.kit import chart as kit
from clv.reporting.kit.chart import BLUE, GREEN, INK, ORANGE, Chart, Mark, figure, name_lines, render
from tests.conftest import ROOT


def lines(ends: list[float]) -> list[tuple[str, float]]:
    """The names beside lines that end at these heights, with their positions as shares of the axes' height."""
    fig, ax = figure(height=3.0)
    for end in ends:
        ax.plot([0, 1], [0, end])
    name_lines(ax, [Mark(1, end, f"line {i}", BLUE) for i, end in enumerate(ends)], at=1.02)
    fig.canvas.draw()
    return [(text.get_text(), float(text.xyann[1])) for text in ax.texts]


def test_names_stand_apart_in_the_order_of_their_lines() -> None:
    named = lines([1.0, 5.0, 5.01, 4.99])
    assert [name for name, _ in named] == ["line 2", "line 1", "line 3", "line 0"]
    heights = np.array([height for _, height in named])
    assert (np.diff(heights) <= -0.05).all()
    assert heights[0] == pytest.approx(5.01 / (1.05 * 5.01 + 0.05 * 5.01), abs=0.05)


def test_names_stay_above_the_axis_and_a_line_without_a_value_has_none() -> None:
    named = lines([0.01, 0.0, 10.0, 0.02, float("nan")])
    assert min(height for _, height in named) >= 0
    assert "line 4" not in [name for name, _ in named]


def chart() -> Chart:
    fig, ax = figure()
    for colour in (BLUE, ORANGE, GREEN):
        ax.plot([0, 1], [0, 1], color=colour)
    return render(fig, "lines", "Three lines", "Three lines that rise from nothing", wide=True)


def test_a_page_sets_the_colours_that_one_ground_would_hide() -> None:
    html = chart().to_html().lower()
    assert not [colour for colour in (INK, BLUE, ORANGE) if colour.lower() in html]
    assert {"var(--blue)", "var(--orange)", GREEN.lower()} <= set(re.findall(r"stroke: ([^;\"]*)", html))
    assert "currentcolor" in html
    assert "var(" not in chart().standalone()


def test_a_wide_chart_scrolls_and_says_where_its_axes_lie() -> None:
    made = chart()
    assert made.to_html().startswith('<figure class="wide"><div class="scroll"')
    frame = made.frame
    assert 0 < frame.left < frame.right < 72 * 6.6
    assert 0 < frame.top < frame.bottom < 72 * 3.6


def test_ids_do_not_tell_floats() -> None:
    """matplotlib names clip paths by a hash of the axes' position, whose last bit may differ on another CPU."""
    drawn = []
    for left in (0.1, 0.1 + 1e-15):
        fig = Figure(figsize=(3, 2))
        fig.add_axes((left, 0.1, 0.8, 0.8)).plot([0, 1], [0, 1])
        drawn.append(render(fig, "same", "caption", "a line that rises").svg)
    assert drawn[0] == drawn[1]
    assert 'id="same-p' in drawn[0]


CSS = (ROOT / "clv/reporting/kit/page.css").read_text(encoding="utf-8")
GROUNDS = [
    dict(re.findall(r"--(\w+): (#\w{6})", block)) for block in re.findall(r":root \{(.*?)\}", CSS, flags=re.DOTALL)
]


def luminance(colour: str) -> float:
    """Relative luminance of #rrggbb, as WCAG 2.2 defines it."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("ground", GROUNDS, ids=["light", "dark"])
def test_colours_stand_out_from_the_page(ground: dict[str, str]) -> None:
    """WCAG AA requires a contrast of 3 for graphics and 4.5 for text."""
    for name in ("BLUE", "ORANGE", "GREEN", "RED", "SKY", "PINK", "GREY"):
        colour = ground.get(name.lower(), getattr(kit, name))
        assert contrast(colour, ground["paper"]) >= 3, name
    for text in ("ink", "soft", "accent"):
        for behind in ("paper", "tint", "mark"):
            assert contrast(ground[text], ground[behind]) >= 4.5, f"{text} on {behind}"


def test_contrast_is_that_of_the_standard() -> None:
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
