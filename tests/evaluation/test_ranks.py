"""The order of customers by forecast."""

import numpy as np

from clv.evaluation.ranks import decile_of, ranking, top_count


def test_deciles_are_even_however_many_ties() -> None:
    deciles = decile_of(np.zeros(1000))
    assert np.bincount(deciles)[1:].tolist() == [100] * 10
    assert decile_of(np.array([3.0, 1.0, 2.0])).tolist() == [1, 7, 4]


def test_the_top_holds_the_highest_and_one_at_least() -> None:
    f = np.array([1.0, 9, 3, 7])
    assert sorted(ranking(f)[: top_count(4, 0.5)]) == [1, 3]
    assert ranking(f)[: top_count(4, 0.01)].tolist() == [1], "one at least"
    assert ranking(f).tolist() == [1, 3, 2, 0]
