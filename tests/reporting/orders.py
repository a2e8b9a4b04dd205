"""Small shops for the tests of pictures: clean transactions of a few customers."""

import pandas as pd


def transactions(*rows: tuple[str, str, int]) -> pd.DataFrame:
    """Clean transactions of (customer, time, cents)."""
    frame = pd.DataFrame(rows, columns=["customer_id", "order_ts", "amount_minor"])
    return frame.assign(order_ts=pd.to_datetime(frame["order_ts"], format="ISO8601"))


def bought(*rows: tuple[str, str]) -> pd.DataFrame:
    """Clean transactions of (customer, time), each of 10.00."""
    return transactions(*((customer, time, 1000) for customer, time in rows))
