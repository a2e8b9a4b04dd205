"""What the synthetic shop sells, where its customers come from, and how those differ."""

import numpy as np

CHANNELS = ("search", "social", "email", "affiliate", "organic", "referral")
CHANNEL_SHARES = (0.27, 0.24, 0.08, 0.11, 0.22, 0.08)
CHANNEL_COST = np.array([24.0, 17.0, 7.0, 14.0, 3.0, 9.0])  # mean acquisition cost, currency units
CHANNEL_QUALITY = np.array([1.05, 0.70, 1.10, 0.75, 1.20, 1.45])  # factor on lifetime; its root on the order rate
CAMPAIGNS_PER_CHANNEL = 3
CAMPAIGN_QUALITY = np.array([0.85, 1.00, 1.15])

COUNTRIES = ("AT", "DE", "FR", "NL", "PL")
COUNTRY_SHARES = (0.10, 0.45, 0.20, 0.15, 0.10)
AGE_BANDS = ("18-24", "25-34", "35-49", "50-64", "65+")
AGE_SHARES = (0.12, 0.28, 0.32, 0.20, 0.08)
CONSENT_SHARE = 0.6

CATEGORIES = ("beauty", "books", "electronics", "fashion", "garden", "home", "sports", "toys")
CATEGORY_SHARES = (0.14, 0.16, 0.10, 0.22, 0.07, 0.14, 0.10, 0.07)
CATEGORY_PRICE = np.array([0.6, 0.4, 2.4, 1.0, 0.9, 1.1, 1.2, 0.7])  # factor on the median price of a line
PRODUCTS_PER_CATEGORY = 25
ECO_PREMIUM = 1.15  # factor on the price of an eco product
