"""Plain English: words that readers stumbled over, with better ones, are in no text that a person reads.

These texts are documents, notebooks, comments of the parameters, and in code messages, docstrings and comments.
"""

import ast
import io
import json
import re
import tokenize
from collections.abc import Iterator

import pytest

from tests.conftest import ROOT
from tests.tracked import tracked

ODD = {
    r"\b(?:by|for|of|to|from|with|than|on|among) who (?!in\b)": "the persons meant, as in 'of customers who'",
    r"\bbeware\b": "warning, or note",
    r"so-manieth": "k-th",
    r"\bwants? a look\b": "should be checked",
    r"\bsure enough to\b": "reliably",
    r"\b(?:says?|said|saying)\b": "show, report, list, name",
    r"\b(?:tells?|told|telling)\b": "report, show",
    r"\b(?:brings?|brought|bringing)\b": "yield, spend, fetch",
    r"\bmend(?:s|ed|ing)?\b": "fix, correct",
    r"\bheeds?\b": "use, respect",
}
STATUS = "cannot say"  # of a test, in tables of earlier runs
CODE = re.compile(r"```.*?```|`[^`\n]*`", flags=re.DOTALL)


PROSE = [*tracked("*.md", "notebooks/*.ipynb"), "params.yaml", "synthetic.yaml", "dvc.yaml", "Makefile"]
PAGES = tracked("clv/*.j2", "clv/*.js", "clv/*.css")
WORDS_MEANT = ("tests/test_english.py",)
SOURCES = sorted(set(tracked("*.py")) - set(WORDS_MEANT))


def sentences(name: str) -> str:
    """The prose of a file: of a notebook its text, of YAML and JavaScript comments, of a template all but its code."""
    text = (ROOT / name).read_text(encoding="utf-8")
    if name.endswith(".ipynb"):
        cells = [cell for cell in json.loads(text)["cells"] if cell["cell_type"] == "markdown"]
        text = "\n".join("".join(cell["source"]) for cell in cells)
    if name.endswith((".md", ".ipynb")):
        text = CODE.sub("", text)
    if name.endswith(".yaml") or name == "Makefile":
        text = "\n".join(re.findall(r"#.*|desc: .*", text))
    if name.endswith(".j2"):
        text = re.sub(r"\{[{%].*?[%}]\}", "", text)
    if name.endswith(".js"):
        text = "\n".join(re.findall(r"// .*", text))
    return text


def oddities(text: str) -> Iterator[str]:
    for pattern, better in ODD.items():
        for found in re.finditer(pattern, text, flags=re.IGNORECASE):
            around = " ".join(text[max(found.start() - 40, 0) : found.end() + 30].split())
            yield f"{found[0]!r} in '{around}'; better: {better}"


@pytest.mark.parametrize("name", PROSE)
def test_prose_is_plain(name: str) -> None:
    assert list(oddities(sentences(name))) == []


def strings(text: str) -> Iterator[str]:
    """The strings of a module, docstrings too, if they are more than a word."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value:
            yield node.value


def comments(text: str) -> Iterator[str]:
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            yield token.string


@pytest.mark.parametrize("name", SOURCES)
def test_code_speaks_plainly(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert [odd for part in (*strings(text), *comments(text)) if part != STATUS for odd in oddities(part)] == []


@pytest.mark.parametrize("name", PAGES)
def test_pages_speak_plainly(name: str) -> None:
    assert list(oddities(sentences(name))) == []


def test_an_oddity_is_found() -> None:
    assert len(list(oddities("One page for who decides. Beware: it says so."))) == 3
    code = 'def f():\n    """What it says."""\n    return "we told you"  # who brings it\n'
    assert [len(list(oddities(part))) for part in (*strings(code), *comments(code))] == [1, 1, 1]
