"""Blocks of customers are mapped in threads, or on a Dask cluster whose workers may die: the bytes are the same."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path

import fsspec
import pandas as pd
import pyarrow as pa
import pytest
import s3fs

from clv import block_parts, storage
from clv.compute import mapper, within_reach
from clv.data.cleaning import Cleaned, clean_table
from clv.data.lines import Cleaning
from clv.data.parquet import write_clean
from clv.data.world.params import SyntheticParams
from clv.data.world.worlds import make_world
from clv.errors import InputError
from clv.features.block import FEATURE_TABLES, Clean
from clv.features.columns import CUSTOMER
from clv.features.params import CustomerShares
from clv.features.parts import Count, Job, total
from clv.features.snapshot import make_snapshots
from clv.features.sources import source_means
from clv.machine import Machine
from tests.cluster import Cluster, cluster
from tests.conftest import ROOT
from tests.killed_worker import with_a_worker_killed
from tests.servers import s3_server

LAST_DAY = date(2024, 11, 30)
CUTOFFS = (date(2023, 9, 1), date(2024, 3, 31), LAST_DAY)
WINDOWS = (date(2023, 12, 1), date(2024, 3, 31))  # the windows with labels
HORIZON = 120
SHARES = CustomerShares(0.7, 0.15, 0.15)
LOCAL = Machine(threads=1)


@pytest.fixture(scope="module")
def cleaned(small_world: SyntheticParams) -> dict[str, Cleaned]:
    raw = make_world(small_world, seed=7, horizon_days=HORIZON).tables
    return {name: clean_table(name, raw[name], Cleaning(time_zone="UTC")) for name in FEATURE_TABLES}


@pytest.fixture(scope="module")
def folder(cleaned: dict[str, Cleaned], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Clean tables in blocks, as preprocess writes them, in a folder for each number of blocks."""
    root = tmp_path_factory.mktemp("clean")
    for n_blocks in (1, 5, 40):
        for name, table in cleaned.items():
            write_clean(table, root / str(n_blocks) / name, n_blocks)
    return root


def featurize(
    clean: Path, snapshots: Path, machine: Machine, columns: set[str], cutoffs: tuple[date, ...] = CUTOFFS
) -> dict[date, Count]:
    """Do the work of the stage, from a folder of clean tables to a folder of snapshots."""
    n_blocks = len(list((clean / "transactions").iterdir()))
    snapshots.mkdir()
    with mapper(machine) as each, within_reach(machine, [(clean, FEATURE_TABLES)], snapshots) as places:
        where = places.of(clean), places.output
        job = Job(*where, frozenset(columns), cutoffs, LAST_DAY, HORIZON, SHARES, WINDOWS)
        means = source_means(each(job.windows, n_blocks), cutoffs)
        return total([block.counts for block in each(partial(job.snapshots_of, means), n_blocks)])


@pytest.fixture(scope="module")
def columns(cleaned: dict[str, Cleaned]) -> set[str]:
    return {f"{table}.{name}" for table, result in cleaned.items() for name in result.columns}


def contents(folder: Path) -> dict[str, bytes]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


@pytest.fixture(scope="module")
def expected(folder: Path, columns: set[str], tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The bytes that one thread makes of five blocks, by file."""
    target = tmp_path_factory.mktemp("expected") / "snapshots"
    featurize(folder / "5", target, LOCAL, columns)
    found = contents(target)
    assert len(found) == 5 * len({*CUTOFFS, *WINDOWS})
    return found


@pytest.mark.parametrize("n_blocks", [1, 5, 40])
def test_the_blocks_do_not_matter(
    folder: Path, columns: set[str], clean_shop: Clean, tmp_path: Path, n_blocks: int
) -> None:
    counts = featurize(folder / str(n_blocks), tmp_path / "snapshots", LOCAL, columns)
    whole = make_snapshots(clean_shop, [*CUTOFFS, WINDOWS[0]], LAST_DAY, HORIZON)
    for cutoff in CUTOFFS:
        parts = storage.read_table(tmp_path / "snapshots" / str(cutoff)).sort_values(CUSTOMER, ignore_index=True)
        pd.testing.assert_frame_equal(parts, whole[cutoff], check_exact=True)
        assert counts[cutoff].customers == len(parts)
        assert counts[cutoff].known == {name: int(parts[name].notna().sum()) for name in counts[cutoff].known}
    window = storage.read_table(tmp_path / "snapshots" / "windows" / "2023-12-01")
    same = whole[WINDOWS[0]][list(window)]
    pd.testing.assert_frame_equal(window.sort_values(CUSTOMER, ignore_index=True), same, check_exact=True)
    assert counts[LAST_DAY].buyers is None
    assert counts[CUTOFFS[1]].buyers == (whole[CUTOFFS[1]]["target_net_revenue"] > 0).sum()


def test_threads_do_not_matter(folder: Path, columns: set[str], expected: dict[str, bytes], tmp_path: Path) -> None:
    featurize(folder / "5", tmp_path / "two", replace(LOCAL, threads=2), columns)
    assert contents(tmp_path / "two") == expected


@pytest.fixture(autouse=True)
def _no_cached_address() -> None:
    """Each test has a server with an address of its own; fsspec would remember the first."""
    s3fs.S3FileSystem.clear_instance_cache()


@pytest.fixture(scope="module")
def dask(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with cluster(tmp_path_factory.mktemp("dask") / "cluster", workers=2) as running:
        yield running


def on(running: Cluster) -> Machine:
    return replace(LOCAL, scheduler=running.address)


def test_dask_gives_the_same_bytes(
    folder: Path, columns: set[str], expected: dict[str, bytes], dask: Cluster, tmp_path: Path
) -> None:
    featurize(folder / "5", tmp_path / "dask", on(dask), columns)
    assert contents(tmp_path / "dask") == expected


def test_workers_may_use_another_folder(
    folder: Path, columns: set[str], expected: dict[str, bytes], dask: Cluster, tmp_path: Path
) -> None:
    (tmp_path / "shared").mkdir()
    featurize(folder / "5", tmp_path / "dask", replace(on(dask), storage=str(tmp_path / "shared")), columns)
    assert contents(tmp_path / "dask") == expected


def test_workers_may_use_s3(
    folder: Path, columns: set[str], expected: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "s3").mkdir()
    with s3_server(tmp_path / "s3", "blocks") as server, cluster(tmp_path / "dask", workers=2, **server.env) as running:
        for name, value in server.env.items():
            monkeypatch.setenv(name, value)
        machine = replace(on(running), storage="s3://blocks/work")
        featurize(folder / "5", tmp_path / "out", machine, columns)
    assert contents(tmp_path / "out") == expected


def test_a_worker_killed_in_the_middle_costs_only_time(folder: Path, columns: set[str], tmp_path: Path) -> None:
    featurize(folder / "40", tmp_path / "local", LOCAL, columns)
    target = tmp_path / "dask"
    with_a_worker_killed(
        lambda machine: featurize(folder / "40", target, machine, columns),
        target,
        tmp_path / "cluster",
        after=50,
        of=80,
    )
    assert contents(target) == contents(tmp_path / "local")


def test_a_scheduler_that_does_not_answer_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clv.dask_cluster.CONNECT_SECONDS", 1)
    machine = replace(LOCAL, scheduler="tcp://127.0.0.1:9")
    with (
        pytest.raises(InputError, match=r"CLV_DASK_SCHEDULER tcp://127\.0\.0\.1:9 does not answer") as caught,
        mapper(machine),
    ):
        pass
    assert "\n" not in str(caught.value)


def test_a_scheduler_without_workers_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clv.dask_cluster.CONNECT_SECONDS", 1)
    with (
        cluster(tmp_path / "dask", workers=0) as running,
        pytest.raises(InputError, match="has no workers"),
        mapper(on(running)),
    ):
        pass


def test_workers_with_other_code_are_refused(tmp_path: Path) -> None:
    """They would silently write other bytes. The code that they loaded counts, not the code on their disk now."""
    shutil.copytree(ROOT / "clv", tmp_path / "other" / "clv", ignore=shutil.ignore_patterns("__pycache__"))
    module = tmp_path / "other" / "clv" / "features" / "past.py"
    content = module.read_text(encoding="utf-8")
    module.write_text(content + "\n# an older version\n", encoding="utf-8")
    with cluster(tmp_path / "dask", workers=0) as running:
        running.env["PYTHONPATH"] = str(tmp_path / "other")
        running.start_worker()
        running.wait_for(workers=1)
        for _ in range(2):
            with (
                pytest.raises(
                    InputError, match=r"the Dask process tcp://127.* runs a different version of clv than this folder"
                ),
                mapper(on(running)),
            ):
                pass
            module.write_text(content, encoding="utf-8")


@pytest.mark.parametrize("knows", ["worker", "scheduler"])
def test_who_does_not_know_the_code_is_told_how_to_start(tmp_path: Path, knows: str) -> None:
    not_installed = tmp_path / "not_installed"
    not_installed.mkdir()
    (not_installed / "clv.py").write_text("raise ModuleNotFoundError(\"No module named 'clv'\", name='clv')\n")
    code = {True: str(ROOT), False: str(not_installed)}
    with cluster(tmp_path / "dask", workers=0, PYTHONPATH=code[knows == "scheduler"]) as running:
        running.env["PYTHONPATH"] = code[knows == "worker"]
        running.start_worker()
        running.wait_for(workers=1)
        with (
            pytest.raises(
                InputError, match=r"cannot import clv; start each with `python -m dask` in a clone of this repo"
            ),
            mapper(on(running)),
        ):
            pass


def test_storage_that_cannot_be_used_is_one_line(
    folder: Path, columns: set[str], dask: Cluster, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("no folder")
    machine = replace(on(dask), storage=str(tmp_path / "file"))
    with pytest.raises(InputError, match=r"CLV_DASK_STORAGE .*file cannot be used"):
        featurize(folder / "5", tmp_path / "out", machine, columns)


def test_a_bucket_that_is_not_there_is_one_line(
    folder: Path, columns: set[str], dask: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "s3").mkdir()
    with s3_server(tmp_path / "s3") as server:
        for name, value in server.env.items():
            monkeypatch.setenv(name, value)
        with pytest.raises(InputError, match=r"CLV_DASK_STORAGE s3://none/work cannot be used"):
            featurize(folder / "5", tmp_path / "out", replace(on(dask), storage="s3://none/work"), columns)
        assert list((tmp_path / "s3").iterdir()) == [], "nobody asked for a bucket"


def test_workers_without_credentials_are_one_line(
    folder: Path, columns: set[str], dask: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "s3").mkdir()
    with s3_server(tmp_path / "s3", "blocks") as server:
        for name, value in server.env.items():
            monkeypatch.setenv(name, value)
        with pytest.raises(InputError, match=r"s3://blocks/work/.* cannot be used: Unable to locate credentials"):
            featurize(folder / "5", tmp_path / "out", replace(on(dask), storage="s3://blocks/work"), columns)


def test_a_folder_that_workers_do_not_see_is_one_line(columns: set[str], dask: Cluster, tmp_path: Path) -> None:
    job = Job(str(tmp_path / "clean"), str(tmp_path), frozenset(columns), CUTOFFS, LAST_DAY, HORIZON, SHARES)
    with (
        mapper(on(dask)) as each,
        pytest.raises(InputError, match=r"part-00000\.parquet does not exist .* set CLV_DASK_STORAGE"),
    ):
        each(job.windows, 1)


def test_a_block_that_cannot_be_written_leaves_nothing(
    folder: Path, columns: set[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(block_parts, "_write_part", fail)
    with pytest.raises(OSError, match="no space left"):
        featurize(folder / "5", tmp_path / "out", replace(LOCAL, threads=2), columns)
    assert contents(tmp_path / "out") == {}
    with pytest.raises(OSError, match="no space left"):
        block_parts.write_part(pa.table({"a": [1]}), "memory://blocks/part")
    assert not fsspec.filesystem("memory").exists("/blocks/part")
