"""Who counts as a customer: whether the ids of all tables match, and whether each id is one person."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from clv.data.bought_days import BoughtDays
from clv.data.id_forms import FORMS, is_email, is_placeholder
from clv.data.input_finding import InputFinding
from clv.data.source import Source
from clv.data.table_facts import TableFacts
from clv.errors import InputError

FEW_MATCH = 0.5  # of the rows or of the buyers; below this two lists of customers hardly belong together
BLANK_SHARE = 0.05  # of the lines without a customer id; more is no accident
CROWD_FACTOR = 3  # times the purchase days of the next id; no person buys so much more often than all others
CROWD_DAYS = 20  # purchase days from which an id may stand for a crowd
CROWD_SHARE = 0.01  # of the ids, at most; more are no exception
CROWD_MOST = 5  # or this number, if that is more
REPEAT_SHARE = 0.01  # of the buyers; if fewer bought on two days, the ids may identify orders
REPEAT_MIN_BUYERS = 100  # fewer prove nothing
N_NAMED = 5


def match_tables(facts: Mapping[str, TableFacts], source: Source) -> pd.DataFrame:
    """How the ids of each other table with rows match the buyers, one row per table.

    Columns: table; rows, the clean rows; rows_of_buyers, the rows whose customer has a purchase; buyers, their total
    number, and buyers_with_row, the number with a row in the table; rows_in_other_form, the number of remaining rows
    whose id would match a buyer's if both were written in the form `form`, "" if there is none.

    Each table has the same blocks of customers, or a single one. Raises `InputError` if no row of a table belongs to a
    buyer; the message names the form that would match.
    """
    buyers = _buyers(bought_days(facts))
    n_buyers = sum(map(len, buyers))
    rows = []
    for table, found in facts.items():
        if table == "transactions" or found.clean_rows == 0:
            continue
        known, others, counts = _among_buyers(found, buyers)
        form, in_form = _other_form(others, counts, buyers)
        if not known:
            raise InputError(_none_matches(others, found.clean_rows, buyers, form, in_form, source, table))
        rows.append(
            {
                "table": table,
                "rows": found.clean_rows,
                "rows_of_buyers": found.clean_rows - int(counts.sum()),
                "buyers": n_buyers,
                "buyers_with_row": known,
                "rows_in_other_form": in_form,
                "form": form,
            }
        )
    names = ["table", "rows", "rows_of_buyers", "buyers", "buyers_with_row", "rows_in_other_form", "form"]
    return pd.DataFrame(rows, columns=names)


def bought_days(facts: Mapping[str, TableFacts]) -> BoughtDays:
    """When the customers of a shop bought."""
    bought = facts["transactions"].bought
    assert bought is not None, "transactions have some"
    return bought


def _buyers(bought: BoughtDays) -> list[pa.Array]:
    """The ids of customers with a purchase, one array per block."""
    days = np.split(bought.days, np.cumsum([len(ids) for ids in bought.ids])[:-1])
    return [ids.filter(pa.array(n > 0)) for ids, n in zip(bought.ids, days, strict=True)]


def _among_buyers(found: TableFacts, buyers: list[pa.Array]) -> tuple[int, pa.ChunkedArray, np.ndarray]:
    """The number of a table's customers who are buyers, the ids of the others, and the clean rows of each of these."""
    theirs: Sequence[pa.Array] = buyers
    all_ids, all_rows = found.ids, found.id_rows
    if len(all_ids) != len(buyers):  # one of the tables is no larger than a block
        theirs, all_ids = ((pa.chunked_array(some, pa.large_string()).combine_chunks(),) for some in (buyers, all_ids))
        all_rows = (np.concatenate(all_rows),)
    known, others, counts = 0, [], []
    for ids, rows, buying in zip(all_ids, all_rows, theirs, strict=True):
        present = rows > 0
        is_buyer = pc.is_in(ids, value_set=buying).to_numpy(zero_copy_only=False)
        known += int((present & is_buyer).sum())
        others.append(ids.filter(pa.array(present & ~is_buyer)))
        counts.append(rows[present & ~is_buyer])
    return known, pa.chunked_array(others, pa.large_string()), np.concatenate(counts)


def examine(
    facts: Mapping[str, TableFacts], matches: pd.DataFrame, count_orders: Callable[[], int]
) -> list[InputFinding]:
    """Findings about the customers, both normal and suspicious, given how the tables match (see `match_tables`).

    `count_orders` returns the number of distinct order ids of clean transactions; it is called only if that may explain
    something.
    """
    lines, bought = facts["transactions"], bought_days(facts)
    crowd, others = _crowd(bought.days)
    placeholders = np.flatnonzero(is_placeholder(pa.chunked_array(bought.ids)) & (bought.days > 0))
    return [
        *_of_tables(matches),
        *_without_id(lines),
        *_of_crowd(bought, crowd, others),
        *_of_placeholders(bought, np.setdiff1d(placeholders, crowd)),
        *_repeats(lines, bought.days, count_orders),
    ]


def _of_tables(matches: pd.DataFrame) -> list[InputFinding]:
    found = []
    for row in matches.to_dict("records"):
        of_buyers, with_row = row["rows_of_buyers"] / row["rows"], row["buyers_with_row"] / row["buyers"]
        text = (
            f"{row['table']}: {of_buyers:.1%} of {row['rows']:,} rows are of customers with orders; {with_row:.1%} of "
            f"{row['buyers']:,} buyers have a row"
        )
        few = of_buyers < FEW_MATCH or (row["table"] == "customers" and with_row < FEW_MATCH)
        remedy = "check that both tables have the same customers" if few else ""
        if row["rows_in_other_form"]:
            text += f"; {row['rows_in_other_form']:,} rows more would match {row['form']}"
            remedy = "write the ids in the same way in both tables"
        found.append(InputFinding("identity", bool(remedy), text, remedy))
    return found


def _without_id(lines: TableFacts) -> list[InputFinding]:
    rows, n = lines.counts["blank_customer_id"], lines.rows
    if rows == 0:
        return []
    text = f"{rows:,} of {n:,} transaction lines ({rows / n:.1%}) have no customer id and are set aside"
    many = rows > BLANK_SHARE * n
    remedy = (
        "check that customer_id is mapped to the id of the person; the forecasts leave these sales out" if many else ""
    )
    return [InputFinding("identity", many, text, remedy)]


def _crowd(days: np.ndarray) -> tuple[np.ndarray, int]:
    """Positions of ids with far more purchase days than any other, and the most purchase days of the others.

    These are the few ids above a gap in the sorted `days`.
    """
    few = min(max(CROWD_MOST, int(CROWD_SHARE * (days > 0).sum())), len(days) - 1)
    most = np.sort(days)[::-1]
    gaps = np.flatnonzero((most[:few] >= CROWD_DAYS) & (most[:few] >= CROWD_FACTOR * most[1 : few + 1]))
    if len(gaps) == 0:
        return np.empty(0, dtype="int64"), int(most[0])
    others = int(most[gaps[-1] + 1])
    return np.flatnonzero(days > others), others


def _of_crowd(bought: BoughtDays, crowd: np.ndarray, others: int) -> list[InputFinding]:
    if len(crowd) == 0:
        return []
    ids = bought.named(crowd)
    text = (
        f"{_named(ids)} bought on {_range(bought.days[crowd])} days, all others on at most {others:,}, and "
        f"{'makes' if len(crowd) == 1 else 'make'} up {bought.revenue_share(crowd):.1%} of the revenue; many "
        f"guests may share such an id"
    )
    return [InputFinding("identity", True, text, _aside(ids))]


def _of_placeholders(bought: BoughtDays, odd: np.ndarray) -> list[InputFinding]:
    if len(odd) == 0:
        return []
    one, ids = len(odd) == 1, bought.named(odd)
    text = (
        f"{_named(ids)} {'is an id that stands' if one else 'are ids that stand'} for nobody in particular, with "
        f"{_range(bought.days[odd])} purchase days and {bought.revenue_share(odd):.1%} of the revenue, and "
        f"{'counts as one customer' if one else 'count as customers'}"
    )
    return [InputFinding("identity", True, text, _aside(ids))]


def _repeats(lines: TableFacts, days: np.ndarray, count_orders: Callable[[], int]) -> list[InputFinding]:
    again, buyers = int((days > 1).sum()), int((days > 0).sum())
    text = f"{again:,} of {buyers:,} buyers bought on two days or more"
    if buyers < REPEAT_MIN_BUYERS or again >= REPEAT_SHARE * buyers:
        return [InputFinding("identity", False, text)]
    if "order_id" in lines.columns:
        text += f", and there are {count_orders():,} order ids"
    return [
        InputFinding(
            "identity",
            True,
            f"hardly anybody bought twice: {text}",
            "customer_id may be the id of an order; map the id of the person in generate.files.columns.transactions "
            "(Olist: customer_unique_id)",
        )
    ]


def _none_matches(
    ids: pa.ChunkedArray, rows: int, buyers: list[pa.Array], form: str, in_form: int, source: Source, table: str
) -> str:
    here, there = source.tables[table], source.tables["transactions"]
    remedy = (
        f"{form} {in_form:,} rows would match; write the ids in the same way in both"
        if in_form
        else f"map the column that holds the same ids as the orders, or leave {table} out"
    )
    mine, theirs = (_shown(pc.min(some).as_py()) for some in (ids, pa.chunked_array(buyers)))
    return (
        f"{here.name}, column '{here.theirs('customer_id')}': none of its {rows:,} rows is of a customer with orders "
        f"in {there.name}: ids here are like {mine}, there like {theirs}; {remedy}"
    )


def _other_form(ids: pa.ChunkedArray, counts: np.ndarray, buyers: list[pa.Array]) -> tuple[str, int]:
    """The form of writing in which most rows of unmatched ids would match a buyer, and the number of these rows.

    Of several forms with as many rows, the first.
    """
    best, most = "", 0
    if len(ids):
        mine, theirs = (some.to_pandas().astype("str") for some in (ids, pa.chunked_array(buyers)))
        for form, written in FORMS:
            rows = int(counts[_among(written(mine), written(theirs))].sum())
            if rows > most:
                best, most = form, rows
    return best, most


def _among(ids: pd.Series, others: pd.Series) -> np.ndarray:
    """Whether each id is one of others; pandas would loop over Arrow text in Python."""
    texts, values = (pa.array(names, pa.large_string(), from_pandas=True) for names in (ids, others))
    return pc.is_in(texts, value_set=values).to_numpy(zero_copy_only=False)


def _named(ids: pd.Index) -> str:
    more = f" and {len(ids) - N_NAMED:,} more" if len(ids) > N_NAMED else ""
    return ", ".join(_shown(name) for name in ids[:N_NAMED]) + more


def _shown(name: str) -> str:
    """An id in the form that reports may show."""
    return "an e-mail address" if is_email(pd.Index([name]))[0] else repr(name)


def _range(days: np.ndarray) -> str:
    low, high = days.min(), days.max()
    return f"{high:,}" if low == high else f"{low:,} to {high:,}"


def _aside(ids: pd.Index) -> str:
    listed = ", ".join(repr(name) for name in ids[:N_NAMED])
    return f"to set such an id aside, set preprocess.not_customers: [{listed}{', ...' if len(ids) > N_NAMED else ''}]"
