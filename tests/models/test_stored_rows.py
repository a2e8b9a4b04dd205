"""Learners fitted to rows on disk: the same rows, whatever the parts, and the same trees as for rows in memory."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from clv.errors import InputError
from clv.features.columns import CUSTOMER, TARGET, TARGET_ORDERS
from clv.features.params import CustomerShares
from clv.features.timeline import PARTS, Rows
from clv.machine import Machine
from clv.models.learners import stored_rows
from clv.models.learners.encoder import Encoder
from clv.models.learners.matrices import coded
from clv.models.learners.registry import BTYD, LEARNERS, STORING
from clv.models.learners.stored_rows import StoredRows, store_rows
from clv.models.panel import CROSS_FIT_FOLDS, Lesson, Panel, fit_unseen
from clv.models.params import TrainParams
from clv.models.samples import EveryRow, fold_of, sample_of
from clv.params import Params
from tests.conftest import few_rounds
from tests.models.rows import BTYD as MODELS
from tests.models.rows import CUTOFF, learnable

SHARES = CustomerShares(0.7, 0.15, 0.15)
EVERYBODY = Rows(CUTOFF, PARTS)
STORED = [name for name, learner in LEARNERS.items() if issubclass(learner, STORING)]
SEED = 3


def snapshot(n: int, seed: int) -> pd.DataFrame:
    """Customers in the order of ids, with one category, and numbers, some of them missing."""
    rng = np.random.default_rng(seed)
    frequency = rng.poisson(2, n).astype("float64")
    money = rng.lognormal(3, 1, n).round(2)
    recency = np.where(frequency > 0, rng.integers(1, 300, n), 0)
    buys = rng.random(n) < 0.2 + 0.1 * np.minimum(frequency, 5)
    return pd.DataFrame(
        {
            CUSTOMER: [f"c{i:05d}" for i in range(n)],
            "tenure_days": recency + rng.integers(1, 300, n),
            "recency_days": rng.integers(0, 300, n),
            "frequency": frequency,
            "monetary_value": money,
            "gap_days": np.where(frequency > 0, 100 / np.maximum(frequency, 1), np.nan),
            "channel": rng.choice(["a", "b", "c"], n),
            TARGET: np.where(buys, money * rng.gamma(2, 0.5, n), 0.0),
            TARGET_ORDERS: buys * 1.0,
        }
    ).assign(recency_days=lambda rows: np.minimum(rows["recency_days"], rows["tenure_days"]))


@dataclass(frozen=True)
class InParts:
    """A snapshot whose customers are divided into parts."""

    whole: pd.DataFrame
    n: int

    def ids(self, rows: Rows, shares: CustomerShares) -> list[np.ndarray]:
        return [part[CUSTOMER].to_numpy(dtype=str) for part in self.parts(rows, shares)]

    def parts(self, rows: Rows, shares: CustomerShares) -> Iterator[pd.DataFrame]:
        for part in range(self.n):
            yield self.whole.iloc[part :: self.n].reset_index(drop=True)


def every(whole: pd.DataFrame, n_parts: int, rows: Sequence[Rows] = (EVERYBODY,)) -> EveryRow:
    return EveryRow(InParts(whole, n_parts), SHARES, [(one, replace(MODELS, cutoff=one.cutoff)) for one in rows])


@pytest.fixture(scope="module")
def quick(project_params: Params) -> TrainParams:
    return replace(few_rounds(project_params.train, rounds=10, epochs=1), learners=(BTYD, *STORED))


def in_memory(n: int) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    """Encoded features that float32 holds exactly, as `fit_stored` sees them, with values and units."""
    rows = learnable(n, 0)
    numbers = rows.features.select_dtypes("number")
    features = rows.features.assign(**numbers.astype("float32").astype("float64"))
    features.loc[::7, "noise"] = np.nan
    X = Encoder.fit(features).transform(features)
    return X, rows.target, features["btyd_value"].to_numpy()


def stored(folder: Path, n: int) -> StoredRows:
    """The same rows on disk, written in three portions and out of order."""
    X, y, unit = in_memory(n)
    places = np.array_split(np.random.default_rng(1).permutation(n), 3)
    return store_rows(folder / "cells", n, ((place, X.iloc[place], y[place], unit[place]) for place in places))


def test_what_is_written_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stored_rows, "ROWS_AT_ONCE", 100)
    X, y, unit = in_memory(250)
    rows = stored(tmp_path, 250)
    assert len(rows) == 250
    pieces = list(rows.pieces())
    assert [len(cells) for _, cells in pieces] == [100, 100, 50]
    assert np.array_equal(np.concatenate([cells for _, cells in pieces]), coded(X), equal_nan=True)
    assert all(np.array_equal(cells, coded(X)[which], equal_nan=True) for which, cells in pieces)
    assert (rows.y == y).all()
    assert (rows.unit == unit).all()
    assert rows.categorical.tolist() == [name == "kind" for name in X]


def test_no_room_for_them_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    size = 250 * in_memory(250)[0].shape[1] * 4
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=1.4 * size))
    with pytest.raises(InputError, match=r"train.rows is all.*No space left.*TMPDIR"):
        stored(tmp_path, 250)
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=1.6 * size))
    assert stored(tmp_path, 250).path.stat().st_size == size


@pytest.mark.parametrize("name", STORED)
@pytest.mark.parametrize("weighted", [True, False])
def test_trees_are_those_of_the_same_rows_in_memory(
    name: str, weighted: bool, quick: TrainParams, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stored_rows, "ROWS_AT_ONCE", 1000)
    X, y, unit = in_memory(3000)
    weight = unit**0.5 if weighted else None
    fitted = []
    for threads in (1, 2):
        (folder := tmp_path / f"{threads}").mkdir()
        learner = LEARNERS[name](quick.section(name), Machine(threads), SEED)
        assert isinstance(learner, STORING)
        learner.fit_stored(stored(folder, 3000), y, weight)
        learner.save(folder)
        fitted.append(learner.predict(X))
    alone = LEARNERS[name](quick.section(name), Machine(1), SEED)
    alone.fit(X, y, weight)
    assert (fitted[0] == fitted[1]).all()
    assert fitted[0] == pytest.approx(alone.predict(X), rel=1e-4)
    assert len(np.unique(fitted[0])) > 100


def test_rows_are_the_same_whatever_the_parts(tmp_path: Path) -> None:
    whole = snapshot(500, 0)
    lesson = Lesson.of([sample_of(whole, MODELS)])
    found = [lesson.stored(every(whole, n), tmp_path / f"{n}") for n in (1, 5, 40)]
    cells = [rows.path.read_bytes() for rows in found]
    assert cells[0] == cells[1] == cells[2]
    assert np.array_equal(found[0].piece(0, 500), coded(lesson.X).astype("float32"), equal_nan=True)
    for rows in found:
        assert (rows.y == lesson.y).all()
        assert (rows.unit == lesson.unit).all()


def test_snapshots_follow_each_other_and_those_left_out_of_the_lesson_are_not_there(tmp_path: Path) -> None:
    whole, later = snapshot(300, 0), CUTOFF.replace(month=6)
    rows = every(whole, 4, [EVERYBODY, Rows(later, PARTS)])
    both = Lesson.of([sample_of(whole, MODELS), sample_of(whole, replace(MODELS, cutoff=later))])
    assert (both.stored(rows, tmp_path / "both").y == np.tile(whole[TARGET], 2)).all()
    one = replace(both, cutoffs=frozenset([later]))
    assert len(one.stored(rows, tmp_path / "one")) == 300


def test_learners_see_every_row_though_few_are_drawn(quick: TrainParams) -> None:
    whole = snapshot(4000, 1)
    sample = sample_of(whole, MODELS)
    few = sample.where(np.arange(4000) % 10 == 0)
    fits = [Panel.fit([rows], quick, Machine(1), SEED, every(whole, 3)) for rows in (few, sample)]
    # Only the least forecast for ratios and the levels of categories come from the rows drawn.
    assert fits[0].encoder == fits[1].encoder
    by_all, by_few = fits[1], Panel.fit([few], quick, Machine(1), SEED)
    for learner, same, other in zip(fits[0].learners, by_all.learners, by_few.learners, strict=True):
        X = fits[0].encoder.transform(sample.features)
        assert np.corrcoef(learner.predict(X), same.predict(X))[0, 1] > 0.999
        assert np.corrcoef(learner.predict(X), other.predict(X))[0, 1] < 0.99


def test_no_customer_is_judged_by_learners_that_saw_it(quick: TrainParams, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = snapshot(1200, 2).assign(tenure_days=np.arange(1200) + 400.0)
    sample = sample_of(whole, MODELS)
    taught: list[set[float]] = []
    usual = Panel.taught.__func__

    def noting(cls: type[Panel], lesson: Lesson, *args: object) -> Panel:
        rows = args[-1]
        assert isinstance(rows, StoredRows)
        taught.append(set(rows.piece(0, len(rows))[:, 0].tolist()))
        return usual(cls, lesson, *args)

    monkeypatch.setattr(Panel, "taught", classmethod(noting))
    halves = [sample.where(np.arange(1200) % 2 == k) for k in (0, 1)]
    fit_unseen([halves[0]], halves[1], quick, Machine(1), SEED, every(whole, 3))
    fold = fold_of(sample.ids, CROSS_FIT_FOLDS, "learners")
    tenure = sample.features["tenure_days"].to_numpy()
    assert next(iter(Encoder.fit(sample.features).names)) == "tenure_days"
    assert [sorted(seen) for seen in taught] == [
        *(sorted(tenure[fold != k].tolist()) for k in range(CROSS_FIT_FOLDS)),
        sorted(tenure.tolist()),
    ]
