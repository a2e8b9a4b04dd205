"""Whether the forecasts of one row agree: what must be at least as much as another column of the same customer."""

import pandas as pd

AT_LEAST = (  # the first must not be below the second
    ("p_alive", "p_purchase"),  # who buys is active
    ("expected_orders", "p_purchase"),  # who buys orders once at least
    ("residual_value", "predicted_clv"),  # the horizon is part of all time to come
)


def contradictions(predictions: pd.DataFrame) -> dict[str, int]:
    """Rows of forecasts that break each rule of AT_LEAST, by a sentence such as "p_alive is below p_purchase"."""
    return {
        f"{upper} is below {lower}": int((predictions[upper] < predictions[lower]).sum()) for upper, lower in AT_LEAST
    }
