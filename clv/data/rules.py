"""The cleaning rules, as rows of a table: what each catches and what it does."""

import numpy as np

from clv.data import amounts, dates, repeats, returns, sales
from clv.data.cleaning_rule import Rule, missing
from clv.data.id_rules import ID_RULES
from clv.data.lines import Lines


def _non_products(lines: Lines) -> np.ndarray:
    if "product_id" not in lines.columns or not lines.how.non_products:
        return np.zeros(len(lines), dtype=bool)
    listed = lines.columns["product_id"].cat.categories.isin(lines.how.non_products)
    return np.append(listed, False)[lines.codes("product_id")]


def _time_rules(name: str) -> tuple[Rule, ...]:
    return (
        Rule(
            "time_zone_converted",
            f"{name} has an offset from UTC; it is converted to preprocess.time_zone",
            "repair",
            name,
            dates.converted,
        ),
        Rule("unparseable_date", f"{name} is missing or not a date", "reject", name, dates.undated),
    )


def _window_rule(name: str) -> Rule:
    catches = f"{name} after time.last_day"
    return Rule("after_last_day", catches, "reject", name, dates.after_last_day, counts_as_bad=False)


TRANSACTION_RULES = (
    Rule(
        "inherited_field",
        "customer_id, order_ts or status is blank; it is taken from the other lines of the order",
        "repair",
        "order_id",
        lambda lines: lines.inherited,
    ),
    *ID_RULES,
    *_time_rules("order_ts"),
    Rule("before_1990", "order_ts before 1990-01-01", "reject", "order_ts", dates.too_early),
    Rule("after_2200", "order_ts after 2200-12-31", "reject", "order_ts", dates.too_late),
    _window_rule("order_ts"),
    Rule(
        "future_date",
        "at most 0.1% of the lines, or a single one of 100, more than 60 days after all others",
        "reject",
        "order_ts",
        dates.future,
    ),
    Rule("stray_date", "a few lines two years or more away from all others", "reject", "order_ts", dates.stray),
    Rule(
        "negative_of_positive_quantity",
        "the amount is negative beside a positive quantity, and nothing marks the line as a return; the amount counts",
        "flag",
        "amount",
        amounts.negative_of_positive_quantity,
    ),
    Rule(
        "return_marked",
        "a return by is_return or by preprocess.return_prefix; its amount is made negative",
        "repair",
        "amount",
        amend=returns.marked,
    ),
    Rule(
        "return_by_quantity",
        "quantity is negative and the amount is not; the quantity is believed, as nobody sells less than nothing, and "
        "the amount is made negative",
        "repair",
        "quantity",
        amend=amounts.signed_by_quantity,
    ),
    Rule(
        "unknown_status",
        "a status that is in no list counts as a sale; put it into preprocess.sale_statuses or no_sale_statuses",
        "flag",
        "status",
        sales.unknown,
    ),
    Rule(
        "not_a_sale",
        "the status shows that the order is no sale, such as cancelled, refunded in full or not paid; so is what was "
        "returned of it",
        "reject",
        "status",
        sales.not_sales,
        counts_as_bad=False,
    ),
    Rule(
        "further_line",
        "no amount, where another line of the order has that of the whole order",
        "reject",
        "order_id",
        amounts.further,
        counts_as_bad=False,
    ),
    Rule(
        "impossible_amount",
        "amount is missing, not a number, infinite or beyond 10 billion",
        "reject",
        "amount",
        missing("amount_minor"),
    ),
    Rule(
        "zero_amount",
        "amount rounds to zero: nothing was bought",
        "reject",
        "amount",
        lambda lines: lines.amounts == 0,
    ),
    Rule(
        "amount_unlike_parts",
        "the amount is not quantity times unit_price less discount, by more than rounding; the amount counts",
        "flag",
        "amount",
        amounts.unlike_parts,
    ),
    Rule(
        "non_product",
        "product_id is one of preprocess.non_products, such as postage",
        "reject",
        "product_id",
        _non_products,
        counts_as_bad=False,
    ),
    Rule(
        "duplicate_line",
        "the same line of the same order and product again; where rows are orders, the same order, time and amount",
        "reject",
        "order_id",
        repeats.duplicate_lines,
    ),
    Rule(
        "extreme_cancelled",
        "a purchase over 100 times the median, and the return within 7 days that cancels it in full",
        "reject",
        "amount",
        repeats.extreme_cancelled,
        counts_as_bad=False,
    ),
    Rule(
        "amounts_like_margins",
        "a return before the customer's first purchase, as 5% of the customers or more have: amounts look like margins "
        "or profits, which may be negative; what is wanted is net revenue, or the purchases that are missing",
        "flag",
        "amount",
        amounts.like_margins,
    ),
    Rule(
        "return_without_purchase",
        "a return of which nothing was bought before, or nothing is left to return",
        "reject",
        "amount",
        lambda lines: (lines.amounts < 0) & (returns.covered(lines) == 0),
    ),
    Rule(
        "return_beyond_purchase",
        "a return of more than was left to return; it is cut down to that",
        "repair",
        "amount",
        amend=returns.covered,
    ),
)
CUSTOMER_RULES = (
    *ID_RULES,
    Rule(
        "duplicate_customer",
        "a second row for a customer; the first is kept",
        "reject",
        "customer_id",
        lambda lines: repeats.again(lines, ["customer_id"]),
    ),
)
TOUCH_RULES = (*ID_RULES, *_time_rules("touch_ts"), _window_rule("touch_ts"))
EXPERIMENT_RULES = (
    *ID_RULES,
    *_time_rules("assigned_ts"),
    Rule(
        "duplicate_assignment",
        "a customer's second row in the same experiment; the first is kept",
        "reject",
        "customer_id",
        lambda lines: repeats.again(lines, ["customer_id", "experiment"]),
    ),
    _window_rule("assigned_ts"),
)
RULES: dict[str, tuple[Rule, ...]] = {
    "transactions": TRANSACTION_RULES,
    "customers": CUSTOMER_RULES,
    "touches": TOUCH_RULES,
    "experiments": EXPERIMENT_RULES,
}
