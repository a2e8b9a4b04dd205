"""Bodies that clients send: every field is typed, and no other is accepted. Rows are those of the input tables."""

import re
from datetime import datetime
from types import GenericAlias
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, Strict, create_model

from clv.data.schema import TABLES, InputColumn, Kind
from clv.door.raw_history import OPTIONS
from clv.marketing.tiers import TIERS, UNKNOWN
from clv.serving.order_event import LONGEST_TEXT

LARGEST = 1e12  # largest absolute value of a number
# The forms of ISO 8601 that cleaning reads: no weeks, no seconds in an offset, no comma.
CLOCK = r"[T ]\d\d(?::?\d\d(?::?\d\d(?:\.\d+)?)?)?(?:Z|[+-]\d\d(?::?\d\d)?)?"
TIME = re.compile(rf"\d{{4}}-?\d\d-?\d\d(?:{CLOCK})?", re.ASCII)


def _is_time(text: str) -> str:
    try:
        if not TIME.fullmatch(text):
            raise ValueError
        datetime.fromisoformat(text)
    except ValueError:
        raise ValueError("must be an ISO 8601 date or time, such as 2026-01-31 or 2026-01-31T12:00:00") from None
    return text


Text = Annotated[str, Strict(), Field(max_length=LONGEST_TEXT)]
Id = Annotated[str, Strict(), Field(min_length=1, max_length=LONGEST_TEXT)]
Time = Annotated[str, Strict(), Field(max_length=40, examples=["2026-01-31T12:00:00"]), AfterValidator(_is_time)]
Number = Annotated[float, Strict(), Field(ge=-LARGEST, le=LARGEST, allow_inf_nan=False)]
Flag = Annotated[bool, Strict()]
OF_KIND: dict[Kind, Any] = {"text": Text, "time": Time, "money": Number, "number": Number, "flag": Flag}


class SentBody(BaseModel):
    """A body that rejects unknown fields."""

    model_config = ConfigDict(extra="forbid")


def _row(name: str, table: str, optional: tuple[str, ...] = ()) -> type[SentBody]:
    """A model for the rows of an input table, from its columns."""
    return create_model(
        name,
        __base__=SentBody,
        __doc__=f"A row of {table}.",
        **{c.name: _field(c, c.required and c.name not in optional) for c in TABLES[table]},
    )


def _field(column: InputColumn, required: bool) -> Any:
    kind = Id if column.name == "customer_id" else OF_KIND[column.kind]
    if required:
        return kind, Field(description=column.description)
    return kind | None, Field(default=None, description=column.description)


OrderLine = _row("OrderLine", "transactions", optional=("amount",))
CustomerRow = _row("CustomerRow", "customers")
TouchRow = _row("TouchRow", "touches")


class SentTables(SentBody):
    """Orders of one or more customers, and what else is known about them, under the columns of the input tables.

    A column that no row has counts as one that the shop does not have; null means that the value is not known.
    """

    def tables(self) -> dict[str, list[dict[str, Any]]]:
        """Rows by input table, each with only the fields that were sent."""
        sent = {table: getattr(self, name) for table, name in OPTIONS.items()}
        return {
            table: [row.model_dump(exclude_unset=True) for row in rows]
            for table, rows in sent.items()
            if rows is not None
        }


def _rows(row: type[SentBody]) -> Any:
    """The type of a list of rows; mypy cannot check it, because the models are created from the input tables."""
    return GenericAlias(list, (row,))


PredictBody = create_model(
    "PredictBody",
    __base__=SentTables,
    __doc__=SentTables.__doc__,
    orders=(_rows(OrderLine), Field(min_length=1)),
    customers=(_rows(CustomerRow) | None, None),
    touches=(_rows(TouchRow) | None, None),
)


def schema_of(body: type[BaseModel]) -> dict[str, Any]:
    """The OpenAPI schema of a body, with those of its rows under `$defs`."""
    return body.model_json_schema(ref_template="#/components/schemas/{model}")


def rows_of_bodies() -> dict[str, Any]:
    """The schemas of the rows in a body, by name."""
    return schema_of(PredictBody)["$defs"]


class EstimateBody(SentBody):
    """Aggregates of one customer as of the date of the model."""

    orders: Annotated[int, Strict(), Field(ge=0, le=100_000, description="days with a purchase")]
    spend: Annotated[Number, Field(description="what was bought on them, money before returns")]
    days_since_first: Annotated[int, Strict(), Field(ge=0, le=100_000, description="days since the first purchase")]
    days_since_last: Annotated[int, Strict(), Field(ge=0, le=100_000, description="days since the last purchase")]
    average_order: Annotated[
        Number | None, Field(description="money per order; it must equal spend divided by orders")
    ] = None


EventBody = create_model(
    "EventBody",
    __base__=OrderLine,
    __doc__="A line of an order just made, with an id of its own.",
    event_id=(Id, Field(description="identifies the event, so that one sent twice counts once")),
    amount=(Number, Field(description="net amount of the line after discount; negative for a return")),
)


class CustomersQuery(SentBody):
    """Filters, order and page of a list of customers."""

    tier: Annotated[str | None, Field(json_schema_extra={"enum": [*TIERS, UNKNOWN]})] = None
    segment: Annotated[str | None, Field(max_length=LONGEST_TEXT, description="RFM segment")] = None
    cluster: Annotated[int | None, Field(ge=0, le=1_000)] = None
    elite: bool | None = None
    top_pct: Annotated[float | None, Field(gt=0, le=100, allow_inf_nan=False, description="the best percent")] = None
    sort: Annotated[str, Field(description="a column, with - before it for descending order")] = "-predicted_clv"
    limit: Annotated[int, Field(ge=1, le=1_000)] = 100
    cursor: Annotated[str | None, Field(max_length=LONGEST_TEXT, description="`next` of the page before")] = None


class BudgetQuery(SentBody):
    """The total to split; by default that of the run."""

    total: Annotated[float | None, Field(ge=0, le=LARGEST, allow_inf_nan=False, description="money")] = None
