"""How the text of a table was read, in words, if it is more than ISO 8601 dates and a decimal point."""

from collections.abc import Iterator, Mapping

from clv.data.clock_counts import COUNTS
from clv.data.input_finding import InputFinding
from clv.data.schema import TABLES
from clv.data.source import TableSource


def as_findings(tables: Mapping[str, TableSource]) -> list[InputFinding]:
    """One finding for each column whose text is not in the plain form."""
    lines = [f"{table}: {line}" for table, source in tables.items() for line in _lines(table, source)]
    return [InputFinding("reading", False, line) for line in lines]


def _lines(table: str, source: TableSource) -> Iterator[str]:
    for column in TABLES[table] if source.rows else ():
        if column.name not in source.columns:
            continue
        name = f"column '{source.theirs(column.name)}'"
        if column.kind == "time" and source.date_format in COUNTS:
            count = COUNTS[source.date_format]
            clock = "converted to preprocess.time_zone" if count.utc else "times without a zone"
            yield f"{name} is read as {count.words}, {clock}"
        elif column.kind == "time" and source.date_format is not None:
            yield f"{name} is read as '{source.date_format}'"
        elif column.name in source.formatted:
            currency = source.formatted[column.name]
            signs = f"amounts in {currency}" if currency else "formatted numbers"
            yield f"{name} is read as {signs} with the decimal mark '{source.decimal}'"
