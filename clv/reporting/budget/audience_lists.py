"""Parts of the campaigns report: the lists for advertising platforms, and the consent behind them."""

from typing import Any

import numpy as np
import pandas as pd

from clv.reporting.kit.not_known import NO_RETURNS
from clv.reporting.kit.table import ELSEWHERE, Column, Table, note, nothing, table

SAID_BY = {
    "contacts": "Consent is read from the column consent of the contacts.",
    "customers": "Consent is read from the column email_consent of the customers.",
    "nobody": "The data contain no consent, so the lists are empty. Add a column consent to the contacts, or "
    "email_consent to the customers.",
}
FIELDS = {
    "email": "e-mail",
    "phone": "phone",
    "madid": "device",
    "fn": "first name",
    "ln": "last name",
    "zip": "postal code",
    "ct": "city",
    "st": "state",
    "country": "country",
    "dob": "birthday",
    "gen": "gender",
    "uid": "uid",
}


def state(audiences: dict[str, Any]) -> Table:
    """What the lists were made from, and what to set or supply to get more of them."""
    if audiences["without_tier"]:
        return nothing(
            f"There are no lists for Meta and Google. They are made by tier, and the {audiences['without_tier']:,} "
            f"customers have no tier, because {NO_RETURNS}. So it is not known for which customers to find similar "
            f"ones."
        )
    if _no_lists(audiences):
        return nothing(
            f"There are no lists for Meta and Google, because no customer agreed. {SAID_BY[audiences['consent_from']]}"
        )
    said = []
    if not audiences["key"]:
        said.append(
            f"The lists have no rows, because the key for the uids is not set. Put a long random text into the "
            f"environment variable {audiences['key_variable']}, keep it, and run dvc repro -f -s audience."
        )
    said.append(SAID_BY[audiences["consent_from"]])
    said.append(f"{audiences['agreed']:,} of {audiences['customers']:,} customers agreed.")
    if not audiences["with_contact"]:
        said.append(
            "No contacts were given (audience.contacts), so no platform can find these customers. Google's lists stay "
            "empty, and Meta's contain only our own uids and values."
        )
    else:
        said.append(f"{audiences['with_contact']:,} customers have a contact.")
    if audiences["contacts_of_nobody"]:
        said.append(
            f"{audiences['contacts_of_nobody']:,} contacts belong to persons who never bought, and were not used."
        )
    return note(" ".join(said))


def lists(audiences: dict[str, Any], currency: str) -> Table:
    """One row per list: its tier, how many customers are left out and why, how many rows each platform gets."""
    if _no_lists(audiences):
        return ELSEWHERE
    rows = pd.DataFrame(
        [
            {
                "list": name,
                "tier": row["tier"],
                "customers": row["customers"],
                "left_out": reasons(row["left_out"]),
                "meta": row["meta"]["rows"],
                "value": row["meta"]["value"],
                "google": row["google"]["customers"],
            }
            for name, row in audiences["lists"].items()
        ]
    )
    columns = [
        Column("list", "list"),
        Column("tier", "tier"),
        Column("customers", "customers", "count"),
        Column("left_out", "left out"),
        Column("meta", "on Meta's list", "count"),
        Column("value", f"their value, {currency}", "money"),
        Column("google", "on Google's list", "count"),
    ]
    return table(
        rows,
        columns,
        "The lists to upload, in the folder reports/audiences. Their names do not reveal the tier, because platforms "
        "show them to others. Small numbers are not shown, nor are numbers from which they could be computed",
    )


def fields(audiences: dict[str, Any]) -> Table:
    """The share of Meta's rows in each list that have each field a platform can match by."""
    if not any(row["meta"]["rows"] for row in audiences["lists"].values()):
        return ELSEWHERE
    rows = pd.DataFrame({"field": FIELDS.values()})
    for name, row in audiences["lists"].items():
        rows[name] = [share_of(row["meta"]["filled"][field], row["meta"]["rows"]) for field in FIELDS]
    columns = [Column("field", "field"), *(Column(name, name, "share") for name in audiences["lists"])]
    return table(
        rows,
        columns,
        "The share of Meta's rows that have each field. A platform can find a person by e-mail, phone, device, or name "
        "and address. It cannot use the uid, which is our own",
    )


def malformed(audiences: dict[str, Any]) -> Table:
    """Values of contacts that could not be used, by reason."""
    if not audiences["malformed"]:
        return note("Every value of the contacts could be read.") if audiences["with_contact"] else ELSEWHERE
    rows = pd.DataFrame(list(audiences["malformed"].items()), columns=["reason", "values"])
    columns = [Column("reason", "column, and what is wrong"), Column("values", "values", "count")]
    return table(rows, columns, "Values of the contacts that could not be used and were left blank")


def reasons(counted: dict[str, int | None]) -> str:
    """Reasons with their numbers of customers, on one line; hidden numbers (None) are left out; an en dash for none."""
    return ", ".join(reason if n is None else f"{reason} {n:,}" for reason, n in counted.items()) or "–"


def share_of(n: int | None, of: int | None) -> float:
    """A share; NaN if a number is hidden or the total is 0."""
    return np.nan if n is None or not of else n / of


def _no_lists(audiences: dict[str, Any]) -> bool:
    return bool(audiences["without_tier"]) or not (audiences["agreed"] or audiences["with_contact"])
