"""The forecaster of a folder, loaded once per process, for the blocks that a worker forecasts."""

import threading
from functools import lru_cache
from pathlib import Path

from clv.local_copy import local_copy
from clv.machine import Device, Machine
from clv.models.forecaster import Forecaster
from clv.models.model_folder import SUMS

_lock = threading.Lock()


def forecaster_at(at: str, device: Device = "cpu") -> Forecaster:
    """The forecaster saved at a path or URL from `clv.compute.Places`; it uses one thread.

    A process keeps the last two that it loaded; a model with other content is loaded again, whatever its location.
    Raises `InputError` if there is no model, or not the one that was saved.
    """
    with _lock:  # threads that need the same model wait for the first to load it
        folder = local_copy(at)
        sums = folder / SUMS
        return _loaded(folder, sums.read_bytes() if sums.is_file() else b"", device)


@lru_cache(maxsize=2)
def _loaded(folder: Path, _content: bytes, device: Device) -> Forecaster:
    return Forecaster.load(folder, Machine(1, device))
