"""README.md is short, and its numbers are those of the last run."""

import re

import pandas as pd
import pytest

from clv import paths
from clv.errors import InputError
from manual import readme
from manual.parts import PART, filled
from tests.conftest import ROOT

TEXT = (ROOT / readme.README).read_text(encoding="utf-8")
PARTS = {found[2]: found[0] for found in PART.finditer(TEXT)}
# Numbers that were measured: money, shares, times, sizes.
MEASURED = re.compile(r"\d[\d,.]*\s?(?:%|EUR|seconds|s\b|ms|minutes|hours|[KMG]i?B\b)|(?<![\d.])0?\.\d+")


def test_it_is_short() -> None:
    assert len(TEXT.splitlines()) <= 150


def test_how_good_it_is_is_what_the_last_run_measured() -> None:
    record = (ROOT / readme.RECORD).read_text(encoding="utf-8")
    assert readme.accuracy(pd.read_csv(ROOT / paths.METRICS_CSV), record) in PARTS["accuracy"]
    assert len(readme.real_shops(record)) >= 2


def test_the_rows_are_those_of_the_last_run() -> None:
    if not (ROOT / paths.CUSTOMER_VALUES).exists():
        pytest.skip("no run is here; `make check` looks at it in a run of its own")
    assert readme.customers(pd.read_parquet(ROOT / paths.CUSTOMER_VALUES)) in PARTS["customers"]


def test_no_measured_number_is_typed() -> None:
    prose = PART.sub("", re.sub(r"```.*?```", "", TEXT, flags=re.DOTALL))
    assert MEASURED.findall(prose) == []
    assert MEASURED.findall("Gini .80, 3.2%, 4 minutes, 1.5 GiB, 20 s") == [
        ".80",
        "3.2%",
        "4 minutes",
        "1.5 GiB",
        "20 s",
    ]


def test_a_part_is_put_in_its_place() -> None:
    text = "a\n<!-- x: made -->\nold\n<!-- end -->\nb\n"
    assert filled(text, {"x": "new"}) == text.replace("old", "new")
    with pytest.raises(InputError, match=r"the page has places for \['x'\], and there are parts for \['y'\]"):
        filled(text, {"y": "new"})


def test_the_rows_go_from_the_highest_to_the_median() -> None:
    n = 1000
    values = pd.DataFrame({name: ["x"] * n for name in readme.SHOWN})
    values["customer_id"] = [f"C{i:04}" for i in range(n)]
    values["predicted_clv"] = [float(i) for i in range(n)]
    shown = [line.split(" | ")[1] for line in readme.customers(values).splitlines()[2:]]
    assert shown == ["999.00", "989.00", "949.00", "799.00", "499.00"]
