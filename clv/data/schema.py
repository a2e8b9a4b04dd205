"""The tables of input: which columns they may have and what those mean."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

Kind = Literal["text", "time", "money", "number", "flag"]


@dataclass(frozen=True)
class Column:
    """One column of an input table."""

    name: str
    kind: Kind
    description: str
    required: bool = False


TRANSACTIONS = (
    Column("customer_id", "text", "who bought", required=True),
    Column("order_ts", "time", "when the order was placed, or the return came back", required=True),
    # Where it is absent, quantity and unit_price must be there: the amount is their product less the discount.
    Column("amount", "money", "net amount of the line after discount; negative for a return", required=True),
    Column("order_id", "text", "order the line belongs to; a return names the order it returns"),
    Column("product_id", "text", "product"),
    Column("category", "text", "product category"),
    Column("quantity", "number", "units; negative for a return"),
    Column("unit_price", "money", "price of one unit before discount"),
    Column("discount", "money", "money off the line; negative on a return"),
    Column("is_eco", "flag", "whether the product is an eco product"),
    Column("is_return", "flag", "whether the line is a return; its amount then counts as negative, whatever its sign"),
)
CUSTOMERS = (
    Column("customer_id", "text", "who", required=True),
    Column("channel", "text", "channel that acquired the customer"),
    Column("campaign", "text", "campaign that acquired the customer"),
    Column("acquisition_cost", "money", "what acquiring the customer cost"),
    Column("country", "text", "country"),
    Column("age_band", "text", "age band"),
    Column("email_consent", "flag", "whether the customer agreed to e-mail"),
)
TOUCHES = (
    Column("customer_id", "text", "who was addressed", required=True),
    Column("touch_ts", "time", "when", required=True),
    Column("kind", "text", "email, ad, ..."),
    Column("opened", "flag", "whether it was opened"),
    Column("clicked", "flag", "whether it was clicked"),
)
EXPERIMENTS = (
    Column("customer_id", "text", "who took part", required=True),
    Column("assigned_ts", "time", "when the customer was assigned", required=True),
    Column("experiment", "text", "name of the randomised test"),
    Column("arm", "text", "arm that the customer was assigned to at random"),
    Column("channel", "text", "channel through which the arm's money was spent; blank in the control arm"),
    Column("cost", "money", "what was spent on the customer; 0 in the control arm"),
)
TABLES: dict[str, tuple[Column, ...]] = {
    "transactions": TRANSACTIONS,
    "customers": CUSTOMERS,
    "touches": TOUCHES,
    "experiments": EXPERIMENTS,
}


def names(table: Iterable[Column]) -> list[str]:
    """The column names of a table, in order."""
    return [column.name for column in table]


def expected_column(cutoff: date) -> str:
    """The column of data/raw/truth.parquet with the net revenue expected in the horizon after a cutoff."""
    return f"expected_{cutoff}"
