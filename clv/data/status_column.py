"""Finding the column with the order status of a file: it is read if it is certain, and otherwise only reported."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from clv import paths
from clv.data import formats
from clv.data.input_finding import InputFinding
from clv.data.params import FilesParams
from clv.data.schema import TRANSACTIONS, names
from clv.data.statuses import Statuses, normal
from clv.errors import InputError

STATUS = "status"
KNOB = "generate.files.columns.transactions.status"
LISTS = "preprocess.sale_statuses or preprocess.no_sale_statuses"
SURE = {"status", "orderstatus"}  # normalised names of columns that are read
NAMES = r".*(status|state)"  # pattern for the name of a column that may be one
MOST_VALUES = 50  # distinct values; a column with more holds no status
KNOWN_SHARE = 0.8  # of the first values of a column with any other name, for it to be examined
MOST_SHOWN = 5  # values in a line
MOST_NAMED = 3  # columns


@dataclass(frozen=True)
class _Column:
    """A column that may hold the order status: its distinct values as written, and the number of rows with each."""

    name: str
    counts: Mapping[str, int]
    statuses: Statuses

    def _shown(self, wanted: bool) -> str:
        """The values that are not sales, or those that no list contains, in words, the most frequent first."""
        found = [
            f"{value!r} ({n:,} rows)"
            for value, n in sorted(self.counts.items(), key=lambda item: (-item[1], item[0]))
            if ((meaning := self.statuses.meaning(value)) not in ("sale", None)) is wanted
            and (wanted or meaning is None)
        ]
        more = f" and {len(found) - MOST_SHOWN} more" if len(found) > MOST_SHOWN else ""
        return ", ".join(found[:MOST_SHOWN]) + more

    @property
    def no_sales(self) -> str:
        return self._shown(wanted=True)

    @property
    def unknown(self) -> str:
        return self._shown(wanted=False)

    @property
    def is_read(self) -> bool:
        """Whether its name and all of its values leave no doubt."""
        return normal(self.name) in SURE and bool(self.counts) and not self.unknown

    def found(self) -> InputFinding:
        """A finding that the column is read, and how to change that."""
        which = f"{self.no_sales} are not sales" if self.no_sales else "all its values are sales"
        text = f"column {self.name!r} is read as the status of the order: {which}"
        return InputFinding("sale", False, text, f"if it is not, set {KNOB} to ''")

    def named(self, alone: bool) -> InputFinding | None:
        """A finding that the column is not read, and how to change that; None if it would make no difference."""
        text = f"column {self.name!r} looks like the status of the order but is not read"
        would = f"{self.no_sales} would not be sales"
        if normal(self.name) in SURE and self.unknown:
            others = f", and {would}" if self.no_sales else ""
            return InputFinding("sale", True, f"{text}: no list has {self.unknown}{others}", f"put them into {LISTS}")
        if self.no_sales:
            return InputFinding("sale", True, f"{text}: {would}", f"if it is one, set {KNOB} to {self.name!r}")
        if alone and self.unknown and normal(self.name).endswith("status"):
            remedy = f"if it is one, set {KNOB} to {self.name!r}, and put its values into {LISTS}"
            return InputFinding("sale", True, f"{text}: no list has {self.unknown}", remedy)
        return None


def recognise(files: FilesParams, statuses: Statuses) -> tuple[FilesParams, list[InputFinding]]:
    """Map the status column, if it is certain; return the parameters and findings about columns that are or may be it.

    A column named status or order status is mapped if the mapping is that of params.yaml and every value in it is
    known. Other columns are only reported, because the file may also hold a refund as a separate row. Errors in the
    file are left to the code that copies it.
    """
    columns = files.columns.transactions
    if columns.get(STATUS, STATUS) != STATUS or Path(files.transactions).parent == paths.TEMPLATES:
        return files, []
    taken = {columns.get(name, name) for name in names(TRANSACTIONS) if name != STATUS}
    try:
        found = [_Column(name, counts, statuses) for name, counts in _candidates(files, taken, statuses).items()]
    except InputError:
        return files, []
    read = [column for column in found if column.is_read]
    best = next((column for column in read if column.name == STATUS), read[0] if read else None)
    if best is not None or any(column.name == STATUS for column in found):
        mapping = columns | {STATUS: best.name if best else ""}
        files = replace(files, columns=replace(files.columns, transactions=mapping))
    others = [column.named(alone=best is None) for column in found if column is not best]
    return files, [*([best.found()] if best else []), *[other for other in others if other][:MOST_NAMED]]


def _candidates(files: FilesParams, taken: set[str], statuses: Statuses) -> Mapping[str, Counter[str]]:
    """The value counts of every column that may hold the status, in the order of the file."""
    path = files.transactions
    if not formats.is_csv(path):
        parts = formats.parquet_parts(path)
        schema = formats.parquet_schema(parts[0])
        text = [field.name for field in schema if _is_text(field.type) and schema.names.count(field.name) == 1]
        first = next(iter(formats.parquet_batches(parts[0], schema, text).batches), None)
        sample = {name: _texts(first.column(name)).to_pylist() if first else [] for name in text if name not in taken}
        likely = _likely(sample, statuses)
        return _counts((b for part in parts for b in formats.parquet_batches(part, schema, likely).batches), likely)
    dialect = formats.find_dialect(path, files.separator, files.encoding, names(TRANSACTIONS))
    rows = formats.csv_sample(path, dialect)
    free = [name for name in dialect.header if name not in taken and dialect.header.count(name) == 1]
    positions = {name: dialect.header.index(name) for name in free}
    likely = _likely(
        {name: [row[i] for row in rows if len(row) > i] for name, i in positions.items()},
        statuses,
    )
    try:
        return _counts(formats.csv_batches(path, dialect, likely).batches, likely)
    except formats.WrongEncodingError:
        return _counts(formats.csv_batches(path, replace(dialect, encoding="cp1252"), likely).batches, likely)


def _likely(sample: Mapping[str, Sequence[str | None]], statuses: Statuses) -> list[str]:
    """The columns whose name, or most of whose first values, suggest a status."""

    def is_likely(name: str) -> bool:
        values = [value for value in sample[name] if value and value.strip()]
        known = sum(statuses.meaning(value) is not None for value in values)
        return bool(re.fullmatch(NAMES, normal(name)) or (values and known >= KNOWN_SHARE * len(values)))

    return [name for name in sample if is_likely(name)]


def _counts(batches: Iterable[pa.RecordBatch], likely: Sequence[str]) -> dict[str, Counter[str]]:
    """The number of rows with each value of some columns, without blanks.

    A column with too many values is left out; if its name leaves no doubt, it is counted until then.
    """
    counts: dict[str, Counter[str]] = {name: Counter() for name in likely}
    for batch in batches if likely else ():
        for name in [name for name in counts if len(counts[name]) <= MOST_VALUES]:
            for value, n in _values(batch.column(name)):
                counts[name][value] += n
    return {name: found for name, found in counts.items() if len(found) <= MOST_VALUES or normal(name) in SURE}


def _values(array: pa.Array) -> Iterator[tuple[str, int]]:
    for found in pc.value_counts(pc.utf8_trim_whitespace(_texts(array))).to_pylist():
        if found["values"]:
            yield found["values"], found["counts"]


def _texts(array: pa.Array) -> pa.Array:
    if isinstance(array, pa.DictionaryArray):
        array = array.dictionary_decode()
    return array.cast(pa.string())


def _is_text(kind: pa.DataType) -> bool:
    kind = kind.value_type if pa.types.is_dictionary(kind) else kind
    return pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_integer(kind)
