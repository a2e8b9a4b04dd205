"""What the customers of a segment have in common."""

import pandas as pd

DIMENSIONS = ("tier", "rfm_segment", "cluster")


def profile(values: pd.DataFrame) -> pd.DataFrame:
    """One row per dimension and segment, by falling forecast: size, forecast, and means over its customers.

    `values` is the table of customer values; money in the currency of the transactions, shares of all customers.
    """
    everything = max(float(values["predicted_clv"].sum()), 1e-12)
    tables = []
    for dimension in DIMENSIONS:
        groups = values.groupby(dimension, observed=True)
        table = pd.DataFrame(
            {
                "customers": groups.size(),
                "customer_share": groups.size() / len(values),
                "predicted_total": groups["predicted_clv"].sum(),
                "predicted_share": groups["predicted_clv"].sum() / everything,
                "predicted_mean": groups["predicted_clv"].mean(),
                "lower_95_mean": groups["lower_95"].mean(),
                "upper_95_mean": groups["upper_95"].mean(),
                "p_purchase_mean": groups["p_purchase"].mean(),
                "recency_days_mean": groups["recency_days"].mean(),
                "frequency_mean": groups["frequency"].mean(),
                "monetary_value_mean": groups["monetary_value"].mean(),
            }
        ).reset_index(names="segment")
        table["segment"] = table["segment"].astype("str")
        table.insert(0, "dimension", dimension)
        tables.append(table.sort_values(["predicted_total", "segment"], ascending=[False, True]))
    return pd.concat(tables, ignore_index=True)
