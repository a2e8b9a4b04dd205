"""Which counts of customers are too small to show, and which others would give them away by difference."""

from collections.abc import Sequence

import numpy as np


def hidden(counts: np.ndarray, minimum: int, anyway: np.ndarray | None = None) -> np.ndarray:
    """Whether each of the groups (k,) that make up a known total is not shown, (k,) of booleans.

    Groups of 1 to `minimum` - 1 customers are not, nor those of `anyway` (k,) that have customers. What is left of the
    total tells a single hidden group, and nearly tells several small ones: the next smallest with customers is hidden
    too, until two or more hidden groups have `minimum` customers together, as far as there are any.
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
    """Whether each cell (r, c) of a table is not shown whose row and column totals are known, (r, c) of booleans.

    `hidden` in every row and every column, of those that either hides and those of `anyway` (r, c), until nothing
    changes. Rows come first after each column, for what they hide often covers the next column too.
    """
    mask = np.zeros(counts.shape, dtype=bool) if anyway is None else anyway & (counts > 0)
    while True:
        found = _in_rows(counts, minimum, mask)
        for j, column in enumerate(counts.T):
            needed = hidden(column, minimum, found[:, j])
            if (needed != found[:, j]).any():
                found[:, j] = needed
                found = _in_rows(counts, minimum, found)
        if (found == mask).all():
            return mask
        mask = found


def _in_rows(counts: np.ndarray, minimum: int, mask: np.ndarray) -> np.ndarray:
    found = mask.copy()
    for i, row in enumerate(counts):
        found[i] = hidden(row, minimum, mask[i])
    return found


def hidden_along(counts: np.ndarray, minimum: int, anyway: np.ndarray, axes: Sequence[int]) -> np.ndarray:
    """`hidden_cells` of a table with any number of axes; known are the totals along those of `axes`."""
    mask = anyway & (counts > 0)
    while True:
        before = mask.copy()
        for axis in axes:
            lines, unseen = (np.moveaxis(table, axis, -1) for table in (counts, mask))
            for at in np.ndindex(lines.shape[:-1]):
                unseen[at] = hidden(lines[at], minimum, unseen[at])  # a view: this writes to the mask
        if (mask == before).all():
            return mask


def unless_few(n: int, of: int, minimum: int) -> int | None:
    """A count, None where it or what it leaves of the others is between nobody and so many."""
    return None if 0 < n < minimum or 0 < of - n < minimum else n
