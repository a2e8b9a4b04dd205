"""A model in two parts: the probability of buying at all, times what a buyer spends; both by LightGBM.

Source: Cragg (1971), "Some statistical models for limited dependent variables", Econometrica 39, 829-844.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np
import pandas as pd

from clv import storage
from clv.machine import Machine
from clv.models.learners.kept import once
from clv.models.learners.lightgbm import TreeParams, grow, read_booster, tree_settings, write_booster
from clv.models.learners.matrices import coded
from clv.models.learners.target import SHAPE, Target, training_rows


@dataclass(frozen=True)
class HurdleParams(TreeParams):
    """The parameters of both parts."""


class HurdleLearner:
    """P(value > 0) with the logistic loss, and the value of those above 0 with the gamma loss."""

    name: ClassVar[str] = "hurdle"
    title: ClassVar[str] = "Hurdle"
    of_ratio: ClassVar[bool] = True
    section: ClassVar[type] = HurdleParams

    def __init__(self, params: HurdleParams, machine: Machine, seed: int):
        self.params = params
        self.threads = machine.threads
        self.settings = tree_settings(params, machine, seed)

    def fit(self, X: pd.DataFrame, y: np.ndarray, weight: np.ndarray | None) -> None:
        """Fit to encoded features, values in money (n,), negative ones as 0 but not all of them 0, and weights (n,).

        If there are too few buyers to fill two leaves, their mean is the forecast for each.
        """
        X, y, w = training_rows(X, y, weight)
        buys, rounds = y > 0, self.params.n_rounds
        self.target = Target.fit(y[buys], w[buys])
        self.purchase = grow(X, buys.astype("float64"), w, self.settings | {"objective": "binary"}, rounds)
        self.spend = None
        if buys.sum() >= 2 * self.params.min_leaf_rows:
            spend = self.target.scaled(y[buys])
            self.spend = grow(X[buys], spend, w[buys], self.settings | {"objective": "gamma"}, rounds)

    def p_purchase(self, X: pd.DataFrame) -> np.ndarray:
        """Probability of spending anything in the horizon, (n,)."""
        return np.asarray(self.purchase.predict(once(coded, X), num_threads=self.threads))

    def predict(self, X: pd.DataFrame) -> np.ndarray:
        """Expected value in money, (n,), 0 or more."""
        return self.value(X, self.p_purchase(X))

    def value(self, X: pd.DataFrame, p_purchase: np.ndarray) -> np.ndarray:
        """The forecast of `predict`, given `p_purchase` of the same rows, (n,), which saves half of the time."""
        spend = self.spend.predict(once(coded, X), num_threads=self.threads) if self.spend else np.ones(len(X))
        return p_purchase * self.target.money(spend)

    def save(self, folder: Path) -> None:
        """Write NAME_purchase.txt and NAME_spend.txt, the trees, and NAME.json, the scale of the spend."""
        write_booster(self.purchase, folder / f"{self.name}_purchase.txt")
        if self.spend:
            write_booster(self.spend, folder / f"{self.name}_spend.txt")
        (folder / f"{self.name}.json").write_text(
            json.dumps(self.target.to_dict(), sort_keys=True, indent=1) + "\n", encoding="utf-8"
        )

    def load(self, folder: Path) -> None:
        """Read what `save` wrote."""
        self.purchase = read_booster(folder / f"{self.name}_purchase.txt")
        spend = folder / f"{self.name}_spend.txt"
        self.spend = read_booster(spend) if spend.exists() else None
        self.target = Target(**storage.read_json(folder / f"{self.name}.json", SHAPE))


class RawHurdleLearner(HurdleLearner):
    """The same for values in money; it uses the buy-till-you-die forecast only as a feature."""

    name: ClassVar[str] = "hurdle_raw"
    title: ClassVar[str] = "Hurdle, of money"
    of_ratio: ClassVar[bool] = False
