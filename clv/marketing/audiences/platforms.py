"""Customer lists in the columns that Meta and Google want, with everything personal hashed."""

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
ADDRESS = ("first_name", "last_name", "country", "zip")  # what Google matches an address by, all four
SINGLE = ("first_name", "last_name", "zip", "city", "state", "country", "gender", "madid", "birthday")


def members(values: pd.DataFrame, people: pd.DataFrame, key: str) -> pd.DataFrame:
    """Customers of a list with uid, value (money, 0 or more, two decimals) and contact, by uid: its order says nothing.

    `values` has customer_id and predicted_clv, `people` is what `normalise` gave. A customer without a contact has
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
    """One row per member in the columns of META, all text: hashed but for the device id, the uid and the value."""
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
    """One to three rows per member who can be found, in the columns of GOOGLE, all text.

    Each holds one e-mail and one phone, beside the name and the address, of which country and postal code are in clear.
    Customers with neither e-mail nor phone nor a whole address are left out: only a whole address is matched.
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
    """How many rows of `google_list` each member has, (n,): one per e-mail or phone, one for an address alone."""
    whole = rows[list(ADDRESS)].notna().all(axis=1).to_numpy(dtype="int64")
    lengths = [np.array([len(found) for found in rows[name]], dtype="int64") for name in ("email", "phone")]
    return np.maximum.reduce([*lengths, whole])


def filled(frame: pd.DataFrame) -> dict[str, int]:
    """How many rows of a list have each field: at least one of the columns of that name."""
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
