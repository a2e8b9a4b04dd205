"""No small count can be read off, or worked out from the total."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from clv.marketing.segments.suppression import hidden


@given(st.lists(st.integers(0, 60), min_size=1, max_size=12), st.integers(1, 30))
def test_what_is_hidden_cannot_be_worked_out(counts: list[int], minimum: int) -> None:
    n = np.array(counts)
    mask = hidden(n, minimum)
    assert mask[(n > 0) & (n < minimum)].all()
    assert not mask[n == 0].any()
    if mask.any() and (n[~mask] > 0).any():
        assert mask.sum() > 1
        assert n[mask].sum() >= minimum
    if not ((n > 0) & (n < minimum)).any():
        assert not mask.any(), "nothing is hidden without need"


def test_the_next_smallest_is_hidden_with_a_single_small_one() -> None:
    assert hidden(np.array([500, 5, 80, 40]), 20).tolist() == [False, True, False, True]
