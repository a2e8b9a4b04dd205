"""The default shop, also with one event: a jump in the spend level, a closure or a boom.

While active, a customer orders by a renewal process whose rate is gamma distributed over customers. The active time is
exponential, with a rate that is also gamma distributed. With Poisson orders and no calendar, this is the Pareto/NBD
model of Schmittlein, Morrison and Colombo (1987), "Counting your customers", Management Science 33. The shop adds
regular habits, a calendar, spend levels, products, discounts, returns, e-mails, ads and a randomised test.
"""

from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd

from clv.data.world import catalogue
from clv.data.world.customers import PUBLIC, draw_customers
from clv.data.world.order_lines import draw_lines, order_value
from clv.data.world.orders import draw_orders
from clv.data.world.params import Event, ShopParams
from clv.data.world.shop_calendar import YEAR, Calendar, make_calendar
from clv.data.world.touches import draw_experiment, draw_touches
from clv.data.world.truth import Window, expected_revenue
from clv.errors import InputError

Drawing = Callable[[], Iterator[pd.DataFrame]]  # yields the rows of a table in parts


def draw_shop(params: ShopParams, event: Event | None, seed: int, windows: dict[str, Window]) -> dict[str, Drawing]:
    """Functions that draw the raw tables and the truth, by name.

    The truth has one row per customer, with latent values and the expectations they imply. Each table has its own
    random streams, so the order in which they are drawn does not matter.
    """
    ends = [first + days for first, days in [*windows.values(), _experiment(params)]]
    calendar = make_calendar(params, seed, max(params.n_days, *ends), event)
    customers = _who_come(draw_customers(params, seed), calendar)
    return {
        "transactions": lambda: draw_lines(
            params, seed, customers, draw_orders(params, seed, customers, calendar), calendar
        ),
        "touches": lambda: draw_touches(params, seed, customers),
        "customers": lambda: iter([customers[PUBLIC]]),
        "experiments": lambda: iter([draw_experiment(params, customers)]),
        "truth": lambda: iter([_truth(params, calendar, customers, windows)]),
    }


def _who_come(customers: pd.DataFrame, calendar: Calendar) -> pd.DataFrame:
    """The customers whose first order falls on a day when the shop is open; the others never become customers."""
    open_ = calendar.rates[0, customers["acquired_day"].to_numpy().astype("int64")] > 0
    if not open_.any():
        raise InputError("the shop of world 'closure' is closed for all of its history; set fewer closure.days")
    return customers if open_.all() else customers[open_].reset_index(drop=True)


def _truth(params: ShopParams, calendar: Calendar, customers: pd.DataFrame, windows: dict[str, Window]) -> pd.DataFrame:
    expected = {name: expected_revenue(params, calendar, customers, window) for name, window in windows.items()}
    return pd.DataFrame(
        {
            "customer_id": customers["customer_id"],
            "orders_per_year": (customers["rate"] * YEAR).round(6),
            "regularity": customers["regularity"],
            "dropouts_per_year": (customers["dropout_rate"] * YEAR).round(6),
            "active_days": customers["lifetime_days"].round(4),
            "order_value": order_value(params, customers).round(4),
            "eco_taste": customers["eco_taste"].round(6),
            "experiment_cost": np.where(customers["takes_part"], catalogue.EXPERIMENT_COSTS[customers["arm"]], np.nan),
            "treatment_effect": _treatment_effect(params, calendar, customers).round(4),
            **{name: values.round(4) for name, values in expected.items()},
        }
    )


def _treatment_effect(params: ShopParams, calendar: Calendar, customers: pd.DataFrame) -> np.ndarray:
    """Expected net revenue during the experiment under a customer's arm less that under the control, (n,) money.

    NaN for customers who take no part.
    """
    rows = customers[customers["takes_part"]]
    effect = np.full(len(customers), np.nan)
    if len(rows):
        control = expected_revenue(params, calendar, rows.assign(arm=0), _experiment(params))
        effect[rows.index] = expected_revenue(params, calendar, rows, _experiment(params)) - control
    return effect


def _experiment(params: ShopParams) -> Window:
    return (params.experiment_start - params.start).days, params.experiment_days
