"""Samples: the folds of customers, joining samples, and how many customers are too few."""

from datetime import date

import numpy as np
import pytest

from clv.errors import InputError
from clv.features.block import Clean
from clv.features.columns import CUSTOMER, NOT_FEATURES, TARGET, TARGET_ORDERS
from clv.features.snapshot import make_snapshot
from clv.features.timeline import position_of
from clv.models.btyd.season import NO_SEASON
from clv.models.btyd.value import OUTPUTS, Btyd
from clv.models.samples import fold_of, require_enough, sample_of, together
from clv.params import Params
from tests.models.rows import learnable, sample


def test_folds_are_even_and_depend_on_the_customer_alone() -> None:
    ids = np.array([f"c{i}" for i in range(4000)])
    fold = fold_of(ids, 4, "test")
    assert set(fold) == {0, 1, 2, 3}
    assert np.bincount(fold).min() > 900
    assert (fold_of(ids[100:200][::-1], 4, "test") == fold[100:200][::-1]).all()


def test_folds_are_even_within_a_part_of_the_customers() -> None:
    ids = np.array([f"c{i}" for i in range(8000)])
    part = ids[position_of(ids) < 0.15]
    assert np.bincount(fold_of(part, 4, "test"), minlength=4).min() > 0.2 * len(part)


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
    rows = sample_of(snapshot, Btyd.fit(snapshot, cutoff, 120, NO_SEASON, project_params.train.btyd))
    assert not set(NOT_FEATURES) & set(rows.features)
    assert list(rows.features.columns[-len(OUTPUTS) :]) == list(OUTPUTS)
    assert rows.ids.tolist() == snapshot[CUSTOMER].tolist()
    assert rows.target.tolist() == snapshot[TARGET].tolist()
    assert rows.orders.tolist() == snapshot[TARGET_ORDERS].tolist()
    blind = snapshot.assign(**{TARGET: np.nan, TARGET_ORDERS: np.nan})
    assert Btyd.fit(blind, cutoff, 120, NO_SEASON, project_params.train.btyd) == rows.btyd


def test_too_little_to_learn_from_is_said() -> None:
    early, late, one = learnable(60, 0), learnable(60, 1, date(2024, 6, 1)), np.ones(1)
    require_enough([early], late)
    require_enough([early.where(np.arange(60) < 30), early.where(np.arange(60) >= 30)], late)
    with pytest.raises(InputError, match=r"customers to calibrate on at 2024-06-01: 2, of whom [012] bought"):
        require_enough([early], late.where(np.arange(60) < 2))
    with pytest.raises(InputError, match="customers to train on at 2024-01-01: 1, of whom 1 bought in the 90 days"):
        require_enough([sample(early.features.head(1), one, one)], late)
    nothing = sample(early.features, np.zeros(60), np.zeros(60))
    with pytest.raises(InputError, match=r"of whom 0 bought .* at least 50 and 10 are needed; .* time\.split to none"):
        require_enough([nothing], late)


def test_customers_of_one_window_are_counted_together() -> None:
    whole = learnable(60, 0)
    few, rest = whole.where(np.arange(60) < 10), whole.where(np.arange(60) >= 10)
    require_enough([few], rest)
    require_enough([rest], few)
    with pytest.raises(InputError, match="customers to learn from at 2024-01-01: 49"):
        require_enough([few], whole.where(np.arange(60) >= 21))
