"""The journal of order events as a source: orders that the shop's own transactions lack are added to them."""

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
    """Add the orders of a journal to the transactions in a folder, each once; return how these are now to be read.

    `how` gives the zone of times without one and whether ids ignore case. Without events nothing changes.
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
    text = f"{added:,} of {len(events):,} lines of {name} were added to the transactions, which already had the others"
    read = replace(source, rows=len(rows), date_format=None, decimal=".", formatted={})
    return read, [InputFinding("reading", False, text)]
