"""The columns of data/customer_values: each row gives the name of a column, its unit, its meaning and its source.

The stage writes these columns in this order, and the table of data/README.md is generated from the rows.
"""

from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from clv.features.columns import CUSTOMER
from clv.marketing.tiers import GROWTH, HIGH, LOW, UNKNOWN
from clv.models.calibration.intervals import LEVELS
from clv.models.value_over_time import VALUES

# From the forecaster, the snapshot of today, and the groups of customers; the last is for shops with eco products.
Source = Literal["forecast", "history", "groups", "eco"]


@dataclass(frozen=True)
class ValueColumn:
    """One column; `meaning` is Markdown. Adjacent columns with the same unit and meaning share a line of the table."""

    name: str
    unit: str
    source: Source
    meaning: str


BOUNDS = [
    ValueColumn(
        f"{side}_{level}",
        "money",
        "forecast",
        "prediction intervals, nested, 0 or more; null where it is not known who comes back",
    )
    for level in LEVELS
    for side in ("lower", "upper")
]
COLUMNS = (
    ValueColumn(CUSTOMER, "text", "history", "customer"),
    ValueColumn("predicted_clv", "money", "forecast", "expected net revenue in the horizon after the last day"),
    *BOUNDS,
    ValueColumn(
        "p_alive",
        "probability",
        "forecast",
        "of being an active customer on the last day: of overdue customers and one-time buyers by how many of them "
        "return (`clv/models/coherence.py`), of others by the purchase model; at least `p_purchase`",
    ),
    ValueColumn(
        "p_purchase",
        "probability",
        "forecast",
        "of buying at least once in the horizon, calibrated (`clv/models/calibration/chance.py`)",
    ),
    ValueColumn("churn_risk", "probability", "forecast", "of not buying in the horizon: 1 - `p_purchase`"),
    ValueColumn("expected_orders", "count", "forecast", "expected purchase days in the horizon"),
    ValueColumn(
        "days_to_next_order",
        "days",
        "forecast",
        "in which a customer who is still active will, as likely as not, have ordered again (a median, in seasonal "
        "days)",
    ),
    ValueColumn(
        "residual_value",
        "money",
        "forecast",
        "expected net revenue of all time to come, discounted (`train.btyd.discount_rate`), by the buy-till-you-die "
        "models; may be less than `predicted_clv`, which is calibrated to labels",
    ),
    *(
        ValueColumn(
            name,
            "money",
            "forecast",
            "expected net revenue of so many days after the last: `predicted_clv` spread over time as the "
            "buy-till-you-die models do (`clv/models/value_over_time.py`); named in `not_known` where the days are "
            "more than the horizon, which labels judge",
        )
        for name in VALUES
    ),
    ValueColumn(
        "confidence",
        "text",
        "forecast",
        "high, medium, low: the 90% interval is at most as wide as, at most 2.5 times as wide as, or wider than the "
        "forecast, or than the mean forecast where that is larger; medium at most where no label has shown whether "
        "intervals hold, low where customers, repeat buyers or days are too few for such a forecast",
    ),
    ValueColumn(
        "not_known",
        "text",
        "forecast",
        "names of the columns of this row, with blanks between, that are guesses: their history does not support "
        "them, such as what comes later than the history is long; blank where none is (`clv/models/btyd/basis.py`)",
    ),
    ValueColumn("recency_days", "days", "history", "since the last purchase"),
    ValueColumn("frequency", "count", "history", "purchase days after the first"),
    ValueColumn("monetary_value", "money", "history", "mean revenue per purchase day, before returns"),
    ValueColumn("tenure_days", "days", "history", "since the first purchase"),
    ValueColumn("rfm_segment", "text", "groups", "one of eleven segments by recency, frequency and monetary value"),
    ValueColumn(
        "tier",
        "text",
        "groups",
        f"{HIGH}, {GROWTH} or {LOW} by `predicted_clv`, equal ones in one tier; {UNKNOWN} where it is not known who "
        "comes back",
    ),
    ValueColumn(
        "cluster",
        "number",
        "groups",
        "k-means cluster; 1 has the highest mean forecast, unless `segment.clusters.previous` numbers them otherwise",
    ),
    ValueColumn("elite", "flag", "groups", "among the `segment.tiers.elite` with the highest forecasts"),
    ValueColumn("cluster_name", "text", "groups", "what sets the cluster apart"),
    ValueColumn(
        "eco_share",
        "share",
        "eco",
        "of revenue, from eco products (this and the next three where the shop has them)",
    ),
    ValueColumn(
        "eco_momentum_180d", "ratio", "eco", "eco share of the last 180 days less that before; null without both"
    ),
    ValueColumn("eco_affinity", "share", "eco", "eco share, drawn to that of all customers where purchases are few"),
    ValueColumn(
        "eco_segment",
        "text",
        "eco",
        f"eco-conscious or not (`segment.eco_share`), among {HIGH} customers and others",
    ),
)


def names_of(*sources: Source) -> list[str]:
    """The names of the columns of these sources, without the id, in order."""
    return [column.name for column in COLUMNS if column.source in sources and column.name != CUSTOMER]


def markdown_table() -> str:
    """The table of data/README.md."""
    lines = ["| column | unit | meaning |", "|---|---|---|"]
    for (unit, meaning), columns in groupby(COLUMNS, key=lambda column: (column.unit, column.meaning)):
        lines.append(f"| {', '.join(f'`{column.name}`' for column in columns)} | {unit} | {meaning} |")
    return "\n".join(lines)
