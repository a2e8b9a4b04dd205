"""The first screen of the page Data."""

from pathlib import Path

import pandas as pd

from clv import storage
from clv.data.input_finding import InputFinding, as_table
from clv.reporting.data import found
from clv.reporting.kit.table import ELSEWHERE, NOTHING

ODD = InputFinding("identity", True, "'<0>' bought on 242 days", "to set it aside: preprocess.not_customers: ['<0>']")
FINE = InputFinding("last day", False, "the last day is 2024-12-30")


def shown(*findings: InputFinding, folder: Path) -> str:
    """The findings as the page shows them, after a round trip through the file."""
    storage.write_csv(as_table(findings), folder / "findings.csv")
    return found.found(storage.read_csv(folder / "findings.csv", text=["remedy"])).html


def test_what_is_to_check_comes_first_and_stands_out(tmp_path: Path) -> None:
    html = shown(FINE, ODD, folder=tmp_path)
    assert html.index("242 days") < html.index("the last day")
    assert html.count('<tr class="highlight">') == 1
    assert "1 of 2 findings may make the numbers wrong and is for you to judge" in html
    assert "<0>" not in html


def test_nothing_odd_is_said(tmp_path: Path) -> None:
    html = shown(FINE, folder=tmp_path)
    assert "Nothing looks odd" in html
    assert "highlight" not in html


def test_regular_buyers_are_named_with_what_to_use(tmp_path: Path) -> None:
    regular = InputFinding("rhythm", True, "99% of <k> buy at regular intervals", "use predicted_clv")
    storage.write_csv(as_table([ODD, regular]), tmp_path / "findings.csv")
    html = found.rhythm(storage.read_csv(tmp_path / "findings.csv", text=["remedy"])).html
    assert html == "<p>Regular buyers: 99% of &lt;k&gt; buy at regular intervals; use predicted_clv.</p>"
    assert found.rhythm(as_table([ODD, FINE])) == ELSEWHERE


def test_the_table_of_ids_shows_shares() -> None:
    matches = pd.DataFrame(
        {
            "table": ["customers"],
            "rows": [400],
            "rows_of_buyers": [100],
            "buyers": [200],
            "buyers_with_row": [100],
            "rows_in_other_form": [30],
            "form": ["without leading zeros"],
        }
    )
    html = found.identity(matches).html
    assert all(text in html for text in ("25.0%", "50.0%", ">30<", "without leading zeros"))
    assert found.identity(matches.iloc[:0]).html.startswith(NOTHING)
