"""The parts of the model card that hold names from the shop's own data."""

import pandas as pd

from clv.reporting.card import _gaps, _slices

ODD = ["a|b", "<b>loud", "two\nlines", "new_customers"]


def test_odd_names_of_groups_stay_in_their_cell() -> None:
    rows = pd.DataFrame({"by": "channel", "group": ODD, "customers": 200, "bias": 0.1, "gini": 0.5, "coverage_95": 0.9})
    lines = _slices(rows).splitlines()[2:]
    names = ["a\\|b", "&lt;b&gt;loud", "two lines", "new_customers"]
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
