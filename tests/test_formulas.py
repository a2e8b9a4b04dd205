"""Text that a spreadsheet would run as a formula: a warning where it is written, an error where it is a parameter."""

from pathlib import Path

import pandas as pd
import pytest

from clv import storage
from clv.errors import InputError
from clv.formulas import counted
from clv.marketing.folder import write_folder
from clv.params import Params
from clv.strict import build
from clv.yaml_file import read_yaml
from tests.conftest import ROOT

FORMULAS = [
    "+SUM(1;1)",
    "=cmd|' /C calc'!A0",
    "-1",
    "+49 171 1234567",
    "@SUM(A1)",
    " =1+1",
    "\t=1",
    "\tx",
    "\r",
    "12;=1+1",
    "a\r=1",
    "a\n+1",
    "\uff1d1",
]
HARMLESS = ["", "c-1", "10% win-back voucher", "a=b", "mail@example.com", "C00001", "1e-05", "a;b", "– none"]


@pytest.mark.parametrize("text", FORMULAS)
def test_what_begins_as_a_formula_is_counted_and_not_quoted(
    text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "t.csv"
    frame = pd.DataFrame({"customer_id": [text, "c1", text], "n": [-1, -2, -3], "v": [-1.5, None, 2.0]})
    assert counted(frame) == {"customer_id": 2}
    storage.write_csv(frame, path)
    said = capsys.readouterr().err
    assert said.startswith(f"warning: {path}: customer_id (2) begin with = + - @")
    assert said.count("\n") == 1
    assert "SUM" not in said
    assert "cmd" not in said
    assert pd.read_csv(path, dtype="str", keep_default_na=False, lineterminator="\n")["n"].tolist() == [
        "-1",
        "-2",
        "-3",
    ]


@pytest.mark.parametrize("text", HARMLESS)
def test_other_text_is_written_without_a_word(text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    storage.write_csv(pd.DataFrame({"channel": [text, None, "-1"[1:]], "mixed": [-1.5, "a", None]}), tmp_path / "t.csv")
    assert capsys.readouterr().err == ""


def test_a_negative_number_among_text_is_a_number_but_as_an_id() -> None:
    frame = pd.DataFrame({"customer_id": ["-1", "c"], "value": ["-1", "-4.5"], "channel": ["-1-2", "-x"]})
    assert counted(frame) == {"customer_id": 1, "channel": 2}


def test_an_id_comes_back_as_it_was(tmp_path: Path) -> None:
    """A mark in front of an id would break the import of assignments."""
    frame = pd.DataFrame({"customer_id": [text for text in FORMULAS if "\r" not in text]})
    storage.write_csv(frame, tmp_path / "t.csv")
    assert storage.read_csv(tmp_path / "t.csv", text=["customer_id"]).equals(frame)


def test_the_warning_names_the_file_where_it_will_lie(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_folder({"a.csv": pd.DataFrame({"x": ["=1"]})}, tmp_path / "lists")
    assert capsys.readouterr().err.startswith(f"warning: {tmp_path / 'lists' / 'a.csv'}: x (1) ")


def test_many_columns_are_one_short_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    storage.write_csv(pd.DataFrame({f"c{i}": ["=1"] for i in range(50)}), tmp_path / "t.csv")
    assert "c0 (1), c1 (1), c2 (1) and 47 more columns begin" in capsys.readouterr().err


NAMES = {
    "campaign.name": lambda c, text: c["campaign"].update(name=text),
    "campaign.offers.lost.name": lambda c, text: c["campaign"]["offers"]["lost"].update(name=text),
    "budget.channel_caps": lambda c, text: c["budget"].update(channel_caps={text: 1.0}),
    "budget.bounds[0].channel": lambda c, text: c["budget"].update(
        bounds=[{"tier": "Low-CLV", "channel": text, "min": 0.0, "max": 1.0}]
    ),
    "budget.elasticities": lambda c, text: c["budget"].update(
        elasticities={text: {"spend": 1.0, "new_customers": 1.0, "elasticity": 0.5}}
    ),
}


@pytest.mark.parametrize("path", NAMES)
@pytest.mark.parametrize("text", ["=cmd|' /C calc'!A0", "+1", "-x", "@x", "a;=1", "\uff0b1"])
def test_a_name_of_ours_that_begins_so_is_refused(path: str, text: str) -> None:
    content = read_yaml(ROOT / "params.yaml")
    NAMES[path](content, text)
    with pytest.raises(InputError, match=r"must be a name that a spreadsheet does not take for a formula") as caught:
        build(Params, content)
    assert str(caught.value).startswith(f"parameter '{path}")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("path", NAMES)
@pytest.mark.parametrize("text", [name for name in HARMLESS if name])
def test_other_names_are_taken(path: str, text: str) -> None:
    content = read_yaml(ROOT / "params.yaml")
    NAMES[path](content, text)
    build(Params, content)
