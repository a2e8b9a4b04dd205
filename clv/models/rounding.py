"""Rounding to significant digits: the last bits of fitted numbers differ between kinds of CPU."""

import numpy as np


def significant(value: float, digits: int) -> float:
    """`value` rounded to a number of significant digits."""
    return float(f"{float(value):.{digits - 1}e}")


def significant_array(values: np.ndarray, digits: int) -> list[float]:
    """The values as a list, each rounded to a number of significant digits."""
    return [significant(value, digits) for value in np.asarray(values, dtype="float64").ravel()]
