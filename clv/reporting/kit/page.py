"""The page around every report: one file that loads nothing."""

import hashlib
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
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
    Link("00_summary.html", "Summary", "One page for decision-makers: what to expect, what to do, how far to trust it"),
    Link("01_data.html", "Data", "What data came in, what was set aside, and how the shop developed"),
    Link("02_features.html", "Features", "What the models know of a customer, feature by feature"),
    Link("03_models.html", "Models", "How good the forecast is compared with simpler ones, and what drives it"),
    Link("04_calibration.html", "Calibration", "Whether the numbers can be trusted: for whom, over time, and now"),
    Link("05_customers.html", "Customers", "What customers are worth, which segments they are in, and who moved"),
    Link(
        "06_budget.html",
        "Budget",
        "Where the money goes, what it should yield, which tests support it, and what to do next",
    ),
    Link(
        "07_revenue.html",
        "Revenue",
        "Revenue month by month, from customers known today and still to come, by tier and cohort",
    ),
    Link("08_runs.html", "Runs", "Each nightly run: what it forecast, how good it was, and what was then realised"),
    Link("model_card.html", "Model card", "Data, intended use, metrics, limits and versions on one page"),
    Link("data_dictionary.html", "Data dictionary", "Every column that the models learn from"),
)


@dataclass(frozen=True)
class Body:
    """The content of a page: title, trusted HTML of head and sections, contents, and notes on what is left out.

    `contents` are the headings to jump to (title and anchor), shown between head and sections; `left_out` gives the
    reasons for sections that are missing.
    """

    title: str
    html: str
    head: str = ""
    contents: Sequence[tuple[str, str]] = ()
    left_out: Sequence[str] = ()


def policy(script: str) -> str:
    """The content security policy of a page: run only the one `script`, the text between its tags; no injected code.

    Nothing is loaded or sent (`default-src`), links cannot be redirected (`base-uri`), and no form is sent
    (`form-action`). Inline styles are allowed because pictures and tables have any number of them; without anything to
    load they reveal nothing.
    """
    digest = b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode()
    return (
        f"default-src 'none'; script-src 'sha256-{digest}'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
        "form-action 'none'"
    )


def page(body: Body, current: str, source: str) -> str:
    """A whole HTML page.

    `current` is the href of this page; `source` names where the content is computed, and is a link if it is a notebook,
    which lies beside the page.
    """
    folder = Path(__file__).parent
    script = "\n" + (folder / "page.js").read_text(encoding="utf-8")
    environment = Environment(
        loader=FileSystemLoader(folder), autoescape=True, undefined=StrictUndefined, keep_trailing_newline=True
    )
    return environment.get_template("page.html.j2").render(
        title=body.title,
        head=Markup(body.head),
        body=Markup(body.html),
        contents=body.contents,
        left_out=body.left_out,
        current=current,
        links=LINKS,
        source=source,
        style=Markup((folder / "page.css").read_text(encoding="utf-8")),
        policy=Markup(policy(script)),
        script=Markup(script),
    )
