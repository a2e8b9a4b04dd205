"""What the synthetic shop sells, where its customers come from, how these differ, and what it tests."""

import numpy as np

CHANNELS = ("search", "social", "email", "affiliate", "organic", "referral")
CHANNEL_SHARES = np.array([0.27, 0.24, 0.08, 0.11, 0.22, 0.08])  # in the middle of the span
CHANNEL_TREND = np.array([-0.8, 1.2, 0.0, 0.6, -0.6, 0.0])  # of the log shares over the span, times channel_drift
CHANNEL_COST = np.array([24.0, 17.0, 7.0, 14.0, 3.0, 9.0])  # mean acquisition cost, currency units
CHANNEL_QUALITY = np.array([1.05, 0.70, 1.10, 0.75, 1.20, 1.45])  # factor on lifetime; its root on the order rate
CAMPAIGNS_PER_CHANNEL = 3
CAMPAIGN_QUALITY = np.array([0.85, 1.00, 1.15])
CAMPAIGNS = tuple(f"{name}-{i + 1}" for name in CHANNELS for i in range(CAMPAIGNS_PER_CHANNEL))

COUNTRIES = ("AT", "DE", "FR", "NL", "PL")
COUNTRY_SHARES = (0.10, 0.45, 0.20, 0.15, 0.10)
COUNTRY_LEVEL = np.array([1.05, 1.00, 1.00, 1.10, 0.80])  # factor on spend
AGE_BANDS = ("18-24", "25-34", "35-49", "50-64", "65+")
AGE_SHARES = (0.12, 0.28, 0.32, 0.20, 0.08)
AGE_RATE = np.array([0.85, 1.00, 1.05, 1.05, 0.90])  # factor on the order rate
CONSENT_SHARE = 0.6

CATEGORIES = ("beauty", "books", "electronics", "fashion", "garden", "home", "sports", "toys")
CATEGORY_SHARES = np.array([0.14, 0.16, 0.10, 0.22, 0.07, 0.14, 0.10, 0.07])
CATEGORY_PRICE = np.array([0.6, 0.4, 2.4, 1.0, 0.9, 1.1, 1.2, 0.7])  # factor on the median price of a line
FAVOURITE_SHARE = 0.5  # of lines in a customer's favourite category; the others are drawn by CATEGORY_SHARES
PRODUCTS_PER_CATEGORY = 25
ECO_PREMIUM = 1.15  # factor on the price of an eco product

EXTRA_LINES = 0.8  # mean number of lines of an order after the first
PRICE_NOISE = 0.35  # sigma of the lognormal price of a line
SECOND_UNIT_SHARE = 0.15  # of lines with two units instead of one
DISCOUNT_RATES = (0.05, 0.30)  # lowest and highest
PROMOTION_DISCOUNTS = 3.0  # factor on the share of discounted orders during promotions
RETURN_DAYS = (2, 45)  # soonest and latest

EXPERIMENT = "voucher-test"
TEST_CHANNELS = ("email", "social", "search")  # through which the vouchers of the randomised test are sent
TEST_COSTS = (2.0, 5.0, 10.0)  # spent per customer, in each of them
TEST_LIFT = np.array([1.0, 0.7, 0.5])  # by channel: share of experiment_lift that no spending can exceed
TEST_HALF_COST = np.array([4.0, 3.0, 6.0])  # by channel: cost at which half of that is reached
# By arm; the first is the control.
EXPERIMENT_ARMS = ("control", *(f"{channel}-{cost:g}" for channel in TEST_CHANNELS for cost in TEST_COSTS))
EXPERIMENT_CHANNELS = (None, *(channel for channel in TEST_CHANNELS for _ in TEST_COSTS))
EXPERIMENT_COSTS = np.array([0.0, *TEST_COSTS * len(TEST_CHANNELS)])
