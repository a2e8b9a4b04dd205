"""The service moves from one release to the next while a `dvc repro` runs, and after a restart."""

import asyncio
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from clv import paths
from clv.errors import InputError
from clv.params import Params
from clv.serving import watching
from clv.serving.adoption import FailingVerdict, adopt
from clv.serving.params import ServeParams
from clv.serving.release import Release
from clv.serving.release_folder import ReleaseFolder
from clv.serving.watching import Watcher, start
from clv.serving.workers import Workers
from tests.serving.locks import edit, rerun, with_seed


@pytest.fixture
def serve(project_params: Params, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ServeParams:
    """The parameters of the repo with another folder; workers load nothing, as other files test them."""

    async def at_once(self: Workers) -> None:
        await asyncio.sleep(0)

    monkeypatch.setattr(Workers, "warm", at_once)
    monkeypatch.setattr(watching, "GRACE_SECONDS", 0.0)
    return replace(project_params.serve, folder=str(tmp_path / "serve"))


def test_a_new_run_is_switched_to_and_one_that_is_not_whole_waits(own_root: Path, serve: ServeParams) -> None:
    releases, served = ReleaseFolder(Path(serve.folder)), list[str]()

    async def watch() -> None:
        first, workers = await start(own_root, serve)
        assert releases.current == first.id
        watcher = Watcher(own_root, serve, (first, workers), lambda release, workers: served.append(release.id))
        await watcher.look()
        assert (served, watcher.pending) == ([], None)

        with_seed(1)(own_root)
        await watcher.look()
        assert served == [releases.current]
        assert served != [first.id]
        assert watcher.pending is None

        rerun("train", paths.TODAY_MODEL)(own_root)
        await watcher.look()
        assert watcher.pending is not None
        assert "read a different models/today than stage train wrote" in watcher.pending.why
        assert len(served) == 1

    asyncio.run(watch())
    again, _ = asyncio.run(start(own_root, serve))
    assert [again.id] == served, "after a restart the last good one is served"


def test_files_that_were_being_written_are_looked_at_again_when_they_rest(own_root: Path, serve: ServeParams) -> None:
    served = list[str]()

    async def watch() -> None:
        watcher = Watcher(own_root, serve, await start(own_root, serve), lambda r, w: served.append(r.id))
        await watcher.look()
        with_seed(1)(own_root)
        edit(paths.INDEX)(own_root)
        for _ in range(3):
            await watcher.look()
            assert watcher.pending is not None
            assert "reports/index.html is not as stage index recorded it" in watcher.pending.why
        edit(paths.INDEX)(own_root)
        await watcher.look()
        assert served == [], "it may still be written"
        await watcher.look()
        assert (len(served), watcher.pending) == (1, None)

    asyncio.run(watch())


def test_a_disk_that_is_full_does_not_end_the_watch(
    own_root: Path, serve: ServeParams, monkeypatch: pytest.MonkeyPatch
) -> None:
    served = list[str]()

    def full(root: Path, folder: Path, failing: str) -> Release:
        raise OSError(28, "No space left on device", str(folder))

    async def watch() -> None:
        watcher = Watcher(own_root, serve, await start(own_root, serve), lambda r, w: served.append(r.id))
        with_seed(1)(own_root)
        monkeypatch.setattr(watching, "RETRY_SECONDS", 0.0)
        monkeypatch.setattr(watching, "adopt", full)
        await watcher.look()
        assert watcher.pending is not None
        assert "No space left on device; make room on that disk" in watcher.pending.why
        monkeypatch.setattr(watching, "adopt", adopt)
        await watcher.look()
        assert (len(served), watcher.pending) == (1, None)

    asyncio.run(watch())


def test_a_disk_that_is_full_at_the_start_leaves_the_last_good_release(
    own_root: Path, serve: ServeParams, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(root: Path, folder: Path, failing: str) -> Release:
        raise OSError(28, "No space left on device", str(folder))

    first, _ = asyncio.run(start(own_root, serve))
    with_seed(1)(own_root)
    monkeypatch.setattr(watching, "adopt", full)
    again, _ = asyncio.run(start(own_root, serve))
    assert again.id == first.id


def test_a_verdict_that_fails_is_not_served_after_a_restart_that_refuses_it(own_root: Path, serve: ServeParams) -> None:
    asyncio.run(start(own_root, serve))
    with pytest.raises(InputError, match=r"failed, and serve\.failing_verdict is refuse"):
        asyncio.run(start(own_root, replace(serve, failing_verdict="refuse")))


def test_nothing_is_tidied_while_a_run_is_copied(
    own_root: Path, serve: ServeParams, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_close, served = threading.Event(), list[str]()

    async def close(self: Workers) -> None:
        while not may_close.is_set():
            await asyncio.sleep(0.01)

    def slow(root: Path, folder: Path, failing: FailingVerdict) -> Release:
        begun = ReleaseFolder(folder).of(".begun.partial")
        begun.mkdir()
        may_close.set()
        time.sleep(0.3)
        assert begun.exists()
        return adopt(root, folder, failing)

    async def watch() -> None:
        watcher = Watcher(own_root, serve, await start(own_root, serve), lambda r, w: served.append(r.id))
        with_seed(1)(own_root)
        await watcher.look()
        monkeypatch.setattr(Workers, "close", close)
        await asyncio.sleep(0)
        monkeypatch.setattr(watching, "adopt", slow)
        with_seed(2)(own_root)
        await watcher.look()
        assert (len(served), watcher.pending) == (2, None)

    asyncio.run(watch())


def test_a_run_that_this_code_cannot_read_is_said_to_wait(
    own_root: Path, serve: ServeParams, monkeypatch: pytest.MonkeyPatch
) -> None:
    def other_code(root: Path, folder: Path, failing: str) -> Release:
        raise KeyError("currency")

    async def watch() -> None:
        watcher = Watcher(own_root, serve, await start(own_root, serve), lambda r, w: None)
        with_seed(1)(own_root)
        monkeypatch.setattr(watching, "adopt", other_code)
        with pytest.raises(KeyError):
            await watcher.look()
        assert watcher.pending is not None
        assert "currency" in watcher.pending.why

    asyncio.run(watch())
