"""Rules that compare amounts with the other columns of a line: sign, size, and whether they look like margins."""

import numpy as np
import pandas as pd

from clv.data import returns
from clv.data.lines import Lines
from clv.data.order_fields import is_blank, rows_of_orders

FIRST_RETURNS_SHARE = 0.05  # of the customers; see `like_margins`
FIRST_RETURNS_MIN = 10  # customers
CENTS_PER_UNIT = 0.5  # largest rounding error of a unit price
CENTS_PER_LINE = 1.0  # largest rounding error of amount and discount together


def further(lines: Lines) -> np.ndarray:
    """Lines without an amount where another line of the order has one: that amount is taken to be the whole order's."""
    none = np.zeros(len(lines), dtype=bool)
    if "amount" not in lines.raw.columns or "order_id" not in lines.columns:
        return none
    amount = lines.columns["amount_minor"]
    blank = is_blank(amount, lines.raw["amount"]) & lines.kept
    rows, order = rows_of_orders(lines.columns["order_id"], blank)
    if not len(rows):
        return none
    group, _ = pd.factorize(order * (lines.customers.max() + 1) + lines.customers[rows])
    has_amount = np.bincount(group, weights=amount.notna().to_numpy()[rows]) > 0
    none[rows] = has_amount[group]
    return none & blank


def signed_by_quantity(lines: Lines) -> np.ndarray:
    """Return the amounts, (n,) minor units, made negative where the quantity is negative.

    A negative quantity is always a return, and many exports give its amount without a sign.
    """
    if "quantity" not in lines.columns:
        return lines.amounts
    back = lines.columns["quantity"].to_numpy(dtype="float64") < 0
    return np.where(back & (lines.amounts > 0), -lines.amounts, lines.amounts)


def negative_of_positive_quantity(lines: Lines) -> np.ndarray:
    """Negative amounts beside a positive quantity, on lines that nothing marks as returns.

    Computed amounts are not flagged: they are negative only where the discount exceeds the line.
    """
    if "amount" not in lines.raw.columns or "quantity" not in lines.columns:
        return np.zeros(len(lines), dtype=bool)
    odd = lines.kept & (lines.amounts < 0)
    odd &= lines.columns["quantity"].to_numpy(dtype="float64") > 0
    return odd & ~returns.is_marked(lines) if odd.any() else odd


def unlike_parts(lines: Lines) -> np.ndarray:
    """Amounts whose size differs from quantity times unit price less discount by more than rounding explains.

    Other rules check the signs. A discount may have either sign on a return, because exports differ in that.
    """
    if "amount" not in lines.raw.columns or not {"quantity", "unit_price_minor"} <= set(lines.columns):
        return np.zeros(len(lines), dtype=bool)
    quantity = lines.columns["quantity"].to_numpy(dtype="float64")
    full, size = np.abs(quantity * _cents(lines, "unit_price_minor")), np.abs(lines.amounts)
    off = np.abs(full - size)
    if "discount_minor" in lines.columns:
        discount = np.abs(np.nan_to_num(_cents(lines, "discount_minor")))
        off = np.minimum(np.abs(np.abs(full - discount) - size), np.abs(full + discount - size))
    return (off > CENTS_PER_LINE + CENTS_PER_UNIT * np.abs(quantity)) & lines.kept


def like_margins(lines: Lines) -> np.ndarray:
    """Returns before the customer's first purchase, if more customers have one than the returns of any shop explain.

    A return follows a purchase. If amounts are margins or profits, any line may be negative, even the first. In Online
    Retail II, whose history begins in the middle of trading, 3% of the customers begin with a return. For a block of
    customers all such returns are flagged, because only all blocks together show the share.
    """
    early = lines.kept & (lines.amounts < 0) & (returns.covered(lines) == 0)
    if not early.any():
        return early
    theirs = np.zeros(lines.customers.max() + 1, dtype=bool)
    theirs[lines.customers[early]] = True
    bought = theirs[lines.customers] & lines.kept & (lines.amounts > 0)
    first = np.full(lines.customers.max() + 1, np.iinfo("int64").max)
    np.minimum.at(first, lines.customers[bought], lines.days[bought])
    early[early] = lines.days[early] < first[lines.customers[early]]
    lines.first_returns = count_customers(lines, early)
    if lines.how.whole is None and not are_margins(lines.first_returns, count_customers(lines, lines.kept)):
        early[:] = False
    return early


def count_customers(lines: Lines, some: np.ndarray) -> int:
    """The number of customers who have any of some lines."""
    return int(np.count_nonzero(np.bincount(lines.customers[some])))


def are_margins(first_returns: int, customers: int) -> bool:
    """Whether too many customers begin with a return for amounts to be net revenue."""
    return first_returns >= max(FIRST_RETURNS_MIN, FIRST_RETURNS_SHARE * customers)


def _cents(lines: Lines, name: str) -> np.ndarray:
    return lines.columns[name].to_numpy(dtype="float64", na_value=np.nan)
