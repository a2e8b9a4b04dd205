"""The page of `dvc plots`: DVC can fill it in, and it needs nothing from the internet."""

from pathlib import Path

from dvc_render import VegaRenderer
from dvc_render.html import HTML

from clv.reporting.front.plots_page import template
from tests.browser import browser, opened


def test_it_holds_vega_and_loads_nothing() -> None:
    page = HTML(template()).with_scripts('<script src="https://cdn.example.com/vega"></script>')
    text = page.with_element("<p>a plot</p>").embed()
    assert "<p>a plot</p>" in text
    assert "window.vegaEmbed" in text
    assert "cdn.example.com" not in text, "DVC's own scripts have no place in it"
    assert "src=" not in text.partition("</head>")[2]
    assert "{refresh_tag}" not in text
    assert text.count("</script>") == 1, "nothing in the bundle may end its script"


def test_it_draws_a_plot_and_asks_for_nothing(tmp_path: Path) -> None:
    points = [{"rev": "workspace", "x": i, "y": i * i, "step": i} for i in range(4)]
    plot = VegaRenderer(points, "gain", x="x", y="y", template="simple")
    path = tmp_path / "plots.html"
    path.write_text(HTML(template()).with_element(plot.generate_html()).embed(), encoding="utf-8")
    with browser() as started, opened(started, path, kinds=("error",)) as shown:
        shown.locator("canvas, svg.marks").first.wait_for()
