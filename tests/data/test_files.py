"""A user's own files: what is read, and the message for a file that cannot be read."""

import gzip
from dataclasses import replace
from pathlib import Path

import fsspec
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from clv.data.copying import GROUP_ROWS
from clv.data.files import copy_files
from clv.data.schema import CUSTOMERS, TABLES, TOUCHES, names
from clv.data.source import TableSource
from clv.errors import InputError
from clv.params import Params
from clv.replacing import replacing

CSV = "customer_id,order_ts,amount,note\n007,2024-01-31,10.50,x\n008,2024-02-01,3,y\n"


def copy(
    path: Path, params: Params, mapping: dict[str, str] | None = None, **how: str
) -> tuple[pd.DataFrame, TableSource]:
    """Copy transactions from a file, some columns mapped otherwise than in params.yaml; no other tables are given."""
    files = params.generate.files
    columns = replace(files.columns, transactions=files.columns.transactions | (mapping or {}))
    given = replace(files, transactions=str(path), columns=columns, **how)
    folder = path.with_name("raw")
    with replacing(folder) as partial:
        partial.mkdir()
        sources = copy_files(given, partial)
    assert list(sources) == list(TABLES)
    return pd.read_parquet(folder / "transactions.parquet"), sources["transactions"]


def read(path: Path, params: Params, mapping: dict[str, str] | None = None, **how: str) -> pd.DataFrame:
    """The transactions that were copied."""
    return copy(path, params, mapping, **how)[0]


def test_csv_stays_text(tmp_path: Path, project_params: Params) -> None:
    path = tmp_path / "t.csv"
    path.write_text(CSV)
    frame = read(path, project_params)
    assert frame.to_dict("list") == {
        "customer_id": ["007", "008"],
        "order_ts": ["2024-01-31", "2024-02-01"],
        "amount": ["10.50", "3"],
    }


def test_gzip_tabs_and_parquet_read_the_same(tmp_path: Path, project_params: Params) -> None:
    (tmp_path / "t.csv").write_text(CSV)
    (tmp_path / "t.tsv").write_text(CSV.replace(",", "\t"))
    for name, text in (("t.csv.gz", CSV), ("t.txt.gz", CSV.replace(",", "\t"))):
        with gzip.open(tmp_path / name, "wt") as file:
            file.write(text)
    pd.read_csv(tmp_path / "t.csv", dtype=str).to_parquet(tmp_path / "t.parquet")
    names = ("t.csv", "t.csv.gz", "t.tsv", "t.txt.gz", "t.parquet")
    frames = [read(tmp_path / name, project_params) for name in names]
    for frame in frames[1:]:
        pd.testing.assert_frame_equal(frame, frames[0], check_dtype=False)


def test_columns_are_mapped(tmp_path: Path, project_params: Params) -> None:
    path = tmp_path / "t.csv"
    path.write_text("Kunde,Datum,Betrag\na,2024-01-31,10\n")
    mapping = {"customer_id": "Kunde", "order_ts": "Datum", "amount": "Betrag"}
    assert list(read(path, project_params, mapping).columns) == ["customer_id", "order_ts", "amount"]


NO_ORDER_TS = (
    "t.csv: no column 'order_ts', which transactions needs as order_ts; it has customer_id, amount; "
    "set generate.files.columns.transactions.order_ts to the right one"
)


@pytest.mark.parametrize(
    ("name", "content", "mapping", "message"),
    [
        ("t.csv", "customer_id,amount\na,1\n", {}, NO_ORDER_TS),
        ("t.csv", CSV, {"category": "Kategorie"}, "t.csv: no column 'Kategorie', which transactions needs as category"),
        ("t.csv", CSV, {"colour": "x"}, "unknown parameter 'generate.files.columns.transactions.colour'; columns of "),
        ("t.csv", "", {}, "t.csv: the file is empty; it needs a header line and rows"),
        ("t.csv", "customer_id,order_ts,amount\n", {}, "t.csv: has no rows; transactions need at least one"),
        ("t.parquet", "no parquet", {}, "t.parquet: cannot be read: "),
        ("t.xlsx", "", {}, "t.xlsx: the file type is read from the name, which must end in .csv, .tsv, .txt, the same"),
    ],
)
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
        "write all dates as 2026-01-31, or set generate.files.unreadable_values to reject"
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


def test_other_separators_are_read_when_said_and_named_when_not(tmp_path: Path, project_params: Params) -> None:
    path = tmp_path / "t.csv"
    path.write_text("customer_id;order_ts;amount\na;2024-01-01;5,60\n")
    with pytest.raises(InputError, match=r"set generate\.files\.separator, which is ',', to the one of the file"):
        read(path, project_params, separator=",")
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
    for encoding in ("auto", "utf-8"):  # the header is UTF-8, so the file is not Windows-1252 either
        with pytest.raises(InputError, match="is not UTF-8; save it as 'CSV UTF-8', or convert it with iconv"):
            read(path, project_params, {"category": "Größe"}, encoding=encoding)


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


def test_the_templates_mean_none(tmp_path: Path, project_params: Params) -> None:
    (tmp_path / "t.csv").write_text(CSV.replace(",", ";"), encoding="utf-16")
    read(tmp_path / "t.csv", project_params, separator=";", encoding="utf-16")  # for the user's, not the templates'
    for table, columns in {"customers": CUSTOMERS, "touches": TOUCHES}.items():
        none = pq.read_table(tmp_path / "raw" / f"{table}.parquet")
        assert none.num_rows == 0
        assert none.column_names == names(columns)
    with pytest.raises(InputError, match=r"set generate\.files\.transactions to your file"):
        copy_files(project_params.generate.files, tmp_path)


def test_what_was_found_out_is_recorded(tmp_path: Path, project_params: Params) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes("Kunde;Datum;Betrag;Ware\nä;31.01.2024 14:05;5,60;x\n".encode("cp1252"))
    mapping = {"customer_id": "Kunde", "order_ts": "Datum", "amount": "Betrag"}
    frame, source = copy(path, project_params, mapping)
    assert frame.loc[0].to_list() == ["ä", "31.01.2024 14:05", "5,60"]
    assert source == TableSource(
        str(path), 1, mapping, date_format="%d.%m.%Y %H:%M", decimal=",", separator=";", encoding="cp1252"
    )
    given, same = copy(
        path, project_params, mapping, encoding="latin-1", decimal=",", date_format="%d.%m.%Y %H:%M", separator=";"
    )
    assert given.equals(frame)
    assert replace(same, encoding="cp1252") == source


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-8"])
def test_marked_encodings_are_found(tmp_path: Path, project_params: Params, encoding: str) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes("customer_id,order_ts,amount\näß€,2024-01-31,5\n".encode(encoding))
    frame, source = copy(path, project_params)
    assert frame["customer_id"].to_list() == ["äß€"]
    assert source.encoding == encoding.removesuffix("-sig")


def test_a_late_byte_that_is_not_utf_8_makes_it_windows_1252(tmp_path: Path, project_params: Params) -> None:
    path = tmp_path / "t.csv"
    lines = [f"customer {i},2024-01-31,5" for i in range(400_000)]
    path.write_bytes("\n".join(["customer_id,order_ts,amount", *lines, "Müller,2024-01-31,5\n"]).encode("cp1252"))
    frame, source = copy(path, project_params)
    assert frame["customer_id"].iloc[-1] == "Müller"
    assert source.encoding == "cp1252"
    assert len(frame) == source.rows == 400_001
    path.write_bytes(path.read_bytes() + b"\x81\xff,2024-01-31,5\n")
    with pytest.raises(InputError, match=r"is neither UTF-8 nor Windows-1252; .* set generate\.files\.encoding"):
        read(path, project_params)
    with pytest.raises(InputError, match=r"'generate\.files\.encoding' must be auto or an encoding .* got 'base64'"):
        read(path, project_params, encoding="base64")


def test_an_error_leaves_the_tables_as_they_were(tmp_path: Path, project_params: Params) -> None:
    path = tmp_path / "t.csv"
    path.write_text(CSV)
    before = read(path, project_params)
    path.write_text(CSV + "9,no date,1,z\n")
    with pytest.raises(InputError, match="data row 3: 'no date'"):
        read(path, project_params)
    assert pd.read_parquet(tmp_path / "raw" / "transactions.parquet").equals(before)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["raw", "t.csv"]


def test_the_amount_may_be_quantity_times_price(tmp_path: Path, project_params: Params) -> None:
    path = tmp_path / "t.csv"
    path.write_text("customer_id,order_ts,quantity,unit_price\na,2024-01-31,2,1.50\n")
    assert list(read(path, project_params).columns) == ["customer_id", "order_ts", "quantity", "unit_price"]
    path.write_text("customer_id,order_ts,quantity,unit_price\na,2024-01-31,2,1.50\na,2024-01-31,two,1.50\n")
    with pytest.raises(InputError, match="column 'quantity', data row 2: 'two' is not a number"):
        read(path, project_params)
    path.write_text("customer_id,order_ts,quantity\na,2024-01-31,2\n")
    with pytest.raises(InputError) as caught:
        read(path, project_params, {"quantity": "quantity"})
    assert str(caught.value) == (
        f"{path}: no column 'amount', which transactions needs as amount, nor both 'quantity' and 'unit_price', whose "
        "product could replace it; it has customer_id, order_ts, quantity; set "
        "generate.files.columns.transactions.amount to the right one"
    )


def test_one_column_cannot_be_two(tmp_path: Path, project_params: Params) -> None:
    (tmp_path / "t.csv").write_text(CSV)
    with pytest.raises(
        InputError, match="customer_id and order_id are both 'customer_id'; a column can be mapped only once"
    ):
        read(tmp_path / "t.csv", project_params, {"order_id": "customer_id"})


def test_typed_columns_keep_their_type(tmp_path: Path, project_params: Params) -> None:
    table = pa.table(
        {
            "customer_id": pa.array([1, 2**60]).dictionary_encode(),
            "order_ts": pa.array([19000, 19001], pa.date32()),
            "amount": pa.array(["1.50", "-2.25"]).cast(pa.decimal128(10, 2)),
            "order_id": pa.array([b"\x01" * 16, None], pa.uuid()),
            "product_id": pa.array([2**62 + 1, 7]).cast(pa.decimal128(20, 0)),
            "quantity": pa.array([1, None], pa.int32()),
            "is_eco": [True, None],
        }
    )
    pq.write_table(table, tmp_path / "t.parquet")
    read(tmp_path / "t.parquet", project_params)
    written = pq.read_table(tmp_path / "raw" / "transactions.parquet")
    kinds = ["string", "timestamp[us]", "double", "string", "string", "int32", "bool"]
    assert [str(field.type) for field in written.schema] == kinds
    assert written["customer_id"].to_pylist() == ["1", str(2**60)]
    assert written["order_id"].to_pylist() == ["01010101-0101-0101-0101-010101010101", None]
    assert written["product_id"].to_pylist() == [str(2**62 + 1), "7"]
    assert written["amount"].to_pylist() == [1.5, -2.25]
    assert str(written["order_ts"][0].as_py()) == "2022-01-08 00:00:00"


@pytest.mark.parametrize(
    ("column", "values", "message"),
    [
        ("order_ts", pa.array([True]), "order_ts holds bool, which is not supported there; write it as a date, "),
        ("order_ts", pa.array([[1]]), "the column for order_ts holds list<"),
        ("amount", pa.array([[1.0]]), "the column for amount holds list<.*>, .* write it as numbers"),
        ("amount", pa.array([True]), "the column for amount holds bool"),
        ("customer_id", pa.array([{"a": 1}]), "the column for customer_id holds struct.*; write it as text or whole"),
        ("order_ts", pa.array([None], pa.timestamp("us")), "column 'order_ts', data row 1: empty is not an ISO 8601"),
    ],
)
def test_types_that_would_be_read_wrongly_are_refused(
    tmp_path: Path, project_params: Params, column: str, values: pa.Array, message: str
) -> None:
    good = {"customer_id": pa.array(["a"]), "order_ts": pa.array(["2024-01-31"]), "amount": pa.array([1.0])}
    pq.write_table(pa.table(good | {column: values}), tmp_path / "t.parquet")
    with pytest.raises(InputError, match=message) as caught:
        read(tmp_path / "t.parquet", project_params)
    assert "\n" not in str(caught.value)


def write_parts(folder: Path) -> pd.DataFrame:
    """Write a folder of three parts, one of them in a subfolder, and hidden files that are no parts."""
    days = pd.date_range("2024-01-01", periods=9)
    frame = pd.DataFrame({"customer_id": list("abcdefghi"), "order_ts": days, "amount": np.arange(9.0)})
    for name, rows in {"a/part-1": slice(0, 3), "part-0": slice(3, 6), "part-2": slice(6, 9)}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        frame[rows].to_parquet(folder / f"{name}.parquet", index=False)
    (folder / "_SUCCESS").write_text("")
    (folder / "_metadata.parquet").write_text("none")
    (folder / "_temporary").mkdir()
    (folder / "_temporary" / "part-9.parquet").write_text("none")
    (folder / ".part-0.parquet").write_text("none")
    return frame


def test_a_folder_of_parts_is_one_table(tmp_path: Path, project_params: Params) -> None:
    frame = write_parts(tmp_path / "parts")
    got, source = copy(tmp_path / "parts", project_params)
    assert got.to_dict("list") == frame.to_dict("list")
    assert source.name == str(tmp_path / "parts")
    assert copy(Path(f"{tmp_path}/parts/"), project_params)[0].equals(got)


@pytest.mark.parametrize(
    ("odd", "message"),
    [
        ({"amount": ["much"]}, r"parts/part-2\.parquet: does not fit the types of the folder's first part: .*'much'"),
        ({"order_ts": ["2024-01-01"]}, r"part-2\.parquet: the column for order_ts is string, but timestamp\[us\] in"),
        ({"order_ts": pd.to_datetime(["2024-01-01"], utc=True)}, r"part-2\.parquet: the column for order_ts is "),
        (
            {"category": ["x"]},
            r"part-2\.parquet: its columns differ from those of the first part of the folder, as only one of them",
        ),
        ({"amount": None}, r"part-2\.parquet: no column 'amount'"),
    ],
)
def test_a_part_that_does_not_fit_is_named(
    tmp_path: Path, project_params: Params, odd: dict[str, object], message: str
) -> None:
    write_parts(tmp_path / "parts")
    row = {"customer_id": ["z"], "order_ts": [pd.Timestamp("2024-02-01")], "amount": [1.0]} | odd
    part = pd.DataFrame({name: values for name, values in row.items() if values is not None})
    part.to_parquet(tmp_path / "parts" / "part-2.parquet", index=False)
    with pytest.raises(InputError, match=message) as caught:
        read(tmp_path / "parts", project_params)
    assert "\n" not in str(caught.value)


def test_a_folder_without_parts_and_a_missing_one_are_named(tmp_path: Path, project_params: Params) -> None:
    (tmp_path / "parts").mkdir()
    with pytest.raises(InputError, match=r"parts: this folder has no \.parquet files; set generate\.files"):
        read(tmp_path / "parts", project_params)
    with pytest.raises(InputError, match="none: no such file; set generate"):
        read(tmp_path / "none", project_params)


def test_the_bytes_do_not_depend_on_how_rows_arrive(tmp_path: Path, project_params: Params) -> None:
    n = 2 * GROUP_ROWS + 5
    frame = pd.DataFrame({"customer_id": np.arange(n).astype(str), "order_ts": "2024-01-31", "amount": "1.5"})
    folder = tmp_path / "parts"
    folder.mkdir()
    for i, start in enumerate(range(0, n, 70_000)):
        frame[start : start + 70_000].to_parquet(folder / f"{i}.parquet", index=False, row_group_size=9_999)
    frame.to_csv(tmp_path / "t.csv", index=False)
    written = []
    for path in (folder, tmp_path / "t.csv"):
        read(path, project_params)
        written.append((tmp_path / "raw" / "transactions.parquet").read_bytes())
    assert written[0] == written[1]
    meta = pq.ParquetFile(tmp_path / "raw" / "transactions.parquet").metadata
    assert [meta.row_group(i).num_rows for i in range(meta.num_row_groups)] == [GROUP_ROWS, GROUP_ROWS, 5]


def test_memory_does_not_grow_with_the_file(tmp_path: Path, project_params: Params) -> None:
    path = tmp_path / "t.csv"
    line = b"0123456789,2024-01-31T12:00:00,12.50,xxxxxxxxxxxxxxxxxxxx\n"
    path.write_bytes(b"customer_id,order_ts,amount,category\n" + line * 3_000_000)
    usual = pa.default_memory_pool()
    pool = pa.proxy_memory_pool(usual)
    pa.set_memory_pool(pool)
    try:
        files = replace(project_params.generate.files, transactions=str(path))
        assert copy_files(files, tmp_path)["transactions"].rows == 3_000_000
    finally:
        pa.set_memory_pool(usual)
    assert 0 < pool.max_memory() < path.stat().st_size / 2


def test_remote_files_and_folders_are_read(project_params: Params, tmp_path: Path) -> None:
    with fsspec.open("memory://shop/t.csv", "wt") as file:
        file.write(CSV)
    with fsspec.open("memory://shop/t.csv.gz", "wt", compression="gzip") as file:
        file.write(CSV)
    frame = pd.DataFrame({"customer_id": ["007", "008"], "order_ts": ["2024-01-31", "2024-02-01"], "amount": [10.5, 3]})
    for part in (0, 1):
        frame[part : part + 1].to_parquet(f"memory://shop/parts/{part}/rows.parquet")
    for name in ("t.csv", "t.csv.gz", "parts", "parts/"):
        files = replace(project_params.generate.files, transactions=f"memory://shop/{name}")
        source = copy_files(files, tmp_path)["transactions"]
        assert source.name == f"memory://shop/{name}"
        written = pd.read_parquet(tmp_path / "transactions.parquet")
        assert written["customer_id"].to_list() == ["007", "008"]
        assert written["amount"].astype(float).to_list() == [10.5, 3.0]
    with pytest.raises(InputError, match=r"^memory://shop/none\.csv: no such file"):
        copy_files(replace(project_params.generate.files, transactions="memory://shop/none.csv"), tmp_path)


def test_a_file_that_breaks_off_is_one_line(tmp_path: Path, project_params: Params) -> None:
    path = tmp_path / "t.csv.gz"
    whole = gzip.compress((CSV + "9,2024-01-01,1,z\n" * 5000).encode(), compresslevel=0)
    path.write_bytes(whole[: len(whole) // 2])  # an upload that broke off
    with pytest.raises(InputError, match=r"t\.csv\.gz: cannot be read: ") as caught:
        read(path, project_params)
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "raw").exists()
    (tmp_path / "t.csv").write_text(CSV + '9,2024-01-01,1,"' + "z" * 9_000_000)
    with pytest.raises(InputError, match="a row is longer than 4 MB, perhaps because a quote is never closed"):
        read(tmp_path / "t.csv", project_params)
    (tmp_path / "t.csv").write_text("customer_id,order_ts,amount")  # without a newline
    with pytest.raises(InputError, match="has no rows"):
        read(tmp_path / "t.csv", project_params)
    (tmp_path / "t.csv").write_bytes(CSV.encode("utf-16-le"))  # without a mark
    with pytest.raises(InputError, match="holds zero bytes, so it is not a CSV in UTF-8; save it as"):
        read(tmp_path / "t.csv", project_params)
    assert len(read(tmp_path / "t.csv", project_params, encoding="utf-16-le")) == 2


def test_ids_of_parts_whose_types_differ_stay_the_same(tmp_path: Path, project_params: Params) -> None:
    folder = tmp_path / "parts"
    folder.mkdir()
    big = 12_345_678_901
    ids: list[list[object]] = [[big, 7], [float(big), None], ["00007", str(big)]]
    for i, values in enumerate(ids):
        frame = pd.DataFrame({"customer_id": values, "order_ts": pd.Timestamp("2024-01-01"), "amount": 1.0})
        frame.to_parquet(folder / f"{i}.parquet")
    got = read(folder, project_params)["customer_id"]
    assert got.fillna("none").to_list() == [str(big), "7", str(big), "none", "00007", str(big)]


def test_what_databases_write_for_nothing_is_nothing(tmp_path: Path, project_params: Params) -> None:
    path = tmp_path / "t.csv"
    rows = [f"{name},2024-01-01,5" for name in ("NULL", "\\N", "nan", "", "NA")]
    path.write_text("\n".join(["customer_id,order_ts,amount", *rows]) + "\n")
    assert read(path, project_params)["customer_id"].fillna("none").to_list() == ["none"] * 4 + ["NA"]


def test_a_mark_of_returns_that_cannot_be_read_is_refused(tmp_path: Path, project_params: Params) -> None:
    path = tmp_path / "t.csv"
    path.write_text("customer_id,order_ts,amount,is_return\na,2024-01-01,5,no\na,2024-01-02,5,ja\n")
    with pytest.raises(InputError) as caught:
        read(path, project_params)
    assert str(caught.value) == (
        f"{path}, column 'is_return', data row 2: 'ja' is not true or false, yes or no, 1 or 0; write one of these in "
        "the file, or set generate.files.unreadable_values to reject"
    )


def test_a_discount_that_makes_the_amount_must_be_readable(tmp_path: Path, project_params: Params) -> None:
    path = tmp_path / "t.csv"
    path.write_text("customer_id,order_ts,quantity,unit_price,discount\na,2024-01-01,2,50,10%\n")
    with pytest.raises(InputError, match=r"column 'discount', data row 1: '10%' is not a number"):
        read(path, project_params)
    path.write_text("customer_id,order_ts,amount,discount\na,2024-01-01,100,10%\n")
    assert len(read(path, project_params)) == 1, "beside an amount it is only carried along"


def test_a_file_without_the_mark_of_utf_16_is_one_clear_line(tmp_path: Path, project_params: Params) -> None:
    path = tmp_path / "t.csv"
    path.write_text(CSV)
    with pytest.raises(InputError, match=r"t\.csv: is not utf-16; save it as"):
        read(path, project_params, encoding="utf-16")


def test_a_year_is_no_date(tmp_path: Path, project_params: Params) -> None:
    path = tmp_path / "t.csv"
    for value in ("2023", "2023-02"):
        path.write_text(f"customer_id,order_ts,amount\na,{value},5\n")
        with pytest.raises(InputError, match=f"data row 1: '{value}' is not an ISO 8601 date"):
            read(path, project_params)
