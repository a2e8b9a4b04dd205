"""Blocks are mapped once, here or on a cluster; after a failure only missing ones are; stored parts stay."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import fsspec
import pytest
import s3fs

from clv import storage
from clv.compute import mapper, within_reach
from clv.errors import InputError
from clv.local_copy import local_copy
from clv.machine import Machine
from clv.stored_trees import StoredTrees
from tests.block_job import N_BLOCKS, Doubling, calls, double, write_numbers
from tests.cluster import Cluster, cluster
from tests.conftest import ROOT
from tests.killed_worker import kept, wait_for_blocks, with_a_worker_killed
from tests.killing import wait_for
from tests.servers import s3_server

LOCAL = Machine(threads=1)
ONCE = dict.fromkeys(range(N_BLOCKS), 1)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    (tmp_path / "log").mkdir()
    return tmp_path / "log"


@pytest.fixture
def numbers(tmp_path: Path) -> Path:
    return write_numbers(tmp_path / "numbers")


def doubled(first: int = 0) -> list[int]:
    return [4 * first + 2 + 8 * block for block in range(N_BLOCKS)]


def failed(source: Path, target: Path, machine: Machine, log: Path) -> None:
    """A run that fails in block 3; then the cause is removed."""
    (log / "fail").touch()
    with pytest.raises(InputError, match="block 3 cannot be doubled"):
        double(source, target, machine, log)
    (log / "fail").unlink()


def test_a_run_that_failed_is_gone_on_from(numbers: Path, tmp_path: Path, log: Path) -> None:
    target = tmp_path / "out"
    failed(numbers, target, LOCAL, log)
    assert not target.exists(), "nothing is there before all is"
    assert set(calls(log)) >= {0, 1, 2, 3}
    assert double(numbers, target, LOCAL, log) == doubled()
    assert calls(log) == ONCE | {3: 2}
    assert sum(storage.read_table(target)["number"]) == sum(doubled())
    assert not kept(target).exists()


@pytest.mark.parametrize("changed", ["inputs", "parameters", "function"])
def test_other_work_begins_anew(
    numbers: Path, tmp_path: Path, log: Path, monkeypatch: pytest.MonkeyPatch, changed: str
) -> None:
    monkeypatch.chdir(tmp_path)
    target = tmp_path / "out"
    failed(numbers, target, LOCAL, log)
    for path in log.glob("*-*"):
        path.unlink()
    if changed == "inputs":
        write_numbers(numbers, first=7)
    elif changed == "parameters":
        (tmp_path / "params.yaml").write_text("seed: 2\n")
    else:
        monkeypatch.setattr(Doubling.__init__, "__defaults__", (frozenset({"others"}),))
    assert double(numbers, target, LOCAL, log) == doubled(7 if changed == "inputs" else 0)
    assert calls(log) == ONCE


def test_a_killed_process_is_gone_on_from_in_another(numbers: Path, tmp_path: Path, log: Path) -> None:
    target = tmp_path / "out"
    (log / "wait").touch()
    code = (
        "from pathlib import Path; from clv.machine import Machine; from tests.block_job import double; "
        f"double(Path({str(numbers)!r}), Path({str(target)!r}), Machine(1), Path({str(log)!r}))"
    )
    env = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONHASHSEED": "7"}  # it orders sets
    process = subprocess.Popen([sys.executable, "-c", code], env=env)
    try:
        wait_for_blocks(target, 3, lambda: process.poll() is not None)
        wait_for(lambda: 3 in calls(log))  # block 3 may begin some time after block 2 is kept
    finally:
        process.kill()
        process.wait()
    (log / "wait").unlink()
    assert double(numbers, target, LOCAL, log) == doubled()
    assert calls(log) == ONCE | {3: 2}  # block 3 had begun when the process was killed


def test_a_result_that_was_not_written_whole_is_no_result(numbers: Path, tmp_path: Path, log: Path) -> None:
    target = tmp_path / "out"
    failed(numbers, target, LOCAL, log)
    for path in sorted(kept(target).glob("done/*/*"))[:2]:
        path.write_bytes(path.read_bytes()[: -3 if path.name == "0" else 0])
    assert double(numbers, target, LOCAL, log) == doubled()
    assert calls(log) == ONCE | {0: 2, 1: 2, 3: 2}


def test_a_run_that_did_nothing_leaves_nothing(tmp_path: Path, log: Path, numbers: Path) -> None:
    with pytest.raises(InputError, match="no such"), within_reach(LOCAL, [numbers], tmp_path / "out"):
        raise InputError("there is no such thing; look elsewhere")
    with pytest.raises(InputError, match=r"nowhere does not exist, or is empty; run `dvc repro`"):
        double(tmp_path / "nowhere", tmp_path / "out", LOCAL, log)
    assert {path.name for path in tmp_path.iterdir()} == {"log", "numbers"}


def test_parts_that_workers_wrote_elsewhere_are_missed_once(numbers: Path, tmp_path: Path, log: Path) -> None:
    """As if a worker had a disk of its own; the next run works on all blocks again."""
    target = tmp_path / "out"

    def lose() -> None:
        with mapper(LOCAL) as each, within_reach(LOCAL, [numbers], target) as places:
            each(Doubling(places.of(numbers), places.output, log).run, N_BLOCKS)
            (Path(places.output) / "part-00000.parquet").unlink()

    with pytest.raises(InputError, match=r"1 parts .* missing here, such as .*part-00000\.parquet: not every worker"):
        lose()
    assert not kept(target).exists()


def test_an_input_may_be_a_file_and_names_in_a_folder(numbers: Path, tmp_path: Path) -> None:
    (numbers / "about.json").write_text("{}")
    single = numbers / "part-00001.parquet"
    with within_reach(LOCAL, [(numbers, ["part-00000.parquet"]), single], tmp_path / "out") as places:
        assert places.of(numbers) == str(numbers)
        assert places.of(numbers / "part-00000.parquet") == str(numbers / "part-00000.parquet")
        assert places.of(single) == str(single)
        with pytest.raises(KeyError, match="is not an input"):
            places.of(tmp_path / "other")


@pytest.fixture(autouse=True)
def _no_cached_address() -> None:
    """Each test has a server with an address of its own; fsspec would remember the first."""
    s3fs.S3FileSystem.clear_instance_cache()


@pytest.fixture(scope="module")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, dict[str, str]]]:
    folder = tmp_path_factory.mktemp("s3")
    with s3_server(folder, "blocks") as server:
        yield folder / "blocks", server.env


@pytest.fixture(scope="module")
def dask(s3: tuple[Path, dict[str, str]], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with cluster(tmp_path_factory.mktemp("dask") / "cluster", workers=2, **s3[1]) as running:
        yield running


@pytest.fixture(params=["folder", "s3"])
def remote(
    request: pytest.FixtureRequest,
    s3: tuple[Path, dict[str, str]],
    dask: Cluster,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Machine:
    """A cluster with storage of its own for each test."""
    for name, value in s3[1].items():
        monkeypatch.setenv(name, value)
    s3fs.S3FileSystem.clear_instance_cache()
    where = {"folder": str(tmp_path / "storage"), "s3": f"s3://blocks/{tmp_path.name}"}
    return Machine(1, scheduler=dask.address, storage=where[request.param])


def lying(machine: Machine) -> set[str]:
    """The names of the trees in storage."""
    files, root = fsspec.url_to_fs(f"{machine.storage}/clv")
    files.invalidate_cache()
    return {path.rpartition("/")[2].partition(".")[0][-3:] for path in files.ls(root, detail=False)}


def test_stages_that_follow_each_other_leave_blocks_where_they_are(
    remote: Machine, numbers: Path, tmp_path: Path, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = tmp_path / "one", tmp_path / "two"
    assert double(numbers, first, remote, log) == doubled()
    monkeypatch.setattr(StoredTrees, "upload", lambda *_: pytest.fail("it lies there already"))
    (first / "about.json").write_text("{}")  # stages add such a file when all blocks are done
    assert double(first, second, remote, log) == [2 * number for number in doubled()]
    (first / "about.json").unlink()
    assert sum(storage.read_table(first)["number"]) == sum(doubled())
    assert sum(storage.read_table(second)["number"]) == 2 * sum(doubled())
    assert lying(remote) == {"ers", "one", "two"}


def test_storage_keeps_what_is_of_the_newest_run(remote: Machine, numbers: Path, tmp_path: Path, log: Path) -> None:
    for first in (0, 5):
        write_numbers(numbers, first)
        assert double(numbers, tmp_path / "out", remote, log) == doubled(first)
    trees = StoredTrees(str(remote.storage))
    assert len([name for name in trees._listed() if name.endswith(".json")]) == 2
    assert sum(storage.read_table(tmp_path / "out")["number"]) == sum(doubled(5))


def test_parts_that_storage_lost_are_written_again(remote: Machine, numbers: Path, tmp_path: Path, log: Path) -> None:
    """As if a rule of the bucket had removed old parts."""
    double(numbers, tmp_path / "one", remote, log)
    files, root = fsspec.url_to_fs(f"{remote.storage}/clv")
    for at in files.find(root):
        if at.endswith("part-00002.parquet"):
            files.rm(at)
    assert double(tmp_path / "one", tmp_path / "two", remote, log) == [2 * number for number in doubled()]


def test_a_run_in_storage_that_failed_is_gone_on_from(
    remote: Machine, numbers: Path, tmp_path: Path, log: Path
) -> None:
    failed(numbers, tmp_path / "out", remote, log)
    assert double(numbers, tmp_path / "out", remote, log) == doubled()
    assert calls(log) == ONCE | {3: 2}
    assert sum(storage.read_table(tmp_path / "out")["number"]) == sum(doubled())


def test_inputs_that_nobody_keeps_are_not_kept_in_storage(remote: Machine, tmp_path: Path, log: Path) -> None:
    source = write_numbers(tmp_path / ".raw.partial")
    assert double(source, tmp_path / "out", remote, log) == doubled()
    assert lying(remote) == {"out"}


def test_a_copy_is_made_once(remote: Machine, numbers: Path, tmp_path: Path) -> None:
    with within_reach(remote, [numbers, numbers / "part-00000.parquet"], tmp_path / "out") as places:
        copied = local_copy(places.of(numbers))
        single = local_copy(places.of(numbers / "part-00000.parquet"))
    assert sum(storage.read_table(copied)["number"]) == sum(range(2 * N_BLOCKS))
    assert single.read_bytes() == (numbers / "part-00000.parquet").read_bytes()
    with suppress(FileNotFoundError):
        StoredTrees(str(remote.storage)).remove(StoredTrees(str(remote.storage)).replaced({"tmp"}, ()))
    assert local_copy(places.of(numbers)) == copied


def lost(numbers: Path, target: Path, log: Path, folder: Path, number: int) -> str:
    """The error of a run whose scheduler (0) or only worker (1) is killed after three blocks."""
    (log / "wait").touch()
    with cluster(folder, workers=1) as running, ThreadPoolExecutor(1) as pool:
        made = pool.submit(double, numbers, target, Machine(1, scheduler=running.address), log)
        try:
            wait_for_blocks(target, 3, lambda: made.done() and (made.result(), True))
            running.processes[number].kill()
            with pytest.raises(InputError) as caught:
                made.result()
        finally:
            (log / "wait").unlink()
    return str(caught.value)


def test_a_lost_scheduler_is_one_line_and_the_next_run_goes_on(numbers: Path, tmp_path: Path, log: Path) -> None:
    said = lost(numbers, tmp_path / "out", log, tmp_path / "dask", 0)
    assert said.startswith("the Dask cluster was lost during the run (")
    assert said.endswith("run again: only what is missing is repeated")
    assert double(numbers, tmp_path / "out", LOCAL, log) == doubled()
    assert {block: n for block, n in calls(log).items() if block < 3} == {0: 1, 1: 1, 2: 1}


def test_a_cluster_without_workers_is_one_line(
    numbers: Path, tmp_path: Path, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("clv.compute.WORKERLESS_SECONDS", 1)
    monkeypatch.setattr("clv.compute.LOOK_SECONDS", 0.2)
    said = lost(numbers, tmp_path / "out", log, tmp_path / "dask", 1)
    assert said.startswith("the Dask cluster was lost during the run (it has had no worker for 1 s)")


def test_a_killed_worker_costs_only_time(numbers: Path, tmp_path: Path, log: Path) -> None:
    (log / "wait").touch()
    target = tmp_path / "out"

    def run(machine: Machine) -> None:
        threading.Timer(3, (log / "wait").unlink).start()
        assert double(numbers, target, machine, log) == doubled()

    with_a_worker_killed(run, target, tmp_path / "dask", after=3, of=N_BLOCKS)
    assert sum(storage.read_table(target)["number"]) == sum(doubled())
