"""The parts of the model card that hold names from the shop's own data."""

import re

import pandas as pd

from clv.reporting.kit.document import document
from clv.reporting.model_card.card import _gaps, _slices

ODD = ["a|b", "<b>loud", "two\nlines", "new_customers", "a*b*c", "[click](javascript:alert(1))"]


def test_odd_names_of_groups_stay_in_their_cell() -> None:
    rows = pd.DataFrame({"by": "channel", "group": ODD, "customers": 200, "bias": 0.1, "gini": 0.5, "coverage_95": 0.9})
    lines = _slices(rows).splitlines()[2:]
    names = ["a\\|b", "&lt;b&gt;loud", "two lines", "new_customers", "a\\*b\\*c", "\\[click\\](javascript:alert(1))"]
    assert lines == [f"| channel: {name} | 200 | +10.0% | 0.500 | 90.0% |" for name in names]


def test_odd_names_are_plain_text_in_a_sentence_too() -> None:
    row = {
        "by": "age_band",
        "measure": "error",
        "gap": 0.1,
        "highest": "<b>loud",
        "lowest": "a_b",
        "beyond_noise": True,
    }
    assert _gaps(pd.DataFrame([row])) == "error by age band (10.0% more for &lt;b&gt;loud than for a_b)"


def test_a_document_lets_no_link_or_picture_of_a_name_through() -> None:
    rows = pd.DataFrame({"by": "channel", "group": ODD, "customers": 200, "bias": 0.1, "gini": 0.5, "coverage_95": 0.9})
    page = document(_slices(rows))
    for name in ("a|b", "&lt;b&gt;loud", "new_customers", "a*b*c", "[click](javascript:alert(1))"):
        assert f"channel: {name}</td>" in page
    assert "<a" not in page
    unescaped = document("[a](javascript:x) ![b](http://c.example/d) <script>e</script>")
    assert re.findall("<(?!p>|/p>)", unescaped) == []
