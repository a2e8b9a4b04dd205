"""Rows of a snapshot, ready for the learners: with the buy-till-you-die outputs of that snapshot as features."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from clv.errors import InputError
from clv.features.columns import CUSTOMER, NOT_FEATURES, TARGET, TARGET_ORDERS
from clv.models.btyd import Btyd
from clv.models.season import Season
from clv.params import BtydParams
from clv.timeline import position_of

MIN_CUSTOMERS = 50  # to train or calibrate on
MIN_BUYERS = 10  # among them


@dataclass(frozen=True)
class Sample:
    """Customers of one snapshot and the models fitted to the whole of it.

    `features` has one row per customer without id and targets; `target` is net revenue in money and `orders` are
    purchase days, both in the horizon and NaN where not known.
    """

    cutoff: date
    ids: np.ndarray
    features: pd.DataFrame
    target: np.ndarray
    orders: np.ndarray
    btyd: Btyd

    @property
    def btyd_total(self) -> float:
        """The buy-till-you-die forecast of all these customers together, in money."""
        return float(self.features["btyd_value"].sum())

    def where(self, mask: np.ndarray) -> "Sample":
        """The customers for whom the mask (n,) holds."""
        features = self.features[mask].reset_index(drop=True)
        return Sample(self.cutoff, self.ids[mask], features, self.target[mask], self.orders[mask], self.btyd)


def make_sample(
    cutoff: date, snapshot: pd.DataFrame, horizon_days: int, season: Season, params: BtydParams
) -> Sample:  # fmt: skip
    """Fit the buy-till-you-die models to a snapshot and add their outputs to its features."""
    features = snapshot.drop(columns=list(NOT_FEATURES))
    btyd = Btyd.fit(snapshot, cutoff, horizon_days, season, params)
    features = pd.concat([features, btyd.outputs(snapshot)], axis=1)
    ids = snapshot[CUSTOMER].to_numpy(dtype=str)
    return Sample(cutoff, ids, features, snapshot[TARGET].to_numpy(), snapshot[TARGET_ORDERS].to_numpy(), btyd)


def together(samples: Sequence[Sample]) -> Sample:
    """Samples of one snapshot as one."""
    return Sample(
        samples[0].cutoff,
        np.concatenate([sample.ids for sample in samples]),
        pd.concat([sample.features for sample in samples], ignore_index=True),
        np.concatenate([sample.target for sample in samples]),
        np.concatenate([sample.orders for sample in samples]),
        samples[0].btyd,
    )


def require_enough(training: Sequence[Sample], calibration: Sample) -> None:
    """Raise `InputError` where there is too little to learn from: few customers, or few who bought after a cutoff."""
    for use, samples in (("train on", training), ("calibrate on", [calibration])):
        n = sum(len(rows.ids) for rows in samples)
        if n < MIN_CUSTOMERS:
            raise InputError(
                f"only {n} customers to {use} at {', '.join(str(rows.cutoff) for rows in samples)}; at least "
                f"{MIN_CUSTOMERS} are needed; bring more data or set a shorter time.horizon_days"
            )
    for use, samples in (("train on", training), ("calibrate on", [calibration])):
        buyers = sum(int((rows.target > 0).sum()) for rows in samples)
        if buyers < MIN_BUYERS:
            raise InputError(
                f"only {buyers} customers to {use} bought in the windows after the cutoffs; at least {MIN_BUYERS} are "
                f"needed to learn from; bring data in which customers come back, or set a longer time.horizon_days"
            )


def fold_of(ids: np.ndarray, n_folds: int) -> np.ndarray:
    """The fold of each customer, (n,) from 0, by a hash of the id: the same whoever else is there."""
    # Salted, because in the split by customer the unsalted hash has already chosen who is here.
    return (position_of([f"fold {i}" for i in ids]) * n_folds).astype("int64")
