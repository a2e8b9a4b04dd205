"""What clients send: every field typed, and nothing else taken. The rows are those of the tables of input."""

import re
from datetime import datetime
from types import GenericAlias
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, Strict, create_model

from clv.data.schema import TABLES, InputColumn, Kind
from clv.door.raw_history import OPTIONS
from clv.marketing.tiers import TIERS, UNKNOWN
from clv.serving.order_event import LONGEST_TEXT

LARGEST = 1e12  # of a number
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
    """A body: an unknown field is refused."""

    model_config = ConfigDict(extra="forbid")


def _row(name: str, table: str, optional: tuple[str, ...] = ()) -> type[SentBody]:
    """A row of a table of input, by its columns."""
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
    """Orders of one or many customers, and what else is known of them, under the columns of the tables of input.

    A column that no row names is taken for one that the shop does not have; null says that it is not known.
    """

    def tables(self) -> dict[str, list[dict[str, Any]]]:
        """Rows by table of input, each with the fields that were sent."""
        sent = {table: getattr(self, name) for table, name in OPTIONS.items()}
        return {
            table: [row.model_dump(exclude_unset=True) for row in rows]
            for table, rows in sent.items()
            if rows is not None
        }


def _rows(row: type[SentBody]) -> Any:
    """The type of a list of rows, of which mypy knows none, as they are made of the tables of input."""
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
    """The schema of a body as OpenAPI has it, those of its rows under `$defs`."""
    return body.model_json_schema(ref_template="#/components/schemas/{model}")


def rows_of_bodies() -> dict[str, Any]:
    """The schemas of the rows that a body may have, by name."""
    return schema_of(PredictBody)["$defs"]


class EstimateBody(SentBody):
    """What is known of one customer as of the date of the model."""

    orders: Annotated[int, Strict(), Field(ge=0, le=100_000, description="days with a purchase")]
    spend: Annotated[Number, Field(description="what was bought on them, money before returns")]
    days_since_first: Annotated[int, Strict(), Field(ge=0, le=100_000, description="days since the first purchase")]
    days_since_last: Annotated[int, Strict(), Field(ge=0, le=100_000, description="days since the last purchase")]
    average_order: Annotated[Number | None, Field(description="money per order; it must be spend over orders")] = None


EventBody = create_model(
    "EventBody",
    __base__=OrderLine,
    __doc__="A line of an order just made, with an id of its own.",
    event_id=(Id, Field(description="by which an event that comes twice is known")),
    amount=(Number, Field(description="net amount of the line after discount; negative for a return")),
)


class CustomersQuery(SentBody):
    """Which customers, in which order, how many."""

    tier: Annotated[str | None, Field(json_schema_extra={"enum": [*TIERS, UNKNOWN]})] = None
    segment: Annotated[str | None, Field(max_length=LONGEST_TEXT, description="RFM segment")] = None
    cluster: Annotated[int | None, Field(ge=0, le=1_000)] = None
    elite: bool | None = None
    top_pct: Annotated[float | None, Field(gt=0, le=100, allow_inf_nan=False, description="the best percent")] = None
    sort: Annotated[str, Field(description="a column, with - before it from the highest down")] = "-predicted_clv"
    limit: Annotated[int, Field(ge=1, le=1_000)] = 100
    cursor: Annotated[str | None, Field(max_length=LONGEST_TEXT, description="`next` of the page before")] = None


class BudgetQuery(SentBody):
    """The total to split; that of the run where none is given."""

    total: Annotated[float | None, Field(ge=0, le=LARGEST, allow_inf_nan=False, description="money")] = None
