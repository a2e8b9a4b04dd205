"""The forecaster: what train fits, and what evaluate, segment and the notebooks use to value each customer."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from clv import storage
from clv.damage import reading
from clv.errors import InputError
from clv.features.columns import NOT_FEATURES
from clv.machine import Machine
from clv.models.btyd.basis import NEXT, Gap, knows_returns
from clv.models.btyd.value import OUTPUTS, Btyd
from clv.models.calibration.level import Level
from clv.models.coherence import days_to_next_order, p_alive, residual_value
from clv.models.correction import AtLevel, Correction, stretched
from clv.models.learners.registry import BTYD
from clv.models.model_folder import MANIFEST, REMEDY, SHAPE, require_sealed, seal
from clv.models.panel import Panel, fit_unseen
from clv.models.params import TrainParams
from clv.models.rounding import significant
from clv.models.samples import Sample, Samples, require_enough, same_window
from clv.models.value_over_time import extrapolated, value_columns
from clv.models.versions import library_versions, warn_of_other_versions
from clv.models.windows import Window
from clv.strict import build

SAME_WINDOW_SHARE = 0.3  # of the weight, for the buy-till-you-die forecast, if the learners' ageing cannot be observed
HIGH, MEDIUM = 1.0, 2.5  # confidence: width of the 90% interval over the forecast, or the mean forecast if larger


@dataclass(frozen=True)
class Forecaster:
    """Buy-till-you-die models, learners, and how they are combined and calibrated, as of a date.

    `typical` is the mean forecast, in money.
    """

    params: TrainParams
    seed: int
    btyd: Btyd
    panel: Panel
    at_level: AtLevel
    typical: float
    labelled: tuple[date, ...]  # cutoffs it learned from, oldest first; if none, it is the buy-till-you-die forecast

    @classmethod
    def fit(
        cls, samples: Samples, windows: Sequence[Window], params: TrainParams, machine: Machine, seed: int
    ) -> "Forecaster":
        """Fit to labelled samples, for customers like those of `forecast`, whose labels are not used.

        `windows` determine the level. Without labelled samples the result is the uncorrected buy-till-you-die forecast,
        including its intervals. Learners are fitted only to `training`; weights, curve, cells and intervals only to
        `calibration`, which has a later cutoff. If both come from one snapshot, customers are divided into four parts,
        and the forecasts of each part come from learners fitted to the others.
        """
        training, calibration, forecast = samples.training, samples.calibration, samples.forecast
        if calibration is None:
            return cls._unlabelled(forecast, params, seed)
        require_enough(training, calibration)
        level = Level.fit(windows, forecast.cutoff, forecast.btyd.horizon_days, forecast.btyd.basis.history_days)
        panel, unseen = fit_unseen(training, calibration, params, machine, seed, samples.every)
        correction = Correction.fit(unseen, _given(training, calibration, params), level.sd, params.interval_bins, seed)
        at_level = AtLevel.fit(correction, level, forecast, panel.predict(forecast.features))
        labelled = sorted({sample.cutoff for sample in (*training, calibration)})
        typical = significant(forecast.btyd_total * level.value / max(len(forecast.ids), 1), 6)
        return cls(params, seed, forecast.btyd, panel, at_level, typical, tuple(labelled))

    @classmethod
    def _unlabelled(cls, forecast: Sample, params: TrainParams, seed: int) -> "Forecaster":
        panel, at_level = Panel.untrained(forecast.features), AtLevel.none()
        typical = significant(forecast.btyd_total / max(len(forecast.ids), 1), 6)
        return cls(replace(params, learners=(BTYD,)), seed, forecast.btyd, panel, at_level, typical, ())

    @property
    def level(self) -> Level:
        """The level of its totals, with its uncertainty."""
        return self.at_level.level

    @property
    def correction(self) -> Correction:
        """What it learned from rows unseen by its learners."""
        return self.at_level.correction

    @property
    def weights(self) -> dict[str, float]:
        """The contribution of each learner, by name; they sum to 1."""
        return dict(zip(self.panel.names, self.correction.combination.shares, strict=True))

    def predict_learners(self, features: pd.DataFrame) -> pd.DataFrame:
        """Each learner's levelled forecast in money, for rows of complete features as returned by `features_of`.

        One row per row of features, one column per learner.
        """
        return (self.panel.predict(features) * self.at_level.learner_scales).round(2)

    def predict_btyd(self, features: pd.DataFrame) -> np.ndarray:
        """The levelled buy-till-you-die forecast alone, (n,) money, for rows of complete features."""
        return np.round(features["btyd_value"].to_numpy() * self.at_level.learner_scales[BTYD], 2)

    def predict(self, snapshot: pd.DataFrame) -> pd.DataFrame:
        """One row per row of `snapshot`, with the same index: the forecast for the horizon after the forecaster's date.

        predicted_clv, its bounds lower_90 to upper_99 and residual_value are in money; p_alive, p_purchase and
        churn_risk are probabilities; expected_orders is a number. days_to_next_order is the median for a customer who
        is still active, in seasonal days. value_30d to value_1095d are money over that number of days. confidence is
        high, medium or low: the 90% interval is at most as wide as, at most 2.5 times as wide as, or wider than the
        forecast, or than the mean forecast if that is larger. not_known lists the columns of the row that are guesses,
        by name, separated by spaces, "" if there are none. If too few customers returned to know how many will, there
        are no bounds; then, and if customers or days are too few for such a forecast, confidence is low. It is at most
        medium if no label has shown whether intervals hold.
        """
        return self.predict_from(self.features_of(snapshot))

    def predict_from(self, features: pd.DataFrame) -> pd.DataFrame:
        """The result of `predict` for rows of complete features, if several results are needed."""
        forecast, chances = self._forecast(features)
        bounds = self.correction.intervals.apply(forecast, stretched(self.btyd, features, forecast, self.seed))
        p_purchase = np.round(self.correction.chance.apply(chances), 6)
        orders = np.round(self.at_level.expected_orders(forecast, features, self.btyd), 6)
        gaps = self.btyd.gaps
        columns = {"predicted_clv": forecast}
        known = 1.0 if knows_returns(gaps) else np.nan
        columns |= {name: np.round(values, 2) * known for name, values in bounds.items()}
        alive = p_alive(features, p_purchase)
        columns |= {
            "p_alive": alive,
            "p_purchase": p_purchase,
            "churn_risk": np.round(1 - p_purchase, 6),
            # A customer who buys orders at least once, whatever the forecast of orders.
            "expected_orders": np.maximum(orders, p_purchase),
        }
        columns |= {
            NEXT: days_to_next_order(features, self.btyd, columns["expected_orders"], alive),
            "residual_value": residual_value(features, forecast, alive, self.level),
            "confidence": self._confidence(forecast, columns["upper_90"] - columns["lower_90"], gaps),
        }
        columns |= value_columns(self.btyd, features, forecast)
        beyond = extrapolated(self.btyd.horizon_days, gaps)
        columns["not_known"] = _not_known(gaps, beyond, columns[NEXT] > self.btyd.basis.history_days)
        return pd.DataFrame(columns, index=features.index)

    def _confidence(self, forecast: np.ndarray, width: np.ndarray, gaps: Sequence[Gap]) -> np.ndarray:
        """The confidence in each forecast (n,), given the width of its 90% interval (n,)."""
        if any(gap.name != "residual" for gap in gaps):
            return np.full(len(forecast), "low")
        value = np.maximum(forecast, self.typical)
        best = "high" if self.labelled else "medium"
        return np.select([width <= HIGH * value, width <= MEDIUM * value], [best, "medium"], "low")

    def quantiles(self, features: pd.DataFrame, forecast: np.ndarray, shares: Sequence[float]) -> np.ndarray:
        """Quantiles of each customer's value, (q, n) money: the buy-till-you-die distribution around a forecast.

        For rows of complete features and the forecast of `predict`. Unlike the intervals, they are not calibrated on
        past errors.
        """
        spread = stretched(self.btyd, features, forecast, self.seed, shares)
        return np.round([spread[share] for share in shares], 2)

    def forecast(self, features: pd.DataFrame) -> np.ndarray:
        """The combined forecast, (n,) money, for rows of complete features."""
        return self._forecast(features)[0]

    def _forecast(self, features: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
        """The combined forecast and the panel's purchase probabilities, (n, k)."""
        heard = self.correction.combination.heard
        # Learners without weight are skipped to save time.
        silent = [name for name, some in zip(self.panel.names, heard, strict=True) if not some]
        learners, chances = self.panel.predict_both(features, silent)
        return np.round(self.at_level.forecast(learners, features, self.btyd), 2), chances

    @property
    def features(self) -> list[str]:
        """The columns of a snapshot that it needs; it accepts no other features."""
        return [name for name in self.panel.encoder.names if name not in OUTPUTS]

    def features_of(self, snapshot: pd.DataFrame) -> pd.DataFrame:
        """The features to which the panel was fitted, buy-till-you-die outputs last: row by row, with the same index.

        Raises `InputError` if the snapshot lacks any or has others.
        """
        missing = [name for name in self.features if name not in snapshot]
        unknown = [str(name) for name in snapshot if name not in {*self.features, *NOT_FEATURES}]
        if missing or unknown:
            lack, more = f"lack {', '.join(missing)}", f"have {', '.join(unknown)}"
            which = " and ".join(text for text, some in ((lack, missing), (more, unknown)) if some)
            raise InputError(
                f"the features differ from those that the model was fitted with: they {which}; "
                "run `dvc repro` to refit it"
            )
        return pd.concat([snapshot[self.features], self.btyd.outputs(snapshot)], axis=1)

    def save(self, folder: Path, data: dict[str, str]) -> None:
        """Write manifest.json and the files of the learners into an existing folder, and seal all of its files.

        `data` are hashes of the data it was fitted to, by name; the manifest records them.
        """
        manifest = {
            "params": asdict(self.params),
            "seed": self.seed,
            "btyd": self.btyd.to_dict(),
            "panel": self.panel.save(folder),
            "at_level": self.at_level.to_dict(),
            "typical": self.typical,
            "labelled": [str(cutoff) for cutoff in self.labelled],
            "features": self.features,
            "data": data,
            "versions": library_versions(),
        }
        text = json.dumps(manifest, sort_keys=True, indent=1)
        (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")
        seal(folder)

    @classmethod
    def load(cls, folder: Path, machine: Machine) -> "Forecaster":
        """Read what `save` wrote; raises `InputError` if there is no model, or not the one that was saved.

        Warns on stderr if library versions differ from those at the time.
        """
        require_sealed(folder)
        content = storage.read_json(folder / MANIFEST, SHAPE)
        warn_of_other_versions(folder, content["versions"])
        with reading(folder, REMEDY):
            return cls._loaded(folder, content, machine)

    @classmethod
    def _loaded(cls, folder: Path, content: dict[str, Any], machine: Machine) -> "Forecaster":
        params = build(TrainParams, content["params"], "train", f"{folder / MANIFEST}")
        return cls(
            params=params,
            seed=content["seed"],
            btyd=Btyd.from_dict(content["btyd"]),
            panel=Panel.load(folder, content["panel"], params, machine, content["seed"]),
            at_level=AtLevel.from_dict(content["at_level"]),
            typical=content["typical"],
            labelled=tuple(date.fromisoformat(cutoff) for cutoff in content["labelled"]),
        )


def _given(training: Sequence[Sample], calibration: Sample, params: TrainParams) -> tuple[float, ...]:
    """Weights that are not learned from the rows, in the order of the learners, (k,).

    Rows of the window from which the learners learned cannot show how they age; buy-till-you-die models do not age.
    """
    unaged = same_window(training, calibration)
    return tuple(SAME_WINDOW_SHARE if unaged and name == BTYD else 0.0 for name in params.learners)


def _not_known(gaps: Sequence[Gap], beyond: set[str], is_late: np.ndarray) -> np.ndarray:
    """The names of the columns that are guesses in each row, (n,); `is_late` (n,) adds the next order."""
    guessed = beyond | {name for gap in gaps for name in gap.columns}
    late, others = (" ".join(sorted(names)) for names in (guessed | {NEXT}, guessed))
    return np.where(is_late, late, others)
