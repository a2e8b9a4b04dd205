"""Rows of a snapshot, ready for the learners, with the buy-till-you-die outputs of that snapshot as features."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Protocol

import numpy as np
import pandas as pd

from clv.errors import InputError
from clv.features.columns import CUSTOMER, NOT_FEATURES, TARGET, TARGET_ORDERS
from clv.features.params import CustomerShares
from clv.features.timeline import Plan, Recipe, Rows, position_of
from clv.models.btyd.basis import LEAST_CUSTOMERS, Basis
from clv.models.btyd.season import fit_season
from clv.models.btyd.value import Btyd
from clv.models.learners.stored_rows import StoredRows, store_rows
from clv.models.params import TrainParams

MIN_CUSTOMERS = LEAST_CUSTOMERS  # to train or calibrate on
MIN_BUYERS = 10  # among them
Encoded = tuple[pd.DataFrame, np.ndarray, np.ndarray]  # features, values and the denominators of ratios


@dataclass(frozen=True)
class Sample:
    """Customers of one snapshot, drawn at random if there are many, and the models fitted to all of it.

    `features` has one row per customer, without id and targets. `target` is net revenue in money and `orders` are
    purchase days, both in the horizon and NaN if unknown.
    """

    cutoff: date
    ids: np.ndarray
    features: pd.DataFrame
    target: np.ndarray
    orders: np.ndarray
    btyd: Btyd

    @property
    def btyd_total(self) -> float:
        """The total buy-till-you-die forecast of these customers, in money."""
        return float(self.features["btyd_value"].sum())

    def where(self, mask: np.ndarray) -> "Sample":
        """The customers for whom the mask (n,) holds."""
        features = self.features[mask].reset_index(drop=True)
        return Sample(self.cutoff, self.ids[mask], features, self.target[mask], self.orders[mask], self.btyd)


@dataclass(frozen=True)
class Samples:
    """The data to which a forecaster is fitted; the labels of `forecast` are hidden.

    Without calibration there is no training. `every` gives all rows of training, and of calibration if it has the same
    window, to learners that can use them.
    """

    training: Sequence[Sample]
    calibration: Sample | None
    forecast: Sample
    every: "EveryRow | None" = None


class SnapshotSource(Protocol):
    """Where snapshots come from: `clv.features.store.Snapshots`, or tables in memory."""

    def histories(self, cutoff: date) -> pd.DataFrame: ...
    def rows(self, rows: Rows, shares: CustomerShares, most: int) -> pd.DataFrame: ...
    def window(self, cutoff: date) -> pd.DataFrame: ...
    def ids(self, rows: Rows, shares: CustomerShares) -> list[np.ndarray]: ...
    def parts(self, rows: Rows, shares: CustomerShares) -> Iterator[pd.DataFrame]: ...


@dataclass(frozen=True)
class EveryRow:
    """All labelled rows of a recipe, for learners that read them from disk; one part of a snapshot is held at a time.

    `rows` are those of the snapshots, each with the models fitted to it; `taken` returns which of some ids (n,) are
    used, (n,).
    """

    source: SnapshotSource
    shares: CustomerShares
    rows: Sequence[tuple[Rows, Btyd]]
    taken: Callable[[np.ndarray], np.ndarray] = lambda ids: np.ones(len(ids), dtype=bool)

    def store(self, path: Path, cutoffs: Collection[date], encode: Callable[[Sample], Encoded]) -> StoredRows:
        """Write the rows of the snapshots at `cutoffs` to a file, by snapshot and id, whatever the parts."""
        chosen = [(rows, btyd, self._ids(rows)) for rows, btyd in self.rows if rows.cutoff in cutoffs]
        starts = np.cumsum([0, *(sum(map(len, ids)) for _, _, ids in chosen)]).tolist()

        def portions() -> Iterator[tuple[np.ndarray, pd.DataFrame, np.ndarray, np.ndarray]]:
            for (rows, btyd, ids), start in zip(chosen, starts, strict=False):
                place, done = start + np.argsort(np.argsort(np.concatenate(ids))), 0
                for part, some in zip(self.source.parts(rows, self.shares), ids, strict=True):
                    sample = sample_of(part, btyd)
                    yield place[done : done + len(some)], *encode(sample.where(self.taken(sample.ids)))
                    done += len(some)

        return store_rows(path, starts[-1], portions())

    def _ids(self, rows: Rows) -> list[np.ndarray]:
        return [ids[self.taken(ids)] for ids in self.source.ids(rows, self.shares)]


def samples_of(
    recipe: Recipe, plan: Plan, base: pd.DataFrame, source: SnapshotSource, shares: CustomerShares, params: TrainParams
) -> Samples:
    """The samples that a recipe uses, all in the season as known at its date.

    Each has at most `params.max_rows` customers, drawn at random, with their features; all rows are available too if
    `params.rows` is all. Buy-till-you-die models are fitted to the histories of whole snapshots, whichever customers
    are requested. `base` are the purchases of the whole base by day (`clv.features.base`).
    """
    season = fit_season(base, source.histories(recipe.forecast.cutoff), recipe.as_of, params.btyd)

    def sample(rows: Rows) -> Sample:
        whole = source.histories(rows.cutoff)
        btyd = Btyd.fit(whole, rows.cutoff, plan.horizon_days, season, params.btyd)
        return sample_of(source.rows(rows, shares, params.max_rows), btyd)

    forecast = sample(recipe.forecast)
    unknown = np.full(len(forecast.ids), np.nan)
    training = [sample(rows) for rows in recipe.training]
    calibration = None if recipe.calibration is None else sample(recipe.calibration)
    every = None
    if params.rows == "all" and recipe.calibration and calibration:
        learned = list(zip(recipe.training, (of.btyd for of in training), strict=True))
        if same_window(training, calibration):
            learned.append((recipe.calibration, calibration.btyd))
        every = EveryRow(source, shares, learned)
    return Samples(training, calibration, replace(forecast, target=unknown, orders=unknown), every)


def sample_of(snapshot: pd.DataFrame, btyd: Btyd) -> Sample:
    """Rows of the snapshot to which models were fitted, with the outputs of these models among their features."""
    features = pd.concat([snapshot.drop(columns=list(NOT_FEATURES)), btyd.outputs(snapshot)], axis=1)
    ids = snapshot[CUSTOMER].to_numpy(dtype=str)
    return Sample(btyd.cutoff, ids, features, snapshot[TARGET].to_numpy(), snapshot[TARGET_ORDERS].to_numpy(), btyd)


def together(samples: Sequence[Sample]) -> Sample:
    """Samples of one snapshot combined into one."""
    return Sample(
        samples[0].cutoff,
        np.concatenate([sample.ids for sample in samples]),
        pd.concat([sample.features for sample in samples], ignore_index=True),
        np.concatenate([sample.target for sample in samples]),
        np.concatenate([sample.orders for sample in samples]),
        samples[0].btyd,
    )


def require_enough(training: Sequence[Sample], calibration: Sample) -> None:
    """Raise `InputError` if there is too little to learn from: few customers, or few who bought after a cutoff.

    If training and calibration come from one snapshot, they are counted together.
    """
    uses = {"train on": list(training), "calibrate on": [calibration]}
    if same_window(training, calibration):
        uses = {"learn from": [*training, calibration]}
    for use, samples in uses.items():
        if too_few(samples):
            customers, buyers = sum(len(rows.ids) for rows in samples), sum(_buyers(rows) for rows in samples)
            each = " (each counts once per date)" if len({rows.cutoff for rows in samples}) > 1 else ""
            raise InputError(
                f"customers to {use} at {', '.join(sorted({str(rows.cutoff) for rows in samples}))}: {customers:,}, of "
                f"whom {buyers} bought in the {samples[0].btyd.horizon_days} days after{each}; at least "
                f"{MIN_CUSTOMERS} and {MIN_BUYERS} are needed; {_remedy(calibration.btyd.basis)}"
            )


def _remedy(basis: Basis) -> str:
    """The remedy for too few labels: another horizon helps only if customers return at all."""
    none = "set time.split to none, which learns nothing from them"
    if basis.knows_returns:
        return f"use more data, set another time.horizon_days, or {none}"
    some = "nobody" if basis.repeat_buyers == 0 else f"only {basis.repeat_buyers}"
    return (
        f"of all {basis.customers:,} known by then {some} ever bought on a second day, so no horizon helps: check that "
        f"customer_id is the customer's and not the order's, use a longer history, or {none} and marks every "
        "forecast as not known"
    )


def too_few(samples: Sequence[Sample]) -> bool:
    """Whether these are too few customers or buyers to learn from."""
    return sum(len(rows.ids) for rows in samples) < MIN_CUSTOMERS or sum(map(_buyers, samples)) < MIN_BUYERS


def same_window(training: Sequence[Sample], calibration: Sample) -> bool:
    """Whether training and calibration are customers of one snapshot."""
    return training[-1].cutoff == calibration.cutoff


def _buyers(sample: Sample) -> int:
    return int((sample.target > 0).sum())


def fold_of(ids: np.ndarray, n_folds: int, purpose: str) -> np.ndarray:
    """The fold of each customer, (n,) from 0, by a hash of the id, whatever the other customers.

    Folds for different purposes are independent of each other and of the parts of the split by customer.
    """
    return (position_of([f"{purpose} {i}" for i in ids]) * n_folds).astype("int64")
