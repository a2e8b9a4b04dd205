"""Who is a customer: whether the ids of all tables fit each other, and whether each of them is one person."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from clv.data.bought_days import BoughtDays
from clv.data.cleaning import Cleaned
from clv.data.id_forms import FORMS, is_email, is_placeholder, is_scientific, lost_digits
from clv.data.input_finding import InputFinding
from clv.data.source import Source, TableSource
from clv.errors import InputError

FEW_MATCH = 0.5  # of the rows or of the buyers: below it two lists of customers hardly belong together
BLANK_SHARE = 0.05  # of the lines that have no customer id: more is no slip of the pen
CROWD_FACTOR = 3  # times the purchase days of the next id: no person buys so much more often than anybody else
CROWD_DAYS = 20  # purchase days from which on an id may be a crowd
CROWD_SHARE = 0.01  # of the ids, at most: more are no exception
CROWD_MOST = 5  # or so many, where that is more
REPEAT_SHARE = 0.01  # of the buyers: if fewer bought on two days, the ids may be those of orders
REPEAT_MIN_BUYERS = 100  # fewer prove nothing
N_ORDER_IDS = 20_000  # that are looked at: a spreadsheet spoils a whole column
N_NAMED = 5


def require_whole_ids(cleaned: Cleaned, source: TableSource) -> None:
    """Raise `InputError` where a spreadsheet cut ids of customers or orders, so that many of them became one."""
    for name, texts in _texts(cleaned).items():
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


def _texts(cleaned: Cleaned) -> dict[str, pd.Index | pd.Series]:
    """All customer ids, and order ids of rows at even distances."""
    texts: dict[str, pd.Index | pd.Series] = {"customer_id": cleaned.columns["customer_id"].cat.categories}
    if "order_id" in cleaned.columns:
        orders = cleaned.columns["order_id"]
        texts["order_id"] = orders.iloc[:: -(-len(orders) // N_ORDER_IDS) or 1]
    return texts


def match_tables(cleaned: Mapping[str, Cleaned], bought: BoughtDays, source: Source) -> pd.DataFrame:
    """How the ids of each further table that has rows fit the buyers, a row per table.

    Columns: table; rows, clean ones; rows_of_buyers, those whose customer has a purchase; buyers, in all, and
    buyers_with_row, those that have one in the table; rows_in_other_form, of the remaining rows those whose id would be
    a buyer's in the form of writing `form`, "" where there is none.

    Raises `InputError` for a table none of whose rows is a buyer's, with the form of writing that would match.
    """
    buyers = bought.ids[bought.by_customer() > 0]
    rows = []
    for table, result in cleaned.items():
        if table == "transactions" or len(result.order) == 0:
            continue
        ids, counts = _ids(result)
        known = _among(ids, buyers)
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


def examine(transactions: Cleaned, bought: BoughtDays, matches: pd.DataFrame) -> list[InputFinding]:
    """What is odd about the customers, given how the tables match (see `match_tables`), and what is not."""
    days = bought.by_customer()
    crowd, others = _crowd(days)
    placeholders = np.flatnonzero(is_placeholder(bought.ids) & (days > 0))
    return [
        *_of_tables(matches),
        *_without_id(transactions),
        *_of_crowd(bought, days, crowd, others),
        *_of_placeholders(bought, days, np.setdiff1d(placeholders, crowd)),
        *_repeats(transactions, days),
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


def _crowd(days: np.ndarray) -> tuple[np.ndarray, int]:
    """Positions of ids with far more purchase days than any other, the few above a gap in the sorted `days`, and the
    most days of the others."""
    few = min(max(CROWD_MOST, int(CROWD_SHARE * (days > 0).sum())), len(days) - 1)
    most = np.sort(days)[::-1]
    gaps = np.flatnonzero((most[:few] >= CROWD_DAYS) & (most[:few] >= CROWD_FACTOR * most[1 : few + 1]))
    if len(gaps) == 0:
        return np.empty(0, dtype="int64"), int(most[0])
    others = int(most[gaps[-1] + 1])
    return np.flatnonzero(days > others), others


def _of_crowd(bought: BoughtDays, days: np.ndarray, crowd: np.ndarray, others: int) -> list[InputFinding]:
    if len(crowd) == 0:
        return []
    text = (
        f"{_named(bought.ids[crowd])} bought on {_range(days[crowd])} days, all others on {others:,} at most, and "
        f"{'makes' if len(crowd) == 1 else 'make'} {bought.revenue_share(crowd):.1%} of the revenue; they may be "
        f"guests under one id"
    )
    return [InputFinding("identity", True, text, _aside(bought.ids[crowd]))]


def _of_placeholders(bought: BoughtDays, days: np.ndarray, odd: np.ndarray) -> list[InputFinding]:
    if len(odd) == 0:
        return []
    one = len(odd) == 1
    text = (
        f"{_named(bought.ids[odd])} {'is an id that stands' if one else 'are ids that stand'} for nobody in "
        f"particular, with {_range(days[odd])} purchase days and {bought.revenue_share(odd):.1%} of the revenue, and "
        f"{'counts as one customer' if one else 'count as customers'}"
    )
    return [InputFinding("identity", True, text, _aside(bought.ids[odd]))]


def _repeats(lines: Cleaned, days: np.ndarray) -> list[InputFinding]:
    again, buyers = int((days > 1).sum()), int((days > 0).sum())
    text = f"{again:,} of {buyers:,} buyers bought on two days or more"
    if buyers < REPEAT_MIN_BUYERS or again >= REPEAT_SHARE * buyers:
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
            rows = int(counts[_among(written(mine), written(theirs))].sum())
            if rows > most:
                best, most = form, rows
    return best, most


def _among(ids: pd.Index | pd.Series, others: pd.Index | pd.Series) -> np.ndarray:
    """Whether each id is one of others; pandas would go through Arrow's text in Python."""
    texts, values = (pa.array(names, pa.large_string(), from_pandas=True) for names in (ids, others))
    return pc.is_in(texts, value_set=values).to_numpy(zero_copy_only=False)


def _ids(cleaned: Cleaned) -> tuple[pd.Index, np.ndarray]:
    """The ids of the clean rows and how many rows each has."""
    ids = cleaned.columns["customer_id"].cat
    counts = np.bincount(ids.codes.to_numpy()[cleaned.order], minlength=len(ids.categories))
    return ids.categories[counts > 0], counts[counts > 0]


def _named(ids: pd.Index) -> str:
    more = f" and {len(ids) - N_NAMED:,} more" if len(ids) > N_NAMED else ""
    return ", ".join(_shown(name) for name in ids[:N_NAMED]) + more


def _shown(name: str) -> str:
    """An id as reports may show it."""
    return "an e-mail address" if is_email(pd.Index([name]))[0] else repr(name)


def _range(days: np.ndarray) -> str:
    low, high = days.min(), days.max()
    return f"{high:,}" if low == high else f"{low:,} to {high:,}"


def _aside(ids: pd.Index) -> str:
    listed = ", ".join(repr(name) for name in ids[:N_NAMED])
    return f"to set such an id aside: preprocess.not_customers: [{listed}{', ...' if len(ids) > N_NAMED else ''}]"
