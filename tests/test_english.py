"""Plain English: words that readers stumbled over, with better ones, are in no text that a person reads.

Looked at are documents, notebooks, comments of the parameters, the texts of messages and pages in code, and docstrings
and comments as far as no reader should meet a word at all.
"""

import ast
import json
import re
from collections.abc import Iterator

import pytest

from tests.conftest import ROOT
from tests.tracked import tracked

EVERYWHERE = {  # in code too
    r"\b(?:by|for|of|to|from|with|than|on|among) who (?!in\b)": "the persons meant, as in 'of customers who'",
    r"\bbeware\b": "warning, or note",
    r"so-manieth": "k-th",
    r"\bwants? a look\b": "should be checked",
    r"\bsure enough to\b": "reliably",
}
IN_PROSE = {  # house verbs
    r"\b(?:says?|said)\b": "show, report, list, name",
    r"\b(?:tells?|told)\b": "report, show",
    r"\b(?:brings?|brought)\b": "yield, spend, fetch",
    r"\bmend(?:s|ed)?\b": "fix, correct",
    r"\bheeds?\b": "use, respect",
}
STATUS = "cannot say"  # of a test, in tables of earlier runs
CODE = re.compile(r"```.*?```|`[^`\n]*`", flags=re.DOTALL)


PROSE = [*tracked("*.md", "notebooks/*.ipynb"), "params.yaml", "synthetic.yaml", "dvc.yaml", "Makefile"]
SOURCES = tracked("clv/*.py", "stages/*.py", "benchmarks/*.py", "clv/*.j2")


def sentences(name: str) -> str:
    """What a person reads of a file: of a notebook its text, of YAML its comments and descriptions, of code all."""
    text = (ROOT / name).read_text(encoding="utf-8")
    if name.endswith(".ipynb"):
        cells = [cell for cell in json.loads(text)["cells"] if cell["cell_type"] == "markdown"]
        text = "\n".join("".join(cell["source"]) for cell in cells)
    if name.endswith((".md", ".ipynb")):
        text = CODE.sub("", text)
    if name.endswith(".yaml") or name == "Makefile":
        text = "\n".join(re.findall(r"#.*|desc: .*", text))
    return text


def oddities(text: str, words: dict[str, str]) -> Iterator[str]:
    for pattern, better in words.items():
        for found in re.finditer(pattern, text, flags=re.IGNORECASE):
            around = " ".join(text[max(found.start() - 40, 0) : found.end() + 30].split())
            yield f"{found[0]!r} in '{around}'; better: {better}"


@pytest.mark.parametrize("name", PROSE)
def test_prose_is_plain(name: str) -> None:
    assert list(oddities(sentences(name), EVERYWHERE | IN_PROSE)) == []


def texts(name: str) -> list[str]:
    """The texts of a module that are no docstrings, if they are more than a word."""
    tree = ast.parse((ROOT / name).read_text(encoding="utf-8"))
    described = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    docstrings = [
        node.body[0].value
        for node in ast.walk(tree)
        if isinstance(node, described) and ast.get_docstring(node) is not None
    ]
    found = [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    return [str(node.value) for node in found if node not in docstrings and " " in node.value and node.value != STATUS]


@pytest.mark.parametrize("name", [name for name in SOURCES if name.endswith(".py") and not name.startswith("bench")])
def test_messages_are_plain(name: str) -> None:
    assert [odd for text in texts(name) for odd in oddities(text, EVERYWHERE | IN_PROSE)] == []


def test_code_has_none_of_the_worst() -> None:
    assert [f"{name}: {odd}" for name in SOURCES for odd in oddities(sentences(name), EVERYWHERE)] == []


def test_an_oddity_is_found() -> None:
    assert len(list(oddities("One page for who decides. Beware: it says so.", EVERYWHERE | IN_PROSE))) == 3
