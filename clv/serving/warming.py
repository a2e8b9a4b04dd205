"""The first forecast of a process, which is slow because it loads what all later ones need."""

from clv.data.schema import TABLES
from clv.features.columns import CUSTOMER
from clv.serving import tasks
from clv.serving.worker_state import held


def warm() -> None:
    """Forecast a customer with one order on the date of the model, about whom nothing else is known."""
    held().rows.of("warm")
    of = {name: {column.name: None for column in TABLES[name]} | {CUSTOMER: "warm"} for name in TABLES}
    day = held().forecaster.btyd.cutoff.isoformat()
    tasks.forecast(
        {
            "transactions": [of["transactions"] | {"order_id": "warm", "order_ts": day, "amount": 1.0}],
            "customers": [of["customers"]],
            "touches": [],
        }
    )
