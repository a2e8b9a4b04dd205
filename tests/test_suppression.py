"""No small count is shown, or can be worked out from the total."""

import itertools

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from clv.suppression import hidden, hidden_along, hidden_cells


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


def test_what_is_hidden_anyway_counts_as_hidden() -> None:
    assert hidden(np.array([500, 80, 40, 0]), 20, np.array([True, False, False, True])).tolist() == [
        True,
        False,
        True,
        False,
    ]


@given(
    st.integers(1, 5).flatmap(
        lambda n: st.lists(st.lists(st.integers(0, 60), min_size=n, max_size=n), min_size=1, max_size=5)
    ),
    st.integers(1, 30),
)
def test_no_row_and_no_column_tells_a_cell(rows: list[list[int]], minimum: int) -> None:
    n = np.array(rows)
    mask = hidden_cells(n, minimum)
    assert mask.shape == n.shape
    assert mask[(n > 0) & (n < minimum)].all()
    for counts, unseen in [*zip(n, mask, strict=True), *zip(n.T, mask.T, strict=True)]:
        assert (hidden(counts, minimum, unseen) == unseen).all()


@given(
    st.lists(st.lists(st.integers(0, 60), min_size=3, max_size=3), min_size=2, max_size=3),
    st.lists(st.booleans(), min_size=9, max_size=9),
    st.integers(1, 40),
)
@settings(deadline=None)
def test_no_choice_hides_fewer_cells_or_the_same_of_fewer_customers(
    rows: list[list[int]], anyway: list[bool], minimum: int
) -> None:
    """Compared with every choice there is."""
    n = np.array(rows)
    must = np.array(anyway[: n.size]).reshape(n.shape) & (n > 0)
    first = must | ((n > 0) & (n < minimum))

    def holds(mask: np.ndarray) -> bool:
        lines = [*zip(n, mask, strict=True), *zip(n.T, mask.T, strict=True)]
        return all((hidden(counts, minimum, unseen) == unseen).all() for counts, unseen in lines)

    masks = (np.array(cells).reshape(n.shape) for cells in itertools.product((False, True), repeat=n.size))
    fine = [mask for mask in masks if (mask >= first).all() and not mask[n == 0].any() and holds(mask)]
    found = hidden_cells(n, minimum, must)
    assert any((found == mask).all() for mask in fine)
    assert (found.sum(), n[found].sum()) == min((mask.sum(), n[mask].sum()) for mask in fine)


def test_a_cell_that_its_row_tells_is_hidden_though_its_column_does_not() -> None:
    counts = np.array([[100, 5, 0], [60, 0, 90], [0, 200, 300]])
    assert hidden_cells(counts, 20).tolist() == [[True, True, False], [True, False, True], [False, True, True]]
    anyway = np.array([[False] * 3, [True] * 3, [False] * 3])
    assert hidden_cells(np.full((3, 3), 50), 20, anyway).tolist() in (
        [[True] * 3, [True] * 3, [False] * 3],
        [[False] * 3, [True] * 3, [True] * 3],
    )
    assert hidden_cells(np.zeros((0, 3), dtype="int64"), 20).shape == (0, 3)


def test_a_table_of_three_axes_is_looked_at_along_those_whose_totals_are_known() -> None:
    counts = np.full((2, 2, 2), 50)
    counts[0, 0, 1] = 5
    nothing = np.zeros(counts.shape, dtype=bool)
    assert hidden_along(counts, 20, nothing, [2])[0, 0].all()
    assert hidden_along(counts, 20, nothing, [2]).sum() == 2
    assert hidden_along(counts, 20, nothing, [0, 1, 2]).all(), "every line has its total"
    assert not hidden_along(counts, 5, nothing, [0, 1, 2]).any()
