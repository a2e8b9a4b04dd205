"""The fitted model that `clv.fit` returns: its forecasts, its evaluation, and how it is saved and loaded."""

import json
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from clv import storage
from clv.damage import reading
from clv.door import raw_history
from clv.door.featurized import Featurized
from clv.door.frames import about_fitted, about_frames, read_frames, require_frames
from clv.door.recipe_fit import backtest_metrics
from clv.door.settings import machine
from clv.errors import InputError
from clv.features.columns import CUSTOMER
from clv.features.shop import Shop
from clv.features.store import EVERY_SNAPSHOT
from clv.models.forecaster import Forecaster
from clv.models.model_folder import MANIFEST
from clv.models.prediction import predict_in_parts
from clv.params import Params
from clv.replacing import replacing
from clv.strict import build

# Files of the folder that a model of the pipeline does not have.
SNAPSHOT, FIT, METRICS = "snapshot.parquet", "fit.json", "metrics.parquet"


@dataclass
class Model:
    """The forecaster of a shop as of its last day.

    Attributes
    ----------
    forecaster: the pipeline's model of today. shop: what forecasts of single customers need to know about all others.
    params: all parameters of the fit. snapshot: one row per customer who had bought, by id, with the features. data:
    hashes of the snapshots that the pipeline's models would be fitted to, by cutoff. findings: one row per thing found
    in the input (about, flagged, text, remedy). made: the snapshots; None for a loaded model.
    """

    forecaster: Forecaster
    shop: Shop
    params: Params
    snapshot: pd.DataFrame
    data: dict[str, str]
    findings: pd.DataFrame
    made: Featurized | None = None
    _metrics: pd.DataFrame | None = None

    def __repr__(self) -> str:
        return f"<clv.Model of {len(self.snapshot):,} customers as of {self.as_of}, {self.horizon_days} days ahead>"

    @property
    def as_of(self) -> date:
        """The last day of the data, from which the model forecasts."""
        return self.forecaster.btyd.cutoff

    @property
    def horizon_days(self) -> int:
        """The number of days after `as_of` for which the model forecasts."""
        return self.forecaster.btyd.horizon_days

    def predict(
        self,
        orders: pd.DataFrame | None = None,
        customers: pd.DataFrame | None = None,
        touches: pd.DataFrame | None = None,
    ) -> pd.DataFrame:
        """Forecast all customers of the fit, or those in raw `orders`, as of the model's date: one row each, by id.

        Columns: `customer_id` and those of `clv.models.forecaster.Forecaster.predict`: predicted_clv, bounds of 90, 95
        and 99%, p_alive, expected_orders, ... `orders` has order lines under the column names of the fit, with the
        whole history of each customer; the forecast of a customer does not depend on the others. Orders after the
        model's date are ignored, and customers without an earlier one have no row. `customers` and `touches` are
        required if the model was fitted with them; pass a table without rows if there are none.

        Raises `InputError` for a table or column that is missing or cannot be read, or if no customer had bought.
        """
        if orders is None:
            if customers is not None or touches is not None:
                raise InputError(
                    "customers and touches need orders, which are missing; give orders too, or none of the three"
                )
            return self.snapshot[[CUSTOMER]].join(predict_in_parts(self.forecaster, self.snapshot, threads=1))
        frames = require_frames({"transactions": orders, "customers": customers, "touches": touches})
        with about_fitted():
            given = read_frames(frames, self.params)
        with about_frames():
            return raw_history.predict(self.forecaster, self.shop, given, self.params.preprocess)

    def evaluate(self) -> pd.DataFrame:
        """Metrics of the same recipe one horizon ago, on what its customers then spent; it is fitted on the first call.

        One row per forecast and metric, as in reports/tables/metrics.csv: forecast (`ensemble` is that of this model,
        the others its learners and baselines), metric, value, and the interval from resampling customers.

        Raises `InputError` if the history is too short for a backtest, and for a loaded model that was not evaluated
        before it was saved: its data are not kept.
        """
        if self._metrics is None:
            if self.made is None:
                raise InputError(
                    "this model was saved before it was evaluated, and its data were not kept; fit it again, and "
                    "call evaluate() before save()"
                )
            self._metrics = backtest_metrics(self.made, self.params)
        return self._metrics.copy()

    def save(self, folder: str | Path) -> None:
        """Save the model into a folder, atomically: the files of models/today, and what `load` needs besides.

        `clv predict --model FOLDER` reads it too. Raises `InputError` if the path exists and holds anything but a
        model.
        """
        path = Path(folder)
        if path.exists() and not (path / MANIFEST).is_file() and not (path.is_dir() and not any(path.iterdir())):
            raise InputError(f"{path} would be replaced, but it exists and is not a model; give another folder")
        with replacing(path) as temporary:
            temporary.mkdir()
            storage.write_table(self.snapshot, temporary / SNAPSHOT)
            findings = self.findings.to_dict("records")
            content = json.dumps({"params": asdict(self.params), "findings": findings}, default=str, sort_keys=True)
            storage.write_text(content, temporary / FIT)
            if self._metrics is not None:
                storage.write_table(self._metrics, temporary / METRICS)
            self.shop.save(temporary)
            self.forecaster.save(temporary, self.data)

    @classmethod
    def load(cls, folder: str | Path) -> "Model":
        """Read a model that `save` wrote. Raises `InputError` if there is none, or its files are damaged."""
        path = Path(folder)
        fitted = saved_fit(path)
        if fitted is None:
            raise InputError(
                f"{path} has no {FIT}, which Model.save writes; the pipeline's models are for `clv predict`"
            )
        forecaster = Forecaster.load(path, machine(fitted.params))
        return cls(
            forecaster=forecaster,
            shop=Shop.load(path),
            params=fitted.params,
            snapshot=storage.read_table(path / SNAPSHOT, needed=EVERY_SNAPSHOT),
            data=storage.read_json(path / MANIFEST)["data"],
            findings=fitted.findings,
            _metrics=storage.read_table(path / METRICS) if (path / METRICS).exists() else None,
        )


@dataclass(frozen=True)
class SavedFit:
    """What a saved `Model` records of its fit."""

    params: Params
    findings: pd.DataFrame


def saved_fit(folder: Path) -> SavedFit | None:
    """The record of the fit of a model in a folder; None for a model of the pipeline, which uses params.yaml."""
    path = folder / FIT
    if not path.exists():
        return None
    content: dict[str, Any] = storage.read_json(path, {"params": {}, "findings": [{}]})
    with reading(path):
        return SavedFit(build(Params, content["params"], file=str(path)), pd.DataFrame(content["findings"]))
