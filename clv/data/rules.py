"""The rules of cleaning, as rows of a table: what each catches and what is then done."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from clv.data import amounts, dates, id_forms, repeats, returns, sales, types
from clv.data.lines import IDS, Lines

Action = Literal["reject", "repair", "flag"]


@dataclass(frozen=True)
class Rule:
    """What a rule catches and what is done: reject sets the row aside, repair changes it, flag only counts it.

    `find` gives a boolean per row, true where the rule hits; rows rejected before are left out afterwards. `column` is
    the one that the rule is about. A repair of amounts has `amend`, which gives all amounts in minor units, before
    hits are counted; the hits are then the rows that change. Other repairs were made when types were.
    """

    name: str
    catches: str
    action: Action
    column: str
    find: Callable[[Lines], np.ndarray] | None = None
    amend: Callable[[Lines], np.ndarray] | None = None
    counts_as_bad: bool = True  # rejected rows that are not bad data do not count towards max_rejected_share
    said: bool = False  # where it hits, the log of preprocess says so


def _null(name: str) -> Callable[[Lines], np.ndarray]:
    return lambda lines: lines.columns[name].isna().to_numpy()


def _blanks(lines: Lines) -> np.ndarray:
    """Ids that came with blanks around them."""
    found = np.zeros(len(lines), dtype=bool)
    for name in IDS:
        if name in lines.columns and not lines.raw[name].equals(lines.columns[name]):
            found |= types.surrounding_blanks(lines.raw[name])
    return found


def _case_folded(lines: Lines) -> np.ndarray:
    """Customer ids that are lower case now and were not before."""
    if not lines.how.ignore_id_case:
        return np.zeros(len(lines), dtype=bool)
    came = types.as_text(lines.raw["customer_id"]).astype("category")
    changed = came.cat.categories.astype("str").str.lower() != came.cat.categories.astype("str")
    return np.append(changed, False)[came.cat.codes.to_numpy()]


def _case_differs(lines: Lines) -> np.ndarray:
    """Customer ids that equal another one of the table but for case."""
    ids = pd.Series(lines.columns["customer_id"].cat.categories.array).astype("str").str.lower()
    if len(pc.unique(pa.array(ids))) == len(ids):
        return np.zeros(len(lines), dtype=bool)
    used = np.bincount(lines.customers + 1, minlength=len(ids) + 1)[1:] > 0  # categories may be without a row
    differs = np.zeros(len(ids) + 1, dtype=bool)  # the last is for the code -1
    differs[np.flatnonzero(used)] = ids[used].duplicated(keep=False).to_numpy()
    return differs[lines.customers]


def _of_ids(lines: Lines, found: np.ndarray) -> np.ndarray:
    """What holds of each customer id (categories), per row."""
    if not found.any():
        return np.zeros(len(lines), dtype=bool)
    return np.append(found, False)[lines.customers]


def _ids(lines: Lines) -> pd.Series:
    """The customer ids, each once."""
    return pd.Series(lines.columns["customer_id"].cat.categories.array).astype("str")


def _not_customers(lines: Lines) -> np.ndarray:
    """Customer ids that the parameters set aside."""
    listed = lines.how.not_customers
    if lines.how.ignore_id_case:
        listed = tuple(name.lower() for name in listed)
    return _of_ids(lines, np.asarray(lines.columns["customer_id"].cat.categories.isin(listed)))


def _placeholders(lines: Lines) -> np.ndarray:
    """Customer ids that stand for nobody in particular."""
    return _of_ids(lines, id_forms.is_placeholder(_ids(lines)))


def _written_twice(lines: Lines) -> np.ndarray:
    """Customer ids that equal another one of the table but for how they are written."""
    return _of_ids(lines, id_forms.written_twice(_ids(lines)))


def _emails(lines: Lines) -> np.ndarray:
    """Customer ids that are e-mail addresses."""
    return _of_ids(lines, id_forms.is_email(lines.columns["customer_id"].cat.categories))


def _non_products(lines: Lines) -> np.ndarray:
    if "product_id" not in lines.columns or not lines.how.non_products:
        return np.zeros(len(lines), dtype=bool)
    listed = lines.columns["product_id"].cat.categories.isin(lines.how.non_products)
    return np.append(listed, False)[lines.codes("product_id")]


ID_RULES = (
    Rule("id_blanks", "an id with blanks around it; they are trimmed", "repair", "customer_id", _blanks),
    Rule(
        "id_case_folded",
        "a customer id with capitals, where preprocess.ignore_id_case is on; it is written in lower case",
        "repair",
        "customer_id",
        _case_folded,
    ),
    Rule(
        "not_a_customer",
        "a customer id that preprocess.not_customers lists",
        "reject",
        "customer_id",
        _not_customers,
        counts_as_bad=False,
    ),
    Rule(
        "id_placeholder",
        "a customer id that stands for nobody in particular, such as 0, guest or (not set); "
        "preprocess.not_customers would set it aside",
        "flag",
        "customer_id",
        _placeholders,
    ),
    Rule(
        "id_written_twice",
        "a customer id that equals another but for '.0', leading zeros or blanks inside; both stay customers",
        "flag",
        "customer_id",
        _written_twice,
    ),
    Rule(
        "id_case",
        "a customer id that equals another but for case; preprocess.ignore_id_case would make them one",
        "flag",
        "customer_id",
        _case_differs,
    ),
    Rule(
        "id_is_email",
        "a customer id that is an e-mail address; lists and reports would show it: give pseudonyms instead",
        "flag",
        "customer_id",
        _emails,
    ),
    Rule("blank_customer_id", "no customer id", "reject", "customer_id", _null("customer_id")),
)


def _time_rules(name: str) -> tuple[Rule, ...]:
    return (
        Rule(
            "time_zone_converted",
            f"{name} has an offset from UTC; it is brought to preprocess.time_zone",
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
        "customer_id",
        lambda lines: lines.inherited,
    ),
    *ID_RULES,
    *_time_rules("order_ts"),
    Rule("before_1990", "order_ts before 1990-01-01", "reject", "order_ts", dates.too_early),
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
        said=True,
    ),
    Rule(
        "not_a_sale",
        "the status says that the order is no sale, such as cancelled, refunded in full or not paid; so is what was "
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
        _null("amount_minor"),
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
        said=True,
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
