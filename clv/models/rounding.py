"""Rounding to significant digits, because the last bits of fitted numbers differ between types of CPU."""

import numpy as np

POWERS_OF_TEN = np.array([float(f"1e{power}") for power in range(23)])


def significant(value: float, digits: int) -> float:
    """`value` rounded to a number of significant digits."""
    return float(f"{float(value):.{digits - 1}e}")


def significant_array(values: np.ndarray, digits: int) -> list[float]:
    """The values as a list, each rounded to a number of significant digits."""
    return [significant(value, digits) for value in np.asarray(values, dtype="float64").ravel()]


def round_significant(values: np.ndarray, digits: int) -> np.ndarray:
    """The values as an array of the same shape, each rounded as by `significant`, if 0 or between 1e-16 and 1e22."""
    size = np.floor(np.log10(np.where(values == 0, 1.0, np.abs(values)))).astype("int64") - (digits - 1)
    # Powers of ten are exact up to 1e22, so the result is the float nearest to the decimal.
    up, down = (POWERS_OF_TEN[np.clip(power, 0, 22)] for power in (size, -size))
    return np.rint(values / up * down) / down * up
