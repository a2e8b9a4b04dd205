"""The page around every report: one file, no script, nothing loaded from anywhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup


@dataclass(frozen=True)
class Link:
    """A report in the navigation."""

    href: str
    title: str
    summary: str


LINKS = (
    Link("index.html", "Overview", "The forecast in a few numbers"),
    Link("data.html", "Data", "What came in, what was set aside, how the shop developed"),
    Link("features.html", "Features", "What the models know of a customer, feature by feature"),
    Link("model.html", "Model", "How good the forecast is, on a window or on customers it never saw"),
    Link("stability.html", "Groups and drift", "For whom it holds, and whether times have changed"),
    Link("explanation.html", "Explanation", "What drives the forecasts"),
    Link("model_card.html", "Model card", "Data, intended use, metrics, limits and versions on one page"),
    Link("customers.html", "Customers", "Who is worth what: the forecast of everyone known today"),
    Link("segments.html", "Segments", "RFM segments, tiers and clusters: their size and value, and who moved"),
    Link("budget.html", "Budget", "Where the money goes, what it should bring, and where the next 1,000 would go"),
    Link("experiments.html", "Experiments", "What randomised tests showed, and how large the next one must be"),
    Link("campaigns.html", "Campaigns", "Audiences and the plan: whom to reach, how, when, and who is left alone"),
)


def page(title: str, body: str, current: str, source: str) -> str:
    """A whole HTML page. `body` is trusted HTML; `source` says in which file its content is computed."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        keep_trailing_newline=True,
    )
    footer = Markup(f"Put together in <code>{escape(source)}</code> from the artifacts that the stages computed.")
    return environment.get_template("page.html.j2").render(
        title=title, body=Markup(body), current=current, links=LINKS, footer=footer
    )


def cards(links: Sequence[Link]) -> str:
    """A list of reports with one line each."""
    items = "".join(
        f'<li><a href="{escape(link.href)}">{escape(link.title)}</a>: {escape(link.summary)}</li>' for link in links
    )
    return f"<ul>{items}</ul>"
