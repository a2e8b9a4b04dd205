"""Checks of the histories to which models are fitted, so that a swapped or blank column does not yield a model."""

import numpy as np

from clv.errors import InputError

SLACK = 1e-9  # of T; both times may result from a calculation that rounds


def require_purchases(x: np.ndarray, t_x: np.ndarray, T: np.ndarray) -> None:
    """Raise `InputError` unless x, t_x and T (n,) are valid: x repeat purchases, the last at t_x, within a time T."""
    _require_columns(x=x, t_x=t_x, T=T)
    _require((x >= 0) & (x == np.floor(x)), "x must be whole numbers from 0 up: repeat purchases", x)
    _require((t_x >= 0) & (t_x <= T * (1 + SLACK)), "t_x must be between 0 and T: both since the first purchase", t_x)
    _require((x > 0) | (t_x == 0), "t_x must be 0 where x is 0: there is no repeat purchase", t_x)


def require_spend(x: np.ndarray, mean: np.ndarray) -> None:
    """Raise `InputError` unless x and mean (n,) are valid numbers of orders and their mean values."""
    _require_columns(x=x, mean=mean)
    _require(x > 0, "x must be above 0: leave out customers who did not come back", x)
    _require(mean > 0, "mean must be above 0: leave out customers who spent nothing on repeat purchases", mean)


def _require_columns(**columns: np.ndarray) -> None:
    sizes = {name: np.shape(column) for name, column in columns.items()}
    names = ", ".join(columns)
    if any(len(shape) != 1 for shape in sizes.values()) or len(set(sizes.values())) > 1:
        raise InputError(f"{names} must have a number per customer each, got the shapes {list(sizes.values())}")
    if 0 in sizes[next(iter(columns))]:
        raise InputError(f"{names} have no customers; give at least one")
    for name, column in columns.items():
        _require(np.isfinite(column), f"{name} must be numbers: leave out customers without one", column)


def _require(good: np.ndarray, rule: str, column: np.ndarray) -> None:
    if not good.all():
        first = int(np.argmin(good))
        raise InputError(f"{rule}, got {column[first]:g} in row {first}, and {int((~good).sum()):,} such rows")
