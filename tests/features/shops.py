"""Small random shops for hypothesis: clean tables with everything that may be missing or unusual in them."""

import pandas as pd
from hypothesis import strategies as st

from clv.features.block import Clean

FIRST = pd.Timestamp("2023-03-01")
N_DAYS = 700
CUSTOMERS = ["anna", "ben", "Über", "zoë"]


def _or_nothing(values: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    return st.none() | values


def _times() -> st.SearchStrategy[pd.Timestamp]:
    # Few hours, so that lines with the same time are common.
    day, hour = st.integers(0, N_DAYS - 1), st.sampled_from([0, 9, 23])
    return st.builds(lambda d, h: FIRST + pd.Timedelta(days=d, hours=h), day, hour)


LINE = {
    "customer_id": st.sampled_from(CUSTOMERS),
    "order_ts": _times(),
    "amount_minor": st.integers(1, 10**6) | st.integers(-(10**5), -1) | st.sampled_from([10**12, -1]),
    "order_id": _or_nothing(st.sampled_from(["9", "10", "11", "12"])),
    "product_id": _or_nothing(st.sampled_from(["p", "q", "r"])),
    "category": _or_nothing(st.sampled_from(["toys", "books", "Äpfel"])),
    "quantity": _or_nothing(st.sampled_from([1.0, 2.0, 0.125, -1.0])),
    "unit_price_minor": _or_nothing(st.integers(0, 9999)),
    "discount_minor": _or_nothing(st.integers(-50, 500)),
    "is_eco": _or_nothing(st.booleans()),
}
CUSTOMER = {
    "channel": _or_nothing(st.sampled_from(["search", "social"])),
    "campaign": _or_nothing(st.sampled_from(["one", "two"])),
    "acquisition_cost_minor": _or_nothing(st.integers(0, 5000)),
    "country": _or_nothing(st.sampled_from(["AT", "PL"])),
    "age_band": _or_nothing(st.sampled_from(["18-24", "65+"])),
    "email_consent": _or_nothing(st.booleans()),
}
TOUCH = {
    "customer_id": st.sampled_from([*CUSTOMERS, "stranger"]),
    "touch_ts": _times(),
    "kind": _or_nothing(st.sampled_from(["email", "Email", "ad", "letter"])),
    "opened": _or_nothing(st.booleans()),
    "clicked": _or_nothing(st.booleans()),
}
KINDS = (
    dict.fromkeys(("order_ts", "touch_ts"), "datetime64[us]")
    | dict.fromkeys(("unit_price_minor", "discount_minor", "acquisition_cost_minor"), "Int64")
    | dict.fromkeys(("is_eco", "email_consent", "opened", "clicked"), "boolean")
    | {"amount_minor": "int64", "quantity": "float64"}
)


def _frame(rows: list[dict[str, object]], columns: list[str]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=columns)
    return frame.astype({name: KINDS.get(name, "str") for name in columns})


@st.composite
def shops(draw: st.DrawFn) -> Clean:
    """Clean tables of up to four customers, at least one of whom buys."""
    lines = draw(st.lists(st.fixed_dictionaries(LINE), min_size=1, max_size=25))
    lines[0]["amount_minor"] = abs(lines[0]["amount_minor"])
    known = draw(st.lists(st.sampled_from(CUSTOMERS), min_size=1, unique=True))
    customers = [{"customer_id": name, **draw(st.fixed_dictionaries(CUSTOMER))} for name in known]
    touches = draw(st.lists(st.fixed_dictionaries(TOUCH), min_size=1, max_size=15))
    return Clean(_frame(lines, list(LINE)), _frame(customers, ["customer_id", *CUSTOMER]), _frame(touches, list(TOUCH)))
