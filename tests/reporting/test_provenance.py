"""The digests of a run change with what it was made of, and with nothing else."""

import shutil
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from clv import paths
from clv.data.world.params import SyntheticParams
from clv.params import Params
from clv.reporting.front.provenance import digests, of_values
from clv.strict import load
from tests.conftest import ROOT


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with what the digests are made of."""
    monkeypatch.chdir(tmp_path)
    for path in (paths.CLEAN / "transactions" / "part.parquet", paths.code("index")):
        path.parent.mkdir(parents=True)
        path.write_bytes(b"as it was")
    shutil.copy(ROOT / paths.SYNTHETIC, tmp_path)
    return tmp_path


def edit(path: Path) -> None:
    path.write_text(
        path.read_text(encoding="utf-8")
        .replace("as it was", "edited")
        .replace("n_customers: 20000", "n_customers: 20001")
    )


@pytest.mark.parametrize(
    ("change", "name"),
    [
        (lambda p: (edit(next(paths.CLEAN.rglob("*.parquet"))), p)[1], "data"),
        (lambda p: (edit(paths.code("index")), p)[1], "code"),
        (lambda p: (edit(paths.SYNTHETIC), p)[1], "params"),
        (lambda p: replace(p, seed=p.seed + 1), "params"),
        (lambda p: replace(p, retrain=replace(p.retrain, every_days=p.retrain.every_days + 1)), None),
    ],
)
@pytest.mark.usefixtures("here")
def test_a_digest_follows_its_part_alone(
    project_params: Params, change: Callable[[Params], Params], name: str | None
) -> None:
    before = digests(asdict(project_params), load(SyntheticParams, paths.SYNTHETIC))
    assert all(len(digest) == 12 for digest in before.values())
    changed = change(project_params)
    after = digests(asdict(changed), load(SyntheticParams, paths.SYNTHETIC))
    assert {key for key in before if before[key] != after[key]} == ({name} if name else set())


def test_the_order_of_parameters_is_nothing() -> None:
    one = of_values({"seed": 42, "time": {"last_day": None}})
    assert of_values({"time": {"last_day": None}, "seed": 42}) == one
    assert of_values({"seed": 43, "time": {"last_day": None}}) != one
