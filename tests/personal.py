"""Find personal data in files: invented contacts for the tests, and which of their data stand in clear."""

import re
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.[A-Za-z]{2,}")


def contacts(customer_ids: Iterable[str]) -> pd.DataFrame:
    """Invented contacts of customers; names, addresses, phone numbers and device ids occur nowhere else."""
    ids = list(customer_ids)
    number = [f"{i:06d}" for i in range(len(ids))]
    return pd.DataFrame(
        {
            "customer_id": ids,
            "email": [f"Ada.Quux{n}@Mail{n}.example.com" for n in number],
            "phone": [f"0151 77{n}3" for n in number],
            "first_name": [f"Vorname{n}" for n in number],
            "last_name": [f"Nachname{n}" for n in number],
            "zip": "10115",
            "city": [f"Ort{n}" for n in number],
            "country": "DE",
            "date_of_birth": [f"1987-11-{1 + i % 28:02d}" for i in range(len(ids))],
            "gender": "f",
            "madid": [f"aece52e7-03ee-455a-b3c4-{n}{n}" for n in number],
            "consent": "yes",
        }
    )


def leaks(files: Iterable[Path], people: pd.DataFrame) -> list[str]:
    """Files with an e-mail address, or with a name, city, phone number, birthday or device id of `people`; and the hit.

    Device ids may stand in clear in lists for Meta, which requires this.
    """
    secrets = {value.lower() for name in ("email", "first_name", "last_name", "city") for value in people[name]}
    for phone in people["phone"]:
        digits = re.sub(r"\D", "", phone)
        secrets |= {digits, "49" + digits[1:], phone.split()[-1]}  # words are split at blanks
    secrets |= set(people["date_of_birth"]) | {day.replace("-", "") for day in people["date_of_birth"]}
    devices = set(people["madid"])
    found = []
    for path in files:
        text = content(path).lower()
        words = set(re.split(r"[\s,;:=|\"'<>()]+", text))
        wanted = secrets if path.name.startswith("meta-") else secrets | devices
        addresses = set(EMAIL.findall(text))
        found += [f"{path}: {hit}" for hit in sorted(wanted & words) + sorted(addresses)]
    return found


def content(path: Path) -> str:
    """The text of a file; for a Parquet table, every value of every column."""
    if path.suffix != ".parquet":
        return path.read_bytes().decode("utf-8", errors="ignore")
    table = pd.read_parquet(path)
    return "\n".join(str(value) for name in table for value in table[name].dropna().unique())
