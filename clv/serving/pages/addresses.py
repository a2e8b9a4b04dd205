"""Addresses within the dashboard, and ids as a page shows them."""

import unicodedata
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

CARDS = "/customers/"
NOT_A_SEGMENT = (".", "..")  # browsers and proxies treat these as folders, even if escaped
UNSEEN = ("Cc", "Cf", "Zl", "Zp", "Cn", "Co", "Cs")  # categories of characters without a glyph


def customer_address(customer_id: str) -> str:
    """The address of a customer's card, for any characters in the id."""
    if not is_segment(customer_id):
        return address(CARDS, {"id": customer_id})
    return CARDS + quote(customer_id, safe="")


def is_segment(customer_id: str) -> bool:
    """Whether an id can be a segment of a path, which has no line break and is not only dots."""
    return customer_id not in NOT_A_SEGMENT and "\n" not in customer_id


def address(path: str, query: Mapping[str, Any]) -> str:
    """A path with those query parameters that have a value."""
    given = {name: value for name, value in query.items() if value not in (None, "")}
    return f"{path}?{urlencode(given)}" if given else path


def visible(text: str) -> str:
    """A text with every character visible: those without a glyph as their code, edge or only blanks in quotes."""
    seen = "".join(f"\\u{ord(c):04x}" if unicodedata.category(c) in UNSEEN else c for c in text)
    return seen if seen.strip() == seen and seen else f"“{seen}”"
