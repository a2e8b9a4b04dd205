"""Customer lists in the columns that Meta and Google require, with personal data hashed where they accept hashes."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from clv.marketing.audiences import normal
from clv.marketing.audiences.contacts import MOST
from clv.marketing.audiences.hashing import keyed, sha256

META = (
    *["email"] * MOST,
    *["phone"] * MOST,
    "madid",
    "fn",
    "ln",
    "zip",
    "ct",
    "st",
    "country",
    "dob",
    "doby",
    "gen",
    "age",
    "uid",
    "value",
)
GOOGLE = ("Email", "Phone", "First Name", "Last Name", "Country", "Zip")
ADDRESS = ("first_name", "last_name", "country", "zip")  # Google needs all four to match an address
SINGLE = ("first_name", "last_name", "zip", "city", "state", "country", "gender", "madid", "birthday")


def members(values: pd.DataFrame, people: pd.DataFrame, key: str) -> pd.DataFrame:
    """Customers of a list with uid, value (money, 0 or more, two decimals) and contact, in the neutral order of uids.

    `values` has customer_id and predicted_clv, `people` is the result of `normalise`. A customer without a contact has
    nulls, and empty lists of e-mails and phones.
    """
    rows = pd.DataFrame({"customer_id": values["customer_id"].astype("object")})
    rows["uid"] = [keyed(customer, key) for customer in rows["customer_id"]]
    rows["value"] = np.maximum(values["predicted_clv"].to_numpy(dtype="float64"), 0).round(2)
    rows = rows.merge(people, on="customer_id", how="left").sort_values("uid", ignore_index=True)
    for name in ("email", "phone"):
        rows[name] = pd.Series([found if isinstance(found, list) else [] for found in rows[name]], dtype="object")
    single = rows[list(SINGLE)].astype("object")
    return rows.assign(**single.where(single.notna(), None))


def meta_list(rows: pd.DataFrame, today: date) -> pd.DataFrame:
    """One row per member in the columns of META, all text: hashed except for the device id, the uid and the value."""
    n = len(rows)
    zips = [
        None if code is None else normal.meta_zip(code, of)
        for code, of in zip(rows["zip"], rows["country"], strict=True)
    ]
    born = rows["birthday"]
    columns = [
        *(_hashed([_nth(found, i) for found in rows[name]]) for name in ("email", "phone") for i in range(MOST)),
        _blank(rows["madid"]),
        _hashed(_form(rows["first_name"], normal.meta_name)),
        _hashed(_form(rows["last_name"], normal.meta_name)),
        _hashed(zips),
        _hashed(rows["city"]),
        _hashed(rows["state"]),
        _hashed(rows["country"]),
        _hashed(_form(born, lambda day: f"{day:%Y%m%d}")),
        _hashed(_form(born, lambda day: f"{day:%Y}")),
        _hashed(rows["gender"]),
        _hashed(_form(born, lambda day: str(normal.age(day, today)))),
        rows["uid"].to_list(),
        [f"{value:.2f}" for value in rows["value"]],
    ]
    frame = pd.DataFrame(dict(enumerate(columns)), index=range(n), dtype="str")
    frame.columns = list(META)
    return frame


def google_list(rows: pd.DataFrame) -> pd.DataFrame:
    """One to three rows per member who can be matched, in the columns of GOOGLE, all text.

    Each has at most one e-mail and one phone, beside the name and the address, of which country and postal code are not
    hashed. Customers with neither e-mail nor phone nor a complete address are left out: Google matches complete
    addresses only.
    """
    counts = rows_of_google(rows)
    at = np.repeat(np.arange(len(rows)), counts)
    nth = np.arange(len(at)) - np.repeat(np.cumsum(counts) - counts, counts)
    found = rows.iloc[at]
    columns = {
        "Email": _hashed(_form(_picked(found["email"], nth), normal.google_email)),
        "Phone": _hashed(_form(_picked(found["phone"], nth), lambda digits: f"+{digits}")),
        "First Name": _hashed(found["first_name"]),
        "Last Name": _hashed(found["last_name"]),
        "Country": _blank(_form(found["country"], str.upper)),
        "Zip": _blank(found["zip"]),
    }
    return pd.DataFrame(columns, index=range(len(at)), columns=list(GOOGLE), dtype="str")


def rows_of_google(rows: pd.DataFrame) -> np.ndarray:
    """Rows of `google_list` per member, (n,): the larger number of e-mails and phones, or one for an address alone."""
    whole = rows[list(ADDRESS)].notna().all(axis=1).to_numpy(dtype="int64")
    lengths = [np.array([len(found) for found in rows[name]], dtype="int64") for name in ("email", "phone")]
    return np.maximum.reduce([*lengths, whole])


def filled(frame: pd.DataFrame) -> dict[str, int]:
    """The number of rows of a list that have each field, in at least one of the columns of that name."""
    return {name: int((frame.loc[:, [name]] != "").any(axis=1).sum()) for name in dict.fromkeys(frame.columns)}


def _nth(found: list[str], i: int) -> str | None:
    return found[i] if i < len(found) else None


def _picked(lists: pd.Series, nth: np.ndarray) -> list[str | None]:
    return [_nth(found, i) for found, i in zip(lists, nth, strict=True)]


def _form(values: Iterable[Any], how: Callable[[Any], str | None]) -> list[str | None]:
    return [None if value is None else how(value) for value in values]


def _hashed(values: Iterable[Any]) -> list[str]:
    return ["" if value is None else sha256(value) for value in values]


def _blank(values: Iterable[Any]) -> list[str]:
    return ["" if value is None else value for value in values]
