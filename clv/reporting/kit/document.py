"""A document in Markdown as the body of a page."""

import re

import mistune
import nh3

TEXT = {"h1", "h2", "h3", "p", "ul", "ol", "li", "code", "em", "strong"}
TABLE = {"table", "thead", "tbody", "tr", "th", "td"}


def document(markdown: str) -> str:
    """HTML of one of our Markdown texts; wide tables scroll on their own.

    The text contains names from the shop's data, so links, pictures and scripts are removed.
    """
    body = nh3.clean(str(mistune.html(markdown)), tags=TEXT | TABLE, attributes={})
    return re.sub(r"<table>.*?</table>", r'<div class="scroll" tabindex="0">\g<0></div>', body, flags=re.DOTALL)
