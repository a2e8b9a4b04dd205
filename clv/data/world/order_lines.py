"""What is in the orders, and what comes back."""

import numpy as np
import pandas as pd

from clv.data.world import catalogue
from clv.data.world.params import ShopParams
from clv.data.world.raw_columns import labels, timestamps
from clv.data.world.shop_calendar import Calendar
from clv.data.world.streams import stream


def draw_lines(
    params: ShopParams, seed: int, customers: pd.DataFrame, orders: pd.DataFrame, calendar: Calendar
) -> pd.DataFrame:
    """One row per product in an order and per return, by time, in the columns of the schema.

    A return is its line with negative amount, quantity and discount, some days later, under the id of its order.
    """
    sold = _sold(params, seed, customers, orders, calendar)
    back = np.flatnonzero(stream(seed, "returned").random(len(sold["row"])) < params.return_share)
    delay = stream(seed, "return_delay").uniform(*catalogue.RETURN_DAYS, len(sold["row"]))[back]
    day = np.concatenate([sold["day"], sold["day"][back] + delay])
    # Returns later than the end of the history have not happened yet.
    order = np.argsort(day, kind="stable")
    order = order[day[order] < params.n_days]
    line = np.concatenate([np.arange(len(sold["row"])), back])[order]
    sign = np.where(order < len(sold["row"]), 1, -1)
    customer = sold["customer"][line]
    return pd.DataFrame(
        {
            "customer_id": labels(customers["customer_id"], customer),
            "order_ts": timestamps(params.start, day[order]),
            "amount": sold["amount"][line] * sign,
            "order_id": labels(orders["order_id"], sold["row"][line]),
            "product_id": labels(PRODUCTS, sold["product"][line]),
            "category": labels(catalogue.CATEGORIES, sold["product"][line] // catalogue.PRODUCTS_PER_CATEGORY),
            "quantity": sold["quantity"][line] * sign,
            "unit_price": sold["price"][line],
            "discount": sold["discount"][line] * sign + 0.0,
            "is_eco": sold["is_eco"][line],
            "is_return": sign < 0,
        }
    )


PRODUCTS = [f"{name}-{i:02d}" for name in catalogue.CATEGORIES for i in range(catalogue.PRODUCTS_PER_CATEGORY)]


def order_value(params: ShopParams, customers: pd.DataFrame) -> np.ndarray:
    """Expected amount of an order at the prices of the first day and before discount, (n,) money."""
    favourite = catalogue.CATEGORY_PRICE[customers["favourite"].to_numpy()]
    return mean_order_value(params, customers["level"].to_numpy(), favourite, customers["eco_taste"].to_numpy())


def mean_order_value(params: ShopParams, level: np.ndarray, favourite: np.ndarray, eco_taste: np.ndarray) -> np.ndarray:
    """The same by spend level, price factor of the favourite category and share of eco lines: linear in each, (n,)."""
    anything = float(catalogue.CATEGORY_SHARES @ catalogue.CATEGORY_PRICE)
    share = catalogue.FAVOURITE_SHARE
    category = share * favourite + (1 - share) * anything
    eco = 1 + (catalogue.ECO_PREMIUM - 1) * eco_taste
    noise = np.exp(catalogue.PRICE_NOISE**2 / 2)
    units = (1 + catalogue.EXTRA_LINES) * (1 + catalogue.SECOND_UNIT_SHARE)
    return params.order_value * level * category * eco * noise * units


def _sold(
    params: ShopParams, seed: int, customers: pd.DataFrame, orders: pd.DataFrame, calendar: Calendar
) -> dict[str, np.ndarray]:
    """The lines of all orders, in their order: row of orders and of customers, day, product, units and money."""
    per_order = 1 + stream(seed, "line_count").poisson(catalogue.EXTRA_LINES, len(orders))
    row = np.repeat(np.arange(len(orders)), per_order)
    customer, n = orders["customer"].to_numpy()[row], len(row)
    day = orders["day"].to_numpy()
    anything = stream(seed, "category").choice(len(catalogue.CATEGORIES), n, p=catalogue.CATEGORY_SHARES)
    loyal = stream(seed, "loyal").random(n) < catalogue.FAVOURITE_SHARE
    category = np.where(loyal, customers["favourite"].to_numpy()[customer], anything)
    is_eco = stream(seed, "line_eco").random(n) < customers["eco_taste"].to_numpy()[customer]
    variant = stream(seed, "product").integers(0, catalogue.PRODUCTS_PER_CATEGORY, n)
    level = (customers["level"].to_numpy() * params.order_value)[customer] * calendar.price[day.astype("int64")][row]
    price = level * catalogue.CATEGORY_PRICE[category] * stream(seed, "price").lognormal(0, catalogue.PRICE_NOISE, n)
    price = np.maximum((price * np.where(is_eco, catalogue.ECO_PREMIUM, 1.0)).round(2), 0.01)
    quantity = 1 + (stream(seed, "quantity").random(n) < catalogue.SECOND_UNIT_SHARE).astype("int64")
    discounted = stream(seed, "discounted").random(len(orders)) < calendar.discount[day.astype("int64")]
    rate = np.where(discounted, stream(seed, "discount").uniform(*catalogue.DISCOUNT_RATES, len(orders)), 0.0)
    discount = (price * quantity * rate[row]).round(2)
    return {
        "row": row,
        "customer": customer,
        "day": day[row],
        "product": category * catalogue.PRODUCTS_PER_CATEGORY + variant,
        "amount": (price * quantity - discount).round(2),
        "quantity": quantity,
        "price": price,
        "discount": discount,
        "is_eco": is_eco,
    }
