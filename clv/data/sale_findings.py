"""Findings of cleaning about sales: order status, order fields, signs and sizes of amounts."""

from clv.data.input_finding import InputFinding
from clv.data.table_facts import TableFacts
from clv.data.types import MINOR_PER_UNIT

# For each rule: whether a person should judge its hits, what they mean, and what to do.
_SENTENCES = {
    "unknown_status": (
        True,
        "have a status that is in no list, and count as sales",
        "put it into preprocess.sale_statuses or preprocess.no_sale_statuses",
    ),
    "not_a_sale": (False, "are not sales by their status, and are set aside", ""),
    "further_line": (False, "have no amount, as another line of the order has it, and are set aside", ""),
    "duplicate_line": (
        False,
        "repeat a line of the same order, time and amount, and are set aside",
        "if each row is a unit that was sold, set generate.files.columns.transactions.product_id to '' to count them "
        "all",
    ),
    "inherited_field": (False, "have their customer, time or status from another line of the order", ""),
    "return_by_quantity": (False, "have a negative quantity beside a positive amount, and count as returns", ""),
    "negative_of_positive_quantity": (
        True,
        "have a negative amount beside a positive quantity, and count as returns",
        "if they are not returns but, for example, discounts on separate lines, remove them from the file",
    ),
    "amount_unlike_parts": (
        True,
        "have an amount that is not quantity times unit_price less discount; the amount counts",
        "check which of the two is net of discounts and taxes, and map that",
    ),
    "amounts_like_margins": (
        True,
        "are returns before their customer's first purchase, far more than usual: amounts look like margins or "
        "profits, which may be negative, and not like net revenue",
        "map the net revenue of the line to amount, because every negative margin counts as a return (a file that "
        "begins when the shop had long been trading may look like this too)",
    ),
}
_LEAST_SHARE = {"duplicate_line": 0.01}  # of the lines, for a rule to be reported; a few repeats are accidents


def examine(transactions: TableFacts) -> list[InputFinding]:
    """A sentence for each rule about sales that hit often enough to matter, in the order of the rules."""
    found = []
    for row in transactions.quality.to_dict("records"):
        rule = row["rule"]
        if rule not in _SENTENCES or not row["rows"] or row["share"] < _LEAST_SHARE.get(rule, 0):
            continue
        flagged, meaning, remedy = _SENTENCES[rule]
        worth = f", worth {row['revenue_minor'] / MINOR_PER_UNIT:,.2f}," if row["revenue_minor"] else ""
        text = f"{row['rows']:,} transaction lines ({row['share']:.1%}){worth} {meaning}: {row['examples']}"
        found.append(InputFinding("sale", flagged, text, remedy))
    return found
