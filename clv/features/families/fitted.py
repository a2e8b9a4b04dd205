"""Forecasts of buy-till-you-die models fitted to each snapshot; `clv/models/btyd/value.py` computes these columns."""

from clv.features.feature import Feature

FEATURES: tuple[Feature, ...] = (
    Feature("btyd_p_alive", "share", "btyd", "Probability of still being an active customer", None),
    Feature("btyd_p_purchase", "share", "btyd", "Probability of buying in the horizon", None),
    Feature("btyd_p_purchase_30d", "share", "btyd", "Probability of buying in the next 30 days", None),
    Feature("btyd_orders", "ratio", "btyd", "Expected purchase days in the horizon", None),
    Feature("btyd_orders_30d", "ratio", "btyd", "Expected purchase days in the next 30 days", None),
    Feature("btyd_orders_365d", "ratio", "btyd", "Expected purchase days in the next 365 days", None),
    Feature("btyd_spend", "money", "btyd", "Expected net revenue of a purchase day", None),
    Feature("btyd_value", "money", "btyd", "Expected net revenue in the horizon", None),
    Feature(
        "btyd_residual_value",
        "money",
        "btyd",
        "Expected net revenue of all time to come, discounted at a yearly rate",
        None,
    ),
)
