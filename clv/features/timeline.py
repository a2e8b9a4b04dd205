"""The plan of snapshots, and which of them a model fitted as of a date may learn from.

With D the last day of data and H the horizon, the current snapshot is cut at D and the newest labelled one at D - H.

Split `temporal`: a model as of A is calibrated on the snapshot at A - H, whose label is known at A, and trained on
those at A - 2H and earlier, whose labels are known at A - H. The backtest is as of D - H and today's model as of D. The
rolling origins are dates before the backtest's, as of which the same recipe is judged again.

Split `customers`, for short histories: all parts come from the snapshot at D - H, divided by a hash of the customer.
Today's recipe, and those of the rolling origins that fit, learn from the snapshot one horizon before their date.

Split `none`, for histories in which no window is over: nothing can be learned from labels, and nothing judged.

Totals are learned from more data: `windows` are the cutoffs of all labelled windows, a quarter of a horizon apart.
"""

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any, Literal

import numpy as np

from clv.errors import InputError
from clv.features.params import CustomerShares, TimeParams

Part = Literal["training", "calibration", "test"]
PARTS: tuple[Part, ...] = ("training", "calibration", "test")
WINDOWS_PER_HORIZON = 4
MOST_WINDOWS = 24  # in a long history, where they are further apart


@dataclass(frozen=True)
class Rows:
    """The rows of one snapshot that belong to the customers in `parts`."""

    cutoff: date
    parts: tuple[Part, ...] = PARTS


@dataclass(frozen=True)
class Recipe:
    """What one model learns from and which customers it forecasts; without labels it has no training or calibration."""

    as_of: date
    training: tuple[Rows, ...]
    calibration: Rows | None
    forecast: Rows

    @property
    def rows(self) -> tuple[Rows, ...]:
        """All rows that the recipe uses."""
        return (*self.training, *((self.calibration,) if self.calibration else ()), self.forecast)


@dataclass(frozen=True)
class Plan:
    """The snapshots of a data set and their uses; there is no backtest if no window is over.

    `rolling` are the recipes as of the rolling origins, newest first; `windows` are the cutoffs of labelled windows
    from which totals are learned, newest first.
    """

    split: Literal["temporal", "customers", "none"]
    why: str
    horizon_days: int
    first_day: date
    last_day: date
    backtest: Recipe | None
    today: Recipe
    rolling: tuple[Recipe, ...] = ()
    windows: tuple[date, ...] = ()

    def windows_over(self, as_of: date) -> list[date]:
        """The cutoffs of the windows whose label is known at a date, newest first."""
        return [cutoff for cutoff in self.windows if cutoff + timedelta(days=self.horizon_days) <= as_of]

    @property
    def recipes(self) -> dict[str, Recipe]:
        """The models to fit and keep, by name."""
        return {"today": self.today} if self.backtest is None else {"backtest": self.backtest, "today": self.today}

    @property
    def cutoffs(self) -> list[date]:
        """Every cutoff at which a snapshot is needed, oldest first."""
        return cutoffs_of((*self.recipes.values(), *self.rolling))

    def to_dict(self) -> dict[str, Any]:
        """The plan as plain values for JSON."""
        plain: dict[str, Any] = _plain(asdict(self))
        return plain

    @classmethod
    def from_dict(cls, content: dict[str, Any]) -> "Plan":
        """Restore what `to_dict` returned."""
        return cls(
            split=content["split"],
            why=content["why"],
            horizon_days=content["horizon_days"],
            first_day=date.fromisoformat(content["first_day"]),
            last_day=date.fromisoformat(content["last_day"]),
            backtest=None if content["backtest"] is None else _recipe(content["backtest"]),
            today=_recipe(content["today"]),
            rolling=tuple(_recipe(recipe) for recipe in content["rolling"]),
            windows=tuple(date.fromisoformat(cutoff) for cutoff in content["windows"]),
        )


def cutoffs_of(recipes: Iterable[Recipe]) -> list[date]:
    """The cutoffs of all rows that some recipes use, oldest first."""
    return sorted({rows.cutoff for recipe in recipes for rows in recipe.rows})


def make_plan(first_day: date, last_day: date, params: TimeParams) -> Plan:
    """Lay out the snapshots of a history. Raises `InputError` if it is too short for the horizon."""
    horizon = timedelta(days=params.horizon_days)
    earliest = first_day + timedelta(days=params.min_history_days)
    newest_label = last_day - horizon
    if newest_label < earliest or params.split == "none":
        return _unlabelled(first_day, last_day, earliest, params)
    windows = _windows(newest_label, earliest, params.horizon_days)
    oldest_needed = last_day - 3 * horizon
    fits = oldest_needed >= earliest
    if params.split == "temporal" and not fits:
        raise InputError(
            f"time.split=temporal needs a training cutoff at {oldest_needed}, three horizons before the last day, "
            f"but the first usable one is {earliest}; set time.split to auto or lower time.horizon_days"
        )
    if params.split == "customers" or not fits:
        why = (
            "time.split asks for it"
            if params.split == "customers"
            else (
                f"three horizons before {last_day} is {oldest_needed}, earlier than the first usable cutoff {earliest}"
            )
        )
        backtest = Recipe(
            newest_label,
            (Rows(newest_label, ("training",)),),
            Rows(newest_label, ("calibration",)),
            Rows(newest_label, ("test",)),
        )

        def by_customer(as_of: date) -> Recipe:
            label = as_of - horizon
            return Recipe(as_of, (Rows(label, ("training", "test")),), Rows(label, ("calibration",)), Rows(as_of))

        # The backtest judges customers of a window from whose other customers it learned, so origins also judge its
        # total.
        origins = _origins(newest_label, earliest + horizon, params, first=0)
        recipes = backtest, by_customer(last_day), tuple(by_customer(as_of) for as_of in origins)
        return Plan("customers", why, params.horizon_days, first_day, last_day, *recipes, windows)
    why = (
        "time.split asks for it"
        if params.split == "temporal"
        else f"a training cutoff at {oldest_needed} fits the history"
    )

    def recipe(as_of: date) -> Recipe:
        training = _training_cutoffs(as_of - 2 * horizon, earliest, params)
        return Recipe(as_of, tuple(Rows(cutoff) for cutoff in training), Rows(as_of - horizon), Rows(as_of))

    rolling = tuple(recipe(as_of) for as_of in _origins(newest_label, earliest + 2 * horizon, params, first=1))
    recipes = recipe(newest_label), recipe(last_day), rolling
    return Plan("temporal", why, params.horizon_days, first_day, last_day, *recipes, windows)


def _unlabelled(first_day: date, last_day: date, earliest: date, params: TimeParams) -> Plan:
    why = (
        f"the history ({first_day} to {last_day}) is too short for time.horizon_days={params.horizon_days}: a snapshot "
        f"{params.min_history_days} days after its start (time.min_history_days) must be followed by a whole horizon"
    )
    longest = (last_day - earliest).days
    remedy = f"set time.horizon_days to {longest} or less"
    if longest < 1:
        remedy = "use a longer history, or lower time.min_history_days and time.horizon_days"
    if longest < 0 or params.split in ("temporal", "customers"):
        raise InputError(f"{why}; {remedy}")
    why = "time.split asks for it" if params.split == "none" else f"{why}; to learn from labels, {remedy}"
    recipe = Recipe(last_day, (), None, Rows(last_day))
    return Plan("none", why, params.horizon_days, first_day, last_day, None, recipe)


def position_of(keys: Iterable[str]) -> np.ndarray:
    """A hash of each key as a number in [0, 1), (n,): the same in every run and every data set."""
    return np.array([int.from_bytes(hashlib.blake2b(k.encode(), digest_size=4).digest(), "big") for k in keys]) / 2**32


def part_of(customer_ids: Iterable[str], shares: CustomerShares) -> np.ndarray:
    """The part of each customer, (n,) text, by a hash of the id."""
    edges = np.cumsum([shares.training, shares.calibration])
    return np.array(PARTS)[np.searchsorted(edges, position_of(customer_ids), side="right")]


def in_parts(customer_ids: Collection[str], parts: Collection[Part], shares: CustomerShares) -> np.ndarray:
    """Whether each customer belongs to one of the parts, (n,) of booleans."""
    if set(parts) == set(PARTS):
        return np.ones(len(customer_ids), dtype=bool)
    return np.isin(part_of(customer_ids, shares), list(parts))


def _training_cutoffs(newest: date, earliest: date, params: TimeParams) -> list[date]:
    n = min((newest - earliest).days // params.snapshot_every_days + 1, params.training_snapshots)
    return [newest - timedelta(days=params.snapshot_every_days * i) for i in reversed(range(n))]


def _windows(newest: date, earliest: date, horizon_days: int) -> tuple[date, ...]:
    span = (newest - earliest).days
    every = max(horizon_days / WINDOWS_PER_HORIZON, span / (MOST_WINDOWS - 1), 1)
    return tuple(newest - timedelta(days=round(every * i)) for i in range(int(span / every + 1e-9) + 1))


def _origins(newest: date, earliest: date, params: TimeParams, first: int) -> list[date]:
    """The dates of the rolling origins, newest first, from `first` steps before `newest` back to the earliest."""
    n = min(params.rolling_origins, (newest - earliest).days // params.rolling_every_days - first + 1)
    return [newest - timedelta(days=params.rolling_every_days * i) for i in range(first, first + max(n, 0))]


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value


def _rows(content: dict[str, Any]) -> Rows:
    return Rows(date.fromisoformat(content["cutoff"]), tuple(content["parts"]))


def _recipe(content: dict[str, Any]) -> Recipe:
    return Recipe(
        date.fromisoformat(content["as_of"]),
        tuple(_rows(rows) for rows in content["training"]),
        None if content["calibration"] is None else _rows(content["calibration"]),
        _rows(content["forecast"]),
    )
