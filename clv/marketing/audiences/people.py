"""Contacts in the normal forms of `clv.marketing.audiences.normal`, and how many values had none."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from clv.marketing.audiences import normal
from clv.marketing.audiences.contacts import CONTACTS, MOST


@dataclass(frozen=True)
class Place:
    """The defaults for a contact that lacks them: `country` (ISO 3166) and the calling code of its phone numbers."""

    country: str
    calling_code: str


# Columns with one value: how they are read, and the reason that is counted for a value that cannot be read.
SINGLE: dict[str, tuple[Callable[[str], Any], str]] = {
    "first_name": (normal.google_name, "first_name: no letters"),
    "last_name": (normal.google_name, "last_name: no letters"),
    "zip": (normal.zip_code, "zip: not a postal code"),
    "city": (normal.city, "city: no letters"),
    "state": (normal.state, "state: not two letters"),
    "country": (normal.country, "country: not two letters"),
    "gender": (normal.gender, "gender: neither m nor f"),
    "madid": (normal.madid, "madid: not an advertising id"),
}


def normalise(people: pd.DataFrame | None, place: Place, today: date) -> tuple[pd.DataFrame, dict[str, int]]:
    """Contacts (`one_per_customer`, or None) with each value in its normal form or None, and counts of the latter.

    `email` and `phone` stay lists, of three values at most. A missing country is that of `place`. A phone number
    without a calling code is not used if its contact is in another country, because its code is not known.
    """
    wrong: Counter[str] = Counter()
    if people is None:
        people = pd.DataFrame({column.name: pd.Series(dtype="str") for column in CONTACTS})
    found = {"customer_id": people["customer_id"].to_list()}
    for name, (read, reason) in SINGLE.items():
        found[name] = _each(people[name], read, reason, wrong)
    found["birthday"] = _each(
        people["date_of_birth"], lambda text: normal.birthday(text, today), "date_of_birth: not YYYY-MM-DD", wrong
    )
    named = people["country"].notna().to_list()
    home = place.country.lower()
    found["country"] = [c if said else home for c, said in zip(found["country"], named, strict=True)]
    found["email"] = [_several(texts, normal.email, "email: not an address", wrong) for texts in people["email"]]
    found["phone"] = [
        _phones(texts, place.calling_code if country == home else None, wrong)
        for texts, country in zip(people["phone"], found["country"], strict=True)
    ]
    return pd.DataFrame(found, dtype="object"), {reason: n for reason, n in sorted(wrong.items()) if n}


def _each(values: pd.Series, read: Callable[[str], Any], reason: str, wrong: Counter[str]) -> list[Any]:
    known = {text: read(text) for text in values.dropna().unique()}
    wrong[reason] += int(values.isin([text for text, form in known.items() if form is None]).sum())
    return [known.get(text) if isinstance(text, str) else None for text in values]


def _several(texts: Iterable[str], read: Callable[[str], str | None], reason: str, wrong: Counter[str]) -> list[str]:
    forms = [read(text) for text in texts]
    wrong[reason] += forms.count(None)
    distinct = list(dict.fromkeys(form for form in forms if form is not None))
    wrong[f"{reason.split(':')[0]}: more than {MOST}"] += max(len(distinct) - MOST, 0)
    return distinct[:MOST]


def _phones(texts: list[str], calling_code: str | None, wrong: Counter[str]) -> list[str]:
    national = [text for text in texts if normal.PHONE.fullmatch(text) and not normal.is_international(text)]
    lost = national if calling_code is None else []
    wrong["phone: no calling code, and in another country"] += len(lost)
    rest = [text for text in texts if text not in lost]
    return _several(rest, lambda text: normal.phone(text, calling_code), "phone: not a number", wrong)
