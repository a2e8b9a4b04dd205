"""The lines of orders, and returns."""

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from clv.data.world import catalogue
from clv.data.world.params import ShopParams
from clv.data.world.raw_columns import labels, numbered, timestamps
from clv.data.world.shop_calendar import Calendar
from clv.data.world.streams import stream


def draw_lines(
    params: ShopParams, seed: int, customers: pd.DataFrame, orders: pd.DataFrame, calendar: Calendar
) -> Iterator[pd.DataFrame]:
    """One row per product in an order and per return, by time, in the columns of the schema; yielded in parts.

    A return repeats its line some days later with negative amount, quantity and discount, under the same order id.
    """
    rng = {name: stream(seed, name) for name in STREAMS}
    later, returns = None, None  # lines on days that are not complete yet
    for begin in range(0, len(orders), CHUNK):
        sold = _sold(params, rng, customers, orders.iloc[begin : begin + CHUNK], begin, calendar)
        back = sold.iloc[np.flatnonzero(rng["returned"].random(len(sold)) < params.return_share)]
        delay = rng["return_delay"].uniform(*catalogue.RETURN_DAYS, len(sold))[back.index]
        sold, returns = pd.concat([later, sold]), pd.concat([returns, back.assign(day=back["day"] + delay)])
        # Returns later than the end of the history have not happened yet.
        rest = begin + CHUNK < len(orders)
        end = min(orders["day"].iloc[begin + CHUNK], params.n_days) if rest else params.n_days
        over = [table["day"] < end for table in (sold, returns)]
        yield _raw(params, customers, sold[over[0]], returns[over[1]])
        later, returns = sold[~over[0]], returns[~over[1]]


def _raw(params: ShopParams, customers: pd.DataFrame, sold: pd.DataFrame, returns: pd.DataFrame) -> pd.DataFrame:
    """Lines and returns by time, in the columns of the schema; at equal times in the given order, returns last."""
    lines = pd.concat([sold, returns], ignore_index=True)
    order = np.argsort(lines["day"].to_numpy(), kind="stable")
    sign = np.where(order < len(sold), 1, -1)
    lines = lines.iloc[order].reset_index(drop=True)
    product = lines["product"].to_numpy()
    return pd.DataFrame(
        {
            "customer_id": labels(customers["customer_id"], lines["customer"].to_numpy()),
            "order_ts": timestamps(params.start, lines["day"].to_numpy()),
            "amount": lines["amount"] * sign,
            "order_id": numbered("O", lines["row"].to_numpy(), 8),
            "product_id": labels(PRODUCTS, product),
            "category": labels(catalogue.CATEGORIES, product // catalogue.PRODUCTS_PER_CATEGORY),
            "quantity": lines["quantity"] * sign,
            "unit_price": lines["price"],
            "discount": lines["discount"] * sign + 0.0,
            "is_eco": lines["is_eco"],
            "is_return": sign < 0,
        }
    )


CHUNK = 500_000  # orders at a time
STREAMS = (
    *("line_count", "category", "loyal", "line_eco", "product", "price", "quantity", "discounted", "discount"),
    *("returned", "return_delay"),
)
PRODUCTS = [f"{name}-{i:02d}" for name in catalogue.CATEGORIES for i in range(catalogue.PRODUCTS_PER_CATEGORY)]


def order_value(params: ShopParams, customers: pd.DataFrame) -> np.ndarray:
    """Expected amount of an order at the prices of the first day, before discount, (n,) money."""
    favourite = catalogue.CATEGORY_PRICE[customers["favourite"].to_numpy()]
    return mean_order_value(params, customers["level"].to_numpy(), favourite, customers["eco_taste"].to_numpy())


def mean_order_value(params: ShopParams, level: np.ndarray, favourite: np.ndarray, eco_taste: np.ndarray) -> np.ndarray:
    """The same by spend level, price factor of the favourite category and share of eco lines; linear in each, (n,)."""
    anything = float(catalogue.CATEGORY_SHARES @ catalogue.CATEGORY_PRICE)
    share = catalogue.FAVOURITE_SHARE
    category = share * favourite + (1 - share) * anything
    eco = 1 + (catalogue.ECO_PREMIUM - 1) * eco_taste
    noise = np.exp(catalogue.PRICE_NOISE**2 / 2)
    units = (1 + catalogue.EXTRA_LINES) * (1 + catalogue.SECOND_UNIT_SHARE)
    return params.order_value * level * category * eco * noise * units


def _sold(
    params: ShopParams,
    rng: Mapping[str, np.random.Generator],
    customers: pd.DataFrame,
    orders: pd.DataFrame,
    first: int,
    calendar: Calendar,
) -> pd.DataFrame:
    """The lines of some orders, in order: number of the order, row of customers, day, product, units and money.

    The orders are numbered from `first`. Each purpose has a random stream, which continues from the orders before.
    """
    per_order = 1 + rng["line_count"].poisson(catalogue.EXTRA_LINES, len(orders))
    row = np.repeat(np.arange(len(orders)), per_order)
    customer, n = orders["customer"].to_numpy()[row], len(row)
    day = orders["day"].to_numpy()
    anything = rng["category"].choice(len(catalogue.CATEGORIES), n, p=catalogue.CATEGORY_SHARES)
    loyal = rng["loyal"].random(n) < catalogue.FAVOURITE_SHARE
    category = np.where(loyal, customers["favourite"].to_numpy()[customer], anything)
    is_eco = rng["line_eco"].random(n) < customers["eco_taste"].to_numpy()[customer]
    variant = rng["product"].integers(0, catalogue.PRODUCTS_PER_CATEGORY, n)
    level = customers["level"].to_numpy()[customer] * params.order_value * calendar.price[day.astype("int64")][row]
    price = level * catalogue.CATEGORY_PRICE[category] * rng["price"].lognormal(0, catalogue.PRICE_NOISE, n)
    price = np.maximum((price * np.where(is_eco, catalogue.ECO_PREMIUM, 1.0)).round(2), 0.01)
    quantity = 1 + (rng["quantity"].random(n) < catalogue.SECOND_UNIT_SHARE).astype("int64")
    discounted = rng["discounted"].random(len(orders)) < calendar.discount[day.astype("int64")]
    rate = np.where(discounted, rng["discount"].uniform(*catalogue.DISCOUNT_RATES, len(orders)), 0.0)
    discount = (price * quantity * rate[row]).round(2)
    return pd.DataFrame(
        {
            "row": first + row,
            "customer": customer,
            "day": day[row],
            "product": category * catalogue.PRODUCTS_PER_CATEGORY + variant,
            "amount": (price * quantity - discount).round(2),
            "quantity": quantity,
            "price": price,
            "discount": discount,
            "is_eco": is_eco,
        }
    )
