"""Whether the forecasts in a row agree: some columns must not be below another column of the same customer."""

import pandas as pd

AT_LEAST = (  # the first must not be below the second
    ("p_alive", "p_purchase"),  # a customer who buys is active
    ("expected_orders", "p_purchase"),  # a customer who buys orders at least once
    ("residual_value", "predicted_clv"),  # the horizon is part of all time to come
)


def contradictions(predictions: pd.DataFrame) -> dict[str, int]:
    """The number of rows that break each rule of AT_LEAST, by a sentence such as "p_alive is below p_purchase"."""
    return {
        f"{upper} is below {lower}": int((predictions[upper] < predictions[lower]).sum()) for upper, lower in AT_LEAST
    }
