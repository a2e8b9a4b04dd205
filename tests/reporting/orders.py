"""Small shops for the tests of pictures: clean transactions of a few customers, and the tables from them."""

from datetime import date
from typing import Any

import pandas as pd

from clv.marketing.description import sales_tables
from clv.marketing.description.histograms import sales_figures, sales_histograms
from clv.marketing.description.sold import sold


def transactions(*rows: tuple[str, str, int]) -> pd.DataFrame:
    """Clean transactions of (customer, time, cents)."""
    frame = pd.DataFrame(rows, columns=["customer_id", "order_ts", "amount_minor"])
    return frame.assign(order_ts=pd.to_datetime(frame["order_ts"], format="ISO8601"))


def bought(*rows: tuple[str, str]) -> pd.DataFrame:
    """Clean transactions of (customer, time), each of 10.00."""
    return transactions(*((customer, time, 1000) for customer, time in rows))


def months(lines: pd.DataFrame) -> pd.DataFrame:
    return sales_tables.by_month(sold(lines))


def clock(lines: pd.DataFrame) -> pd.DataFrame:
    return sales_tables.by_clock(sold(lines))


def cohorts(lines: pd.DataFrame, last_day: str) -> tuple[pd.DataFrame, str]:
    """Cohorts as of the last day, and that day."""
    return sales_tables.cohorts(sold(lines), date.fromisoformat(last_day)), last_day


def spread(lines: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Histograms, and the numbers beside them."""
    return sales_histograms(sold(lines)), sales_figures(sold(lines))
