"""Conditions that stop the run if they fail: rows must balance, purchases must be left, and ids must be complete."""

import pyarrow as pa
import pyarrow.compute as pc

from clv.data import quality
from clv.data.cleaning import Cleaned
from clv.data.id_forms import is_scientific, lost_digits
from clv.data.source import TableSource
from clv.data.table_facts import TableFacts
from clv.errors import InputError

_REMEDIES = {  # if a rule that a parameter sets rejected every purchase
    "after_last_day": "set time.last_day to a later day, or to null",
    "non_product": "remove from preprocess.non_products what is a product",
}


def require_balance(cleaned: Cleaned, raw_rows: int) -> None:
    """Raise `RuntimeError` unless every raw row is either clean or rejected; anything else is a bug."""
    clean, rejected = len(cleaned.order), len(cleaned.rejected)
    if clean + rejected != raw_rows or sum(cleaned.count("reject").values()) != rejected:
        raise RuntimeError(
            f"{cleaned.table}: {clean} clean and {rejected} rejected rows do not add up to {raw_rows} raw ones"
        )


def require_some_left(lines: TableFacts, max_rejected_share: float, name: str) -> None:
    """Raise `InputError`, naming the source, if too many transaction lines were rejected or no purchase is left."""
    counts = lines.count("reject")
    worst = max(counts, key=lambda rule: counts[rule])
    if lines.bad_share > max_rejected_share:
        raise InputError(
            f"{name}: {lines.bad_share:.1%} of the transaction lines are rejected, more than "
            f"{max_rejected_share:.1%}, for {quality.in_words(lines.quality)}; fix the file, or raise "
            f"preprocess.max_rejected_share"
        )
    if lines.bought is None or not lines.bought.lines.any():
        raise InputError(
            f"{name}: no purchase is left after cleaning, most lines were rejected as {worst}; "
            f"{_REMEDIES.get(worst, 'check how columns are mapped')}"
        )


def require_whole_ids(table: TableFacts, source: TableSource) -> None:
    """Raise `InputError` if a spreadsheet truncated the ids of customers or orders, so that several became one."""
    texts = {"customer_id": pa.chunked_array(table.ids, pa.large_string())}
    if "order_id" in table.columns:
        texts["order_id"] = pa.chunked_array([table.order_ids[1]])
    for name, ids in texts.items():
        odd = pc.unique(ids.filter(is_scientific(ids).fill_null(False)))
        if len(odd):
            first = min(odd.to_pylist()) if name == "customer_id" else odd[0]
            found = f"{len(odd):,} different ids are in scientific notation, such as '{first}'"
        elif lost_digits(ids):
            found = "all ids of more than 15 digits end in 0"
        else:
            continue
        raise InputError(
            f"{source.name}, column '{source.theirs(name)}': {found}: only the first digits were kept, and many ids "
            f"became one; export the column as text (in a spreadsheet: import it as text, then save it as CSV)"
        )
