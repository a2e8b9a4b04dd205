"""Decide which counts of customers are too small to show, and which others would reveal them by subtraction."""

from collections.abc import Iterator, Sequence

import numpy as np
import scipy.sparse as sp
from scipy.optimize import Bounds, LinearConstraint, milp


def hidden(counts: np.ndarray, minimum: int, anyway: np.ndarray | None = None) -> np.ndarray:
    """Which groups (k,) of a known total are hidden, (k,) booleans.

    Hidden are groups of 1 to `minimum` - 1 customers, and those of `anyway` (k,) that have customers. The rest of the
    total reveals a single hidden group, and nearly reveals several small ones, so the next smallest group with
    customers is hidden too, until two or more hidden groups have `minimum` customers together, or no group is left.
    """
    mask = (counts > 0) & (counts < minimum)
    if anyway is not None:
        mask |= anyway & (counts > 0)
    others = np.flatnonzero(~mask & (counts > 0))
    for other in others[np.argsort(counts[others], kind="stable")]:
        if not mask.any() or (mask.sum() > 1 and counts[mask].sum() >= minimum):
            break
        mask[other] = True
    return mask


def hidden_cells(counts: np.ndarray, minimum: int, anyway: np.ndarray | None = None) -> np.ndarray:
    """Which cells (r, c) of a table with known row and column totals are hidden, (r, c) booleans.

    See `hidden_along`; `anyway` is (r, c).
    """
    return hidden_along(counts, minimum, np.zeros(counts.shape, dtype=bool) if anyway is None else anyway, (0, 1))


def hidden_along(counts: np.ndarray, minimum: int, anyway: np.ndarray, axes: Sequence[int]) -> np.ndarray:
    """Which cells of a table with any number of axes are hidden, booleans; the totals along `axes` are known.

    Hidden are cells of 1 to `minimum` - 1 customers, and the cells of `anyway` that have customers. As with `hidden`, a
    line with a hidden cell has two or more of them, with at least `minimum` customers together, if it has so many. Of
    all ways to do that this is the one that hides the fewest cells and, among those, the fewest customers. It is found
    by integer programming.
    """
    n = counts.ravel()
    first = (n > 0) & ((n < minimum) | anyway.ravel())
    if not first.any():
        return first.reshape(counts.shape)
    lines = [line[n[line] > 0] for line in _lines(counts.shape, axes)]
    rules = _rules(n, [line for line in lines if line.size > 1], minimum)
    unused = np.zeros(rules.A.shape[1] - n.size)  # cost and bound of the lines
    cost = np.append(np.where(n > 0, n.sum() + n, 0), unused)
    bounds = Bounds(np.append(first, unused), np.append(n > 0, unused + 1))
    exact = {"mip_rel_gap": 0}
    found = milp(cost, constraints=rules, bounds=bounds, integrality=np.ones(cost.size), options=exact)
    return (found.x[: n.size] > 0.5).reshape(counts.shape)


def _lines(shape: tuple[int, ...], axes: Sequence[int]) -> Iterator[np.ndarray]:
    """The cells of each line, as indices of the flat table."""
    places = np.arange(np.prod(shape)).reshape(shape)
    for axis in axes:
        yield from np.moveaxis(places, axis, -1).reshape(-1, shape[axis])


def _rules(n: np.ndarray, lines: list[np.ndarray], minimum: int) -> LinearConstraint:
    """Constraints on variables that are 0 or 1: one per cell (hidden) and one per line (has a hidden cell).

    A hidden cell makes its lines so; such a line has two hidden cells with `minimum` customers, or all that it has.
    `n` (k,) are the counts.
    """
    rows: list[dict[int, float]] = []
    for chosen, line in enumerate(lines, start=n.size):
        enough = min(minimum, n[line].sum())
        rows += [{chosen: 1, cell: -1} for cell in line]
        rows.append({**dict.fromkeys(line, 1), chosen: -2})
        rows.append({**dict(zip(line, np.minimum(n[line], enough), strict=True)), chosen: -enough})
    sizes = [len(row) for row in rows]
    columns = np.fromiter((column for row in rows for column in row), dtype="int64", count=sum(sizes))
    values = np.fromiter((value for row in rows for value in row.values()), dtype="float64", count=sum(sizes))
    shape = len(rows), n.size + len(lines)
    return LinearConstraint(sp.csr_array((values, columns, np.cumsum([0, *sizes])), shape=shape), lb=0)


def unless_few(n: int, of: int, minimum: int) -> int | None:
    """A count; None if it, or its complement in `of`, is between 1 and `minimum` - 1."""
    return None if 0 < n < minimum or 0 < of - n < minimum else n
