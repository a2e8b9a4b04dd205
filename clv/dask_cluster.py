"""The Dask cluster that a run may use; its scheduler and workers must run the same code as this process."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from clv.errors import InputError
from clv.extras import needing
from clv.machine import SCHEDULER, Machine

CONNECT_SECONDS = 10


@contextmanager
def connected(machine: Machine) -> Iterator[Any]:
    """Connect to the scheduler of `machine`. Raises `InputError` if it, or its workers, cannot be used."""
    with needing("dask", SCHEDULER):
        from distributed import Client  # imported here, as it takes half a second

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
                f"{SCHEDULER} {machine.scheduler} has no workers after {CONNECT_SECONDS} s; start `python -m dask "
                f"worker {machine.scheduler}` in a clone of this repo"
            ) from None
        _require_same_code(client, machine)
        yield client


def _require_same_code(client: Any, machine: Machine) -> None:
    try:
        running = {"scheduler": client.run_on_scheduler(fingerprint), **client.run(fingerprint)}
    except Exception as error:  # Dask wraps some errors but not all
        if "No module named 'clv" not in str(error):
            raise
        raise InputError(
            f"the Dask scheduler {machine.scheduler} or one of its workers cannot import clv; start each with "
            f"`python -m dask` in a clone of this repo, with its environment active"
        ) from None
    for process, found in sorted(running.items()):
        if found != fingerprint():
            raise InputError(
                f"the Dask process {process} runs a different version of clv than this folder; check out the same "
                f"revision there and start it again"
            )


def fingerprint() -> str:
    """A hash of the code of this package as it was when this process imported it, hence of the code that it runs."""
    return _FINGERPRINT


def _hash_code() -> str:
    root = Path(__file__).parent
    digest = hashlib.sha256()
    for path in sorted(root.rglob("*.py")):
        digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


_FINGERPRINT = _hash_code()
