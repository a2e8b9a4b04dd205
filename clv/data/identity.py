"""Who is a customer: whether the ids of all tables fit each other, and whether each of them is one person."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from clv.data.cleaning import Cleaned
from clv.data.id_forms import FORMS, is_placeholder, is_scientific, lost_digits
from clv.data.input_finding import InputFinding
from clv.data.rules import EMAIL
from clv.data.source import Source, TableSource
from clv.data.types import MICROSECONDS_PER_DAY
from clv.errors import InputError

FEW_MATCH = 0.5  # of the rows or of the buyers: below it two lists of customers hardly belong together
BLANK_SHARE = 0.05  # of the lines that have no customer id: more is no slip of the pen
CROWD_FACTOR = 3  # times the purchase days of the next id: no person buys so much more often than anybody else
CROWD_DAYS = 20  # purchase days from which on an id may be a crowd
CROWD_SHARE = 0.01  # of the ids, at most, and 5: more are no exception
REPEAT_SHARE = 0.01  # of the buyers: if fewer bought on two days, the ids may be those of orders
REPEAT_MIN_BUYERS = 100  # fewer prove nothing
N_NAMED = 5


def require_whole_ids(cleaned: Cleaned, source: TableSource) -> None:
    """Raise `InputError` where a spreadsheet cut ids of customers or orders, so that many of them became one."""
    for name in ("customer_id", "order_id"):
        if name not in cleaned.columns:
            continue
        values = cleaned.columns[name]
        texts = values.cat.categories if isinstance(values.dtype, pd.CategoricalDtype) else values
        ids = pa.array(texts, pa.large_string(), from_pandas=True)
        odd = pc.unique(ids.filter(is_scientific(ids).fill_null(False)))
        if len(odd):
            found = f"{len(odd):,} different ids are in scientific notation, such as '{odd[0]}'"
        elif lost_digits(ids):
            found = "all ids of more than 15 digits end in 0"
        else:
            continue
        raise InputError(
            f"{source.name}, column '{source.theirs(name)}': {found}: only the first digits were kept, and many ids "
            f"became one; export the column as text (in a spreadsheet: import it as text, then save it as CSV)"
        )


def match_tables(cleaned: Mapping[str, Cleaned], source: Source) -> pd.DataFrame:
    """How the ids of each further table that has rows fit the buyers, a row per table.

    Columns: table; rows, clean ones; rows_of_buyers, those whose customer has a purchase; buyers, in all, and
    buyers_with_row, those that have one in the table; rows_in_other_form, of the remaining rows those whose id would be
    a buyer's in the form of writing `form`, "" where there is none.

    Raises `InputError` for a table none of whose rows is a buyer's, with the form of writing that would match.
    """
    buyers = _buyers(cleaned["transactions"])
    rows = []
    for table, result in cleaned.items():
        if table == "transactions" or len(result.order) == 0:
            continue
        ids, counts = _ids(result)
        known = ids.isin(buyers)
        form, in_form = _other_form(ids[~known], counts[~known], buyers)
        if not known.any():
            raise InputError(_none_matches(ids, counts, buyers, form, in_form, source, table))
        rows.append(
            {
                "table": table,
                "rows": int(counts.sum()),
                "rows_of_buyers": int(counts[known].sum()),
                "buyers": len(buyers),
                "buyers_with_row": int(known.sum()),
                "rows_in_other_form": in_form,
                "form": form,
            }
        )
    names = ["table", "rows", "rows_of_buyers", "buyers", "buyers_with_row", "rows_in_other_form", "form"]
    return pd.DataFrame(rows, columns=names)


def examine(cleaned: Mapping[str, Cleaned], matches: pd.DataFrame) -> list[InputFinding]:
    """What is odd about the customers, given how the tables match (see `match_tables`), and what is not."""
    lines = cleaned["transactions"]
    days = _purchase_days(lines)
    crowd, others = _crowd(days)
    placeholders = days[is_placeholder(pd.Series(days.index, index=days.index).astype("str"))].drop(
        crowd.index, errors="ignore"
    )
    return [
        *_of_tables(matches),
        *_without_id(lines),
        *_of_crowd(lines, crowd, others),
        *_of_placeholders(lines, placeholders),
        *_repeats(lines, days),
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


def _without_id(lines: Cleaned) -> list[InputFinding]:
    rows, n = lines.counts["blank_customer_id"], len(lines.columns["customer_id"])
    if rows == 0:
        return []
    text = f"{rows:,} of {n:,} transaction lines ({rows / n:.1%}) have no customer id and are set aside"
    many = rows > BLANK_SHARE * n
    remedy = (
        "check that customer_id is mapped to the id of the person; the forecasts leave these sales out" if many else ""
    )
    return [InputFinding("identity", many, text, remedy)]


def _crowd(days: pd.Series) -> tuple[pd.Series, int]:
    """Ids with far more purchase days than any other, the few above a gap in the sorted numbers of days, and the most
    days of the others."""
    ordered = days.sort_values(ascending=False, kind="stable")
    few = min(max(N_NAMED, int(CROWD_SHARE * len(ordered))), len(ordered) - 1)
    most = ordered.to_numpy()
    gaps = np.flatnonzero((most[:few] >= CROWD_DAYS) & (most[:few] >= CROWD_FACTOR * most[1 : few + 1]))
    if len(gaps) == 0:
        return ordered.iloc[:0], int(most[0])
    return ordered.iloc[: gaps[-1] + 1], int(most[gaps[-1] + 1])


def _of_crowd(lines: Cleaned, crowd: pd.Series, others: int) -> list[InputFinding]:
    if crowd.empty:
        return []
    share = _revenue_share(lines, crowd.index)
    text = (
        f"{_named(crowd.index)} bought on {_range(crowd)} days, all others on {others:,} at most, and "
        f"{'makes' if len(crowd) == 1 else 'make'} {share:.1%} of the revenue; they may be guests under one id"
    )
    return [InputFinding("identity", True, text, _aside(crowd.index))]


def _of_placeholders(lines: Cleaned, odd: pd.Series) -> list[InputFinding]:
    if odd.empty:
        return []
    share = _revenue_share(lines, odd.index)
    one = len(odd) == 1
    text = (
        f"{_named(odd.index)} {'is an id that stands' if one else 'are ids that stand'} for nobody in particular, with "
        f"{_range(odd)} purchase days and {share:.1%} of the revenue, and {'counts' if one else 'count'} as "
        f"{'one customer' if one else 'customers'}"
    )
    return [InputFinding("identity", True, text, _aside(odd.index))]


def _repeats(lines: Cleaned, days: pd.Series) -> list[InputFinding]:
    again = int((days > 1).sum())
    text = f"{again:,} of {len(days):,} buyers bought on two days or more"
    if len(days) < REPEAT_MIN_BUYERS or again >= REPEAT_SHARE * len(days):
        return [InputFinding("identity", False, text)]
    if "order_id" in lines.columns:
        kept = lines.columns["order_id"].iloc[lines.order]
        text += f", and there are {kept.nunique():,} order ids"
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
    ids: pd.Index, counts: np.ndarray, buyers: pd.Index, form: str, in_form: int, source: Source, table: str
) -> str:
    here, there = source.tables[table], source.tables["transactions"]
    remedy = (
        f"{form} {in_form:,} rows would match; write the ids in the same way in both"
        if in_form
        else f"map the column that holds the id of the orders, or leave {table} out"
    )
    return (
        f"{here.name}, column '{here.theirs('customer_id')}': none of its {int(counts.sum()):,} rows is of a customer "
        f"with orders in {there.name}: ids here are like {_shown(ids[0])}, there like {_shown(buyers[0])}; {remedy}"
    )


def _other_form(ids: pd.Index, counts: np.ndarray, buyers: pd.Index) -> tuple[str, int]:
    """The form of writing in which most rows of ids that match no buyer would match one, and how many rows those are.

    Of several with as many the first.
    """
    best, most = "", 0
    if len(ids):
        mine, theirs = pd.Series(ids).astype("str"), pd.Series(buyers).astype("str")
        for form, written in FORMS:
            rows = int(counts[written(mine).isin(written(theirs))].sum())
            if rows > most:
                best, most = form, rows
    return best, most


def _ids(cleaned: Cleaned) -> tuple[pd.Index, np.ndarray]:
    """The ids of the clean rows and how many rows each has."""
    ids = cleaned.columns["customer_id"].cat
    counts = np.bincount(ids.codes.to_numpy()[cleaned.order], minlength=len(ids.categories))
    return ids.categories[counts > 0], counts[counts > 0]


def _buyers(lines: Cleaned) -> pd.Index:
    """The ids of the customers with a purchase."""
    ids = lines.columns["customer_id"].cat
    bought = lines.order[lines.columns["amount_minor"].to_numpy(dtype="int64", na_value=0)[lines.order] > 0]
    return ids.categories[np.bincount(ids.codes.to_numpy()[bought], minlength=len(ids.categories)) > 0]


def _purchase_days(lines: Cleaned) -> pd.Series:
    """Days with a purchase by customer id, of those who have any."""
    ids = lines.columns["customer_id"].cat
    bought = lines.order[lines.columns["amount_minor"].to_numpy(dtype="int64", na_value=0)[lines.order] > 0]
    code = ids.codes.to_numpy(dtype="int64")[bought]
    time = lines.columns["order_ts"].to_numpy(dtype="datetime64[us]").view("int64")[bought]
    day = time // MICROSECONDS_PER_DAY
    new = np.append(True, (code[1:] != code[:-1]) | (day[1:] != day[:-1]))  # rows are by customer and time
    count = np.bincount(code[new], minlength=len(ids.categories))
    return pd.Series(count[count > 0], index=ids.categories[count > 0])


def _revenue_share(lines: Cleaned, ids: pd.Index) -> float:
    """Share of some customers in the net revenue."""
    customer = lines.columns["customer_id"].cat
    amount = lines.columns["amount_minor"].to_numpy(dtype="int64", na_value=0)[lines.order]
    theirs = np.append(customer.categories.isin(ids), False)[customer.codes.to_numpy()[lines.order]]
    return float(amount[theirs].sum() / max(amount.sum(), 1))


def _named(ids: pd.Index) -> str:
    more = f" and {len(ids) - N_NAMED:,} more" if len(ids) > N_NAMED else ""
    return ", ".join(_shown(name) for name in ids[:N_NAMED]) + more


def _shown(name: str) -> str:
    """An id as reports may show it."""
    address = pd.Series([name]).str.fullmatch(EMAIL).iloc[0]
    return "an e-mail address" if address else repr(name)


def _range(days: pd.Series) -> str:
    low, high = days.min(), days.max()
    return f"{high:,}" if low == high else f"{low:,} to {high:,}"


def _aside(ids: pd.Index) -> str:
    listed = ", ".join(repr(name) for name in ids[:N_NAMED])
    return f"to set such an id aside: preprocess.not_customers: [{listed}{', ...' if len(ids) > N_NAMED else ''}]"
