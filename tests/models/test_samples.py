"""Samples: who is in which fold, what puts them together, and how few are too few."""

from datetime import date

import numpy as np
import pytest

from clv.errors import InputError
from clv.features.block import Clean
from clv.features.columns import CUSTOMER, NOT_FEATURES, TARGET, TARGET_ORDERS
from clv.features.snapshot import make_snapshot
from clv.models.btyd import OUTPUTS
from clv.models.samples import fold_of, make_sample, require_enough, together
from clv.models.season import NO_SEASON
from clv.params import Params
from clv.timeline import position_of
from tests.models.rows import learnable, sample


def test_folds_are_even_and_depend_on_the_customer_alone() -> None:
    ids = np.array([f"c{i}" for i in range(4000)])
    fold = fold_of(ids, 4)
    assert set(fold) == {0, 1, 2, 3}
    assert np.bincount(fold).min() > 900
    assert (fold_of(ids[100:200][::-1], 4) == fold[100:200][::-1]).all()


def test_folds_are_even_within_a_part_of_the_customers() -> None:
    ids = np.array([f"c{i}" for i in range(8000)])
    part = ids[position_of(ids) < 0.15]
    assert np.bincount(fold_of(part, 4), minlength=4).min() > 0.2 * len(part)


def test_parts_of_a_sample_are_put_together_again() -> None:
    whole = learnable(100, 0)
    odd = np.arange(100) % 2 == 1
    again = together([whole.where(~odd), whole.where(odd)])
    order = np.argsort(np.concatenate([np.flatnonzero(~odd), np.flatnonzero(odd)]))
    assert (again.ids[order] == whole.ids).all()
    assert (again.target[order] == whole.target).all()
    assert (again.orders[order] == whole.orders).all()
    assert again.features.iloc[order].reset_index(drop=True).equals(whole.features)
    assert again.btyd_total == pytest.approx(whole.features["btyd_value"].sum())


def test_a_sample_has_the_forecasts_of_its_snapshot(clean_shop: Clean, project_params: Params) -> None:
    cutoff = date(2024, 8, 2)
    snapshot = make_snapshot(clean_shop, cutoff, date(2024, 11, 30), 120)
    rows = make_sample(cutoff, snapshot, 120, NO_SEASON, project_params.train.btyd)
    assert not set(NOT_FEATURES) & set(rows.features)
    assert list(rows.features.columns[-len(OUTPUTS) :]) == list(OUTPUTS)
    assert rows.ids.tolist() == snapshot[CUSTOMER].tolist()
    assert rows.target.tolist() == snapshot[TARGET].tolist()
    assert rows.orders.tolist() == snapshot[TARGET_ORDERS].tolist()
    blind = snapshot.assign(**{TARGET: np.nan, TARGET_ORDERS: np.nan})
    assert make_sample(cutoff, blind, 120, NO_SEASON, project_params.train.btyd).btyd == rows.btyd


def test_too_little_to_learn_from_is_said() -> None:
    many, one = learnable(60, 0), np.ones(1)
    require_enough([many], many)
    require_enough([many.where(np.arange(60) < 30), many.where(np.arange(60) >= 30)], many)
    with pytest.raises(InputError, match="only 2 customers to calibrate on at 2024-01-01; at least 50 are needed"):
        require_enough([many], many.where(np.arange(60) < 2))
    with pytest.raises(InputError, match="only 1 customers to train on"):
        require_enough([sample(many.features.head(1), one, one)], many)
    nothing = sample(many.features, np.zeros(60), np.zeros(60))
    for training, calibration in ((nothing, many), (many, nothing)):
        with pytest.raises(
            InputError, match=r"only 0 customers to (train|calibrate) on bought in the windows after the cutoffs"
        ):
            require_enough([training], calibration)
