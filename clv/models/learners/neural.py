"""scikit-learn's neural networks with the Tweedie loss, averaged, and rounded to be the same on all machines.

The order of summation in matrix products differs between types of CPU, and training amplifies the last bit from epoch
to epoch. Coefficients are therefore rounded after each epoch, when they differ by about 1e-14. Two machines then differ
only if a coefficient is that close to the middle between two rounded values. Over a whole fit, the probability of that
is about 1e-8.
"""

import json
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, ClassVar

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from clv import storage
from clv.machine import Machine
from clv.models.learners.kept import once
from clv.models.learners.matrices import one_hot
from clv.models.learners.scaling import SHAPE as SCALER
from clv.models.learners.scaling import Scaler
from clv.models.learners.target import SHAPE as TARGET
from clv.models.learners.target import Target, training_rows
from clv.strict import Between

if TYPE_CHECKING:
    from sklearn.neural_network import MLPRegressor

NETWORK = {"coefs_": [[[float]]], "intercepts_": [[float]]}
SHAPE = {"scaler": SCALER, "target": TARGET, "networks": [NETWORK]}
DECIMALS = 4  # of a coefficient
MIN_BATCHES = 20  # per epoch, if there are enough rows
BATCH_ROWS = 16, 512  # fewest and most rows of a batch
MEAN_BOUNDS = 0.01, 100.0  # of forecasts over the training mean, when used to weight rows


@dataclass(frozen=True)
class NeuralParams:
    n_networks: Annotated[int, Between(1, 100)]
    n_units: Annotated[int, Between(1, 1024)]
    n_epochs: Annotated[int, Between(1, 1000)]
    learning_rate: Annotated[float, Between(1e-4, 0.1)]
    alpha: Annotated[float, Between(0, 1e6)]


class NeuralLearner:
    """Two hidden layers of rectified linear units on the scaled features, with one column per level of a category."""

    name: ClassVar[str] = "neural"
    title: ClassVar[str] = "Neural network"
    of_ratio: ClassVar[bool] = True
    section: ClassVar[type] = NeuralParams

    def __init__(self, params: NeuralParams, machine: Machine, seed: int):
        self.params = params
        self.seed = seed

    def fit(self, X: pd.DataFrame, y: np.ndarray, weight: np.ndarray | None) -> None:
        """Fit to encoded features, values in money (n,), with negative ones as 0, and weights (n,)."""
        from sklearn.utils import check_random_state

        X, y, w = training_rows(X, y, weight)
        self.scaler = once(Scaler.of, X, w.tobytes())
        self.target = Target.fit(y, w)
        rows = self.scaler.transform(one_hot(X)), self.target.scaled(y), w / w.mean()
        random_state = check_random_state(self.seed)  # one stream for all: each network continues it
        with threadpool_limits(1):
            self.networks = [self._network(*rows, random_state) for _ in range(self.params.n_networks)]

    def _network(
        self, Z: np.ndarray, y: np.ndarray, weight: np.ndarray, random_state: np.random.RandomState
    ) -> "MLPRegressor":
        """A network fitted with Adam to Tweedie deviance of power 1.5, with a learning rate that falls to 0.

        The derivative of that deviance is that of the Poisson deviance over the root of the forecast, so rows are
        weighted by the forecasts of the previous epoch: Wedderburn (1974), "Quasi-likelihood functions", Biometrika 61,
        439-447.
        """
        from sklearn.exceptions import ConvergenceWarning
        from sklearn.neural_network import MLPRegressor

        n, epochs = len(y), self.params.n_epochs
        network = MLPRegressor(
            loss="poisson",
            hidden_layer_sizes=(self.params.n_units, max(1, self.params.n_units // 2)),
            alpha=self.params.alpha,
            batch_size=min(n, int(np.clip(n // MIN_BATCHES, *BATCH_ROWS))),
            random_state=random_state,
            warm_start=True,
            max_iter=1,
        )
        mean = np.ones(n)
        for epoch in range(epochs):
            if epoch:
                mean = np.clip(_forecast(network, Z), *MEAN_BOUNDS)
            network.set_params(learning_rate_init=self.params.learning_rate * (1 - epoch / epochs))
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", ConvergenceWarning)  # each fit is a single epoch
                network.fit(Z, y, sample_weight=weight / np.sqrt(mean))
            network.coefs_ = [np.round(part, DECIMALS) for part in network.coefs_]
            network.intercepts_ = [np.round(part, DECIMALS) for part in network.intercepts_]
        return network

    def predict(self, X: pd.DataFrame) -> np.ndarray:
        """Expected value in money, (n,), 0 or more."""
        Z = self.scaler.transform(one_hot(X))
        with threadpool_limits(1):
            return self.target.money(np.mean([_forecast(network, Z) for network in self.networks], axis=0))

    def save(self, folder: Path) -> None:
        """Write neural.json."""
        content = {
            "scaler": self.scaler.to_dict(),
            "target": self.target.to_dict(),
            "networks": [
                {name: [part.tolist() for part in getattr(network, name)] for name in ("coefs_", "intercepts_")}
                for network in self.networks
            ],
        }
        (folder / "neural.json").write_text(json.dumps(content, sort_keys=True) + "\n", encoding="utf-8")

    def load(self, folder: Path) -> None:
        """Read what `save` wrote."""
        content = storage.read_json(folder / "neural.json", SHAPE)
        self.scaler = Scaler.from_dict(content["scaler"])
        self.target = Target(**content["target"])
        self.networks = [_loaded(**network) for network in content["networks"]]


def _forecast(network: "MLPRegressor", Z: np.ndarray) -> np.ndarray:
    with np.errstate(over="ignore"):  # infinite for extreme rows; bounds are applied later
        return np.asarray(network.predict(Z))


def _loaded(coefs_: list[list[list[float]]], intercepts_: list[list[float]]) -> "MLPRegressor":
    """A network that can predict, restored from its coefficients through scikit-learn's documented attributes."""
    from sklearn.neural_network import MLPRegressor

    network = MLPRegressor(loss="poisson")
    network.coefs_ = [np.array(part) for part in coefs_]
    network.intercepts_ = [np.array(part) for part in intercepts_]
    network.n_layers_ = len(coefs_) + 1
    network.n_outputs_ = 1
    network.out_activation_ = "exp"
    return network
