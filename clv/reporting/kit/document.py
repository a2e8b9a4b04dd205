"""A document in Markdown as the body of a page."""

import re

import bleach
from nbconvert.filters import markdown2html

TAGS = {
    "h1", "h2", "h3", "p", "ul", "ol", "li", "table", "thead", "tbody", "tr", "th", "td", "code", "em", "strong",
}  # fmt: skip


def document(markdown: str) -> str:
    """HTML of a Markdown text of ours, whose wide tables scroll by themselves.

    Names in it come from the shop's data: no link, picture or script is let through.
    """
    body = markdown2html(markdown)
    body = re.sub(r'<a class="anchor-link"[^>]*>.*?</a>', "", body)
    body = bleach.clean(body, tags=TAGS, attributes={}, strip=True)
    return re.sub(r"<table>.*?</table>", r'<div class="scroll" tabindex="0">\g<0></div>', body, flags=re.DOTALL)
