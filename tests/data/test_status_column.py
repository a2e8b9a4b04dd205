"""Which column of a file is read as the state of the order, which is only reported, and what switches this off."""

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from clv.data.files import copy_files
from clv.data.input_finding import InputFinding
from clv.data.params import FilesParams
from clv.data.source import Source
from clv.data.status_column import KNOB, recognise
from clv.data.statuses import USUAL, Statuses
from clv.errors import InputError
from clv.params import Params

GOOD = ["completed", "canceled", "refunded", None, "completed"]


def write(path: Path, **columns: list[object]) -> str:
    """Write a file of five orders with further columns."""
    frame = pd.DataFrame({"customer_id": list("abcde"), "order_ts": "2024-01-01", "amount": 5.0, **columns})
    if path.suffix == ".parquet":
        frame.to_parquet(path)
    else:
        frame.to_csv(path, index=False)
    return str(path)


def found(
    path: str, params: Params, mapping: dict[str, str] | None = None, statuses: Statuses = USUAL
) -> tuple[FilesParams, list[InputFinding]]:
    files = params.generate.files
    columns = replace(files.columns, transactions=files.columns.transactions | (mapping or {}))
    return recognise(replace(files, transactions=path, columns=columns), statuses)


def copied(files: FilesParams, folder: Path) -> tuple[pd.DataFrame, dict[str, str]]:
    folder.mkdir()
    source = copy_files(files, folder, ["transactions"])["transactions"]
    return pd.read_parquet(folder / "transactions.parquet"), source.columns


@pytest.mark.parametrize("name", ["status", "Status", "order_status", "Order Status", "order-status", "orderstatus"])
@pytest.mark.parametrize("suffix", ["csv", "csv.gz", "parquet"])
def test_a_column_that_leaves_no_doubt_is_read(tmp_path: Path, project_params: Params, name: str, suffix: str) -> None:
    path = write(tmp_path / f"t.{suffix}", **{name: GOOD})
    files, findings = found(path, project_params)
    frame, columns = copied(files, tmp_path / "raw")
    assert columns["status"] == name
    assert frame["status"].dropna().to_list() == [state for state in GOOD if state]
    assert [str(finding) for finding in findings] == [
        f"column '{name}' is read as the status of the order: 'canceled' (1 rows), 'refunded' (1 rows) are not sales; "
        f"if it is not, set {KNOB} to ''"
    ]
    assert not findings[0].flagged


@pytest.mark.parametrize("name", ["status", "order_status"])
def test_an_empty_name_switches_it_off(tmp_path: Path, project_params: Params, name: str) -> None:
    files, findings = found(write(tmp_path / "t.csv", **{name: GOOD}), project_params, {"status": ""})
    frame, columns = copied(files, tmp_path / "raw")
    assert findings == []
    assert "status" not in frame
    assert "status" not in columns


@pytest.mark.parametrize("name", ["status", "Order Status"])
def test_a_value_that_no_list_knows_keeps_it_from_being_read(tmp_path: Path, project_params: Params, name: str) -> None:
    path = write(tmp_path / "t.csv", **{name: ["completed", "canceled", "gelb", "gelb", "rot"]})
    files, findings = found(path, project_params)
    assert "status" not in copied(files, tmp_path / "raw")[0]
    assert findings[0].flagged
    assert str(findings[0]) == (
        f"column '{name}' looks like the status of the order but is not read: no list has 'gelb' (2 rows), 'rot' "
        "(1 rows), and 'canceled' (1 rows) would not be sales; put them into preprocess.sale_statuses or "
        "preprocess.no_sale_statuses"
    )
    own = Statuses(("gelb",), ("ROT",))
    files, findings = found(path, project_params, statuses=own)
    assert "status" in copied(files, tmp_path / "again")[0]
    assert "'rot' (1 rows)" in findings[0].text


@pytest.mark.parametrize("name", ["Financial Status", "payment_status", "state", "Fulfillment"])
@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_a_column_that_looks_like_one_is_named_with_what_would_not_count(
    tmp_path: Path, project_params: Params, name: str, suffix: str
) -> None:
    path = write(tmp_path / f"t.{suffix}", **{name: ["paid", "refunded", None, "refunded", "paid"]})
    files, findings = found(path, project_params)
    assert "status" not in copied(files, tmp_path / "raw")[0]
    assert [str(finding) for finding in findings] == [
        f"column '{name}' looks like the status of the order but is not read: 'refunded' (2 rows) would not be sales; "
        f"if it is one, set {KNOB} to '{name}'"
    ]
    files, findings = found(path, project_params, {"status": name})
    assert findings == []
    assert copied(files, tmp_path / "mapped")[1]["status"] == name


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("state", ["CA", "NY", "TX", "CA", "OR"]),
        ("colour", ["red", "paid", "blue", "green", "red"]),
        ("Financial Status", ["paid"] * 5),
        ("payment_status", [f"note {i}" for i in range(5)] * 0 + [None] * 5),
    ],
)
def test_a_column_that_would_make_no_difference_is_not_named(
    tmp_path: Path, project_params: Params, name: str, values: list[object]
) -> None:
    path = write(tmp_path / "t.csv", **{name: values})
    assert found(path, project_params) == (found(path, project_params, {})[0], [])


def test_states_in_another_language_are_named(tmp_path: Path, project_params: Params) -> None:
    path = write(tmp_path / "t.csv", Bestellstatus=["bezahlt", "storniert", "bezahlt", "bezahlt", None])
    text = str(found(path, project_params)[1][0])
    assert "no list has 'bezahlt' (3 rows), 'storniert' (1 rows)" in text
    assert "preprocess.no_sale_statuses" in text


def test_of_two_the_one_named_status_is_read_and_the_other_named(tmp_path: Path, project_params: Params) -> None:
    path = write(tmp_path / "t.csv", order_status=GOOD, status=["paid", "failed", "paid", "paid", "paid"])
    files, findings = found(path, project_params)
    assert copied(files, tmp_path / "raw")[1]["status"] == "status"
    assert [finding.flagged for finding in findings] == [False, True]
    assert "'order_status'" in findings[1].text


def test_a_column_that_is_mapped_to_something_else_is_left_alone(tmp_path: Path, project_params: Params) -> None:
    path = write(tmp_path / "t.csv", Status=GOOD)
    files, findings = found(path, project_params, {"category": "Status"})
    assert findings == []
    assert copied(files, tmp_path / "raw")[1]["category"] == "Status"


def test_late_values_and_other_letters_count_too(tmp_path: Path, project_params: Params) -> None:
    rows = "".join(f"c{i},2024-01-01,5,{'paid' if i < 4999 else 'storniert'},Köln\n" for i in range(5000))
    path = tmp_path / "t.csv"
    path.write_bytes(f"customer_id,order_ts,amount,status,city\n{rows}".encode("cp1252"))
    files, findings = found(str(path), project_params)
    assert "no list has 'storniert' (1 rows)" in findings[0].text
    assert "status" not in copied(files, tmp_path / "raw")[0]


def test_a_folder_of_parts_is_looked_through(tmp_path: Path, project_params: Params) -> None:
    folder = tmp_path / "parts"
    folder.mkdir()
    write(folder / "1.parquet", status=GOOD)
    write(folder / "2.parquet", status=["gelb"] * 5)
    files, findings = found(str(folder), project_params)
    assert "no list has 'gelb' (5 rows)" in findings[0].text
    assert len(copied(files, tmp_path / "raw")[0]) == 10


def test_whatever_is_wrong_with_the_file_is_said_by_the_copying(tmp_path: Path, project_params: Params) -> None:
    files, findings = found(str(tmp_path / "none.csv"), project_params)
    assert findings == []
    with pytest.raises(InputError, match="no such file"):
        copy_files(files, tmp_path)
    assert found(project_params.generate.files.transactions, project_params)[1] == []


def test_a_required_column_cannot_be_switched_off_but_for_an_amount_that_is_computed(
    tmp_path: Path, project_params: Params
) -> None:
    path = write(tmp_path / "t.csv", quantity=[2] * 5, unit_price=[3] * 5)
    with pytest.raises(InputError, match=r"columns.transactions.order_ts' must be the name of a column.*, got ''"):
        copied(found(path, project_params, {"order_ts": ""})[0], tmp_path / "a")
    assert "amount" not in copied(found(path, project_params, {"amount": ""})[0], tmp_path / "b")[0]
    with pytest.raises(InputError, match="no column '', which transactions needs as amount, nor both 'q' and"):
        copied(found(path, project_params, {"amount": "", "quantity": "q"})[0], tmp_path / "c")


def test_what_was_found_goes_with_the_source() -> None:
    source = Source("files", {}, [InputFinding("sale", True, "a column", "map it")])
    assert Source.from_dict(source.to_dict()) == source


def test_a_column_with_a_value_for_each_row_has_no_states(tmp_path: Path, project_params: Params) -> None:
    path = tmp_path / "t.csv"
    rows = "".join(f"c{i},2024-01-01,5,call {i},note {i}\n" for i in range(60))
    path.write_text(f"customer_id,order_ts,amount,status,payment_status\n{rows}")
    files, findings = found(str(path), project_params)
    assert "status" not in copied(files, tmp_path / "raw")[0]
    assert len(findings) == 1
    assert "column 'status' looks like" in findings[0].text
    assert "and 55 more" in findings[0].text
    path.write_text("customer_id,order_ts,amount,status\na,2024-01-01,5,\n")
    files, findings = found(str(path), project_params)
    assert "status" not in copied(files, tmp_path / "blank")[0]
    assert findings == []
