"""A worker loads a model once for all blocks, and anew when its content has changed."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from clv.errors import InputError
from clv.machine import Machine
from clv.models.forecaster import Forecaster
from clv.models.loaded import forecaster_at
from clv.models.model_folder import MANIFEST, SUMS, seal


def sealed(folder: Path, content: str) -> str:
    (folder / MANIFEST).write_text(content)
    seal(folder)
    return str(folder)


def test_a_model_is_loaded_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded: list[tuple[Path, Machine]] = []

    def load(folder: Path, machine: Machine) -> object:
        loaded.append((folder, machine))
        return object()

    monkeypatch.setattr(Forecaster, "load", load)
    at = sealed(tmp_path, "one")
    with ThreadPoolExecutor(4) as pool:
        found = set(pool.map(forecaster_at, [at] * 8))
    assert loaded == [(tmp_path, Machine(threads=1))]
    assert found == {forecaster_at(at)}
    sealed(tmp_path, "another")  # as a later run writes it
    assert forecaster_at(at) not in found
    assert forecaster_at(at, "cuda") is not forecaster_at(at)
    assert [machine.device for _, machine in loaded] == ["cpu", "cpu", "cuda"]


def test_a_folder_without_a_model_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"holds no model"):
        forecaster_at(str(tmp_path))
    sealed(tmp_path, "{}")
    (tmp_path / SUMS).unlink()
    with pytest.raises(InputError, match=f"has no {SUMS}"):
        forecaster_at(str(tmp_path))
