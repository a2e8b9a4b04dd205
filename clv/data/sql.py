"""A user's own PostgreSQL database: the result of one query per table, read in batches and copied unchanged.

The URI holds a password. It is read from an environment variable, and no part of it appears in a message.
"""

import os
import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote

import pyarrow as pa

from clv.data import copying
from clv.data.copying import Batches
from clv.data.params import SqlParams
from clv.data.schema import TABLES, names
from clv.data.session import TIMED_OUT, Session, driver, limit, with_limits
from clv.data.source import TableSource
from clv.data.unreadable import check_values
from clv.errors import InputError

if TYPE_CHECKING:
    from adbc_driver_postgresql import dbapi

REMEDY = "fix the query"
# Errors of a server that cannot be reached, and our words for them: the library's messages hold parts of the URI.
_NO_CONNECTION = (
    ("password authentication failed", "the user or the password is wrong"),
    ("no password supplied", "a password is needed"),
    ("Connection refused", "nothing listens at that host and port"),
    ("could not translate host name", "no such host"),
    ("timeout expired", "the server does not answer"),
    ("timed out", "the server does not answer"),
    ("does not exist", "there is no such user or database"),
    ("pg_hba.conf", "the server does not let this user connect from here"),
    ("starting up", "the server is still starting"),
    ("shutting down", "the server is shutting down"),
    ("too many", "the server has no free connection"),
    ("certificate", "the server's certificate is not accepted"),
    ("SSL", "no encrypted connection could be agreed on"),
)
# Comments and quoted text: dollar quotes, E'…' with its backslashes, single and double quotes.
_NO_CODE = r"\$(\w*)\$.*?\$\1\$|\b[eE]'(?:\\.|[^'\\])*'|'(?:[^']|'')*'|\"[^\"]*\"|--[^\n]*|/\*.*?\*/"
_LOST = (
    "server closed the connection",
    "terminating connection",
    "postmaster exited",
    "lost connection to parallel worker",
    "could not receive data",
    "SSL SYSCALL",
    "no connection",
)


def copy_queries(sql: SqlParams, folder: Path) -> dict[str, TableSource]:
    """Copy the result of every query to `folder/TABLE.parquet`, in batches; return the source of each table.

    All queries see the same snapshot of the database: they run in one read-only transaction with repeatable reads. A
    table without a query has all columns of the schema and no rows.

    Raises `InputError` if the variable is not set, the database cannot be reached or the connection is lost, a query
    has no ORDER BY, fails or exceeds the time limit, a column is missing or has a type that would be misread, there are
    no transactions, or a date or an amount cannot be read. Tables copied before the error stay in the folder.
    """
    for table in TABLES:
        _check_query(table, getattr(sql, table))
    uri = _uri(sql.uri_variable)
    with closing(_connect(uri, sql)) as connection:
        session = Session(connection, uri, sql.timeout_seconds)
        return {table: _copy(table, getattr(sql, table), session, folder) for table in TABLES}


def secrets(uri: str) -> list[str]:
    """The parts of a connection string that no message may show, both as written and decoded, longest first."""
    if "://" in uri:
        place, _, query = uri.split("://", 1)[1].partition("?")
        parts = {*re.split(r"[:/@,\[\]]+", place), place, query, *(value for _, value in parse_qsl(query))}
    else:
        values = re.findall(r"=\s*('(?:[^'\\]|\\.)*'|(?:\\.|[^\s\\])+)", uri)
        parts = {uri, *values, *(re.sub(r"\\(.)", r"\1", value.strip("'")) for value in values)}
    parts |= {uri, *(unquote(part) for part in parts)}
    return sorted(filter(None, parts), key=lambda part: (-len(part), part))


def scrubbed(text: str, uri: str) -> str:
    """A text without any part of the URI; parts of one or two letters are removed only where they stand alone."""
    for part in secrets(uri):
        text = text.replace(part, "***") if len(part) > 2 else re.sub(rf"(?<!\w){re.escape(part)}(?!\w)", "***", text)
    return text


def has_order(query: str) -> bool:
    """Whether a query orders its own result: ORDER BY in comments, quotes or parentheses does not."""
    bare = re.sub(_NO_CODE, " ", query, flags=re.DOTALL)
    while (less := re.sub(r"\([^()]*\)", " ", bare)) != bare:
        bare = less
    return re.search(r"\border\s+by\b", bare, flags=re.IGNORECASE) is not None


def _check_query(table: str, query: str | None) -> None:
    if query is None and table == "transactions":
        raise InputError("parameter 'generate.sql.transactions' must be a query, got null; transactions are needed")
    if query is not None and not has_order(query):
        raise InputError(
            f"parameter 'generate.sql.{table}' must be a query with an ORDER BY of its own, so that the same rows come "
            f"in the same order; add one by columns that distinguish all rows"
        )


def _uri(variable: str) -> str:
    uri = os.environ.get(variable)
    if not (uri or "").strip():
        raise InputError(
            f"environment variable {variable}, which generate.sql.uri_variable names, is "
            f"{'not set' if uri is None else 'empty'}; set it to postgresql://USER:PASSWORD@HOST:PORT/DATABASE"
        )
    return str(uri).strip()


def _connect(uri: str, sql: SqlParams) -> "dbapi.Connection":
    """A connection in a read-only transaction that sees one snapshot, with a time limit for each statement."""
    variable, database = sql.uri_variable, driver()
    try:
        connection = database.connect(with_limits(uri))
    except (database.Error, UnicodeError) as error:  # the latter for a URI that is not UTF-8
        said = str(error)
        reason = next(
            (ours for theirs, ours in _NO_CONNECTION if theirs in said), "it is not a URI that PostgreSQL accepts"
        )
        raise InputError(
            f"environment variable {variable}: cannot connect to the database: {reason}; set it to "
            f"postgresql://USER:PASSWORD@HOST:PORT/DATABASE, special characters of the password as %XX"
        ) from None
    try:
        session = Session(connection, uri, sql.timeout_seconds)
        with _about(f"environment variable {variable}", session), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            limit(cursor, sql.timeout_seconds)
    except InputError:
        connection.close()
        raise
    return connection


def _copy(table: str, query: str | None, session: Session, folder: Path) -> TableSource:
    name = f"generate.sql.{table}"
    if query is None:
        ours = names(TABLES[table])
        none = Batches(pa.schema([(column, pa.string()) for column in ours]), ())
        return TableSource(name, copying.write(table, none, folder), {column: column for column in ours})
    with session.connection.cursor() as cursor, session.cancelled_when_late(name):
        with _about(name, session):
            # The driver puts the query into parentheses; a comment at its end would swallow the closing one.
            cursor.execute(f"{query.strip().removesuffix(';')}\n")
            reader = cursor.fetch_record_batch()
        wanted = copying.match(
            table, name, reader.schema.names, {}, lambda column: f"give a column that name in the query (… AS {column})"
        )
        for column in wanted.values():
            _refuse_money(name, reader.schema.field(column))
        given = copying.as_ours(name, Batches(reader.schema, _received(reader, name, session)), wanted)
        source = TableSource(name, copying.write(table, given, folder), {column.name: column.name for column in wanted})
    if table == "transactions":
        copying.require_rows(source, REMEDY)
    check_values(table, folder, source, REMEDY)
    return source


def _received(reader: pa.RecordBatchReader, name: str, session: Session) -> Iterator[pa.RecordBatch]:
    with _about(name, session):
        yield from reader


def _refuse_money(name: str, field: pa.Field) -> None:
    """Refuse the type money, which arrives as whole cents and cannot be distinguished from other whole numbers."""
    if (field.metadata or {}).get(b"POSTGRESQL:type") == b"money":
        raise InputError(
            f"{name}: column '{field.name}' has the type money; cast it in the query ({field.name}::numeric)"
        )


@contextmanager
def _about(name: str, session: Session) -> Iterator[None]:
    """Turn any error of the driver into an `InputError`: one line that names the query or the connection."""
    try:
        yield
    except InputError:
        raise
    except Exception as error:
        said = str(error)
        if any(sign in said for sign in _LOST):
            raise InputError(
                f"{name}: the connection to the database was lost while it was read, and nothing was written; run "
                f"again when the server is up"
            ) from None
        if TIMED_OUT in said:
            raise InputError(session.too_long(name)) from None
        found = re.search(r"(?:ERROR|FATAL|PANIC):\s+(.+)", said)
        reason = found[1] if found else (said.strip().splitlines() or [type(error).__name__])[0]
        raise InputError(f"{name}: the query failed: {scrubbed(reason, session.uri)}; {REMEDY}") from None
