"""A document in Markdown as the body of a page."""

import re

from nbconvert.filters import markdown2html


def document(markdown: str) -> str:
    """HTML of a Markdown text of ours, whose wide tables scroll by themselves."""
    body = markdown2html(markdown)
    body = re.sub(r'<a class="anchor-link"[^>]*>.*?</a>', "", body)
    return re.sub(r"<table>.*?</table>", r'<div class="scroll" tabindex="0">\g<0></div>', body, flags=re.DOTALL)
