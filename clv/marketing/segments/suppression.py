"""Which counts of customers are too small to show, and which others would give them away by difference."""

import numpy as np


def hidden(counts: np.ndarray, minimum: int) -> np.ndarray:
    """Whether each of the groups (k,) that make up a known total is not shown, (k,) of booleans.

    Groups of 1 to `minimum` - 1 customers are not. What is left of the total tells a single hidden group, and nearly
    tells several small ones: the next smallest with customers is hidden too, until two or more hidden groups have
    `minimum` customers together, as far as there are any.
    """
    mask = (counts > 0) & (counts < minimum)
    others = np.flatnonzero(~mask & (counts > 0))
    for other in others[np.argsort(counts[others], kind="stable")]:
        if not mask.any() or (mask.sum() > 1 and counts[mask].sum() >= minimum):
            break
        mask[other] = True
    return mask
