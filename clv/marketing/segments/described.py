"""All customers with the few columns that describe segments."""

import pandas as pd

from clv.features.columns import CUSTOMER
from clv.features.store import read_snapshot
from clv.features.timeline import Rows
from clv.marketing.segments.eco import COMPARED
from clv.marketing.segments.profiles import DIMENSIONS, FIGURES, MIX
from clv.marketing.segments.values import HISTORY, SORTED_BY, Sorting
from clv.marketing.store import read_values

TOLD = list(dict.fromkeys([*SORTED_BY, *MIX.values(), *FIGURES, *COMPARED]))
ECO = ("eco_share", "eco_segment")
VALUES = list(dict.fromkeys([*HISTORY, *DIMENSIONS.values(), "cluster", "predicted_clv", "p_alive", *FIGURES]))
NOT_OF_VALUES = ("acquisition_cost", "eco_segment")


def beside(customers: pd.DataFrame, rows: Rows, names: list[str]) -> pd.DataFrame:
    """Customers by id, with those of the columns `names` that they lack, as far as the snapshot of `rows` has them."""
    snapshot = read_snapshot(rows, [name for name in names if name not in customers])
    return customers.join(snapshot.drop(columns=CUSTOMER))


def read_described(rows: Rows, sorting: Sorting) -> pd.DataFrame:
    """The columns of customer values and of the current snapshot that describe segments, one row each by id."""
    columns = [name for name in VALUES if name not in NOT_OF_VALUES]
    return beside(read_values([*columns, *(ECO if sorting.eco else ())]), rows, TOLD)
