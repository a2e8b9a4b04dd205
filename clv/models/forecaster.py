"""The forecaster: what train fits, and what evaluate, segment and the notebooks ask for each customer's value."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd

from clv.errors import InputError
from clv.models.btyd import Btyd
from clv.models.encoder import Encoder
from clv.models.ensemble import fit_weights
from clv.models.intervals import Intervals
from clv.models.learners import Learner, make_learner
from clv.models.level import level_of, scale_to
from clv.models.samples import Sample, halves, require_enough
from clv.params import ComputeParams, TrainParams
from clv.strict import build

LIBRARIES = ("numpy", "pandas", "scikit-learn", "scipy", "xgboost", "lightgbm")


class Forecaster:
    """Buy-till-you-die models, learners, their weights and levels (`clv.models.level`), and intervals as of a date."""

    def __init__(
        self, params: TrainParams, btyd: Btyd, encoder: Encoder, learners: list[Learner], level: float,
        scales: dict[str, float], weights: dict[str, float], intervals: Intervals,
    ):  # fmt: skip
        self.params = params
        self.btyd = btyd
        self.encoder = encoder
        self.learners = learners
        self.level = level
        self.scales = scales
        self.weights = weights
        self.intervals = intervals

    @classmethod
    def fit(
        cls, training: Sequence[Sample], calibration: Sample, forecast: Sample, params: TrainParams,
        compute: ComputeParams, seed: int,
    ) -> "Forecaster":  # fmt: skip
        """Fit to labelled samples, for customers like those of `forecast`, whose labels are not looked at.

        Learners see `training` only, weights one half of `calibration`, the level both; intervals the other half,
        which nothing else was fitted to.
        """
        require_enough(training, calibration)
        features = pd.concat([sample.features for sample in training], ignore_index=True)
        target = np.concatenate([sample.target for sample in training])
        encoder = Encoder.fit(features)
        X = encoder.transform(features)
        learners = [make_learner(name, params, compute, seed) for name in params.learners]
        for learner in learners:
            learner.fit(X, target, None)

        weighing, kept = halves(calibration)
        level = level_of([*training, weighing])
        weights = fit_weights(_levelled(learners, encoder, weighing, level).to_numpy(), weighing.target)
        combined = _levelled(learners, encoder, kept, level).to_numpy() @ weights
        raw = _raw(learners, encoder.transform(forecast.features))
        return cls(
            params=params,
            btyd=forecast.btyd,
            encoder=encoder,
            learners=learners,
            level=level,
            scales={name: scale_to(raw[name].to_numpy(), forecast, level) for name in raw.columns},
            weights=dict(zip(params.learners, weights.tolist(), strict=True)),
            intervals=Intervals.fit(np.round(combined, 2), kept.target, params.interval_bins),
        )

    def predict_learners(self, features: pd.DataFrame) -> pd.DataFrame:
        """Each learner's levelled forecast in money: one row per row of snapshot `features`, one column per learner."""
        return _scaled(_raw(self.learners, self._encode(features)), self.scales).round(2)

    def predict(self, features: pd.DataFrame) -> pd.DataFrame:
        """One row per row of snapshot `features`, same index: the forecast of the horizon after the forecaster's date.

        predicted_clv and its bounds lower_90 to upper_99 in money; p_alive, p_purchase probabilities; expected_orders.
        """
        learners = self.predict_learners(features)
        forecast = np.round(learners.to_numpy() @ np.array([self.weights[name] for name in learners.columns]), 2)
        outputs = self.btyd.outputs(features)
        columns = {"predicted_clv": forecast}
        columns |= {name: np.round(values, 2) for name, values in self.intervals.apply(forecast).items()}
        columns |= {
            "p_alive": outputs["btyd_p_alive"].to_numpy(),
            "p_purchase": outputs["btyd_p_purchase"].to_numpy(),
            "expected_orders": outputs["btyd_orders"].to_numpy(),
        }
        return pd.DataFrame(columns, index=features.index)

    def _encode(self, features: pd.DataFrame) -> pd.DataFrame:
        missing = [
            name
            for name in (*self.encoder.numeric, *self.encoder.levels)
            if not name.startswith("btyd_") and name not in features
        ]
        if missing:
            raise InputError(
                f"the features lack {', '.join(missing)}, which the model was fitted with; run `dvc repro` to refit it"
            )
        return self.encoder.transform(features.join(self.btyd.outputs(features)))

    def save(self, folder: Path) -> None:
        """Write manifest.json and one file per learner into an existing folder."""
        manifest = {
            "params": asdict(self.params),
            "btyd": self.btyd.to_dict(),
            "encoder": self.encoder.to_dict(),
            "level": self.level,
            "scales": self.scales,
            "weights": self.weights,
            "intervals": self.intervals.to_dict(),
            "versions": {name: _version(name) for name in LIBRARIES},
        }
        (folder / "manifest.json").write_text(json.dumps(manifest, sort_keys=True, indent=1) + "\n", encoding="utf-8")
        for learner in self.learners:
            learner.save(folder)

    @classmethod
    def load(cls, folder: Path, compute: ComputeParams, seed: int) -> "Forecaster":
        """Read what `save` wrote. Raises `InputError` where there is no model."""
        if not (folder / "manifest.json").exists():
            raise InputError(f"{folder} holds no model (no manifest.json); run `dvc repro train`")
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        params = build(TrainParams, manifest["params"], "train")
        learners = [make_learner(name, params, compute, seed) for name in params.learners]
        for learner in learners:
            learner.load(folder)
        return cls(
            params=params,
            btyd=Btyd.from_dict(manifest["btyd"]),
            encoder=Encoder.from_dict(manifest["encoder"]),
            learners=learners,
            level=manifest["level"],
            scales=manifest["scales"],
            weights=manifest["weights"],
            intervals=Intervals.from_dict(manifest["intervals"]),
        )


def _raw(learners: Sequence[Learner], X: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame({learner.name: learner.predict(X) for learner in learners}, index=X.index)


def _levelled(learners: Sequence[Learner], encoder: Encoder, sample: Sample, level: float) -> pd.DataFrame:
    raw = _raw(learners, encoder.transform(sample.features))
    return _scaled(raw, {name: scale_to(raw[name].to_numpy(), sample, level) for name in raw.columns})


def _scaled(raw: pd.DataFrame, scales: dict[str, float]) -> pd.DataFrame:
    return raw * np.array([scales[name] for name in raw.columns])


def _version(name: str) -> str:
    return version("xgboost-cpu") if name == "xgboost" and _has_distribution("xgboost-cpu") else version(name)


def _has_distribution(name: str) -> bool:
    try:
        version(name)
    except ImportError:
        return False
    return True
