"""What forecasts of single customers need of the whole shop, kept in the folder of the model."""

from dataclasses import dataclass
from pathlib import Path

from clv import storage
from clv.data.bounds import SHAPE as BOUNDS
from clv.data.bounds import Bounds
from clv.errors import InputError
from clv.features.sources import DECIMALS, Means
from clv.shape import Each

FILE = "shop.json"
SHAPE = {"bounds": BOUNDS, "sources": Each(Each(float))}


@dataclass(frozen=True)
class Shop:
    """The bounds by which all lines were cleaned, and the mean revenue by source as of the date of the model."""

    bounds: Bounds
    sources: Means

    def save(self, folder: Path) -> None:
        """Write shop.json into the folder of a model."""
        storage.write_json({"bounds": self.bounds.to_dict(), "sources": self.sources}, folder / FILE, DECIMALS)

    @classmethod
    def load(cls, folder: Path) -> "Shop":
        """Read what `save` wrote; raises `InputError` if the model has none."""
        if not (folder / FILE).exists():
            raise InputError(f"{folder} has no {FILE}, which forecasts of single customers need; run `dvc repro train`")
        content = storage.read_json(folder / FILE, SHAPE)
        return cls(Bounds.from_dict(content["bounds"]), content["sources"])
