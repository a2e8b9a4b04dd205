"""Reading parts of a saved forecaster without its learners."""

from pathlib import Path

from clv import storage
from clv.damage import reading
from clv.models.btyd.value import SHAPE, Btyd
from clv.models.model_folder import MANIFEST
from clv.shape import Maybe


def read_btyd(folder: Path) -> Btyd:
    """The buy-till-you-die models of the forecaster in a folder."""
    content = storage.read_json(folder / MANIFEST, {"btyd": SHAPE})
    with reading(folder / MANIFEST):
        return Btyd.from_dict(content["btyd"])


def read_level_sd(folder: Path) -> float | None:
    """The standard deviation of the log of the horizon's total; None if no label was available to estimate it."""
    content = storage.read_json(folder / MANIFEST, {"at_level": {"level": {"sd": Maybe(float)}}})
    sd: float | None = content["at_level"]["level"]["sd"]
    return sd
