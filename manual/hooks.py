"""Hooks of mkdocs.yml: the manual's pages from elsewhere in the repo, links between them, and formulas as MathML.

On GitHub the same files link each other by their paths in the repo. On the site all pages lie in one folder. A link to
a file that is not a page, such as code, becomes plain text.
"""

import html
import posixpath
import re
from pathlib import Path
from typing import Any

from latex2mathml.converter import convert
from mkdocs.structure.files import File, Files

ROOT = Path(__file__).resolve().parent.parent
PAGES = {  # by the path in the repo
    "README.md": "index.md",
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changelog.md",
    "benchmarks/README.md": "benchmarks.md",
    "data/README.md": "data.md",
    "deploy/README.md": "deploy.md",
    "models/README.md": "models.md",
    "reports/README.md": "reports.md",
    "reports/data_dictionary.md": "data_dictionary.md",
    "reports/model_card.md": "model_card.md",
}
PICTURES = {"reports/gain.svg": "gain.svg"}
SOURCES = {page: source for source, page in PAGES.items()}
FENCE = re.compile(r"(```.*?```)", flags=re.DOTALL)  # code, in which nothing is a link
LINK = re.compile(r"(!?)\[([^\]]*)\]\(([^)\s]+)\)")
FORMULA = re.compile(r'<(div|span) class="arithmatex">\\[\[(](.*?)\\[\])]</\1>', flags=re.DOTALL)


def on_files(files: Files, config: Any) -> Files:
    """Add the pages and pictures that lie outside docs/."""
    for source, page in (PAGES | PICTURES).items():
        files.append(File.generated(config, page, content=(ROOT / source).read_text(encoding="utf-8")))
    return files


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Turn links between files of the repo into links between pages."""
    source = SOURCES.get(page.file.src_uri, f"docs/{page.file.src_uri}")
    parts = FENCE.split(markdown)
    return "".join(
        part if i % 2 else LINK.sub(lambda found: _link(found, source), part) for i, part in enumerate(parts)
    )


def on_page_content(content: str, **_: Any) -> str:
    """Write formulas as MathML, which browsers draw without scripts."""
    return FORMULA.sub(
        lambda found: convert(html.unescape(found[2]), display="block" if found[1] == "div" else "inline"), content
    )


def _link(found: re.Match[str], source: str) -> str:
    mark, text, target = found.groups()
    path, _, anchor = target.partition("#")
    if re.match(r"[a-z]+:", target) or not path:
        return found[0]
    path = posixpath.normpath(posixpath.join(posixpath.dirname(source), path))
    page = (PAGES | PICTURES).get(path, path.removeprefix("docs/") if path.startswith("docs/") else None)
    return f"{mark}[{text}]({page}{'#' if anchor else ''}{anchor})" if page else text
