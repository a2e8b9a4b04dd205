"""The style sheets of the dashboard: that of the reports, and its own."""

from functools import cache
from pathlib import Path

from clv.reporting.kit import page

STYLES = {
    "page.css": Path(page.__file__).with_name("page.css"),
    "dashboard.css": Path(__file__).with_name("dashboard.css"),
}


@cache
def style(name: str) -> bytes:
    """The bytes of one of `STYLES`."""
    return STYLES[name].read_bytes()
