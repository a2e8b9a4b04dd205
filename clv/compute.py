"""Mapping a function over blocks of customers: in threads of this process, or on the workers of a Dask cluster."""

import hashlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Protocol, TypeVar
from uuid import uuid4

from fsspec.core import url_to_fs
from fsspec.implementations.local import LocalFileSystem

from clv.errors import InputError
from clv.params import ComputeParams

T = TypeVar("T")
CONNECT_SECONDS = 10
RETRIES = 3  # of a block whose worker failed; a block is written whole or not at all


class Mapper(Protocol):
    """Gives the results of a function for block numbers from 0, in their order."""

    def __call__(self, function: Callable[[int], T], n_blocks: int) -> list[T]: ...


@contextmanager
def mapper(compute: ComputeParams) -> Iterator[Mapper]:
    """The mapper that the parameters ask for. Raises `InputError` where a scheduler or its workers cannot be used."""
    if compute.engine == "dask":
        with _cluster(compute) as client:
            yield lambda function, n: client.gather(client.map(function, range(n), pure=False, retries=RETRIES))
    else:
        pool = ThreadPoolExecutor(compute.threads)
        try:
            yield lambda function, n: list(pool.map(function, range(n)))
        finally:
            pool.shutdown(cancel_futures=True)


@contextmanager
def _cluster(compute: ComputeParams) -> Iterator[Any]:
    """A client of the scheduler, whose workers run the same code as this process."""
    from distributed import Client  # takes half a second, which only those who need it shall wait for

    try:
        client = Client(compute.scheduler, timeout=CONNECT_SECONDS, set_as_default=False)
    except (OSError, ValueError) as error:
        raise InputError(
            f"compute.scheduler {compute.scheduler} does not answer ({str(error).splitlines()[0]}); "
            f"start `dask scheduler` there, or set compute.engine to local"
        ) from None
    with client:
        try:
            client.wait_for_workers(1, timeout=CONNECT_SECONDS)
        except TimeoutError:
            raise InputError(
                f"compute.scheduler {compute.scheduler} has no workers after {CONNECT_SECONDS} s; "
                f"start `dask worker {compute.scheduler}`"
            ) from None
        here = code_fingerprint()
        others = client.run(code_fingerprint)
        for worker, fingerprint in sorted(others.items()):
            if fingerprint != here:
                raise InputError(
                    f"the Dask worker {worker} runs other code of clv than this folder; check out the same revision "
                    f"there and start the worker again"
                )
        yield client


def code_fingerprint() -> str:
    """A hash of the code of this package, as it lies on disk."""
    root = Path(__file__).parent
    digest = hashlib.sha256()
    for path in sorted(root.rglob("*.py")):
        digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


@contextmanager
def within_reach(compute: ComputeParams, source: Path, target: Path) -> Iterator[tuple[str, str]]:
    """Where workers find a folder of input and leave their output: here, or copies in `compute.storage`.

    At the end what they left there is copied to `target`, and both copies are removed.
    """
    if compute.engine == "local" or compute.storage is None:
        yield str(source.resolve()), str(target.resolve())
        return
    with _usable(compute.storage):
        files, root = url_to_fs(f"{compute.storage.rstrip('/')}/clv-{uuid4().hex}")
        name = str if isinstance(files, LocalFileSystem) else files.unstrip_protocol
    try:
        with _usable(compute.storage):
            for path in sorted(path for path in source.rglob("*") if path.is_file()):
                at = f"{root}/input/{path.relative_to(source).as_posix()}"
                files.makedirs(at.rpartition("/")[0], exist_ok=True)
                files.put_file(str(path), at)
        yield name(f"{root}/input"), name(f"{root}/output")
        with _usable(compute.storage):
            for at in sorted(files.find(f"{root}/output")):
                path = target / at.removeprefix(f"{root}/output/")
                path.parent.mkdir(parents=True, exist_ok=True)
                files.get_file(at, str(path))
    finally:
        with suppress(OSError):  # what went wrong before is what the user has to know
            files.rm(root, recursive=True)


@contextmanager
def _usable(address: str) -> Iterator[None]:
    """Say in one line what is wrong with the storage."""
    try:
        yield
    except (OSError, ValueError, ImportError) as error:
        why = " ".join(str(error).split())
        raise InputError(f"compute.storage {address} cannot be used: {why}; check address and credentials") from None
