"""One random stream per purpose, so that turning one knob leaves the draws of the others as they were."""

import hashlib

import numpy as np


def stream(seed: int, name: str) -> np.random.Generator:
    """A generator spawned from the seed by the name of its purpose: it depends on those two and on nothing else."""
    key = int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "little")
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(key & 0xFFFFFFFF, key >> 32)))
