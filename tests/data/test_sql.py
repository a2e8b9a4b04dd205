"""A real PostgreSQL: the result of a query, one snapshot, no part of the URI shown, and what a dying server leaves."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from clv.data import session, sql
from clv.data.copying import GROUP_ROWS
from clv.data.params import SqlParams
from clv.data.schema import TABLES, names
from clv.data.session import with_limits
from clv.data.source import TableSource
from clv.data.sql import copy_queries, has_order, scrubbed, secrets
from clv.errors import InputError
from clv.params import Params
from clv.replacing import replacing
from tests.conftest import ROOT
from tests.servers import Postgres, postgres

VARIABLE = "SHOP_URI_OF_THE_TEST"
ORDERS = "SELECT customer_id, order_ts, amount FROM orders ORDER BY customer_id, order_ts"
LITERAL = "SELECT {} ORDER BY 1"


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    with postgres() as running:
        running.sql(
            "CREATE TABLE orders (customer_id bigint, order_ts timestamptz, amount numeric(10, 2), note text)",
            "INSERT INTO orders VALUES (7, '2024-01-31 12:00+01', 10.50, 'x'), (7, '2024-02-01 00:00+01', -3, NULL)",
            "CREATE TABLE people (customer_id bigint, channel text, email_consent boolean)",
            "INSERT INTO people VALUES (7, 'search', true)",
        )
        yield running


@pytest.fixture
def queries(server: Postgres, project_params: Params, monkeypatch: pytest.MonkeyPatch) -> SqlParams:
    """The parameters for the orders of the server, whose URI is in the environment."""
    monkeypatch.setenv(VARIABLE, server.uri)
    return replace(project_params.generate.sql, uri_variable=VARIABLE, transactions=ORDERS)


def copy(queries: SqlParams, folder: Path) -> dict[str, TableSource]:
    """Copy as the stage does: the folder is replaced as a whole, or stays as it was."""
    with replacing(folder) as partial:
        partial.mkdir()
        return copy_queries(queries, partial)


def refusal(queries: SqlParams, folder: Path) -> str:
    """The one line with which the queries are refused; no file is left."""
    with pytest.raises(InputError) as caught:
        copy(queries, folder)
    assert "\n" not in str(caught.value)
    assert list(folder.parent.iterdir()) == []
    return str(caught.value)


def test_queries_become_tables(queries: SqlParams, tmp_path: Path) -> None:
    people = "SELECT *, 'unused' AS note FROM people ORDER BY customer_id -- all of them"
    sources = copy(replace(queries, customers=people), tmp_path / "raw")
    assert list(sources) == list(TABLES)
    identity = {"customer_id": "customer_id", "order_ts": "order_ts", "amount": "amount"}
    assert sources["transactions"] == TableSource("generate.sql.transactions", 2, identity)
    lines = pq.read_table(tmp_path / "raw" / "transactions.parquet")
    assert [str(field.type) for field in lines.schema] == ["string", "timestamp[us, tz=UTC]", "double"]
    assert lines["customer_id"].to_pylist() == ["7", "7"]
    assert lines["amount"].to_pylist() == [10.5, -3.0]
    assert str(lines["order_ts"][0].as_py()) == "2024-01-31 11:00:00+00:00"
    wanted = {"customer_id": ["7"], "channel": ["search"], "email_consent": [True]}
    assert pd.read_parquet(tmp_path / "raw" / "customers.parquet").to_dict("list") == wanted
    for table in ("touches", "experiments"):
        none = pq.read_table(tmp_path / "raw" / f"{table}.parquet")
        assert none.schema == pa.schema([(name, pa.string()) for name in names(TABLES[table])])
        assert none.num_rows == sources[table].rows == 0


def test_the_same_rows_give_the_same_bytes(queries: SqlParams, tmp_path: Path) -> None:
    for name, query in {"1": ORDERS, "2": f"{ORDERS} ;\n"}.items():
        copy(replace(queries, transactions=query), tmp_path / name)
    first, second = [(tmp_path / name / "transactions.parquet").read_bytes() for name in ("1", "2")]
    assert first == second


@pytest.mark.parametrize(
    ("value", "column", "expected"),
    [
        ("'ab'::char(4)", "order_id", "ab  "),
        ("12345678901234567890123::numeric", "order_id", "12345678901234567890123"),
        ("'00000000-0000-0000-0000-00000000000a'::uuid", "product_id", "00000000-0000-0000-0000-00000000000a"),
        ("2::smallint", "quantity", 2),
        ("1.25::numeric", "unit_price", 1.25),
        ("2.5::real", "discount", 2.5),
        ("'yes'", "is_eco", "yes"),
        ("true", "is_return", True),
        ("'1.5'::text", "amount", "1.5"),
        ("date '2024-01-31'", "order_ts", pd.Timestamp("2024-01-31")),
        ("timestamp '2024-01-31 10:00'", "order_ts", pd.Timestamp("2024-01-31 10:00")),
        ("'2024-01-31'", "order_ts", "2024-01-31"),
    ],
)
def test_types_of_the_database(queries: SqlParams, tmp_path: Path, value: str, column: str, expected: object) -> None:
    row = {"customer_id": "1", "order_ts": "now()", "amount": "1.5"} | {column: value}
    query = LITERAL.format(", ".join(f"{sql} AS {name}" for name, sql in row.items()))
    copy(replace(queries, transactions=query), tmp_path / "raw")
    assert pd.read_parquet(tmp_path / "raw" / "transactions.parquet")[column].to_list() == [expected]


NO_AMOUNT = (
    "generate.sql.transactions: no column 'amount', which transactions needs as amount, nor both 'quantity' and "
    "'unit_price', whose product could replace it; it has customer_id, order_ts; give a column that name in "
    "the query (… AS amount)"
)
NO_ISO_DATE = (
    "generate.sql.transactions, column 'order_ts', data row 1: '31.01.2024' is not an ISO 8601 date like 2026-01-31; "
    "fix the query: write all dates as 2026-01-31"
)
NO_NUMBER = (
    "column 'amount', data row 1: '1,5' is not a number with the decimal mark '.'; fix the query: "
    "write all numbers with a '.'"
)


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ("1 AS customer_id, now() AS order_ts", NO_AMOUNT),
        ("1 AS customer_id, 2 AS customer_id, now() AS order_ts, 1 AS amount", "2 columns are called 'customer_id'"),
        ("1 AS customer_id, now() AS order_ts, 9.99::money AS amount", "column 'amount' has the type money; cast it"),
        (
            "1 AS customer_id, 1700000000 AS order_ts, 1 AS amount",
            "fix the query: write seconds since 1970 in UTC as ",
        ),
        ("1 AS customer_id, time '10:00' AS order_ts, 1 AS amount", "the column for order_ts holds time64[us], which"),
        ("1 AS customer_id, now() AS order_ts, '{}'::json AS amount", "the column for amount holds extension<arrow.js"),
        ("'\\x00'::bytea AS customer_id, now() AS order_ts, 1 AS amount", "the column for customer_id holds bytes"),
        ("1 AS customer_id, '31.01.2024' AS order_ts, 1 AS amount", NO_ISO_DATE),
        ("1 AS customer_id, now() AS order_ts, '1,5' AS amount", NO_NUMBER),
        ("1 AS customer_id, 'infinity'::timestamptz AS order_ts, 1 AS amount", "data row 1: a date outside of the "),
        (
            "1 AS customer_id, '-infinity'::date AS order_ts, 1 AS amount",
            "for order_ts cannot be stored: Casting from ",
        ),
        ("1 AS customer_id, NULL::date AS order_ts, 1 AS amount", "data row 1: empty is not an ISO 8601 date"),
        ("customer_id, order_ts, amount FROM orders WHERE false", "has no rows; transactions need at least one; fix"),
        ("nothing FROM orders", 'the query failed: column "nothing" does not exist; fix the query'),
        ("FROM WHERE", 'the query failed: syntax error at or near "WHERE"; fix the query'),
        ("1/0 AS customer_id, now() AS order_ts, 1 AS amount", "the query failed: division by zero"),
    ],
)
def test_a_wrong_query_is_one_clear_line(queries: SqlParams, tmp_path: Path, columns: str, message: str) -> None:
    assert message in refusal(replace(queries, transactions=LITERAL.format(columns)), tmp_path / "raw")


def test_queries_must_be_ordered(queries: SqlParams, tmp_path: Path) -> None:
    said = refusal(replace(queries, customers="SELECT customer_id FROM people"), tmp_path / "raw")
    assert said.startswith("parameter 'generate.sql.customers' must be a query with an ORDER BY of its own")
    assert "must be a query, got null" in refusal(replace(queries, transactions=None), tmp_path / "raw")
    assert has_order("select a from (select b from c) d\norder\n  by a")
    assert not has_order("select a from (select b from c order by (b)) d")
    assert not has_order("select $$ order by $$, $x$ order by $x$, 1 from t")
    assert not has_order(r"select E'it\'s order by x' from t")
    assert has_order(r"select E'it\'s' from t order by 1")
    assert not has_order("select 'order by', \"order by\" from c -- order by b\n /* order by\n b */")


def test_nothing_is_written_to_the_database(server: Postgres, queries: SqlParams, tmp_path: Path) -> None:
    server.sql(
        "CREATE TABLE log (a int)",
        "CREATE FUNCTION note() RETURNS int LANGUAGE sql AS 'INSERT INTO log VALUES (1) RETURNING a'",
    )
    said = refusal(
        replace(queries, transactions=LITERAL.format("note() AS customer_id, now() AS order_ts, 1 AS amount")),
        tmp_path / "raw",
    )
    assert "cannot execute INSERT in a read-only transaction" in said
    assert server.sql("SELECT count(*) FROM log") == "0"


def test_all_tables_are_of_one_snapshot(
    server: Postgres, queries: SqlParams, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.sql("CREATE TABLE moving AS SELECT 1 AS customer_id")
    first = "SELECT customer_id, now() AS order_ts, 1 AS amount FROM moving ORDER BY 1"
    copy_one = sql._copy

    def busy(table: str, *rest: object) -> TableSource:
        done = copy_one(table, *rest)
        server.sql("INSERT INTO moving SELECT max(customer_id) + 1 FROM moving")
        return done

    monkeypatch.setattr(sql, "_copy", busy)
    wanted = replace(queries, transactions=first, customers="SELECT customer_id FROM moving ORDER BY 1")
    assert [source.rows for source in copy(wanted, tmp_path / "raw").values()] == [1, 1, 0, 0]
    assert server.sql("SELECT count(*) FROM moving") == "5"


def wrong_uris(server: Postgres) -> dict[str, str]:
    """Connection strings that do not work."""
    quoted = quote(server.password, safe="")
    return {
        "the user or the password is wrong": server.uri.replace(quoted, "SeCrEt%2F9"),
        "nothing listens at that host and port": server.uri.replace(f":{server.port}/", ":9/"),
        "no such host": server.uri.replace("127.0.0.1", "warehouse.invalid"),
        "there is no such user or database": server.uri.replace(server.database, "lagerdaten"),
        "it is not a URI that PostgreSQL accepts": server.uri.replace(quoted, "Qx7/Zw:99@vv"),
    }


@pytest.mark.parametrize("reason", wrong_uris(Postgres(Path(), 0, "", "x", "")))
def test_a_uri_that_does_not_work_is_not_repeated(
    server: Postgres,
    queries: SqlParams,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    reason: str,
) -> None:
    uri = wrong_uris(server)[reason]
    monkeypatch.setenv(VARIABLE, uri)
    said = refusal(queries, tmp_path / "raw")
    assert said.startswith(f"environment variable {VARIABLE}: cannot connect to the database: {reason}; ")
    for part in (uri, *secrets(uri), "Qx7", "Zw:99", "SeCrEt/9", server.password):
        assert part not in said
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("form", ["host=127.0.0.1 port={} user={} password='{}' dbname={}", "mysql://u{}:{}@{}/{}"])
def test_other_forms_of_a_uri_are_not_repeated_either(
    server: Postgres, queries: SqlParams, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    monkeypatch.setenv(VARIABLE, form.format(server.port, server.user, "it\\'s wrong", server.database))
    said = refusal(queries, tmp_path / "raw")
    for part in ("127.0.0.1", str(server.port), server.user, server.database, "it's wrong", "it\\'s", "mysql"):
        assert part not in said


def test_the_key_value_form_works(
    server: Postgres, queries: SqlParams, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = f"host=127.0.0.1 port={server.port} user={server.user} password='{server.password}' dbname={server.database}"
    monkeypatch.setenv(VARIABLE, form)
    assert copy(queries, tmp_path / "raw")["transactions"].rows == 2


@pytest.mark.parametrize(("value", "state"), [(None, "not set"), ("", "empty"), (" ", "empty")])
def test_a_variable_without_a_uri_is_named(
    queries: SqlParams, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: str | None, state: str
) -> None:
    monkeypatch.delenv(VARIABLE) if value is None else monkeypatch.setenv(VARIABLE, value)
    said = refusal(queries, tmp_path / "raw")
    assert said.startswith(
        f"environment variable {VARIABLE}, which generate.sql.uri_variable names, is {state}; set it"
    )


def test_a_uri_that_is_no_utf_8_is_named(queries: SqlParams, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "postgresql://reader:pass\udce4word@127.0.0.1/shop")
    said = refusal(queries, tmp_path / "raw")
    assert said.startswith(f"environment variable {VARIABLE}: cannot connect to the database: it is not a URI")
    assert "pass" not in said.replace("password as %XX", "")


def test_what_the_server_says_of_a_query_is_scrubbed(server: Postgres, queries: SqlParams, tmp_path: Path) -> None:
    query = f"SELECT '{server.password}'::int, '{server.user}' FROM {server.database} ORDER BY 1"
    said = refusal(replace(queries, transactions=query), tmp_path / "raw")
    assert "the query failed: " in said
    assert "***" in said
    for part in secrets(server.uri):
        assert part not in said


def test_scrubbing_knows_the_parts() -> None:
    uri = "postgresql://me:p%40ss%2Fword@db.example:5433/sales?sslpassword=k%C3%A4se&application_name=a"
    assert set(secrets(uri)) >= {uri, "me", "p%40ss%2Fword", "p@ss/word", "db.example", "sales", "käse"}
    assert scrubbed("some p@ss/word of me at db.example: p%40ss%2Fword, a relation", uri) == (
        "some *** of *** at ***: ***, *** relation"
    )
    form = r"host=db.example user = me password='it\'s ' dbname=sa\ les"
    assert set(secrets(form)) >= {form, "db.example", "me", r"'it\'s '", "it's ", "sa les"}


def test_a_server_that_dies_with_its_helpers_first_is_lost_too() -> None:
    with pytest.raises(InputError, match="connection to the database was lost"), sql._about("the query", None):
        raise RuntimeError("[libpq] ERROR:  lost connection to parallel worker")


@pytest.mark.parametrize("victim", ["server", "backend"])
def test_a_server_killed_while_it_is_read_leaves_nothing(
    server: Postgres, queries: SqlParams, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, victim: str
) -> None:
    server.sql(
        "DROP TABLE IF EXISTS many",
        "CREATE TABLE many AS SELECT i AS customer_id, now() AS order_ts, 1.5 AS amount, repeat('x', 100) AS category "
        "FROM generate_series(1, 800000) i",
    )
    many = replace(queries, transactions="SELECT * FROM many ORDER BY customer_id")
    before = copy(queries, tmp_path / "raw")
    received = sql._received
    read = []

    def cut_off(*given: object) -> Iterator[pa.RecordBatch]:
        for batch in received(*given):
            read.append(batch.num_rows)
            yield batch
            if sum(read) > 2 * GROUP_ROWS and not killed:
                killed.append(kill(server, victim))

    killed: list[None] = []
    with monkeypatch.context() as patched:
        patched.setattr(sql, "_received", cut_off)
        with pytest.raises(InputError) as caught:
            copy(many, tmp_path / "raw")
    assert killed
    assert 2 * GROUP_ROWS < sum(read) < 800_000, "it was not read in the middle"
    assert str(caught.value) == (
        "generate.sql.transactions: the connection to the database was lost while it was read, and nothing was "
        "written; run again when the server is up"
    )
    assert [path.name for path in tmp_path.iterdir()] == ["raw"]
    assert pq.read_metadata(tmp_path / "raw" / "transactions.parquet").num_rows == before["transactions"].rows
    if victim == "server":
        assert "nothing listens" in refusal(many, tmp_path / "elsewhere" / "raw")
        server.start()
    wait_until_up(server)
    assert copy(many, tmp_path / "raw")["transactions"].rows == 800_000


def kill(server: Postgres, victim: str) -> None:
    if victim == "server":
        server.kill()
    else:
        backend = "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND query LIKE 'COPY%'"
        os.kill(int(server.sql(backend)), signal.SIGKILL)


def wait_until_up(server: Postgres) -> None:
    """A server whose backend was killed ends the other backends and starts again by itself."""
    until(lambda: server._psql("SELECT 1", server.database).returncode == 0)


NO_END = "SELECT pg_sleep(600)::text AS customer_id, now() AS order_ts, 1 AS amount ORDER BY 1"
LONG = "SELECT i AS customer_id, now() AS order_ts, 1 AS amount FROM generate_series(1, 100000000) i ORDER BY i"
RUNNING = "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"


@pytest.mark.parametrize("query", [NO_END, LONG], ids=["before a row", "while it is read"])
def test_a_query_that_takes_too_long_is_one_line(
    server: Postgres, queries: SqlParams, tmp_path: Path, query: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if query == LONG:
        received = sql._received

        def slowly(*given: Any) -> Iterator[pa.RecordBatch]:
            for batch in received(*given):
                time.sleep(0.05)
                yield batch

        monkeypatch.setattr(sql, "_received", slowly)
    said = refusal(replace(queries, transactions=query, timeout_seconds=1), tmp_path / "raw")
    assert said == (
        "generate.sql.transactions: the query took longer than 1 s and was cancelled; set generate.sql.timeout_seconds "
        "higher, or make it read less (WHERE …, an index)"
    )
    assert server.sql(RUNNING) == "0"


def test_a_server_that_does_not_answer_is_one_line(
    queries: SqlParams, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "OURS", {"connect_timeout": 2})
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv(VARIABLE, f"postgresql://u:p@127.0.0.1:{silent.getsockname()[1]}/shop")
        assert "cannot connect to the database: the server does not answer" in refusal(queries, tmp_path / "raw")


def test_limits_join_a_connection_string_and_do_not_replace_its_own() -> None:
    limits = "connect_timeout=30&keepalives_idle=60&keepalives_interval=10&keepalives_count=3"
    assert with_limits("postgresql://h/d") == f"postgresql://h/d?{limits}"
    assert with_limits("postgresql://h/d?sslmode=require") == f"postgresql://h/d?sslmode=require&{limits}"
    own = limits.replace("30", "5")
    assert with_limits(f"postgresql://h/d?{own}") == f"postgresql://h/d?{own}"
    assert with_limits("host=h connect_timeout=5") == f"host=h connect_timeout=5 {limits.replace('&', ' ')[19:]}"


def test_the_server_is_asked_to_look_for_its_client(server: Postgres, queries: SqlParams, tmp_path: Path) -> None:
    shown = ", ".join(f"current_setting('{name}') AS {column}" for name, column in SHOWN.items())
    copy(
        replace(queries, transactions=f"SELECT 1 AS customer_id, now() AS order_ts, {shown} ORDER BY 1"), tmp_path / "a"
    )
    row = pd.read_parquet(tmp_path / "a" / "transactions.parquet").iloc[0]
    assert [row[column] for column in SHOWN.values()] == ["1h", "5s", "60"]


SHOWN = {
    "statement_timeout": "order_id",
    "client_connection_check_interval": "product_id",
    "tcp_keepalives_idle": "amount",
}

STAGE = """
import sys
from pathlib import Path
from clv import params
from clv.data.sql import copy_queries
from clv.errors import run_stage
from clv.replacing import replacing
from dataclasses import replace

def main():
    queries = replace(params.load(Path(sys.argv[1])).generate.sql, uri_variable=sys.argv[2], transactions=sys.argv[3])
    with replacing(Path("raw")) as folder:
        folder.mkdir()
        copy_queries(queries, folder)

run_stage(main)
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL], ids=lambda number: signal.Signals(number).name)
def test_a_query_ends_with_the_stage_that_asked(
    server: Postgres, queries: SqlParams, tmp_path: Path, number: int
) -> None:
    command = [sys.executable, "-c", STAGE, str(ROOT / "params.yaml"), VARIABLE, NO_END]
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, cwd=tmp_path, env=env, stderr=subprocess.PIPE, text=True) as stage:
        try:
            asked = f"{RUNNING} AND query LIKE '%pg_sleep%' AND state = 'active'"
            until(lambda: stage.poll() is not None or server.sql(asked) == "1")
            stage.send_signal(number)
            _, said = stage.communicate(timeout=60)
        finally:
            stage.kill()
    assert stage.returncode in (-number, 128 + number), said
    until(lambda: server.sql(RUNNING) == "0")
    if number == signal.SIGTERM:
        assert said == "error: stopped by SIGTERM; no half-written file is left; run it again\n"
        assert list(tmp_path.iterdir()) == []


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.1)
