"""Small neural networks with the Tweedie loss, averaged."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from clv.models.matrices import one_hot
from clv.models.network import Layers, Training, forward, rounded, start, train
from clv.models.scaling import Scaler
from clv.models.target import Target, training_rows
from clv.params import ComputeParams, NeuralParams

HELD_OUT = 0.15  # share of the rows on which a network's best epoch is chosen; each network draws its own
MIN_BATCHES = 20  # per epoch, as far as there are rows
BATCH_ROWS = 16, 512  # fewest and most rows of a batch


class NeuralLearner:
    """Two hidden layers of rectified units on the scaled features, one column per level of a category."""

    name = "neural"

    def __init__(self, params: NeuralParams, compute: ComputeParams, seed: int):
        self.params = params
        self.seed = seed

    def fit(self, X: pd.DataFrame, y: np.ndarray, weight: np.ndarray | None) -> None:
        """Fit on encoded features, values in money (n,), negative ones as 0, and weights (n,)."""
        X, y, w = training_rows(X, y, weight)
        matrix = one_hot(X)
        self.scaler = Scaler.fit(matrix, w)
        self.target = Target.fit(y, w)
        rows = rounded(self.scaler.transform(matrix)), self.target.scaled(y), w / w.mean()
        rngs = np.random.default_rng(self.seed).spawn(self.params.n_networks)
        with threadpool_limits(1):
            self.networks = [self._network(rows, rng) for rng in rngs]

    def _network(self, rows: tuple[np.ndarray, ...], rng: np.random.Generator) -> Layers:
        n, k = rows[0].shape
        order = rng.permutation(n)
        held, kept = np.split(order, [round(n * HELD_OUT)])
        how = Training(
            epochs=self.params.n_epochs,
            batch_rows=int(np.clip(n // MIN_BATCHES, *BATCH_ROWS)),
            rate=self.params.learning_rate,
            decay=self.params.decay,
        )
        layers = start([k, self.params.n_units, max(1, self.params.n_units // 2), 1], rng)
        return train(layers, tuple(part[kept] for part in rows), tuple(part[held] for part in rows), how, rng)

    def predict(self, X: pd.DataFrame) -> np.ndarray:
        """Expected value in money, (n,), 0 or more."""
        Z = rounded(self.scaler.transform(one_hot(X)))
        with threadpool_limits(1):
            forecasts = [np.exp(forward(network, Z)[-1][:, 0]) for network in self.networks]
        return self.target.money(np.mean(forecasts, axis=0))

    def save(self, folder: Path) -> None:
        """Write neural.json."""
        content = {
            "scaler": self.scaler.to_dict(),
            "target": self.target.to_dict(),
            "networks": [[[part.tolist() for part in layer] for layer in network] for network in self.networks],
        }
        (folder / "neural.json").write_text(json.dumps(content, sort_keys=True) + "\n", encoding="utf-8")

    def load(self, folder: Path) -> None:
        """Read what `save` wrote."""
        content = json.loads((folder / "neural.json").read_text(encoding="utf-8"))
        self.scaler = Scaler.from_dict(content["scaler"])
        self.target = Target(**content["target"])
        self.networks = [
            [(np.array(weights), np.array(offset)) for weights, offset in network] for network in content["networks"]
        ]
