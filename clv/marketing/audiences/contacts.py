"""The contacts of customers as a user provides them: their columns, and how to obtain one contact per customer."""

import re
from collections.abc import Sequence

import pandas as pd

from clv.data.schema import InputColumn, names
from clv.data.types import as_flag, as_text
from clv.errors import InputError

CONTACTS = (
    InputColumn("customer_id", "text", "who", required=True),
    InputColumn("email", "text", "e-mail address; several are separated by ;"),
    InputColumn("phone", "text", "phone number; several are separated by ;"),
    InputColumn("first_name", "text", "first name"),
    InputColumn("last_name", "text", "last name"),
    InputColumn("zip", "text", "postal code"),
    InputColumn("city", "text", "city"),
    InputColumn("state", "text", "state or province, two letters"),
    InputColumn("country", "text", "country, two letters (ISO 3166)"),
    InputColumn("date_of_birth", "text", "YYYY-MM-DD"),
    InputColumn("gender", "text", "m or f"),
    InputColumn("madid", "text", "advertising id of a phone or tablet"),
    InputColumn("consent", "flag", "whether the customer agreed to be matched on advertising platforms"),
)
SEVERAL = ("email", "phone")  # columns in which a customer may have more than one value
MOST = 3  # values of each that a platform accepts
SEPARATOR = ";"
IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def check_header(path: str, header: Sequence[str]) -> None:
    """Raise `InputError` for a header that lacks customer_id, has a column twice, or has an unknown one.

    A first line that is no header may be somebody's contact. So only known columns are quoted and, where customer_id is
    present, others that look like the name of a column.
    """
    known = names(CONTACTS)
    if "customer_id" not in header:
        has = ", ".join(name for name in known if name in header) or "none that is known"
        raise InputError(
            f"{path}: no column 'customer_id', which shows whose contact it is; of {len(header)} columns it has {has}; "
            "name the columns in the first line"
        )
    for place, name in enumerate(header, start=1):
        said = f"column '{name}'" if IDENTIFIER.fullmatch(name) else f"column number {place}"
        if list(header).count(name) > 1:
            raise InputError(f"{path}: {said} appears twice; keep only one")
        if name not in known:
            raise InputError(f"{path}: unknown {said}; columns of contacts are {', '.join(known)}; drop it")


def one_per_customer(rows: pd.DataFrame, ignore_id_case: bool) -> pd.DataFrame:
    """One row per customer, by id, from a file of contacts (text, null where blank) with one row or several for each.

    Ids lose blanks around them and, with `ignore_id_case`, their capitals, as in the clean tables.
    `email` and `phone` become lists without repeats, in the order of the file; of other columns the first value counts.
    `consent`, where the file has it, is True only for customers who agreed in every row. Rows without a customer are
    left out. All columns of CONTACTS are present, but `consent` only if it is in `rows`.
    """
    rows = rows.apply(as_text)
    rows = rows[rows["customer_id"].notna()]
    if ignore_id_case:
        rows = rows.assign(customer_id=rows["customer_id"].str.lower())
    by_customer = rows.groupby("customer_id")
    people = by_customer.first()
    for column in CONTACTS:
        if column.name not in people and column.name not in ("customer_id", "consent"):
            people[column.name] = pd.Series(pd.NA, index=people.index, dtype="str")
    for name in SEVERAL:
        found = _gathered(rows["customer_id"], rows[name]) if name in rows else {}
        people[name] = pd.Series([found.get(customer, []) for customer in people.index], people.index, dtype="object")
    if "consent" in rows:
        agreed = _consents(rows["consent"])
        people["consent"] = agreed.groupby(rows["customer_id"]).all().reindex(people.index)
    return people.reset_index()


def _gathered(customers: pd.Series, texts: pd.Series) -> dict[str, list[str]]:
    """The values of each customer who has any, without repeats, in their order."""
    found: dict[str, dict[str, None]] = {}
    given = texts.notna()
    for customer, text in zip(customers[given], texts[given], strict=True):
        parts = (part.strip() for part in text.split(SEPARATOR))
        found.setdefault(customer, {}).update(dict.fromkeys(part for part in parts if part))
    return {customer: list(values) for customer, values in found.items()}


def _consents(answers: pd.Series) -> pd.Series:
    """Whether each row agrees; a blank counts as no. Raises `InputError` for an answer that cannot be read."""
    agreed = as_flag(answers)
    unreadable = answers[answers.notna() & agreed.isna()]
    if len(unreadable):
        raise InputError(
            f"column 'consent' of the contacts must be yes or no, true or false, 1 or 0, got something else in "
            f"{len(unreadable):,} rows; write one of these, or leave it blank for no"
        )
    return agreed.fillna(False).astype(bool)
