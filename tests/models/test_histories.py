"""Histories to which no buy-till-you-die model is fitted."""

import numpy as np
import pytest

from clv.errors import InputError
from clv.models.btyd.gamma_gamma import GammaGamma
from clv.models.btyd.pareto_nbd import ParetoNbd

X, T_X, T = [0.0, 2.0, 1.0], [0.0, 30.0, 12.0], [40.0, 38.0, 39.0]
PURCHASES = {
    "swapped": ((X, T, T_X), "t_x must be between 0 and T: .* got 40 in row 0, and 3 such rows"),
    "half a purchase": (([0.0, 1.5, 1.0], T_X, T), "x must be whole numbers from 0 up: .* got 1.5 in row 1"),
    "below 0": (([0.0, -1.0, 1.0], T_X, T), "x must be whole numbers from 0 up"),
    "blank": ((X, [0.0, np.nan, 12.0], T), "t_x must be numbers: .* got nan in row 1, and 1 such rows"),
    "late without a purchase": (([0.0, 0.0, 1.0], T_X, T), "t_x must be 0 where x is 0: .* got 30 in row 1"),
    "lengths": (
        (X, T_X, T[:2]),
        r"x, t_x, T must have a number per customer each, got the shapes \[\(3,\), \(3,\), \(",
    ),
    "nobody": (([], [], []), "x, t_x, T have no customers"),
}
SPEND = {
    "did not come back": ((X, [0.0, 20.0, 30.0]), "x must be above 0: leave out customers who did not come back"),
    "spent nothing": (([1.0, 2.0], [0.0, 20.0]), "mean must be above 0: .* got 0 in row 0, and 1 such rows"),
    "blank": (([1.0, 2.0], [np.nan, 20.0]), "mean must be numbers"),
}


@pytest.mark.parametrize("case", PURCHASES)
def test_no_history_of_purchases(case: str) -> None:
    columns, line = PURCHASES[case]
    with pytest.raises(InputError, match=f"^{line}"):
        ParetoNbd.fit(*map(np.array, columns))


@pytest.mark.parametrize("case", SPEND)
def test_no_history_of_spend(case: str) -> None:
    columns, line = SPEND[case]
    with pytest.raises(InputError, match=f"^{line}"):
        GammaGamma.fit(*map(np.array, columns))
