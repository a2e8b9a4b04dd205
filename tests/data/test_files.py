"""A user's own files: what is read, and what is said of files that cannot be."""

import gzip
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from clv.data.files import read_input
from clv.errors import InputError
from clv.params import Params

CSV = "customer_id,order_ts,amount,note\n007,2024-01-31,10.50,x\n008,2024-02-01,3,y\n"


def read(path: Path, params: Params, mapping: dict[str, str] | None = None, **how: str) -> pd.DataFrame:
    """Read transactions from a file, with some columns mapped otherwise than in params.yaml."""
    files = params.generate.files
    columns = replace(files.columns, transactions=files.columns.transactions | (mapping or {}))
    return read_input("transactions", replace(files, transactions=str(path), columns=columns, **how))


def test_csv_stays_text(tmp_path: Path, project_params: Params) -> None:
    path = tmp_path / "t.csv"
    path.write_text(CSV)
    frame = read(path, project_params)
    assert frame.to_dict("list") == {
        "customer_id": ["007", "008"], "order_ts": ["2024-01-31", "2024-02-01"], "amount": ["10.50", "3"],
    }  # fmt: skip


def test_gzip_and_parquet_read_the_same(tmp_path: Path, project_params: Params) -> None:
    (tmp_path / "t.csv").write_text(CSV)
    with gzip.open(tmp_path / "t.csv.gz", "wt") as file:
        file.write(CSV)
    pd.read_csv(tmp_path / "t.csv", dtype=str).to_parquet(tmp_path / "t.parquet")
    frames = [read(tmp_path / name, project_params) for name in ("t.csv", "t.csv.gz", "t.parquet")]
    for frame in frames[1:]:
        pd.testing.assert_frame_equal(frame, frames[0], check_dtype=False)


def test_columns_are_mapped(tmp_path: Path, project_params: Params) -> None:
    path = tmp_path / "t.csv"
    path.write_text("Kunde,Datum,Betrag\na,2024-01-31,10\n")
    mapping = {"customer_id": "Kunde", "order_ts": "Datum", "amount": "Betrag"}
    assert list(read(path, project_params, mapping).columns) == ["customer_id", "order_ts", "amount"]


@pytest.mark.parametrize(
    ("name", "content", "mapping", "message"),
    [
        ("t.csv", "customer_id,amount\na,1\n", {}, "t.csv: no column 'order_ts', which transactions needs as order_ts; "
         "it has customer_id, amount; set generate.files.columns.transactions.order_ts to the right one"),
        ("t.csv", CSV, {"category": "Kategorie"}, "t.csv: no column 'Kategorie', which transactions needs as category"),
        ("t.csv", CSV, {"colour": "x"}, "unknown parameter 'generate.files.columns.transactions.colour'; columns of "),
        ("t.csv", "", {}, "t.csv: the file is empty; it needs a header line and rows"),
        ("t.csv", "customer_id,order_ts,amount\n", {}, "t.csv: has no rows; transactions need at least one"),
        ("t.parquet", "no parquet", {}, "t.parquet: cannot be read: "),
        ("t.xlsx", "", {}, "t.xlsx: the file type is told by the name, which must end in .csv, .csv.gz or .parquet"),
    ],
)  # fmt: skip
def test_a_wrong_file_is_one_clear_line(
    tmp_path: Path, project_params: Params, name: str, content: str, mapping: dict[str, str], message: str
) -> None:
    path = tmp_path / name
    path.write_text(content)
    with pytest.raises(InputError) as caught:
        read(path, project_params, mapping)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path, project_params: Params) -> None:
    with pytest.raises(InputError, match=r"none\.csv: no such file; set generate\.files to files that exist"):
        read(tmp_path / "none.csv", project_params)


def test_a_bad_date_says_where(tmp_path: Path, project_params: Params) -> None:
    path = tmp_path / "t.csv"
    path.write_text("customer_id,When,amount\na,2024-01-31,1\na,31/12/2024,1\na,,1\n")
    with pytest.raises(InputError) as caught:
        read(path, project_params, {"order_ts": "When"})
    assert str(caught.value) == (
        f"{path}, column 'When', data row 2: '31/12/2024' (and 1 more) is not an ISO 8601 date like 2026-01-31; "
        "mend the file, set generate.files.date_format, or set generate.files.unreadable_values to reject"
    )
    assert len(read(path, project_params, {"order_ts": "When"}, unreadable_values="reject")) == 3
    with pytest.raises(InputError, match=r"data row 1: '2024-01-31' .* is not a date in the format %d/%m/%Y"):
        read(path, project_params, {"order_ts": "When"}, date_format="%d/%m/%Y")


@pytest.mark.parametrize(
    "text",
    [
        "customer_id,order_ts,amount\na,2024-01-01,5,60\n",
        "customer_id,order_ts,amount\na,2024-01-01,5\nb,2024-01-02,1,780\n",
        "order_ts,amount,customer_id\n2024-01-01,5,60,a\n",
        "customer_id,order_ts,amount\na,2024-01-01\n",
    ],
)
def test_a_row_with_a_field_too_many_or_too_few_is_refused(tmp_path: Path, project_params: Params, text: str) -> None:
    path = tmp_path / "t.csv"
    path.write_text(text)
    with pytest.raises(InputError, match=r"cannot be read: CSV parse error: .*Expected 3 columns, got [24]"):
        read(path, project_params)


def test_amounts_with_thousands_separators_are_refused(tmp_path: Path, project_params: Params) -> None:
    path = tmp_path / "t.csv"
    path.write_text('customer_id,order_ts,amount\na,2024-01-01,5.00\na,2024-01-01,"1,234.50"\nb,2024-01-01,\n')
    with pytest.raises(InputError) as caught:
        read(path, project_params)
    assert str(caught.value) == (
        f"{path}, column 'amount', data row 2: '1,234.50' is not a number with the decimal mark '.' and no thousands "
        "separators; mend the file, set generate.files.decimal, or set generate.files.unreadable_values to reject"
    )
    assert len(read(path, project_params, unreadable_values="reject")) == 3


def test_other_separators_are_read_when_said_and_named_when_not(tmp_path: Path, project_params: Params) -> None:
    path = tmp_path / "t.csv"
    path.write_text("customer_id;order_ts;amount\na;2024-01-01;5,60\n")
    with pytest.raises(InputError, match=r"set generate\.files\.separator, which is ',', to the one of the file"):
        read(path, project_params)
    assert read(path, project_params, separator=";", decimal=",")["amount"].to_list() == ["5,60"]


def test_a_name_that_occurs_twice_is_refused(tmp_path: Path, project_params: Params) -> None:
    path = tmp_path / "t.csv"
    path.write_text("customer_id,order_ts,amount,amount\na,2024-01-01,5,6\n")
    with pytest.raises(InputError, match="2 columns are called 'amount'; rename all but one"):
        read(path, project_params)


def test_only_mapped_columns_must_be_utf_8(tmp_path: Path, project_params: Params) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes("customer_id,order_ts,amount,Größe\na,2024-01-01,5,xä\n".encode().replace("ä".encode(), b"\xe4"))
    assert len(read(path, project_params)) == 1
    with pytest.raises(InputError, match="is not UTF-8; save it as 'CSV UTF-8', or convert it with iconv"):
        read(path, project_params, {"category": "Größe"})


def test_large_whole_number_ids_stay_apart_beside_a_missing_one(tmp_path: Path, project_params: Params) -> None:
    ids = pd.array([2**60 + i for i in range(5)] + [None], dtype="Int64")
    frame = pd.DataFrame({"customer_id": ids, "order_ts": pd.Timestamp("2024-01-01"), "amount": 1.0})
    frame.set_index("customer_id").to_parquet(tmp_path / "t.parquet")
    assert read(tmp_path / "t.parquet", project_params)["customer_id"].nunique() == 5


def test_ids_of_bytes_are_refused(tmp_path: Path, project_params: Params) -> None:
    frame = pd.DataFrame({"customer_id": [b"\x00\xff"], "order_ts": pd.Timestamp("2024-01-01"), "amount": 1.0})
    frame.to_parquet(tmp_path / "t.parquet")
    with pytest.raises(InputError, match="the column for customer_id holds bytes; write it as text or numbers"):
        read(tmp_path / "t.parquet", project_params)


def test_the_templates_mean_none(project_params: Params) -> None:
    files = replace(project_params.generate.files, separator=";")  # the user's own, not that of the templates
    assert read_input("customers", files).empty
    assert read_input("touches", files).empty
    with pytest.raises(InputError, match=r"set generate\.files\.transactions to your file"):
        read_input("transactions", files)
