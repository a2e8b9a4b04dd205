"""Bad inputs in the files of a user: transactions, customers, touches and experiments, as CSV and as Parquet."""

# ruff: noqa: E501 (a line expected stands in one piece)

from datetime import date

import pyarrow as pa
import pyarrow.parquet as pq

from tests.bad_inputs.given import (
    HEADER,
    ORDERS,
    Change,
    Place,
    Row,
    beside,
    cut,
    fifo,
    files,
    folder,
    link,
    mapping,
    order_columns,
    orders,
    parquet,
    ran,
    raw,
    text,
    values,
    zipped,
)

READ, CLEAN = "stages.generate", "stages.preprocess"
TYPE = r"the file type is read from the name, .*; rename or convert it"
BROKEN = r"cannot be read: .*; check that the file is whole and of the type its name shows"
GENERATED = r"generate: files, [\d,]+ transactions, .*"


def _csv(what: str, content: str | bytes, expected: str, code: int = 1, encoding: str = "utf-8", **how: object) -> Row:
    said = rf"orders\.csv{expected}" if code else expected
    return Row(f"CSV, {what}", READ, (orders(content, encoding=encoding, **how),), said, code)


def _named(what: str, name: str, content: bytes, expected: str) -> Row:
    return Row(what, READ, (orders(content, name=name),), expected)


def _parquet(what: str, columns: dict[str, object], expected: str, code: int = 1) -> Row:
    return Row(
        f"Parquet, {what}", READ, (order_columns(columns),), rf"orders\.parquet{expected}" if code else expected, code
    )


def _other(what: str, table: str, content: str | bytes, expected: str, code: int = 1) -> Row:
    return Row(
        f"{table}: {what}", READ, (beside(table, content),), rf"{table}\.csv{expected}" if code else expected, code
    )


def _cleaned(what: str, content: str, expected: str, code: int = 1, *more: Change) -> Row:
    return Row(what, CLEAN, (orders(content), *more, ran(READ)), rf"orders\.csv{expected}" if code else expected, code)


def _one(day: str = "2024-01-31", amount: str = "5", customer: str = "a") -> str:
    return f"{HEADER}{customer},{day},{amount}\n"


WIDE = ",".join(f"column_{i}" for i in range(5000))
LONG = "k" * 1_000_000
NOTED = "customer_id,order_ts,amount,note\n"

CSV = (
    _csv("no byte", b"", ": the file is empty; it needs a header line and rows"),
    _csv("line breaks alone", b"\n\n\n", ": the file is empty; it needs a header line and rows"),
    _csv("blanks alone", b"   \n", r".*(no column 'customer_id'|the file is empty).*"),
    _csv("a byte order mark alone", b"\xef\xbb\xbf", ": the file is empty; it needs a header line and rows"),
    _csv("a header alone", HEADER, ": has no rows; transactions need at least one; supply a file with orders"),
    _csv("a header without a line break", HEADER.strip(), ": has no rows; transactions need at least one; .*"),
    _csv(
        "no header",
        ORDERS.partition("\n")[2],
        r": no column 'customer_id', which transactions needs as customer_id; it has c0, 2024-01-01, 5; set .*",
    ),
    _csv("zero bytes", b"\0" * 1000, r": holds zero bytes, so it is not a CSV in UTF-8; save it as 'CSV UTF-8', or .*"),
    _csv(
        "zero bytes inside",
        _one().encode() + b"b,2024-01-01,\x005\n",
        r": holds zero bytes, so it is not a CSV in UTF-8; .*",
    ),
    _csv(
        "zero bytes far inside",
        ORDERS.encode() * 1 + b"".join(b"c,2024-01-01,5\n" for _ in range(30_000)) + b"b,2024-01-01,\x005\n",
        r".*data row 30061: '\\x005' is not a number.*",
    ),
    _csv("UTF-16 without a mark", _one().encode("utf-16-le"), r": holds zero bytes, so it is not a CSV in UTF-8; .*"),
    _csv("UTF-16 of the other order without a mark", _one().encode("utf-16-be"), r": holds zero bytes, .*"),
    _csv("UTF-32", _one().encode("utf-32"), r": (holds zero bytes|is not utf-16).*"),
    _csv("UTF-16 cut", _one().encode("utf-16")[:-1], r": .*(is not utf-16|cannot be read).*"),
    _csv("UTF-7", "customer_id,order_ts,amount\nä,2024-01-31,5\n".encode("utf-7"), GENERATED, 0),
    _csv(
        "EBCDIC",
        _one().encode("cp037"),
        r": no column 'customer_id', which transactions needs as customer_id; it has .*; set .*",
    ),
    _csv(
        "bytes of no encoding",
        b"customer_id,order_ts,amount\na\x81\xff,2024-01-31,5\n",
        r": is neither UTF-8 nor Windows-1252; .*",
    ),
    _csv(
        "UTF-8 cut in a letter",
        b"customer_id,order_ts,amount\n" + "ä".encode()[:1] + b",2024-01-31,5\n",
        GENERATED,
        0,
    ),
    _csv(
        "JSON",
        b'[{"customer_id": "a", "order_ts": "2024-01-31", "amount": 5}]',
        r": no column 'customer_id', which transactions needs as customer_id; it has .*; set .*",
    ),
    _csv(
        "HTML", b"<!DOCTYPE html>\n<html><body>Sign in</body></html>\n", r": (no column 'customer_id'|.*one column).*"
    ),
    _csv(
        "a PDF",
        b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n",
        r": no column 'customer_id', which transactions needs as customer_id; it has %PDF-1\.7; set .*",
    ),
    _csv(
        "a workbook",
        b"PK\x03\x04\x14\x00\x00\x00\x08\x00" + bytes(range(256)) * 4,
        r": (holds zero bytes|.*cannot be read).*",
    ),
    _csv("gzip under the name of a CSV", zipped(ORDERS), r": .*(zero bytes|gzip|cannot be read|no column).*"),
    _csv(
        "a quote never closed",
        HEADER + 'a,"2024-01-31,5\n' + "b,2024-01-31,5\n" * 500_000,
        r": cannot be read: CSV parse error: Expected 3 columns, got 2: .*",
    ),
    _csv(
        "a quote never closed in a short file",
        HEADER + 'a,"2024-01-31,5\nb,2024-01-31,5\n',
        r": cannot be read: CSV parse error: Expected 3 columns, got 2: .*",
    ),
    _csv(
        "a quote never closed in the header",
        '"customer_id,order_ts,amount\na,2024-01-31,5\n',
        r": its header is a single column, .*, as none of comma, .*",
    ),
    _csv(
        "a quote never closed in the last row",
        ORDERS + 'c,2024-05-05,"5\n',
        r": the quote that opens in line 62 is never closed, .*",
    ),
    _csv(
        "a note never closed",
        NOTED + 'a,2024-01-31,5,"oops\n' + "b,2024-02-01,6,x\n" * 9,
        r": the quote that opens in line 2 is never closed, .*",
    ),
    _csv(
        "a note closed by the next",
        NOTED + 'a,2024-01-31,5,"oops\nb,2024-02-01,6,"fine"\nc,2024-02-02,7,x\n',
        r": the quote that opens in line 2 is never closed, .*",
    ),
    _csv(
        "a note never closed, in the last row",
        NOTED + 'a,2024-01-31,5,"oops',
        r": the quote that opens in line 2 is never closed, .*",
    ),
    _csv(
        "notes never closed, twice",
        NOTED + ('a,2024-01-31,5,"oops\n' + "b,2024-02-01,6,x\n") * 2,
        r": the quote that opens in line 2 is never closed, .*",
    ),
    _csv("a note with inches", NOTED + 'a,2024-01-31,5,7" tablet\n', GENERATED, 0),
    _csv("a note of two lines", NOTED + 'a,2024-01-31,5,"one\ntwo, ""three"""\n', GENERATED, 0),
    _csv("a note with quotes that are not doubled", NOTED + 'a,2024-01-31,5,"a 7" tablet"\n', GENERATED, 0),
    _csv(
        "whole lines in quotes",
        '"customer_id,order_ts,amount"\n"a,2024-01-31,5"\n',
        r": its header is a single column, .*, as none of comma, .*",
    ),
    _csv(
        "a field too many",
        _one() + "b,2024-01-31,5,60\n",
        r": cannot be read: CSV parse error: .*Expected 3 columns, got 4.*",
    ),
    _csv(
        "a field too few",
        _one() + "b,2024-01-31\n",
        r": cannot be read: CSV parse error: .*Expected 3 columns, got 2.*",
    ),
    _csv(
        "a comma as the decimal mark",
        _one(amount="5,60"),
        r": cannot be read: CSV parse error: .*Expected 3 columns, got 4.*",
    ),
    _csv(
        "a ragged row with BEL",
        _one() + "b\a,2024-01-31\n",
        r": cannot be read: CSV parse error: .*Expected 3 columns, got 2: b\\x07,.*",
    ),
    _csv(
        "a ragged row of 100,000 letters",
        _one() + f"{'b' * 100_000},2024-01-31\n",
        r": cannot be read: CSV parse error: .*Expected 3 columns, got 2: b+.*",
    ),
    _csv(
        "another separator than given",
        "customer_id;order_ts;amount\na;2024-01-31;5\n",
        r": its header is a single column, .*; set generate\.files\.separator, .*",
        separator=",",
    ),
    _csv(
        "a separator that is in no line",
        ORDERS,
        r": its header is a single column, .*; set generate\.files\.separator, .*",
        separator="|",
    ),
    _csv("carets as separators", "customer_id^order_ts^amount\na^2024-01-31^5\n", r": no column 'customer_id', .*"),
    _csv("blanks as separators", "customer_id order_ts amount\na 2024-01-31 5\n", r": no column 'customer_id', .*"),
    _csv("two separators", "customer_id;order_ts,amount\na;2024-01-31,5\n", r": no column '\w+', .*"),
    _csv(
        "a line about separators",
        "sep=;\ncustomer_id;order_ts;amount\na;2024-01-31;5\n",
        r": no column 'customer_id', which transactions needs as customer_id; it has sep=, ''; set .*",
    ),
    _csv(
        "a title above the header",
        "Orders of 2024\n\n" + ORDERS,
        r": no column 'customer_id', which transactions needs as customer_id; it has Orders of 2024; set .*",
    ),
    _csv(
        "a column twice",
        "customer_id,order_ts,amount,amount\na,2024-01-31,5,5\n",
        ": 2 columns are called 'amount'; rename all but one",
    ),
    _csv(
        "the customer twice",
        "customer_id,customer_id,order_ts,amount\na,b,2024-01-31,5\n",
        ": 2 columns are called 'customer_id'; rename all but one",
    ),
    _csv("blank names of columns", ",,\na,2024-01-31,5\n", r": no column 'customer_id', .*; it has '', '', ''; .*"),
    _csv("names of blanks", " , , \na,2024-01-31,5\n", r": no column 'customer_id', .*"),
    _csv(
        "names with blanks around them",
        " customer_id , order_ts , amount \na,2024-01-31,5\n",
        r": no column 'customer_id', .*; it has ' customer_id ', ' order_ts ', ' amount '.*",
    ),
    _csv(
        "names with no-break spaces",
        "customer_id\xa0,order_ts,amount\na,2024-01-31,5\n",
        r": no column 'customer_id', .*; it has .*customer_id\\xa0.*",
    ),
    _csv(
        "names in capitals",
        "CUSTOMER_ID,ORDER_TS,AMOUNT\na,2024-01-31,5\n",
        r": no column 'customer_id', .*; it has CUSTOMER_ID, ORDER_TS, AMOUNT; .*",
    ),
    _csv(
        "names with BEL and ESC",
        "customer\a,\x1b[31morder_ts,amount\na,2024-01-31,5\n",
        r": no column 'customer_id', .*; it has 'customer\\x07', '\\x1b\[31morder_ts', amount; .*",
    ),
    _csv(
        "a mark twice",
        b"\xef\xbb\xbf\xef\xbb\xbf" + _one().encode(),
        r": no column 'customer_id', .*; it has .*ufeffcustomer_id.*",
    ),
    _csv(
        "5,000 columns",
        f"{WIDE}\n{WIDE}\n",
        r": no column 'customer_id', .*; it has column_0, .*, column_11 and 4,988 more; set .*",
    ),
    _csv(
        "a header of 1 MB",
        f"{LONG},order_ts,amount\na,2024-01-31,5\n",
        r": its first line is longer than 262,144 bytes, .*",
    ),
    _csv(
        "a header of 1 MB of columns",
        ",".join(f"column_{i}" for i in range(90_000)) + "\na\n",
        r": its first line is longer than 262,144 bytes, .*",
    ),
    _csv(
        "a header of 1 MB in quotes",
        f'"{LONG}",order_ts,amount\na,2024-01-31,5\n',
        r": its first line is longer than 262,144 bytes, .*",
    ),
    _csv("a row of 5 MB", _one() + f"{'k' * 5_000_000},2024-01-31,5\n", GENERATED, 0),
    _csv("one line of 5 MB", "k" * 5_000_000, r": its first line is longer than 262,144 bytes, .*"),
    _csv(
        "a date in words", _one("yesterday"), r", column 'order_ts', data row 1: 'yesterday' is not an ISO 8601 date .*"
    ),
    _csv("no date", _one(""), r", column 'order_ts', data row 1: empty is not an ISO 8601 date .*"),
    _csv(
        "a date that is none",
        _one("2024-13-45"),
        r", column 'order_ts', data row 1: '2024-13-45' is not an ISO 8601 date .*",
    ),
    _csv("30 February", _one("2023-02-29"), r", column 'order_ts', data row 1: '2023-02-29' is not .*"),
    _csv("a date with BEL", _one("2024-01-31\a"), r", column 'order_ts', data row 1: '2024-01-31\\x07' is not .*"),
    _csv("a date of 100,000 letters", _one("k" * 100_000), r", column 'order_ts', data row 1: 'k+\.\.\. .* is not .*"),
    _csv("a year of five digits", _one("12024-01-31"), r", column 'order_ts', data row 1: '12024-01-31' is not .*"),
    _csv("the year 0", _one("0000-01-31"), r", column 'order_ts', data row 1: '0000-01-31' is not .*"),
    _csv(
        "an hour of 25",
        _one("2024-01-31 25:00:00"),
        r", column 'order_ts', data row 1: '2024-01-31 25:00:00' is not .*",
    ),
    Row(
        "CSV, a format without a year",
        READ,
        (orders(_one("31.01.2024"), date_format="%d.%m."),),
        r"parameter 'generate\.files': date_format must hold the year, %Y or %y, got '%d\.%m\.'",
    ),
    _csv(
        "a format that is none",
        _one("31.01.2024"),
        r", column 'order_ts', data row 1: '31\.01\.2024' is not a date in the format dd\.mm\.yyyy; .*",
        date_format="dd.mm.yyyy",
    ),
    Row(
        "CSV, a format of a percent sign",
        READ,
        (orders(_one("31.01.2024"), date_format="%"),),
        r"parameter 'generate\.files': date_format must hold the year, %Y or %y, got '%'",
    ),
    Row(
        "CSV, a format of nothing known",
        READ,
        (orders(_one("31.01.2024"), date_format="%Q"),),
        r"parameter 'generate\.files': date_format must hold the year, %Y or %y, got '%Q'",
    ),
    _csv("an amount in words", _one(amount="five"), r", column 'amount', data row 1: 'five' is not a number .*"),
    _csv(
        "an amount of two points", _one(amount="1.2.3"), r", column 'amount', data row 1: '1\.2\.3' is not a number .*"
    ),
    _csv("an amount with BEL", _one(amount="5\a"), r", column 'amount', data row 1: '5\\x07' is not a number .*"),
    _csv("an amount in other digits", _one(amount="٥"), r", column 'amount', data row 1: '٥' is not a number .*"),
    _csv("an amount in hexadecimal", _one(amount="0x10"), r", column 'amount', data row 1: '0x10' is not a number .*"),
    _csv("an amount with _", _one(amount="1_000"), r", column 'amount', data row 1: '1_000' is not a number .*"),
    _csv("an amount of true", _one(amount="true"), r", column 'amount', data row 1: 'true' is not a number .*"),
    _csv(
        "an amount that is a formula", _one(amount="=2+3"), r", column 'amount', data row 1: '=2\+3' is not a number .*"
    ),
    _csv(
        "an amount that is an error", _one(amount="#REF!"), r", column 'amount', data row 1: '#REF!' is not a number .*"
    ),
)


def _in_folder(what: str, *changes: Change, expected: str) -> Row:
    return Row(what, READ, (*changes, files(transactions="parts")), expected)


NAMES = (
    _named("a workbook by name", "orders.xlsx", b"PK\x03\x04", rf"orders\.xlsx: {TYPE}"),
    _named("JSON by name", "orders.json", b"[]", rf"orders\.json: {TYPE}"),
    _named("zip by name", "orders.zip", b"PK\x05\x06" + bytes(18), rf"orders\.zip: {TYPE}"),
    _named("a zipped CSV by name", "orders.csv.zip", b"PK\x05\x06" + bytes(18), rf"orders\.csv\.zip: {TYPE}"),
    _named("no ending", "orders", ORDERS.encode(), rf"orders: {TYPE}"),
    _named("an ending alone", ".csv", ORDERS.encode(), GENERATED),
    _named("capitals", "ORDERS.CSV", ORDERS.encode(), rf"ORDERS\.CSV: {TYPE}"),
    _named("Feather by name", "orders.feather", b"ARROW1", rf"orders\.feather: {TYPE}"),
    _named("a database by name", "orders.sqlite", b"SQLite format 3\0", rf"orders\.sqlite: {TYPE}"),
    _named("bzip2 by name", "orders.csv.bz2", b"BZh9", rf"orders\.csv\.bz2: {TYPE}"),
    _named("gz that is none", "orders.csv.gz", ORDERS.encode(), rf"orders\.csv\.gz: {BROKEN}"),
    _named("gz of no byte", "orders.csv.gz", b"", r"orders\.csv\.gz: .*(the file is empty|cannot be read).*"),
    _named("gz of an empty file", "orders.csv.gz", zipped(""), r"orders\.csv\.gz: the file is empty; .*"),
    _named("gz cut", "orders.csv.gz", zipped(ORDERS)[:-20], rf"orders\.csv\.gz: {BROKEN}"),
    _named("gz cut in its head", "orders.csv.gz", zipped(ORDERS)[:5], rf"orders\.csv\.gz: {BROKEN}"),
    _named("gz without its sum", "orders.csv.gz", zipped(ORDERS)[:-8] + bytes(8), rf"orders\.csv\.gz: {BROKEN}"),
    _named("gz with rubbish after it", "orders.csv.gz", zipped(ORDERS) + b"rubbish", rf"orders\.csv\.gz: {BROKEN}"),
    _named(
        "gz with a broken block",
        "orders.csv.gz",
        zipped(ORDERS)[:40] + b"\xff" * 60 + zipped(ORDERS)[100:],
        rf"orders\.csv\.gz: {BROKEN}",
    ),
    _named(
        "gz in gz",
        "orders.csv.gz",
        zipped(zipped(ORDERS).decode("latin-1")),
        r"orders\.csv\.gz: holds zero bytes, so it is not a CSV .*",
    ),
    _named("Parquet of text", "orders.parquet", ORDERS.encode(), rf"orders\.parquet: {BROKEN}"),
    _named("Parquet of no byte", "orders.parquet", b"", rf"orders\.parquet: {BROKEN}"),
    _named("Parquet of its mark alone", "orders.parquet", b"PAR1PAR1", rf"orders\.parquet: {BROKEN}"),
    _named("Parquet encrypted", "orders.parquet", b"PARE" + bytes(100) + b"PARE", rf"orders\.parquet: {BROKEN}"),
    Row("Parquet cut", READ, (order_columns({}), cut("orders.parquet", 30)), rf"orders\.parquet: {BROKEN}"),
    Row(
        "Parquet cut to its half",
        READ,
        (order_columns({"amount": [1.0] * 2}), cut("orders.parquet", 900)),
        rf"orders\.parquet: {BROKEN}",
    ),
    Row(
        "a folder of a CSV's name",
        READ,
        (folder("orders.csv"), files(transactions="orders.csv")),
        r"orders\.csv: this folder has no \.parquet files; .*",
    ),
    Row(
        "an empty folder",
        READ,
        (folder("parts"), files(transactions="parts")),
        r"parts: this folder has no \.parquet files; .*",
    ),
    Row(
        "a folder of CSV",
        READ,
        (text("parts/a.csv", ORDERS), files(transactions="parts")),
        r"parts: this folder has no \.parquet files; .*",
    ),
    Row(
        "a folder of hidden parts",
        READ,
        (parquet("parts/_a.parquet", {"a": [1]}), files(transactions="parts")),
        r"parts: this folder has no \.parquet files; .*",
    ),
    Row("this folder", READ, (files(transactions="."),), r"\.: this folder has no \.parquet files; .*"),
    Row("the root", READ, (files(transactions="data"),), r"data: this folder has no \.parquet files; .*"),
    Row(
        "a folder called like Parquet in a folder",
        READ,
        (folder("parts/a.parquet"), files(transactions="parts")),
        r"parts: this folder has no \.parquet files; .*",
    ),
    Row(
        "a folder with a broken part",
        READ,
        (order_columns({}, name="parts/a.parquet"), raw("parts/b.parquet", b"x"), files(transactions="parts")),
        rf"parts/b\.parquet: {BROKEN}",
    ),
    Row(
        "a folder whose parts differ in columns",
        READ,
        (
            order_columns({}, name="parts/a.parquet"),
            order_columns({"category": ["x", "y"]}, name="parts/b.parquet"),
            files(transactions="parts"),
        ),
        r"parts/b\.parquet: its columns differ from those of the first part of the folder, as only one of them has category; .*",
    ),
    Row(
        "a folder whose parts differ in types",
        READ,
        (
            order_columns({}, name="parts/a.parquet"),
            order_columns({"amount": ["x", "y"]}, name="parts/b.parquet"),
            files(transactions="parts"),
        ),
        r"parts/b\.parquet: does not fit the types of the folder's first part: .*",
    ),
    Row(
        "a folder with a pipe",
        READ,
        (order_columns({}, name="parts/a.parquet"), fifo("parts/b.parquet"), files(transactions="parts")),
        r"parts/b\.parquet: is not a regular file, .*",
    ),
    Row(
        "a pipe as a CSV",
        READ,
        (fifo("orders.csv"), files(transactions="orders.csv")),
        r"orders\.csv: is not a regular file, .*",
    ),
    Row(
        "a pipe as gz",
        READ,
        (fifo("orders.csv.gz"), files(transactions="orders.csv.gz")),
        r"orders\.csv\.gz: is not a regular file, .*",
    ),
    Row(
        "a pipe as Parquet",
        READ,
        (fifo("orders.parquet"), files(transactions="orders.parquet")),
        r"orders\.parquet: is not a regular file, .*",
    ),
    Row(
        "a pipe as another table",
        READ,
        (orders(), fifo("customers.csv"), files(customers="customers.csv")),
        r"customers\.csv: is not a regular file, .*",
    ),
    Row(
        "a link to a pipe",
        READ,
        (fifo("pipe"), link("orders.csv", "pipe"), files(transactions="orders.csv")),
        r"orders\.csv: is not a regular file, .*",
    ),
    Row(
        "a link to a device without an end",
        READ,
        (link("orders.csv", "/dev/zero"), files(transactions="orders.csv")),
        r"orders\.csv: is not a regular file, .*",
    ),
    Row(
        "a link to a device of chance",
        READ,
        (link("orders.parquet", "/dev/urandom"), files(transactions="orders.parquet")),
        r"orders\.parquet: is not a regular file, .*",
    ),
    Row(
        "a link to nothing",
        READ,
        (link("orders.csv", "none.csv"), files(transactions="orders.csv")),
        r"orders\.csv: no such file; set generate\.files to files that exist",
    ),
    Row(
        "a link to itself",
        READ,
        (link("orders.csv", "orders.csv"), files(transactions="orders.csv")),
        r"orders\.csv: (no such file|cannot be read).*",
    ),
    Row("no such file", READ, (files(transactions="none.csv"),), r"none\.csv: no such file; .*"),
    Row("no such folder", READ, (files(transactions="none/of.parquet"),), r"none/of\.parquet: no such file; .*"),
    Row(
        "a file as a folder",
        READ,
        (files(transactions="params.yaml/orders.csv"),),
        r"params\.yaml/orders\.csv: (no such file|cannot be read).*",
    ),
    Row(
        "a name of 300 letters",
        READ,
        (files(transactions="k" * 300 + ".csv"),),
        r"k+\.csv: .*(no such file|File name too long).*",
    ),
    Row("a star", READ, (orders(), files(transactions="*.csv")), r"\*\.csv: no such file; .*"),
    Row(
        "a protocol that is none",
        READ,
        (files(transactions="ftpx://host/orders.csv"),),
        r"ftpx://host/orders\.csv: cannot be read: Protocol not known: ftpx.*",
    ),
    Row("s3 without a bucket", READ, (files(transactions="s3://"),), r"s3://: cannot be read: .*"),
    Row(
        "a chain of file systems",
        READ,
        (files(transactions="zip://orders.csv::orders.zip"),),
        r"zip://orders\.csv::orders\.zip: .*",
    ),
    Row(
        "two of our columns of one",
        READ,
        (orders(), mapping("transactions", order_id="customer_id")),
        r"generate\.files\.columns\.transactions: customer_id and order_id are both 'customer_id'; .*",
    ),
    Row(
        "a column of no meaning",
        READ,
        (orders(), mapping("transactions", colour="colour")),
        r"unknown parameter 'generate\.files\.columns\.transactions\.colour'; columns of transactions are .*",
    ),
    Row(
        "a column of another table",
        READ,
        (orders(), mapping("customers", amount="amount")),
        r"unknown parameter 'generate\.files\.columns\.customers\.amount'; .*",
    ),
    Row(
        "a column that is not there",
        READ,
        (orders(), mapping("transactions", category="Kategorie")),
        r"orders\.csv: no column 'Kategorie', which transactions needs as category; it has customer_id, order_ts, amount; set .*",
    ),
    Row(
        "a column with a tab that is not there",
        READ,
        (orders(), mapping("transactions", category="a\tb")),
        r"orders\.csv: no column 'a\\tb', .*",
    ),
    Row(
        "a column of 100,000 letters that is not there",
        READ,
        (orders(), mapping("transactions", category="k" * 100_000)),
        r"orders\.csv: no column 'k+\.\.\. .*",
    ),
    Row(
        "swapped columns",
        READ,
        (orders(), mapping("transactions", amount="order_ts", order_ts="amount")),
        r"orders\.csv, column '(amount|order_ts)', data row 1: .*",
    ),
    Row(
        "the templates",
        READ,
        (files(),),
        r"data/templates/transactions\.csv: has no rows; .*; set generate\.files\.transactions to your file",
    ),
    Row(
        "a template that is gone",
        READ,
        (orders(), lambda place: (place.folder / "data/templates/touches.csv").unlink()),
        r"data/templates/touches\.csv: no such file; .*",
    ),
    Row(
        "an encoding that is none",
        READ,
        (orders(encoding="utf-8"), values(generate__files__encoding="klingon")),
        r"parameter 'generate\.files\.encoding' must be auto or an encoding .*, got 'klingon'",
    ),
    Row(
        "an encoding that is no text",
        READ,
        (orders(), values(generate__files__encoding="base64")),
        r"parameter 'generate\.files\.encoding' must be auto or .*, got 'base64'",
    ),
    Row(
        "an encoding that is a path",
        READ,
        (orders(), values(generate__files__encoding="../utf_8")),
        r"parameter 'generate\.files\.encoding' must be auto or .*",
    ),
    Row(
        "an encoding of 400 letters",
        READ,
        (orders(), values(generate__files__encoding="k" * 400)),
        r"parameter 'generate\.files\.encoding' must be auto or .*",
    ),
    Row(
        "an encoding that does not fit",
        READ,
        (orders(), values(generate__files__encoding="utf-16")),
        r"orders\.csv: .*is not utf-16; .*",
    ),
    Row(
        "an encoding of ASCII",
        READ,
        (orders("customer_id,order_ts,amount\nä,2024-01-31,5\n"), values(generate__files__encoding="ascii")),
        r"orders\.csv: is not ascii; .*",
    ),
    Row(
        "the idna encoding",
        READ,
        (orders(), values(generate__files__encoding="idna")),
        r"(parameter 'generate\.files\.encoding' must be auto or .*|orders\.csv: .*)",
    ),
    Row(
        "the undefined encoding",
        READ,
        (orders(), values(generate__files__encoding="undefined")),
        r"parameter 'generate\.files\.encoding' must be auto or .*",
    ),
)
NAMES = tuple(row for row in NAMES if row.name != "stages.generate: an ending alone")

DEEP = pa.array([{"a": [{"b": 1.0}]}, {"a": []}])
PARQUET = (
    _parquet("no amount", {"amount": None}, r": no column 'amount', .*"),
    _parquet(
        "no rows",
        {"customer_id": pa.array([], "string"), "order_ts": pa.array([], "string"), "amount": pa.array([], "double")},
        ": has no rows; .*",
    ),
    _parquet(
        "amounts in lists", {"amount": [[1.0], [2.0]]}, ": the column for amount holds list.*; write it as numbers"
    ),
    _parquet("amounts deep inside", {"amount": DEEP}, ": the column for amount holds struct.*; write it as numbers"),
    _parquet(
        "amounts in maps",
        {"amount": pa.array([[("a", 1.0)], []], pa.map_("string", "double"))},
        ": the column for amount holds map.*; write it as numbers",
    ),
    _parquet(
        "amounts of bytes", {"amount": [b"1", b"2"]}, ": the column for amount holds bytes; write it as text or numbers"
    ),
    _parquet("amounts of flags", {"amount": [True, False]}, ": the column for amount holds bool, .*"),
    _parquet("amounts of dates", {"amount": [date(2024, 1, 1)] * 2}, ": the column for amount holds date32.*, .*"),
    _parquet(
        "amounts of durations",
        {"amount": pa.array([1, 2], pa.duration("s"))},
        ": the column for amount holds duration.*, .*",
    ),
    _parquet("amounts of no number", {"amount": [float("nan"), float("nan")]}, GENERATED, 0),
    _parquet("amounts of text", {"amount": ["1", "x"]}, r", column 'amount', data row 2: 'x' is not a number .*"),
    _parquet("ids of bytes", {"customer_id": [b"\x00", b"\xff"]}, ": the column for customer_id holds bytes; .*"),
    _parquet(
        "ids of fixed bytes",
        {"customer_id": pa.array([b"1234", b"5678"], pa.binary(4))},
        ": the column for customer_id holds bytes; .*",
    ),
    _parquet(
        "ids in structs", {"customer_id": [{"id": 1}, {"id": 2}]}, ": the column for customer_id holds struct.*; .*"
    ),
    _parquet("ids in lists", {"customer_id": [[1], [2]]}, ": the column for customer_id holds list.*; .*"),
    _parquet(
        "ids of durations",
        {"customer_id": pa.array([1, 2], pa.duration("s"))},
        ": the column for customer_id holds duration.*; .*",
    ),
    _parquet(
        "times of numbers",
        {"order_ts": [1_700_000_000, 1_700_000_001]},
        "generate: files, 2 transactions.*",
        code=0,
    ),
    _parquet(
        "times of day", {"order_ts": pa.array([1, 2], pa.time32("s"))}, ": the column for order_ts holds time32.*"
    ),
    _parquet("times in lists", {"order_ts": [[1], [2]]}, ": the column for order_ts holds list.*"),
    _parquet(
        "no times",
        {"order_ts": pa.array([None, None], pa.timestamp("us"))},
        r", column 'order_ts', data row 1: empty .* is not .*",
    ),
    _parquet(
        "times beyond the calendar",
        {"order_ts": pa.array([2**62, 0], pa.timestamp("us"))},
        r", column 'order_ts', data row 1: a date outside of the years 1 to 9999 is not .*",
    ),
    _parquet(
        "times beyond any number",
        {"order_ts": pa.array([2**62, 0], pa.timestamp("ms"))},
        r": a value of the column for order_ts cannot be stored: .*",
    ),
    _parquet(
        "days beyond the calendar",
        {"order_ts": pa.array([2**31 - 1, 0], pa.date32())},
        r": a value of the column for order_ts cannot be stored: .*",
    ),
    _parquet("decimals of 76 digits", {"amount": pa.array([10**70, 1], pa.decimal256(76, 0))}, GENERATED, 0),
    _parquet(
        "null columns",
        {"customer_id": pa.nulls(2), "order_ts": pa.nulls(2), "amount": pa.nulls(2)},
        r", column 'order_ts', data row 1: empty .* is not .*",
    ),
    Row(
        "two columns of one name",
        READ,
        (lambda place: _twins(place), files(transactions="orders.parquet")),
        r"orders\.parquet: 2 columns are called 'amount'; rename all but one",
    ),
    _parquet(
        "5,000 columns",
        {"customer_id": None, **{f"column_{i}": [1, 2] for i in range(5000)}},
        r": no column 'customer_id', .* and [\d,]+ more; set .*",
    ),
    _parquet(
        "names with BEL",
        {"customer_id": None, "customer\a": ["a", "b"]},
        r": no column 'customer_id', .*; it has .*'customer\\x07'.*",
    ),
)


def _twins(place: Place) -> None:
    table = pa.table([["a"], ["2024-01-31"], [1.0], [2.0]], names=["customer_id", "order_ts", "amount", "amount"])
    pq.write_table(table, place.folder / "orders.parquet")


CUSTOMERS, TOUCHES, TESTS = (
    "customer_id,channel\n",
    "customer_id,touch_ts,kind\n",
    "customer_id,assigned_ts,experiment,arm\n",
)
OTHERS = (
    _other("no byte", "customers", b"", ": the file is empty; it needs a header line and rows"),
    _other("no byte", "touches", b"", ": the file is empty; it needs a header line and rows"),
    _other("no byte", "experiments", b"", ": the file is empty; it needs a header line and rows"),
    _other(
        "no id",
        "customers",
        "channel\nweb\n",
        r": no column 'customer_id', which customers needs as customer_id; it has channel; set .*",
    ),
    _other("no id", "touches", "touch_ts\n2024-01-01\n", r": no column 'customer_id', .*"),
    _other("no time", "touches", "customer_id\nc1\n", r": no column 'touch_ts', .*"),
    _other("no time", "experiments", "customer_id,arm\nc1,control\n", r": no column 'assigned_ts', .*"),
    _other("ragged", "customers", CUSTOMERS + "c1\n", r": cannot be read: .*Expected 2 columns, got 1.*"),
    _other("ragged", "touches", TOUCHES + "c1,2024-01-01\n", r": cannot be read: .*Expected 3 columns, got 2.*"),
    _other(
        "ragged", "experiments", TESTS + "c1,2024-01-01,a,b,c\n", r": cannot be read: .*Expected 4 columns, got 5.*"
    ),
    _other(
        "a column twice", "customers", "customer_id,channel,channel\nc1,a,b\n", ": 2 columns are called 'channel'; .*"
    ),
    _other(
        "a date in words", "touches", TOUCHES + "c1,now,email\n", r", column 'touch_ts', data row 1: 'now' is not .*"
    ),
    _other(
        "a date in words", "experiments", TESTS + "c1,now,a,b\n", r", column 'assigned_ts', data row 1: 'now' is not .*"
    ),
    _other("no date", "experiments", TESTS + "c1,,a,b\n", r", column 'assigned_ts', data row 1: empty is not .*"),
    _other("zero bytes", "customers", b"customer_id\n\0\n", r": holds zero bytes, .*"),
    _other("a quote never closed", "touches", TOUCHES + 'c1,"2024-01-01,email\n', r".*"),
    _other("not UTF-8", "customers", b"customer_id,channel\nc1,\x81\n", r": is neither UTF-8 nor Windows-1252; .*"),
    _other("a header alone", "customers", CUSTOMERS, GENERATED, 0),
    _other("a header alone", "touches", TOUCHES, GENERATED, 0),
    _other("one column", "customers", "customer_id\nc1\n", GENERATED, 0),
    Row(
        "customers: a workbook by name",
        READ,
        (orders(), raw("c.xlsx", b""), files(customers="c.xlsx")),
        rf"c\.xlsx: {TYPE}",
    ),
    Row("touches: no such file", READ, (orders(), files(touches="none.csv")), r"none\.csv: no such file; .*"),
    Row(
        "experiments: an empty folder",
        READ,
        (orders(), folder("tests"), files(experiments="tests")),
        r"tests: this folder has no \.parquet files; .*",
    ),
    Row(
        "customers: cut Parquet",
        READ,
        (orders(), parquet("c.parquet", {"customer_id": ["a"]}), cut("c.parquet", 20), files(customers="c.parquet")),
        rf"c\.parquet: {BROKEN}",
    ),
    Row(
        "touches: times of numbers",
        READ,
        (orders(), parquet("t.parquet", {"customer_id": ["a"], "touch_ts": [1.5]}), files(touches="t.parquet")),
        r"t\.parquet, column 'touch_ts', data row 1: '1\.5' is not an ISO 8601 date .*",
    ),
    Row(
        "experiments: arms in lists",
        READ,
        (
            orders(),
            parquet("e.parquet", {"customer_id": ["a"], "assigned_ts": ["2024-01-01"], "arm": [["x"]]}),
            files(experiments="e.parquet"),
        ),
        r"e\.parquet: the column for arm holds list.*",
    ),
)

NONE_LEFT = r": no purchase is left after cleaning, .*"
MOST = r": \d+\.\d% of the transaction lines are rejected, more than \d+\.\d%, for {rule}: [\d,]+ lines?.*; fix the file, .*"
CLEANED = r"preprocess: [\d,]+ lines of [\d,]+ customers kept, .*"


def _days(*days: str) -> str:
    return HEADER + "".join(f"c{i % 5},{day},{5 + i}\n" for i, day in enumerate(days))


USUAL = [f"2024-{1 + i % 12:02d}-{1 + i % 28:02d}" for i in range(60)]
CLEANING = (
    _cleaned(
        "returns alone",
        HEADER + "a,2024-01-31,-5\nb,2024-02-01,-6\n",
        rf"({NONE_LEFT}|{MOST.format(rule='return_without_purchase')})",
    ),
    _cleaned(
        "amounts of nothing alone",
        HEADER + "a,2024-01-31,0\nb,2024-02-01,0.00\n",
        rf"({NONE_LEFT}|{MOST.format(rule='zero_amount')})",
    ),
    _cleaned(
        "amounts below a cent alone",
        HEADER + "a,2024-01-31,0.001\nb,2024-02-01,0.004\n",
        rf"({NONE_LEFT}|{MOST.format(rule='zero_amount')})",
    ),
    _cleaned(
        "no amounts",
        HEADER + "a,2024-01-31,\nb,2024-02-01,\n",
        rf"({NONE_LEFT}|{MOST.format(rule='impossible_amount')})",
    ),
    _cleaned(
        "huge amounts", HEADER + "a,2024-01-31,1e300\nb,2024-02-01,99999999999\n", MOST.format(rule="impossible_amount")
    ),
    _cleaned(
        "infinite amounts", HEADER + "a,2024-01-31,inf\nb,2024-02-01,-inf\n", MOST.format(rule="impossible_amount")
    ),
    _cleaned(
        "amounts of 1e400", HEADER + "a,2024-01-31,1e400\nb,2024-02-01,1e400\n", MOST.format(rule="impossible_amount")
    ),
    _cleaned("no customers", HEADER + ",2024-01-31,5\n,2024-02-01,6\n", MOST.format(rule="blank_customer_id")),
    _cleaned(
        "customers of blanks", HEADER + "   ,2024-01-31,5\n\t,2024-02-01,6\n", MOST.format(rule="blank_customer_id")
    ),
    _cleaned("days of 1900", _days("1900-01-01", "1900-01-02"), MOST.format(rule="before_1990")),
    _cleaned("days of the year 1", _days("0001-01-01", "0001-01-02"), MOST.format(rule="before_1990")),
    _cleaned("days of 1970", _days("1970-01-01", "1970-01-01"), MOST.format(rule="before_1990")),
    _cleaned("days of the year 9999", _days("9999-12-31", "9999-12-30"), MOST.format(rule="after_2200")),
    _cleaned("days of the year 2999", _days("2999-01-31", "2999-02-01"), MOST.format(rule="after_2200")),
    _cleaned("many days of the year 9999", _days(*USUAL, *["9999-12-31"] * 60), MOST.format(rule="after_2200")),
    _cleaned("one day of the year 9999", _days(*USUAL, "9999-12-31"), CLEANED, 0),
    _cleaned("one day of the year 1", _days(*USUAL, "0001-01-01"), CLEANED, 0),
    _cleaned(
        "years of the Buddhist calendar",
        _days(*[day.replace("2024", "2567") for day in USUAL]),
        MOST.format(rule="after_2200"),
    ),
    _cleaned(
        "a day before all",
        ORDERS,
        r": no purchase is left after cleaning, most lines were rejected as after_last_day; set time\.last_day to a later day, or to null",
        1,
        values(time__last_day="2001-01-01"),
    ),
    _cleaned("all days in one", _days(*["2024-01-31"] * 60), CLEANED, 0),
    _cleaned("one line", _one(), CLEANED, 0),
    _cleaned("every line ten times", HEADER + "a,2024-01-31,5\n" * 60, CLEANED, 0),
    _cleaned(
        "nothing but postage",
        "customer_id,order_ts,amount,product_id\na,2024-01-31,5,POST\n",
        r": no purchase is left after cleaning, most lines were rejected as non_product; remove from preprocess\.non_products what is a product",
        1,
        values(preprocess__non_products=["POST"]),
    ),
    _cleaned(
        "returns by their mark alone",
        "customer_id,order_ts,amount,is_return\na,2024-01-31,5,true\n",
        rf"({NONE_LEFT}|{MOST.format(rule='return_without_purchase')})",
    ),
    _cleaned(
        "quantities of nothing",
        "customer_id,order_ts,quantity,unit_price\na,2024-01-31,0,5\n",
        rf"({NONE_LEFT}|{MOST.format(rule='zero_amount')})",
    ),
    _cleaned(
        "quantities beyond any number",
        "customer_id,order_ts,quantity,unit_price\na,2024-01-31,1e200,1e200\n",
        MOST.format(rule="impossible_amount"),
    ),
    _cleaned(
        "a limit of nothing",
        ORDERS + "d,2024-01-31,0\n",
        r": 1\.6% of the transaction lines are rejected, more than 0\.0%, for zero_amount: 1 line \(row 60: '0'\); .*",
        1,
        values(preprocess__max_rejected_share=0),
    ),
)

TABLES = (*CSV, *NAMES, *PARQUET, *OTHERS, *CLEANING)
