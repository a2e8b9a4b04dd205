"""How much a customer spends per order: the posterior given the history.

The log of a line's price, relative to the usual price of its category, of eco products and of its day, is the
customer's log level plus normal noise. The level is lognormal given the order rate, with which it is correlated; the
favourite category and the taste for eco products are independent of both.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import polygamma, psi

from clv.data.world import catalogue
from clv.data.world.customers import ECO_DRAWS
from clv.data.world.order_lines import mean_order_value
from clv.data.world.params import ShopParams
from clv.data.world.seen_history import SeenHistory
from clv.data.world.shop_calendar import Calendar
from clv.data.world.truth import returned_by


@dataclass(frozen=True)
class Spending:
    """Summary of what n customers spent.

    Attributes
    ----------
    lines: number of lines bought, (n,). log_level: mean log of their prices relative to what is usual in the country,
    (n,). value: expected amount of an order at the prices of the first day, before discount, for a customer with the
    usual level of the country, (n,) money.
    """

    lines: np.ndarray
    log_level: np.ndarray
    value: np.ndarray

    def rows(self, some: slice) -> "Spending":
        """The same for some customers."""
        return Spending(self.lines[some], self.log_level[some], self.value[some])

    def given_rate(self, params: ShopParams, multiple: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Log-likelihood of the prices, up to a constant, and expected level given the order rate, (n, nodes) each.

        `multiple` is the rate over the scale of its gamma prior.
        """
        standardised = (np.log(multiple) - psi(params.rate_shape)) / np.sqrt(polygamma(1, params.rate_shape))
        rho = params.value_rate_correlation
        prior = params.value_sigma * rho * standardised
        variance = params.value_sigma**2 * (1 - rho**2)
        spread = (variance + catalogue.PRICE_NOISE**2 / self.lines)[:, None]
        miss = self.log_level[:, None] - prior
        gain = variance / spread
        return -(miss**2) / (2 * spread), np.exp(prior + gain * miss + variance * (1 - gain) / 2)


def summarise(params: ShopParams, calendar: Calendar, history: SeenHistory) -> Spending:
    """Summarise what the history shows of the prices that customers pay."""
    lines = history.lines
    customer, is_eco = lines["customer"].to_numpy(), lines["is_eco"].to_numpy()
    usual = params.order_value * catalogue.CATEGORY_PRICE[lines["category"]] * calendar.price[lines["day"]]
    usual = usual * np.where(is_eco, catalogue.ECO_PREMIUM, 1.0) * history.country_level[customer]
    count = np.bincount(customer, minlength=history.n)
    log_level = np.bincount(customer, np.log(lines["price"].to_numpy() / usual), history.n) / count
    eco = np.bincount(customer, is_eco, history.n)
    taste = (ECO_DRAWS * params.eco_share + eco) / (ECO_DRAWS + count)
    if params.eco_share in (0.0, 1.0):  # then all customers are alike
        taste = np.full(history.n, params.eco_share)
    return Spending(count, log_level, mean_order_value(params, history.country_level, _favourite(history), taste))


def _favourite(history: SeenHistory) -> np.ndarray:
    """Expected price factor of the favourite category, (n,)."""
    n, kinds = history.n, len(catalogue.CATEGORIES)
    code = history.lines["customer"] * kinds + history.lines["category"]
    counts = np.bincount(code.to_numpy(), minlength=n * kinds).reshape(n, kinds)
    by_chance = (1 - catalogue.FAVOURITE_SHARE) * catalogue.CATEGORY_SHARES
    log_weight = np.log(catalogue.CATEGORY_SHARES) + counts * np.log1p(catalogue.FAVOURITE_SHARE / by_chance)
    weight = np.exp(log_weight - log_weight.max(axis=1, keepdims=True))
    return (weight @ catalogue.CATEGORY_PRICE) / weight.sum(axis=1)


def expected_returns(params: ShopParams, history: SeenHistory, end: int) -> np.ndarray:
    """Expected amount, (n,), of returns until day `end` among purchases in the history that have not come back."""
    age = history.first - history.orders["time"].to_numpy()
    by_now = returned_by(age)
    by_then = returned_by(age + end - history.first)
    share = params.return_share * (by_then - by_now) / np.maximum(1 - params.return_share * by_now, 1e-12)
    return np.bincount(history.orders["customer"], history.orders["net"] * share, history.n)
