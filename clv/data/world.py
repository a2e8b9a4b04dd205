"""A synthetic shop: customers who arrive, buy for a while, and stop.

Purchasing is the Pareto/NBD process (Schmittlein, Morrison and Colombo 1987): while active, a customer buys at a
Poisson rate that is gamma distributed over customers, and stays active for an exponential time whose rate is gamma
distributed too. On top come a yearly season of the rate, spend levels, products, discounts, returns and e-mails.
"""

import numpy as np
import pandas as pd

from clv.data import catalogue
from clv.data.streams import stream
from clv.params import SyntheticParams

YEAR = 365.25
SECONDS_PER_DAY = 86_400
SEASON_PEAK_DAY = 340  # of the year: early December
EVENING = 0.8  # share of a day at which most orders come


def make_world(params: SyntheticParams, seed: int) -> dict[str, pd.DataFrame]:
    """Draw a shop: the raw tables `transactions`, `customers` and `touches`, in the columns of `clv.data.schema`."""
    customers = _customers(params, seed)
    orders = _orders(params, seed, customers)
    lines = _lines(params, seed, customers, orders)
    transactions = pd.concat([lines, _returns(params, seed, lines)], ignore_index=True)
    transactions = transactions.sort_values(["order_ts", "customer_id", "order_id"], kind="stable", ignore_index=True)
    touches = _touches(params, seed, customers, orders)
    public = ["customer_id", "channel", "campaign", "acquisition_cost", "country", "age_band", "email_consent"]
    return {"transactions": transactions, "customers": customers[public], "touches": touches}


def season(days: np.ndarray, params: SyntheticParams) -> np.ndarray:
    """Factor on the order rate at a number of days since the start; its mean over a year is 1."""
    first = params.start.timetuple().tm_yday
    angle = 2 * np.pi * (days + first - SEASON_PEAK_DAY) / YEAR
    return 1 + params.seasonality * np.cos(angle)


def _customers(params: SyntheticParams, seed: int) -> pd.DataFrame:
    """One row per customer: where and when acquired, at which cost, and the latent rates that drive the rest."""
    n = params.n_customers
    channel = stream(seed, "channel").choice(len(catalogue.CHANNELS), n, p=catalogue.CHANNEL_SHARES)
    campaign = stream(seed, "campaign").integers(0, catalogue.CAMPAIGNS_PER_CHANNEL, n)
    quality = catalogue.CHANNEL_QUALITY[channel] * catalogue.CAMPAIGN_QUALITY[campaign]
    rate, level = _rates_and_levels(params, seed, n)
    dropout_rate = stream(seed, "dropout").gamma(params.lifetime_shape, 1.0, n)
    # A customer's lifetime has the median lifetime_days: under a gamma mixture of exponentials, S(t) = (1 + t/beta)^-s.
    beta = params.lifetime_days / (2 ** (1 / params.lifetime_shape) - 1)
    lifetime = stream(seed, "lifetime").exponential(1.0, n) / (dropout_rate / beta) * quality
    cost = catalogue.CHANNEL_COST[channel] * stream(seed, "cost").lognormal(0.0, 0.3, n)
    names = [f"{catalogue.CHANNELS[c]}-{m + 1}" for c, m in zip(channel, campaign, strict=True)]
    return pd.DataFrame(
        {
            "customer_id": [f"C{i:07d}" for i in range(n)],
            "channel": np.array(catalogue.CHANNELS)[channel],
            "campaign": names,
            "acquisition_cost": cost.round(2),
            "country": stream(seed, "country").choice(catalogue.COUNTRIES, n, p=catalogue.COUNTRY_SHARES),
            "age_band": stream(seed, "age").choice(catalogue.AGE_BANDS, n, p=catalogue.AGE_SHARES),
            "email_consent": stream(seed, "consent").random(n) < catalogue.CONSENT_SHARE,
            "acquired_day": np.sort(stream(seed, "acquisition").beta(1.1, 1.0, n)) * params.n_days,
            "rate_per_day": rate / YEAR * np.sqrt(quality),
            "lifetime_days": lifetime,
            "level": level,
            "favourite": stream(seed, "favourite").choice(len(catalogue.CATEGORIES), n, p=catalogue.CATEGORY_SHARES),
            "eco_taste": _beta_with_mean(stream(seed, "eco"), params.eco_share, n),
        }
    )


def _rates_and_levels(params: SyntheticParams, seed: int, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Gamma purchase rates per year and lognormal spend levels, whose logs correlate as params say."""
    log_rate = np.log(stream(seed, "rate").gamma(params.rate_shape, params.orders_per_year / params.rate_shape, n))
    standardised = (log_rate - log_rate.mean()) / log_rate.std()
    rho = params.value_rate_correlation
    normal = rho * standardised + np.sqrt(1 - rho**2) * stream(seed, "level").standard_normal(n)
    return np.exp(log_rate), np.exp(params.value_sigma * normal)


def _beta_with_mean(rng: np.random.Generator, mean: float, n: int) -> np.ndarray:
    if mean in (0.0, 1.0):
        return np.full(n, mean)
    return rng.beta(4 * mean, 4 * (1 - mean), n)


def _orders(params: SyntheticParams, seed: int, customers: pd.DataFrame) -> pd.DataFrame:
    """One row per order: the acquiring order of each customer, and a seasonal Poisson process until dropout.

    The season comes by thinning: draw at the peak rate, keep each order with the probability season / peak.
    """
    start = customers["acquired_day"].to_numpy()
    active = np.minimum(customers["lifetime_days"].to_numpy(), params.n_days - start)
    peak = 1 + params.seasonality
    counts = stream(seed, "order_count").poisson(customers["rate_per_day"].to_numpy() * active * peak)
    customer = np.repeat(np.arange(len(customers)), counts)
    day = start[customer] + stream(seed, "order_time").random(len(customer)) * active[customer]
    keep = stream(seed, "order_season").random(len(customer)) < season(day, params) / peak
    customer = np.concatenate([np.arange(len(customers)), customer[keep]])
    day = np.concatenate([start, day[keep]])
    hour = stream(seed, "order_hour").triangular(0.25, EVENING, 1.0, len(day))  # shops sleep at night
    day = np.minimum(np.floor(day), params.n_days - 1) + hour
    order = np.lexsort((customer, day))
    return pd.DataFrame(
        {
            "order_id": [f"O{i:08d}" for i in range(len(order))],
            "customer": customer[order],
            "day": day[order],
        }
    )


def _lines(params: SyntheticParams, seed: int, customers: pd.DataFrame, orders: pd.DataFrame) -> pd.DataFrame:
    """One row per product in an order, in the columns of the schema."""
    per_order = 1 + stream(seed, "line_count").poisson(0.8, len(orders))
    row = np.repeat(np.arange(len(orders)), per_order)
    customer = orders["customer"].to_numpy()[row]
    n = len(row)
    anything = stream(seed, "category").choice(len(catalogue.CATEGORIES), n, p=catalogue.CATEGORY_SHARES)
    loyal = stream(seed, "loyal").random(n) < 0.5
    category = np.where(loyal, customers["favourite"].to_numpy()[customer], anything)
    is_eco = stream(seed, "line_eco").random(n) < customers["eco_taste"].to_numpy()[customer]
    variant = stream(seed, "product").integers(0, catalogue.PRODUCTS_PER_CATEGORY, n)
    noise = stream(seed, "price").lognormal(0.0, 0.35, n)
    price = params.order_value * catalogue.CATEGORY_PRICE[category] * customers["level"].to_numpy()[customer] * noise
    price = np.maximum((price * np.where(is_eco, catalogue.ECO_PREMIUM, 1.0)).round(2), 0.01)
    quantity = 1 + (stream(seed, "quantity").random(n) < 0.15)
    discounted = stream(seed, "discounted").random(len(orders)) < params.discount_share
    rate = np.where(discounted, stream(seed, "discount").uniform(0.05, 0.30, len(orders)), 0.0)[row]
    discount = (price * quantity * rate).round(2)
    products = np.array(
        [f"{name}-{i:02d}" for name in catalogue.CATEGORIES for i in range(catalogue.PRODUCTS_PER_CATEGORY)]
    )
    return pd.DataFrame(
        {
            "customer_id": customers["customer_id"].to_numpy()[customer],
            "order_ts": _timestamps(params, orders["day"].to_numpy()[row]),
            "amount": (price * quantity - discount).round(2),
            "order_id": orders["order_id"].to_numpy()[row],
            "product_id": products[category * catalogue.PRODUCTS_PER_CATEGORY + variant],
            "category": np.array(catalogue.CATEGORIES)[category],
            "quantity": quantity.astype("int64"),
            "unit_price": price,
            "discount": discount,
            "is_eco": is_eco,
        }
    )


def _returns(params: SyntheticParams, seed: int, lines: pd.DataFrame) -> pd.DataFrame:
    """The lines sent back: the same line with negative amount and quantity, 2 to 45 days later."""
    back = stream(seed, "returned").random(len(lines)) < params.return_share
    delay = stream(seed, "return_delay").uniform(2, 45, len(lines))
    returned = lines[back].copy()
    returned["order_ts"] = returned["order_ts"] + pd.to_timedelta(
        (delay[back] * SECONDS_PER_DAY).round(), unit="s"
    ).as_unit("us")
    returned["amount"] = -returned["amount"]
    returned["quantity"] = -returned["quantity"]
    returned["discount"] = -returned["discount"]
    end = pd.Timestamp(params.start) + pd.Timedelta(days=params.n_days)
    return returned[returned["order_ts"] < end]


def _touches(params: SyntheticParams, seed: int, customers: pd.DataFrame, orders: pd.DataFrame) -> pd.DataFrame:
    """One row per e-mail to a customer who consented; those who still buy open and click more."""
    start = customers["acquired_day"].to_numpy()
    exposure = np.where(customers["email_consent"], params.n_days - start, 0.0)
    counts = stream(seed, "email_count").poisson(params.emails_per_year / YEAR * exposure)
    customer = np.repeat(np.arange(len(customers)), counts)
    n = len(customer)
    day = start[customer] + stream(seed, "email_time").random(n) * exposure[customer]
    alive = day < start[customer] + customers["lifetime_days"].to_numpy()[customer]
    opened = stream(seed, "open").random(n) < np.where(alive, 0.35, 0.08)
    clicked = opened & (stream(seed, "click").random(n) < np.where(alive, 0.30, 0.10))
    order = np.lexsort((customer, day))
    return pd.DataFrame(
        {
            "customer_id": customers["customer_id"].to_numpy()[customer[order]],
            "touch_ts": _timestamps(params, day[order]),
            "kind": "email",
            "opened": opened[order],
            "clicked": clicked[order],
        }
    )


def _timestamps(params: SyntheticParams, days: np.ndarray) -> pd.Series:
    seconds = np.minimum((days * SECONDS_PER_DAY).round(), params.n_days * SECONDS_PER_DAY - 1).astype("int64")
    return pd.Series(np.datetime64(params.start, "s") + seconds.astype("timedelta64[s]")).astype("datetime64[us]")
