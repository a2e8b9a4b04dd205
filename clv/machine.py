"""What a run may use of its machine and of a cluster; none of it changes a number.

It is therefore in no file that DVC watches: more threads, or another machine, rerun no stage.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from clv.errors import InputError, shown

Device = Literal["cpu", "cuda"]
THREADS, SCHEDULER, STORAGE = "CLV_THREADS", "CLV_DASK_SCHEDULER", "CLV_DASK_STORAGE"
MOST_THREADS = 4096
LAST_PORT = 65_535


@dataclass(frozen=True)
class Machine:
    """Number of threads or processes, device for XGBoost, and the Dask cluster that maps over blocks.

    Without `scheduler` (tcp://host:8786) blocks are computed in threads of this process. `storage` is where its workers
    read and write blocks: None, this folder, which they must see under the same path; or a folder or
    s3://bucket/prefix, to which missing inputs are uploaded and which keeps the output for later stages
    (`clv.stored_trees`). `device` comes from params.yaml: results on a GPU are not guaranteed to be the same bytes.
    """

    threads: int
    device: Device = "cpu"
    scheduler: str | None = None
    storage: str | None = None

    @classmethod
    def here(cls, device: Device = "cpu", environment: Mapping[str, str] = os.environ) -> "Machine":
        """Read the environment variables; by default use all cores that this process may use.

        Raises `InputError` for an invalid number of threads or address.
        """
        given = {name: environment.get(name, "").strip() for name in (THREADS, SCHEDULER, STORAGE)}
        threads = given[THREADS] or str(_cores())
        if not re.fullmatch("[0-9]{1,9}", threads) or not 1 <= int(threads) <= MOST_THREADS:
            raise InputError(
                f"{THREADS} must be a whole number between 1 and {MOST_THREADS}, got {shown(threads)}; "
                "unset it to use all cores"
            )
        address = re.fullmatch(r"tcp://[^\s/]+:([0-9]{1,5})", given[SCHEDULER])
        if given[SCHEDULER] and (address is None or int(address[1]) > LAST_PORT):
            raise InputError(
                f"{SCHEDULER} must be the address of a Dask scheduler, such as tcp://10.0.0.1:8786, "
                f"got {shown(given[SCHEDULER])}; unset it to compute here"
            )
        return cls(int(threads), device, given[SCHEDULER] or None, given[STORAGE] or None)

    def alone(self) -> "Machine":
        """The same with one thread, for jobs that run side by side."""
        return replace(self, threads=1)


def _cores() -> int:
    """Number of cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
