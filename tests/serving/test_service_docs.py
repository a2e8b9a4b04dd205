"""docs/service.md, word for word: each call of the API is there in curl and in Python, and gets an answer."""

import ast
import json
import re
import shlex
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.conftest import ROOT
from tests.recipes import blocks
from tests.serving.running import ADDRESS, Client

TEXT = (ROOT / "docs" / "service.md").read_text(encoding="utf-8")
CALLS = TEXT.split("\n## Calls\n", 1)[1].split("\n## Refusals\n", 1)[0]
CURLS = [line for block in blocks(CALLS, "console") for line in re.split(r"^\$ ", block, flags=re.MULTILINE) if line]
DEFINITION, *PYTHON = blocks(CALLS, "python")
NOT_FOR_PROGRAMS = {"/healthz", "/metrics"}  # which monitoring asks


def words(call: str) -> tuple[str, Any]:
    """The path of a curl call, and the body that it sends."""
    name, address, *more = shlex.split(call)
    assert name == "curl"
    assert address.startswith(ADDRESS)
    return address.removeprefix(ADDRESS), json.loads(more[more.index("-d") + 1]) if "-d" in more else None


@pytest.mark.parametrize("call", CURLS, ids=lambda call: words(call)[0])
def test_each_call_is_answered(call: str, service: Client) -> None:
    path, body = words(call)
    answer = service.get(path) if body is None else service.post(path, json=body)
    assert answer.status_code in (200, 202), answer.text


@pytest.mark.parametrize("block", PYTHON)
def test_python_asks_the_same(block: str, service: Client) -> None:
    def ask(path: str, body: Any = None) -> Any:
        return (service.get(path) if body is None else service.post(path, json=body)).json()

    exec(compile(block, "docs/service.md", "exec"), {"ask": ask})


def test_every_address_is_documented(service: Client) -> None:
    there = set(service.get("/openapi.json").json()["paths"])
    shown = {urlsplit(words(call)[0]).path.replace("C0000012", "{customer_id}") for call in CURLS}
    assert shown == there
    asked = {
        node.args[0].value.partition("?")[0].replace("C0000012", "{customer_id}")
        for block in PYTHON
        for node in ast.walk(ast.parse(block))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and isinstance(node.args[0], ast.Constant)
    }
    assert asked == there - NOT_FOR_PROGRAMS
    assert "def ask(path" in DEFINITION
