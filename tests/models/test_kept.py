"""Objects that are made from rows only once, such as the bins that LightGBM learners share."""

import gc

import numpy as np
import pandas as pd

from clv.machine import Machine
from clv.models.learners import kept
from clv.models.learners.lightgbm import LightgbmLearner, LightgbmParams

PARAMS = LightgbmParams(20, 0.1, 7, 10, 0.8, 0.6, 1.5)


def rows() -> tuple[pd.DataFrame, np.ndarray]:
    rng = np.random.default_rng(1)
    X = pd.DataFrame({"x": rng.normal(size=600), "z": rng.normal(size=600)})
    return X, np.where(rng.random(600) < 0.5, 0.0, np.exp(X["x"].to_numpy()))


def test_it_is_made_once_per_frame_and_goes_with_it() -> None:
    made, before = [], len(kept._kept)

    def make(frame: pd.DataFrame, times: int) -> int:
        made.append(times)
        return times * len(frame)

    X, other = pd.DataFrame({"x": [1.0]}), pd.DataFrame({"x": [1.0, 2.0]})
    found = [kept.once(make, X, 1), kept.once(make, X, 1), kept.once(make, X, 2), kept.once(make, other, 1)]
    assert found == [1, 1, 2, 2]
    assert made == [1, 2, 1]
    del X, other
    gc.collect()
    assert len(kept._kept) == before


def test_what_one_learner_was_taught_does_not_reach_the_next() -> None:
    X, y = rows()
    weight = np.where(X["z"] > 0, 5.0, 0.5)
    learners = [LightgbmLearner(PARAMS, Machine(1), 1) for _ in range(3)]
    learners[0].fit(X, y, weight)
    learners[1].fit(X, y, None)
    learners[2].fit(X.copy(), y, None)
    weighted, after, alone = (learner.predict(X) for learner in learners)
    np.testing.assert_array_equal(after, alone)
    assert np.abs(weighted - alone).max() > 1e-3
