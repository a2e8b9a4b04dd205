"""Addresses within the dashboard, and ids as a page shows them."""

import unicodedata
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

CARDS = "/customers/"
NOT_A_SEGMENT = (".", "..")  # browsers and proxies take these for folders, however they are written
UNSEEN = ("Cc", "Cf", "Zl", "Zp", "Cn", "Co", "Cs")  # categories of characters without a picture of their own


def customer_address(customer_id: str) -> str:
    """The card of a customer, whatever characters the id has."""
    if not is_segment(customer_id):
        return address(CARDS, {"id": customer_id})
    return CARDS + quote(customer_id, safe="")


def is_segment(customer_id: str) -> bool:
    """Whether an id can stand in the path of an address, where no line ends and dots alone are folders."""
    return customer_id not in NOT_A_SEGMENT and "\n" not in customer_id


def address(path: str, query: Mapping[str, Any]) -> str:
    """A path with the parameters that have a value."""
    given = {name: value for name, value in query.items() if value not in (None, "")}
    return f"{path}?{urlencode(given)}" if given else path


def visible(text: str) -> str:
    """A text in which every character can be seen: those without a picture as their code, a blank one in quotes."""
    seen = "".join(f"\\u{ord(c):04x}" if unicodedata.category(c) in UNSEEN else c for c in text)
    return seen if seen.strip() == seen and seen else f"“{seen}”"
