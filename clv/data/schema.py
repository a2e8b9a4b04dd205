"""The input tables: the columns they may have, and what these mean."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

Kind = Literal["text", "time", "money", "number", "flag"]


@dataclass(frozen=True)
class InputColumn:
    """One column of an input table."""

    name: str
    kind: Kind
    description: str
    required: bool = False


TRANSACTIONS = (
    InputColumn("customer_id", "text", "who bought", required=True),
    InputColumn("order_ts", "time", "when the order was placed, or the return came back", required=True),
    # If it is absent, quantity and unit_price are required: the amount is their product less the discount.
    InputColumn("amount", "money", "net amount of the line after discount; negative for a return", required=True),
    InputColumn("order_id", "text", "order the line belongs to; a return names the order it returns"),
    InputColumn("product_id", "text", "product"),
    InputColumn("category", "text", "product category"),
    InputColumn("quantity", "number", "units; negative for a return"),
    InputColumn("unit_price", "money", "price of one unit before discount"),
    InputColumn("discount", "money", "money off the line; negative on a return"),
    InputColumn("is_eco", "flag", "whether the product is an eco product"),
    InputColumn(
        "is_return", "flag", "whether the line is a return; its amount then counts as negative, whatever its sign"
    ),
    InputColumn("status", "text", "state of the order as the shop's export writes it; see preprocess.sale_statuses"),
)
CUSTOMERS = (
    InputColumn("customer_id", "text", "who", required=True),
    InputColumn("channel", "text", "channel that acquired the customer"),
    InputColumn("campaign", "text", "campaign that acquired the customer"),
    InputColumn("acquisition_cost", "money", "what acquiring the customer cost"),
    InputColumn("country", "text", "country"),
    InputColumn("age_band", "text", "age band"),
    InputColumn("email_consent", "flag", "whether the customer agreed to e-mail"),
)
TOUCHES = (
    InputColumn("customer_id", "text", "who was addressed", required=True),
    InputColumn("touch_ts", "time", "when", required=True),
    InputColumn("kind", "text", "email, ad, ..."),
    InputColumn("opened", "flag", "whether it was opened"),
    InputColumn("clicked", "flag", "whether it was clicked"),
)
EXPERIMENTS = (
    InputColumn("customer_id", "text", "who took part", required=True),
    InputColumn("assigned_ts", "time", "when the customer was assigned", required=True),
    InputColumn("experiment", "text", "name of the randomised test"),
    InputColumn("arm", "text", "arm that the customer was assigned to at random"),
    InputColumn("channel", "text", "channel through which the arm's money was spent; blank in the control arm"),
    InputColumn("cost", "money", "what was spent on the customer; 0 in the control arm"),
)
TABLES: dict[str, tuple[InputColumn, ...]] = {
    "transactions": TRANSACTIONS,
    "customers": CUSTOMERS,
    "touches": TOUCHES,
    "experiments": EXPERIMENTS,
}


def clean_name(column: InputColumn) -> str:
    """The name of a column in the clean tables, in which money is whole minor units."""
    return f"{column.name}_minor" if column.kind == "money" else column.name


def names(table: Iterable[InputColumn]) -> list[str]:
    """The column names of a table, in order."""
    return [column.name for column in table]


def expected_column(cutoff: date) -> str:
    """The column of data/raw/truth.parquet with the net revenue expected in the horizon after a cutoff."""
    return f"expected_{cutoff}"
