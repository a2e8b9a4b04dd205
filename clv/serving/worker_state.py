"""State of the forecasting process: tasks use it, the process that serves requests never does."""

from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from clv import paths
from clv.data.params import PreprocessParams
from clv.features.shop import Shop
from clv.machine import Machine
from clv.models.forecaster import Forecaster
from clv.serving.raw_rows import RawRows
from clv.serving.recorded import LOCK, Lock
from clv.serving.worker_folder import folder_of_release
from clv.strict import build


@dataclass(frozen=True)
class ModelOfRelease:
    """The forecaster of a release with its shop and cleaning parameters, and the folder of the release."""

    folder: Path
    forecaster: Forecaster
    shop: Shop
    preprocess: PreprocessParams

    @classmethod
    def load(cls, folder: Path) -> "ModelOfRelease":
        """Read it from the folder of a release; raises `InputError` if that fails."""
        recorded, model = Lock.read(folder / LOCK).parameters(), folder / paths.TODAY_MODEL
        machine = Machine.here(recorded["device"]).alone()
        preprocess = build(PreprocessParams, recorded["preprocess"], "preprocess", f"{folder / LOCK}")
        return cls(folder, Forecaster.load(model, machine), Shop.load(model), preprocess)

    @cached_property
    def rows(self) -> RawRows:
        """The raw rows of the release's customers."""
        return RawRows.open(self.folder, self.preprocess)


@lru_cache(1)
def held() -> ModelOfRelease:
    """The model of the release that this process works for, read on first use; raises `InputError` if that fails."""
    return ModelOfRelease.load(folder_of_release())
