"""The parts of the front page: a card for each report, the files behind them, and the revisions."""

from collections.abc import Mapping, Sequence
from html import escape
from pathlib import PurePosixPath

from clv.reporting.front.pictures import Picture
from clv.reporting.kit.page import Link

FOLDERS = {"metrics": "Metrics", "tables": "Tables", "plots": "Data of the pictures"}


def cards(links: Sequence[Link], pictures: Mapping[str, Picture]) -> str:
    """The reports as cards: picture, title, one line. `pictures` are by href."""
    items = "".join(
        f'<li><h3><a href="{escape(link.href)}">{escape(link.title)}</a></h3><p>{escape(link.summary)}</p>'
        f"{pictures[link.href].to_html()}</li>"
        for link in links
    )
    return f'<ul class="cards">{items}</ul>'


def files(artifacts: Sequence[str], links: Sequence[Link]) -> str:
    """Links to pages without a card, and to the small files behind the reports, by folder.

    `artifacts` are paths; those outside these folders are ignored.
    """
    pages = "".join(
        f'<p><a href="{escape(link.href)}">{escape(link.title)}</a>: {escape(link.summary)}</p>' for link in links
    )
    found = {name: sorted(path for path in artifacts if path.startswith(f"reports/{name}/")) for name in FOLDERS}
    return pages + "".join(
        f"<p>{title}: "
        + ", ".join(
            f'<a href="{name}/{escape(PurePosixPath(path).name)}">{escape(PurePosixPath(path).name)}</a>'
            for path in found[name]
        )
        + "</p>"
        for name, title in FOLDERS.items()
        if found[name]
    )


def revisions(data: str, code: str, params: str) -> str:
    """The digests of the data, code and parameters behind the reports."""
    named = {"data": data, "code": code, "parameters": params}
    parts = ", ".join(f"{name} <code>{digest}</code>" for name, digest in named.items())
    return (
        f'<p class="revisions">Made from {parts}. With the same data, code and parameters, and the same kept run to '
        "compare with, every number is the same.</p>"
    )
