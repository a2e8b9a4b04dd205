"""benchmarks/README.md has a section for each benchmark, whose record a new one replaces."""

import re

import pytest

from benchmarks.record import PAGE, recorded
from clv.errors import InputError
from tests.conftest import ROOT

TEXT = (ROOT / PAGE).read_text(encoding="utf-8")
TITLES = re.findall(r"^## (.*)$", TEXT, flags=re.MULTILINE)


def test_every_benchmark_has_a_section() -> None:
    files = {path.stem: path.read_text(encoding="utf-8") for path in (ROOT / "benchmarks").glob("*.py")}
    programs = {name for name, text in files.items() if '__name__ == "__main__"' in text} - {"record"}
    assert set(TITLES) == programs
    assert sorted(TITLES) == TITLES


def test_a_record_takes_the_place_of_the_last_one() -> None:
    first = recorded(TEXT, "budget", "```text\nfirst: 1\n```\n\n`python`, 2026-01-01.\n")
    assert first.count("first: 1") == 1
    second = recorded(first, "budget", "```text\ntwo\n```\n\n`python`, 2026-01-02.\n")
    assert "first: 1" not in second
    assert recorded(second, "budget", "```text\ntwo\n```\n\n`python`, 2026-01-02.\n") == second
    assert re.findall(r"^## (.*)$", second, flags=re.MULTILINE) == TITLES
    with pytest.raises(InputError, match="has no section '## other'"):
        recorded(TEXT, "other", "")
