"""The journal of order events as a source: what it has beside the shop's own transactions joins them."""

from dataclasses import replace
from pathlib import Path

from clv import storage
from clv.data.input_finding import InputFinding
from clv.data.journal_rows import read_journal, with_events
from clv.data.lines import Cleaning
from clv.data.parquet import read_raw
from clv.data.source import TableSource, public_name
from clv.data.typed_rows import typed


def join_journal(path: str, folder: Path, source: TableSource, how: Cleaning) -> tuple[TableSource, list[InputFinding]]:
    """Put the orders of a journal behind the transactions that lie in a folder, each once; how they are to be read now.

    `how` says the zone of times without one, and whether the case of ids matters. Without events nothing changes.
    """
    events = read_journal(path)
    if events.empty:
        return source, []
    file = folder / "transactions.parquet"
    spelled = replace(
        how, date_format=source.date_format, decimal=source.decimal, formatted=frozenset(source.formatted)
    )
    own = typed("transactions", read_raw("transactions", file), spelled)
    rows, _ = with_events(own, events, how)
    storage.write_table(rows, file)
    added = len(rows) - len(own)
    name = public_name(path)
    text = f"{added:,} of {len(events):,} lines of {name} join the transactions, which have the orders of the others"
    read = replace(source, rows=len(rows), date_format=None, decimal=".", formatted={})
    return read, [InputFinding("reading", False, text)]
