"""Reading parts of a saved forecaster without its learners."""

from datetime import date
from pathlib import Path
from typing import Any

from clv import storage
from clv.damage import reading
from clv.models.btyd.value import SHAPE, Btyd
from clv.models.model_folder import MANIFEST


def read_btyd(folder: Path) -> Btyd:
    """The buy-till-you-die models of the forecaster in a folder."""
    content = _manifest(folder, {"btyd": SHAPE})
    with reading(folder / MANIFEST):
        return Btyd.from_dict(content["btyd"])


def read_level_sd(folder: Path) -> float | None:
    """By how much the total of the horizon may be off: standard deviation of its log; None where no label showed it."""
    content = _manifest(folder, {"scaled": {"level": {"sd": float}}, "labelled": [date]})
    return float(content["scaled"]["level"]["sd"]) if content["labelled"] else None


def _manifest(folder: Path, shape: Any) -> Any:
    return storage.read_json(folder / MANIFEST, shape)
