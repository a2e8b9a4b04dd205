"""Customers drawn by a hash of their id: the same ones whoever else is there, in whatever order or blocks.

What is learned from a few hundred thousand customers hardly changes with the next million, but its memory does.
"""

import hashlib

import numpy as np
import pandas as pd


def drawn(ids: np.ndarray, purpose: str, most: int) -> np.ndarray:
    """Which customers (n,) of distinct ids are drawn for a purpose, (n,) of booleans: all, or as many as `most`.

    They are those of the lowest hashes, so that a smaller draw for the same purpose is part of a larger one. Draws for
    different purposes have nothing to do with each other.
    """
    if len(ids) <= most:
        return np.ones(len(ids), dtype=bool)
    key = hashlib.blake2b(purpose.encode(), digest_size=8).hexdigest()
    hashed = pd.util.hash_array(ids.astype(object), hash_key=key, categorize=False)
    # Two ids of one hash, of which there may be a pair in billions, are both left out where the draw ends among them.
    return np.asarray(hashed < np.partition(hashed, most)[most])
