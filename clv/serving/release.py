"""A release: the outputs of one `dvc repro`, copied whole, with the parameters of that run."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from clv import artifacts, json_artifacts, paths, storage
from clv.damage import reading
from clv.errors import InputError
from clv.models.store import read_btyd
from clv.serving.contents import contents
from clv.serving.customer_table import CustomerTable
from clv.serving.recorded import LOCK, Lock
from clv.serving.rows_of_customer import RowsOfCustomer
from clv.serving.sorted_rows import SortedRows
from clv.table_shape import Columns, require_columns


@dataclass(frozen=True)
class Release:
    """The artifacts of a run and access to them: all numbers are read from the files, none is computed.

    `recorded` are the parameters of the run, by section: params.yaml may have been edited since.
    """

    id: str
    folder: Path
    as_of: date
    horizon_days: int
    currency: str
    customers: CustomerTable
    reasons: RowsOfCustomer
    campaign: RowsOfCustomer
    recorded: Mapping[str, Any]
    _read: dict[Path, Any] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def load(cls, folder: Path) -> "Release":
        """Read a release from its folder; raises `InputError` if a file is missing or has the wrong shape."""
        lock = Lock.read(folder / LOCK)
        recorded, held = lock.parameters(), contents(lock)
        for path in held:
            if not (folder / path).exists():
                raise InputError(f"{folder / path} does not exist; adopt that run again")
        btyd = read_btyd(folder / paths.TODAY_MODEL)
        release = cls(
            id=lock.id,
            folder=folder,
            as_of=btyd.cutoff,
            horizon_days=btyd.horizon_days,
            currency=recorded["currency"],
            customers=CustomerTable(_rows(folder, paths.CUSTOMER_VALUES), lock.id),
            reasons=RowsOfCustomer(_rows(folder, paths.REASONS)),
            campaign=RowsOfCustomer(_rows(folder, paths.CAMPAIGN_PLAN)),
            recorded=recorded,
        )
        for path in held:
            if path in json_artifacts.SHAPES:
                release.json(path)
            elif path in artifacts.TABLE and path.suffix == ".csv":
                release.csv(path)
        return release

    def path(self, artifact: Path) -> Path:
        """The path of an artifact of `clv.paths` within the release."""
        return self.folder / artifact

    def stamp(self) -> dict[str, Any]:
        """The part of every response that identifies the release."""
        return {
            "release": self.id,
            "as_of": self.as_of.isoformat(),
            "horizon_days": self.horizon_days,
            "currency": self.currency,
        }

    def json(self, artifact: Path) -> Any:
        """A JSON artifact of `clv.paths`, read once; do not modify it. Raises `InputError` if it has another shape."""
        if artifact not in self._read:
            self._read[artifact] = storage.read_json(self.path(artifact), json_artifacts.SHAPES.get(artifact))
        return self._read[artifact]

    def csv(self, artifact: Path) -> pd.DataFrame:
        """A CSV artifact of `clv.paths`, read once; do not modify it. Raises `InputError` if it lacks columns.

        Columns that are not numbers in `clv.artifacts` are text, with "" for blanks, or booleans.
        """
        if artifact not in self._read:
            self._read[artifact] = _read_csv(self.path(artifact), artifacts.TABLE.get(artifact, storage.ANY))
        return self._read[artifact]


def _rows(folder: Path, artifact: Path) -> SortedRows:
    return SortedRows.read(folder / artifact, artifacts.TABLE.get(artifact, storage.ANY))


def _read_csv(path: Path, needed: Columns) -> pd.DataFrame:
    guessed = storage.read_csv(path)
    names = [name for name in needed.text if name in guessed and guessed[name].dtype != bool]
    frame = storage.read_csv(path, names)
    if tuple(frame) != artifacts.NOTHING_JUDGED or len(frame):
        with reading(path):
            require_columns(frame, needed)
    return frame
