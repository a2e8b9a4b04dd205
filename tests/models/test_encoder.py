"""From features to the matrices that learners use."""

import numpy as np
import pandas as pd

from clv.models.learners.encoder import Encoder
from clv.models.learners.matrices import categorical, coded, one_hot
from clv.models.learners.scaling import LIMIT, Scaler


def test_the_encoder_knows_training_levels_only() -> None:
    training = pd.DataFrame({"channel": ["a"] * 45 + ["b"] * 30 + ["rare"] * 5, "n": [1.0, np.nan] * 40})
    encoder = Encoder.fit(training)
    assert encoder.names == ["n", "channel"]
    rows = pd.DataFrame({"channel": ["b", "new", None, "rare", "a"], "n": [5, 6, 7, 8, None]}, index=[3, 1, 4, 9, 2])
    encoded = encoder.transform(rows)
    assert encoded.index.to_list() == [3, 1, 4, 9, 2]
    assert encoded["channel"].cat.categories.to_list() == ["a", "b"]
    assert encoded["channel"].cat.codes.to_list() == [1, -1, -1, -1, 0]
    assert Encoder.from_dict(encoder.to_dict()) == encoder


def test_categories_become_codes_or_a_column_per_level() -> None:
    features = pd.DataFrame({"channel": ["b", "a"] * 30, "n": [1.5, np.nan] * 30, "nothing": [None] * 60})
    encoder = Encoder.fit(features)
    rows = encoder.transform(pd.DataFrame({"channel": ["b", "new"], "n": [np.nan, 2], "nothing": [None, "x"]}))
    assert categorical(rows).tolist() == [False, True, True]
    np.testing.assert_array_equal(coded(rows), [[np.nan, 1, np.nan], [2, np.nan, np.nan]])
    np.testing.assert_array_equal(one_hot(rows), [[np.nan, 0, 1], [2, 0, 0]])


def test_scaled_features_are_bounded_and_complete() -> None:
    matrix = np.array([[1.0, np.nan, 3.3], [np.nan, np.nan, 3.3], [1e12, np.nan, 3.3], [-5.0, np.nan, 3.3]])
    scaler = Scaler.fit(matrix.copy(), np.ones(4))
    Z = Scaler.from_dict(scaler.to_dict()).transform(np.vstack([matrix, [np.inf, 7, 1e300]]))
    assert np.isfinite(Z).all()
    assert np.abs(Z).max() <= LIMIT
    assert Z[1, 0] == Z[0, 0], "the median of what is known"
    assert np.abs(Z[:4, 1:]).max() < 1e-5, "nothing known, nothing distinguished"
