"""Rules about ids, which apply to every table."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from clv.data import id_forms, types
from clv.data.cleaning_rule import Rule, missing
from clv.data.lines import IDS, Lines


def _blanks(lines: Lines) -> np.ndarray:
    """Ids with surrounding blanks."""
    found = np.zeros(len(lines), dtype=bool)
    for name in IDS:
        if name in lines.columns and not lines.raw[name].equals(lines.columns[name]):
            found |= types.surrounding_blanks(lines.raw[name])
    return found


def _case_folded(lines: Lines) -> np.ndarray:
    """Customer ids that were changed to lower case."""
    if not lines.how.ignore_id_case:
        return np.zeros(len(lines), dtype=bool)
    came = types.as_text(lines.raw["customer_id"]).astype("category")
    changed = came.cat.categories.astype("str").str.lower() != came.cat.categories.astype("str")
    return np.append(changed, False)[came.cat.codes.to_numpy()]


def _case_differs(lines: Lines) -> np.ndarray:
    """Customer ids that equal another id of the table except for case."""
    ids = _ids(lines).str.lower()
    if lines.how.whole is not None:
        return _of_ids(lines, ids.isin(lines.how.whole.alike_but_case).to_numpy())
    if len(pc.unique(pa.array(ids))) == len(ids):
        return np.zeros(len(lines), dtype=bool)
    used = np.bincount(lines.customers + 1, minlength=len(ids) + 1)[1:] > 0  # some categories may have no row
    differs = np.zeros(len(ids) + 1, dtype=bool)  # the last is for the code -1
    differs[np.flatnonzero(used)] = ids[used].duplicated(keep=False).to_numpy()
    return differs[lines.customers]


def _of_ids(lines: Lines, found: np.ndarray) -> np.ndarray:
    """Spread a flag per customer id (category) to the rows."""
    if not found.any():
        return np.zeros(len(lines), dtype=bool)
    return np.append(found, False)[lines.customers]


def _ids(lines: Lines) -> pd.Series:
    """The distinct customer ids."""
    return pd.Series(lines.columns["customer_id"].cat.categories.array).astype("str")


def _not_customers(lines: Lines) -> np.ndarray:
    """Customer ids that preprocess.not_customers lists."""
    listed = lines.how.not_customers
    if lines.how.ignore_id_case:
        listed = tuple(name.lower() for name in listed)
    return _of_ids(lines, np.asarray(lines.columns["customer_id"].cat.categories.isin(listed)))


def _placeholders(lines: Lines) -> np.ndarray:
    """Customer ids that are placeholders."""
    return _of_ids(lines, id_forms.is_placeholder(_ids(lines)))


def _written_twice(lines: Lines) -> np.ndarray:
    """Customer ids that equal another id of the table except for their spelling."""
    ids = _ids(lines)
    if lines.how.whole is None:
        return _of_ids(lines, id_forms.written_twice(ids))
    alike = lines.how.whole.alike_in_form
    return _of_ids(lines, id_forms.in_one_form(ids).isin(alike).to_numpy() if alike else np.zeros(len(ids), dtype=bool))


def _emails(lines: Lines) -> np.ndarray:
    """Customer ids that are e-mail addresses."""
    return _of_ids(lines, id_forms.is_email(lines.columns["customer_id"].cat.categories))


ID_RULES = (
    Rule("id_blanks", "an id with blanks around it; they are trimmed", "repair", "customer_id", _blanks),
    Rule(
        "id_case_folded",
        "a customer id with capitals, where preprocess.ignore_id_case is on; it is written in lower case",
        "repair",
        "customer_id",
        _case_folded,
    ),
    Rule(
        "not_a_customer",
        "a customer id that preprocess.not_customers lists",
        "reject",
        "customer_id",
        _not_customers,
        counts_as_bad=False,
    ),
    Rule(
        "id_placeholder",
        "a customer id that stands for nobody in particular, such as 0, guest or (not set); "
        "preprocess.not_customers would set it aside",
        "flag",
        "customer_id",
        _placeholders,
    ),
    Rule(
        "id_written_twice",
        "a customer id that equals another but for '.0', leading zeros or blanks inside; both stay customers",
        "flag",
        "customer_id",
        _written_twice,
    ),
    Rule(
        "id_case",
        "a customer id that equals another but for case; preprocess.ignore_id_case would make them one",
        "flag",
        "customer_id",
        _case_differs,
    ),
    Rule(
        "id_is_email",
        "a customer id that is an e-mail address; lists and reports would show it: give pseudonyms instead",
        "flag",
        "customer_id",
        _emails,
    ),
    Rule("blank_customer_id", "no customer id", "reject", "customer_id", missing("customer_id")),
)
