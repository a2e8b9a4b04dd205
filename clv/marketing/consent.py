"""Consent to be contacted."""

import numpy as np
import pandas as pd

NOBODY = "nobody"


def consent_of(ids: pd.Series, table: pd.DataFrame, column: str, source: str) -> tuple[np.ndarray, str]:
    """Whether each customer agreed, (n,), and the source of that: `source`, or NOBODY where `table` holds no answer.

    `table` has customer_id and, optionally, `column`. Customers who are not in it, or have no answer, have not agreed.
    """
    if column not in table or not table[column].notna().any():
        return np.zeros(len(ids), dtype=bool), NOBODY
    agreed = table.loc[table[column].fillna(False).astype(bool), "customer_id"]
    return ids.isin(agreed.astype("str")).to_numpy(), source
