"""Mapping a function over blocks of customers: in threads of this process, or on the workers of a Dask cluster."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any, Protocol, TypeVar
from uuid import uuid4

from fsspec import AbstractFileSystem
from fsspec.core import url_to_fs
from fsspec.implementations.local import LocalFileSystem

from clv.errors import InputError
from clv.extras import needing
from clv.machine import SCHEDULER, STORAGE, Machine
from clv.stopping import undone
from clv.storage import reaching

T = TypeVar("T")
CONNECT_SECONDS = 10


class Mapper(Protocol):
    """Gives the results of a function for block numbers from 0, in their order."""

    def __call__(self, function: Callable[[int], T], n_blocks: int) -> list[T]: ...


@contextmanager
def mapper(machine: Machine) -> Iterator[Mapper]:
    """The mapper that `machine` asks for. Raises `InputError` where a scheduler or its workers cannot be used."""
    if machine.scheduler:
        with _cluster(machine) as client:
            yield partial(_on_cluster, client)
    else:
        pool = ThreadPoolExecutor(machine.threads)
        try:
            yield lambda function, n: list(pool.map(function, range(n)))
        finally:
            pool.shutdown(cancel_futures=True)


def _on_cluster(client: Any, function: Callable[[int], T], n_blocks: int) -> list[T]:
    """Dask hands the blocks of a worker that died to another; a function that raises is not tried again."""
    from distributed import KilledWorker, wait

    futures = client.map(function, range(n_blocks), pure=False)
    try:
        results: list[T] = client.gather(futures)
        return results
    except (CancelledError, KilledWorker) as error:
        raise InputError(
            f"the Dask cluster was lost on the way ({str(error).splitlines()[0]}); see to its scheduler and workers, "
            f"and run again"
        ) from None
    finally:
        with client.as_current(), suppress(CancelledError):
            wait(futures)  # so that after an error nobody still writes


@contextmanager
def _cluster(machine: Machine) -> Iterator[Any]:
    """A client of the scheduler, which like its workers runs the same code as this process."""
    with needing("dask", SCHEDULER):
        from distributed import Client  # takes half a second, which only those who need it shall wait for

    try:
        client = Client(machine.scheduler, timeout=CONNECT_SECONDS, set_as_default=False)
    except (OSError, ValueError) as error:
        raise InputError(
            f"{SCHEDULER} {machine.scheduler} does not answer ({str(error).splitlines()[0]}); "
            f"start `python -m dask scheduler` there, or unset it to compute here"
        ) from None
    with client:
        try:
            client.wait_for_workers(1, timeout=CONNECT_SECONDS)
        except TimeoutError:
            raise InputError(
                f"{SCHEDULER} {machine.scheduler} has no workers after {CONNECT_SECONDS} s; "
                f"start `python -m dask worker {machine.scheduler}` in a clone of this repo"
            ) from None
        try:
            running = {"scheduler": client.run_on_scheduler(fingerprint), **client.run(fingerprint)}
        except Exception as error:  # some are wrapped by Dask, some are not
            if "No module named 'clv" not in str(error):
                raise
            raise InputError(
                f"the Dask scheduler {machine.scheduler} or a worker of it does not know clv; start each with "
                f"`python -m dask` in a clone of this repo, with its environment active"
            ) from None
        for process, found in sorted(running.items()):
            if found != fingerprint():
                raise InputError(
                    f"the Dask process {process} runs other code of clv than this folder; check out the same revision "
                    f"there and start it again"
                )
        yield client


def fingerprint() -> str:
    """A hash of the code of this package as it was when this process began to use it: what it runs."""
    return _FINGERPRINT


def _hash_code() -> str:
    root = Path(__file__).parent
    digest = hashlib.sha256()
    for path in sorted(root.rglob("*.py")):
        digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


_FINGERPRINT = _hash_code()


@contextmanager
def within_reach(machine: Machine, source: Path, folders: Sequence[str], target: Path) -> Iterator[tuple[str, str]]:
    """Where workers find folders of input, which lie in `source`, and leave their output: here or in `machine.storage`.

    At the end what they left there is copied to `target`, and both copies are removed.
    """
    if machine.scheduler is None or machine.storage is None:
        yield str(source.resolve()), str(target.resolve())
        return
    with reaching(f"{STORAGE} {machine.storage}"):
        files, root = url_to_fs(f"{machine.storage.rstrip('/')}/clv-{uuid4().hex}")
        name = str if isinstance(files, LocalFileSystem) else files.unstrip_protocol
    with _removed(files, root):
        with reaching(f"{STORAGE} {machine.storage}"):
            for path in sorted(path for folder in folders for path in (source / folder).iterdir()):
                at = f"{root}/input/{path.relative_to(source).as_posix()}"
                if isinstance(files, LocalFileSystem):  # an object store has no folders, and would get a bucket
                    files.makedirs(at.rpartition("/")[0], exist_ok=True)
                files.put_file(str(path), at)
        yield name(f"{root}/input"), name(f"{root}/output")
        with reaching(f"{STORAGE} {machine.storage}"):
            for at in sorted(files.find(f"{root}/output")):
                path = target / at.removeprefix(f"{root}/output/")
                path.parent.mkdir(parents=True, exist_ok=True)
                files.get_file(at, str(path))


@contextmanager
def _removed(files: AbstractFileSystem, root: str) -> Iterator[None]:
    """A folder of copies is removed at the end, also where the process is stopped."""
    with undone(partial(files.rm, root, recursive=True)):
        try:
            yield
        finally:
            with suppress(Exception):  # what went wrong before is what the user has to know
                files.rm(root, recursive=True)
