"""How many customers a page names: it is shown to many, and need not list half of a small shop."""

from clv.reporting.kit.table import nothing

MOST_SHARE = 0.05  # of the customers
NOBODY_NAMED = nothing("The shop is too small to name customers; all are in data/customer_values.parquet.")


def most_named(customers: int, asked: int, least: int) -> int:
    """How many of so many customers a list may name: those asked for, up to MOST_SHARE; none of fewer than `least`."""
    return 0 if customers < least else min(asked, int(MOST_SHARE * customers))
