"""The page of `dvc plots`: DVC can fill it in, and it needs nothing from the internet."""

from dvc_render.html import HTML

from clv.reporting.front.plots_page import template


def test_it_holds_vega_and_loads_nothing() -> None:
    page = HTML(template()).with_scripts('<script src="https://cdn.example.com/vega"></script>')
    text = page.with_element("<p>a plot</p>").embed()
    assert "<p>a plot</p>" in text
    assert "window.vegaEmbed" in text
    assert "cdn.example.com" not in text, "DVC's own scripts have no place in it"
    assert "src=" not in text.partition("</head>")[2]
    assert "{refresh_tag}" not in text
    assert text.count("</script>") == 1, "nothing in the bundle may end its script"
