"""The look of every page of the dashboard: its frame, header and policy."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from clv.reporting.kit.table import write
from clv.serving.pages.addresses import address, customer_address, visible
from clv.serving.pages.customer_columns import cell, side

# A browser runs no script on a page, loads styles only from this server, and sends forms only to it.
POLICY = (
    "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "private, no-cache",
}


@dataclass(frozen=True)
class PageLink:
    """A page in the navigation."""

    href: str
    title: str


LINKS = (
    PageLink("/", "Customers"),
    PageLink("/elite", "Elite and gain"),
    PageLink("/segments", "Segments"),
    PageLink("/budget", "Budget"),
    PageLink("/predict", "Predict"),
    PageLink("/reports", "Reports"),
    PageLink("/status", "Status"),
    PageLink("/docs", "API"),
)


@dataclass(frozen=True)
class Warned:
    """A warning to read before any number: in a few words, and why."""

    what: str
    text: str


@dataclass(frozen=True)
class PageFrame:
    """The frame of a page: the stamp of its release (`Release.stamp()`), and its warnings."""

    stamp: Mapping[str, Any]
    warnings: Sequence[Warned] = ()


def sentence(text: str) -> str:
    """An error message as a sentence."""
    whole = text[:1].upper() + text[1:]
    return whole if whole.endswith((".", "!", "?")) else f"{whole}."


ENVIRONMENT = Environment(
    loader=FileSystemLoader(Path(__file__).parent),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
ENVIRONMENT.globals.update(
    links=LINKS,
    address=address,
    customer_href=customer_address,
    visible=visible,
    sentence=sentence,
    cell=cell,
    side=side,
    write=write,
)


def show(
    template: str, setting: PageFrame, title: str, current: str, status: int = 200, **context: Any
) -> HTMLResponse:
    """Render a page from a template beside this file; `current` is its place in the navigation."""
    html = ENVIRONMENT.get_template(template).render(
        title=title, current=current, stamp=setting.stamp, warnings=setting.warnings, **context
    )
    return HTMLResponse(html, status, headers=HEADERS)
