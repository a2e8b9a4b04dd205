"""Rules about pairs of lines: repeated lines, and extreme purchases that were cancelled."""

from collections import defaultdict

import numpy as np
import pandas as pd

from clv.data.lines import Lines
from clv.data.whole_table import extreme_limit

CANCEL_DAYS = 7  # at most, from an extreme purchase to its cancellation
_MIX = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9], dtype="uint64")  # odd, so nothing is lost


def again(lines: Lines, names: list[str]) -> np.ndarray:
    """Rows that repeat an earlier kept row in some columns, with null equal to null."""
    return _repeated(lines, np.flatnonzero(lines.kept), names)


def duplicate_lines(lines: Lines) -> np.ndarray:
    """Repeated lines whose order and product are known; without these, a repeat may be a second purchase.

    If each row is an order, its id is enough: the same customer, order, time and amount.
    """
    needed = {"order_id"} if lines.how.grain == "orders" else {"order_id", "product_id"}
    if not needed <= set(lines.columns):
        return np.zeros(len(lines), dtype=bool)
    if lines.how.grain == "orders":
        rows = np.flatnonzero(lines.kept & lines.columns["order_id"].duplicated(keep=False).to_numpy())
        names = ["customer_id", "order_id", "order_ts", "amount_minor"]
    else:
        rows = _candidates(lines)
        names = list(lines.columns)
    known = np.logical_and.reduce([lines.columns[name].iloc[rows].notna().to_numpy() for name in sorted(needed)])
    return _repeated(lines, rows[known], names)


def _candidates(lines: Lines) -> np.ndarray:
    """Kept rows that share a hash of customer, time, amount and product with another: all repeats and few others."""
    codes = (lines.customers, lines.times, lines.amounts)
    key = lines.codes("product_id").astype("uint64")
    for values, factor in zip(codes, _MIX, strict=True):
        key = (key ^ values.view("uint64")) * factor
        key ^= key >> np.uint64(29)
    ordered = np.sort(key[lines.kept])
    twice = np.unique(ordered[1:][ordered[1:] == ordered[:-1]])
    return np.flatnonzero(lines.kept & np.isin(key, twice)) if len(twice) else np.empty(0, dtype="int64")


def _repeated(lines: Lines, rows: np.ndarray, names: list[str]) -> np.ndarray:
    frame = pd.DataFrame({name: lines.columns[name].iloc[rows] for name in names if name in lines.columns})
    if "order_id" in names:
        frame["is_return"] = lines.amounts[rows] < 0
    repeated = np.zeros(len(lines), dtype=bool)
    repeated[rows] = frame.duplicated().to_numpy()
    return repeated


def purchase_amounts(lines: Lines, among: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The distinct amounts of the purchases in a mask, sorted, in minor units, and the number of purchases of each."""
    return np.unique(lines.amounts[among & (lines.amounts > 0)], return_counts=True)


def extreme_cancelled(lines: Lines) -> np.ndarray:
    """Purchase lines of more than 100 times the median, and the returns that cancel them in full within 7 days.

    A return cancels one purchase: that of the same customer and amount and, if both are known, the same product.
    Purchases are matched in order of time, each with the first return that fits.
    """
    cancelled = np.zeros(len(lines), dtype=bool)
    limit = _extreme_limit(lines)
    lines.largest_return = -int(lines.amounts[lines.kept].min(initial=0))
    extreme = np.flatnonzero(lines.kept & ((lines.amounts > limit) | (lines.amounts < -limit)))
    extreme = extreme[np.argsort(lines.times[extreme], kind="stable")]
    returns: dict[tuple[int, int], list[int]] = defaultdict(list)
    for row in extreme[lines.amounts[extreme] < 0].tolist():
        returns[int(lines.customers[row]), int(-lines.amounts[row])].append(row)
    product = lines.codes("product_id") if "product_id" in lines.columns else np.full(len(lines), -1)
    for row in extreme[lines.amounts[extreme] > 0].tolist():
        free = returns.get((int(lines.customers[row]), int(lines.amounts[row])), [])
        match = next((other for other in free if _cancels(lines, product, row, other)), None)
        if match is not None:
            free.remove(match)
            cancelled[[row, match]] = True
    return cancelled


def _extreme_limit(lines: Lines) -> float:
    if lines.how.bounds:
        return lines.how.bounds.extreme_minor
    whole = lines.how.whole
    return extreme_limit(*purchase_amounts(lines, lines.kept)) if whole is None else whole.extreme_minor


def _cancels(lines: Lines, product: np.ndarray, purchase: int, back: int) -> bool:
    # Days, because dates without a time may be mixed with times.
    same = product[purchase] == product[back] or min(product[purchase], product[back]) < 0
    return bool(same and 0 <= lines.days[back] - lines.days[purchase] <= CANCEL_DAYS)
