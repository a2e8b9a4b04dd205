"""Drawing customers by a hash of their id, independently of other customers, their order and the blocks.

What models learn from a few hundred thousand customers hardly changes with another million, but memory use does.
"""

import hashlib

import numpy as np
import pandas as pd


def drawn(ids: np.ndarray, purpose: str, most: int) -> np.ndarray:
    """Whether each customer of distinct ids (n,) is drawn for a purpose: all, or as many as `most`. (n,) of booleans.

    Those with the lowest hashes are drawn, so a smaller draw for the same purpose is part of a larger one. Draws for
    different purposes are independent.
    """
    if len(ids) <= most:
        return np.ones(len(ids), dtype=bool)
    key = hashlib.blake2b(purpose.encode(), digest_size=8).hexdigest()
    hashed = pd.util.hash_array(ids.astype(object), hash_key=key, categorize=False)
    # Two ids with the same hash, perhaps one pair in billions, are both left out if the draw ends between them.
    return np.asarray(hashed < np.partition(hashed, most)[most])
