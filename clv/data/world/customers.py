"""The customers of the shop: the attributes that it knows, and latent ones."""

import numpy as np
import pandas as pd

from clv.data.world import catalogue
from clv.data.world.params import ShopParams
from clv.data.world.raw_columns import labels, numbered
from clv.data.world.shop_calendar import YEAR
from clv.data.world.streams import stream

PUBLIC = ["customer_id", "channel", "campaign", "acquisition_cost", "country", "age_band", "email_consent"]
ECO_DRAWS = 4  # sum of the parameters of the beta distributed taste for eco products
MOST_REGULAR = 4  # the highest k of Erlang-k gaps


def draw_customers(params: ShopParams, seed: int) -> pd.DataFrame:
    """One row per customer in order of acquisition: the columns PUBLIC, and the latent values that drive the rest.

    acquired_day: days since the start of the shop. rate: orders per day while active, averaged over the calendar.
    regularity: k of the Erlang-k gaps between orders. dropout_rate: per day; lifetime_days: days from acquisition to
    dropout. level: factor on prices paid. favourite: code of a category. eco_taste: share of eco lines. arm: of the
    experiment, 0 both for its control and for customers outside it; takes_part distinguishes the two.
    """
    n = params.n_customers
    acquired_day = np.sort(stream(seed, "acquisition").beta(1.1, 1.0, n)) * params.n_days
    channel = _channels(params, seed, acquired_day / params.n_days)
    campaign = stream(seed, "campaign").integers(0, catalogue.CAMPAIGNS_PER_CHANNEL, n)
    country = stream(seed, "country").choice(len(catalogue.COUNTRIES), n, p=catalogue.COUNTRY_SHARES)
    age = stream(seed, "age").choice(len(catalogue.AGE_BANDS), n, p=catalogue.AGE_SHARES)
    quality = source_quality(channel, campaign)
    rate, level = _rates_and_levels(params, seed, n)
    dropout_rate = stream(seed, "dropout").gamma(params.lifetime_shape, 1.0, n) / dropout_scale(params) / quality
    takes_part, arm = _arms(params, seed, acquired_day)
    cost = catalogue.CHANNEL_COST[channel] * stream(seed, "cost").lognormal(0.0, 0.3, n)
    return pd.DataFrame(
        {
            "customer_id": numbered("C", np.arange(n), 7),
            "channel": labels(catalogue.CHANNELS, channel),
            "campaign": labels(catalogue.CAMPAIGNS, channel * catalogue.CAMPAIGNS_PER_CHANNEL + campaign),
            "acquisition_cost": cost.round(2),
            "country": labels(catalogue.COUNTRIES, country),
            "age_band": labels(catalogue.AGE_BANDS, age),
            "email_consent": stream(seed, "consent").random(n) < catalogue.CONSENT_SHARE,
            "acquired_day": acquired_day,
            "rate": rate / YEAR * rate_factor(quality, age),
            "regularity": _regularity(params, seed, n),
            "dropout_rate": dropout_rate,
            "lifetime_days": stream(seed, "lifetime").exponential(1.0, n) / dropout_rate,
            "level": level * catalogue.COUNTRY_LEVEL[country],
            "favourite": stream(seed, "favourite").choice(len(catalogue.CATEGORIES), n, p=catalogue.CATEGORY_SHARES),
            "eco_taste": _beta_with_mean(stream(seed, "eco"), params.eco_share, n),
            "takes_part": takes_part,
            "arm": arm,
        }
    )


def _channels(params: ShopParams, seed: int, progress: np.ndarray) -> np.ndarray:
    """The channel that acquires a customer at a share of the time span, (n,) codes; the mix changes over time."""
    trend = params.channel_drift * np.outer(progress - 0.5, catalogue.CHANNEL_TREND)
    shares = catalogue.CHANNEL_SHARES * np.exp(trend)
    cumulative = np.cumsum(shares / shares.sum(axis=1, keepdims=True), axis=1)
    return (stream(seed, "channel").random(len(progress))[:, None] > cumulative[:, :-1]).sum(axis=1)


def _rates_and_levels(params: ShopParams, seed: int, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Gamma purchase rates per year and lognormal spend levels, whose logs have the correlation that params give."""
    log_rate = np.log(stream(seed, "rate").gamma(params.rate_shape, params.orders_per_year / params.rate_shape, n))
    standardised = (log_rate - log_rate.mean()) / log_rate.std()
    rho = params.value_rate_correlation
    normal = rho * standardised + np.sqrt(1 - rho**2) * stream(seed, "level").standard_normal(n)
    return np.exp(log_rate), np.exp(params.value_sigma * normal)


def _regularity(params: ShopParams, seed: int, n: int) -> np.ndarray:
    """k of the Erlang-k gaps, (n,) from 1 to 4, with the mean that params give: 1 is a Poisson process, 4 a habit."""
    tries = MOST_REGULAR - 1
    return 1 + stream(seed, "regularity").binomial(tries, (params.regularity - 1) / tries, n)


def source_quality(channel: np.ndarray, campaign: np.ndarray) -> np.ndarray:
    """Factor on lifetimes, (n,), by the code of the channel and of the campaign within it."""
    return catalogue.CHANNEL_QUALITY[channel] * catalogue.CAMPAIGN_QUALITY[campaign]


def rate_factor(quality: np.ndarray, age: np.ndarray) -> np.ndarray:
    """Factor on order rates, (n,), by the quality of the customer's source and the code of the age band."""
    return np.sqrt(quality) * catalogue.AGE_RATE[age]


def dropout_scale(params: ShopParams) -> float:
    """The days by which gamma(lifetime_shape) draws are divided so that the median lifetime is lifetime_days.

    Under a gamma mixture of exponentials, S(t) = (1 + t / scale) ** -shape.
    """
    return float(params.lifetime_days / (2 ** (1 / params.lifetime_shape) - 1))


def _arms(params: ShopParams, seed: int, acquired_day: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Which customers take part in the experiment, and in which arm: random among those known at its start."""
    first = (params.experiment_start - params.start).days
    known = (acquired_day < first) & (first < params.n_days)
    takes_part = known & (stream(seed, "experiment").random(len(acquired_day)) < params.experiment_share)
    arm = stream(seed, "arm").integers(0, len(catalogue.EXPERIMENT_COSTS), len(acquired_day))
    return takes_part, np.where(takes_part, arm, 0)


def arm_shares(params: ShopParams) -> np.ndarray:
    """Shares of the arms among the customers known when the experiment starts, (arms,)."""
    arms = len(catalogue.EXPERIMENT_COSTS)
    takes_part = params.experiment_share * ((params.experiment_start - params.start).days < params.n_days)
    return np.append(1 - takes_part, np.zeros(arms - 1)) + takes_part / arms


def _beta_with_mean(rng: np.random.Generator, mean: float, n: int) -> np.ndarray:
    if mean in (0.0, 1.0):
        return np.full(n, mean)
    return rng.beta(ECO_DRAWS * mean, ECO_DRAWS * (1 - mean), n)
