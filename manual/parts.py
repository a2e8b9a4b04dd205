"""The parts of a page that code writes: each stands between a comment that names it and `<!-- end -->`."""

import re
from collections.abc import Mapping
from pathlib import Path

from clv.errors import InputError

ROOT = Path(__file__).resolve().parent.parent
PART = re.compile(r"(<!-- (\w+): .*? -->\n).*?(<!-- end -->)", flags=re.DOTALL)


def filled(text: str, parts: Mapping[str, str]) -> str:
    """The text with the parts filled in by name. Raises `InputError` unless it has exactly one place for each."""
    places = [found[2] for found in PART.finditer(text)]
    if sorted(places) != sorted(parts):
        raise InputError(f"the page has places for {sorted(places)}, and there are parts for {sorted(parts)}")
    return PART.sub(lambda found: f"{found[1]}{parts[found[2]]}\n{found[3]}", text)


def section(text: str, title: str) -> str:
    """The text of a section, up to the next of its level; empty where there is none."""
    found = re.search(rf"^## {re.escape(title)}\n(.*?)(?=^## |\Z)", text, flags=re.DOTALL | re.MULTILINE)
    return found[1] if found else ""
