"""What a customer buys: categories and products, prices and discounts, returns, eco products."""

import numpy as np

from clv.features.block import MILLI
from clv.features.events import Events, Text
from clv.features.feature import Feature, money
from clv.features.history import History
from clv.features.past import Past, ratio
from clv.features.sources import bought_category


def is_purchase(lines: Events) -> np.ndarray:
    """Lines that are purchases."""
    return lines["amount_minor"] > 0


def is_return(lines: Events) -> np.ndarray:
    """Lines that are returns."""
    return lines["amount_minor"] < 0


def is_eco(lines: Events) -> np.ndarray:
    """Purchases of eco products."""
    return lines["is_eco"] & is_purchase(lines)


def is_other(lines: Events) -> np.ndarray:
    """Purchases of other products."""
    return lines["is_eco_known"] & ~lines["is_eco"] & is_purchase(lines)


def has_eco_flag(lines: Events) -> np.ndarray:
    """Purchases with a known eco flag."""
    return lines["is_eco_known"] & is_purchase(lines)


def has_quantity(lines: Events) -> np.ndarray:
    """Purchases with a known quantity."""
    return (lines["quantity_milli"] > 0) & is_purchase(lines)


def has_price(lines: Events) -> np.ndarray:
    """Purchases with a known unit price."""
    return (lines["unit_price_minor"] > 0) & is_purchase(lines)


def has_discount(lines: Events) -> np.ndarray:
    """Purchases at a discount."""
    return (lines["discount_minor"] > 0) & is_purchase(lines)


def bought_product(lines: Events) -> Text:
    """Product of purchases, null for returns."""
    return lines.text("product_id").where(is_purchase(lines))


def discount_share(lines: Past) -> np.ndarray:
    """Discount over the price before discount."""
    off = lines.sum("discount_minor", has_discount)
    return ratio(off, off + lines.sum("amount_minor", is_purchase))


def eco_share(lines: Past) -> np.ndarray:
    """Revenue from eco products over that of all products with a known flag, before returns."""
    return ratio(lines.sum("amount_minor", is_eco), lines.sum("amount_minor", has_eco_flag))


def repeat_share(h: History) -> np.ndarray:
    """Share of the lines with a product in which the customer had bought this product before."""
    labelled = h.lines.labelled(bought_product)
    return ratio(labelled - h.lines.distinct(bought_product), labelled)


FEATURES: tuple[Feature, ...] = (
    Feature(
        "categories",
        "count",
        "category",
        "Distinct categories bought",
        lambda h: h.lines.distinct(bought_category),
        ("transactions.category",),
    ),
    Feature(
        "new_categories_180d",
        "count",
        "category",
        "Categories first bought in the last 180 days",
        lambda h: h.lines.last(180).distinct(bought_category),
        ("transactions.category",),
    ),
    Feature(
        "category_entropy",
        "ratio",
        "category",
        "Entropy of the categories of lines, in nats: 0 for a single one",
        lambda h: h.lines.entropy(bought_category),
        ("transactions.category",),
    ),
    Feature(
        "top_category_share",
        "share",
        "category",
        "Share of lines in the most frequent category",
        lambda h: ratio(h.lines.count_of_most_frequent(bought_category), h.lines.labelled(bought_category)),
        ("transactions.category",),
    ),
    Feature(
        "preferred_category",
        "text",
        "category",
        "Most frequent category; of equally frequent ones that which got there last",
        lambda h: h.lines.most_frequent(bought_category),
        ("transactions.category",),
    ),
    Feature(
        "first_category",
        "text",
        "category",
        "Category first bought; of several on one day the first in text order",
        lambda h: h.lines.first_label(bought_category),
        ("transactions.category",),
    ),
    Feature(
        "products",
        "count",
        "category",
        "Distinct products bought",
        lambda h: h.lines.distinct(bought_product),
        ("transactions.product_id",),
    ),
    Feature(
        "new_products_180d",
        "count",
        "category",
        "Products first bought in the last 180 days",
        lambda h: h.lines.last(180).distinct(bought_product),
        ("transactions.product_id",),
    ),
    Feature(
        "top_product_share",
        "share",
        "category",
        "Share of lines with the most frequent product",
        lambda h: ratio(h.lines.count_of_most_frequent(bought_product), h.lines.labelled(bought_product)),
        ("transactions.product_id",),
    ),
    Feature(
        "repeat_product_share",
        "share",
        "category",
        "Share of lines that are not the first of their product",
        repeat_share,
        ("transactions.product_id",),
    ),
    Feature(
        "lines_per_day",
        "ratio",
        "price",
        "Lines per purchase day",
        lambda h: ratio(h.lines.count(is_purchase), h.days.count()),
    ),
    Feature(
        "line_value_mean",
        "money",
        "price",
        "Mean revenue of a line, before returns",
        lambda h: money(h.lines.mean("amount_minor", is_purchase)),
    ),
    Feature(
        "units_per_line",
        "ratio",
        "price",
        "Mean units of a line",
        lambda h: h.lines.mean("quantity_milli", has_quantity) / MILLI,
        ("transactions.quantity",),
    ),
    Feature(
        "unit_price_mean",
        "money",
        "price",
        "Mean unit price of the lines, before discount",
        lambda h: money(h.lines.mean("unit_price_minor", has_price)),
        ("transactions.unit_price_minor",),
    ),
    Feature(
        "unit_price_mean_180d",
        "money",
        "price",
        "Mean unit price of the lines of the last 180 days",
        lambda h: money(h.lines.last(180).mean("unit_price_minor", has_price)),
        ("transactions.unit_price_minor",),
    ),
    Feature(
        "discount_share",
        "share",
        "price",
        "Money off over the price before discount",
        lambda h: discount_share(h.lines),
        ("transactions.discount_minor",),
    ),
    Feature(
        "discounted_line_share",
        "share",
        "price",
        "Share of lines bought at a discount",
        lambda h: ratio(h.lines.count(has_discount), h.lines.count(is_purchase)),
        ("transactions.discount_minor",),
    ),
    Feature(
        "discount_momentum_180d",
        "ratio",
        "price",
        "Discount share of the last 180 days less that before",
        lambda h: discount_share(h.lines.last(180)) - discount_share(h.lines.ages(180)),
        ("transactions.discount_minor",),
    ),
    Feature(
        "return_share",
        "share",
        "returns",
        "Value returned over value bought",
        lambda h: ratio(-h.lines.sum("amount_minor", is_return), h.lines.sum("amount_minor", is_purchase)),
    ),
    Feature("return_lines", "count", "returns", "Lines returned", lambda h: h.lines.count(is_return)),
    Feature(
        "return_line_ratio",
        "ratio",
        "returns",
        "Lines returned over lines bought: more than 1 where a line comes back in parts",
        lambda h: ratio(h.lines.count(is_return), h.lines.count(is_purchase)),
    ),
    Feature(
        "returned_180d",
        "money",
        "returns",
        "Value returned in the last 180 days",
        lambda h: money(-h.lines.last(180).sum("amount_minor", is_return)),
    ),
    Feature(
        "return_recency_days", "days", "returns", "Days since the last return", lambda h: h.lines.last_age(is_return)
    ),
    Feature(
        "eco_share",
        "share",
        "eco",
        "Share of revenue from eco products, before returns",
        lambda h: eco_share(h.lines),
        ("transactions.is_eco",),
    ),
    Feature(
        "eco_line_share",
        "share",
        "eco",
        "Share of lines with eco products",
        lambda h: ratio(h.lines.count(is_eco), h.lines.count(has_eco_flag)),
        ("transactions.is_eco",),
    ),
    Feature(
        "eco_momentum_180d",
        "ratio",
        "eco",
        "Eco share of revenue of the last 180 days less that before",
        lambda h: eco_share(h.lines.last(180)) - eco_share(h.lines.ages(180)),
        ("transactions.is_eco",),
    ),
    Feature(
        "eco_premium",
        "ratio",
        "eco",
        "Mean revenue of an eco line over that of another",
        lambda h: ratio(h.lines.mean("amount_minor", is_eco), h.lines.mean("amount_minor", is_other)),
        ("transactions.is_eco",),
    ),
)
