"""Return freed memory to the system."""

import ctypes
from contextlib import suppress

import pyarrow as pa


def give_back() -> None:
    """Return what pyarrow and the C library hold in reserve, so that later allocations do not come on top of it.

    Of the C libraries only glibc supports this. Source: Dask, "Worker memory management", section "Manually trim
    memory".
    """
    pa.default_memory_pool().release_unused()
    with suppress(OSError, AttributeError):
        ctypes.CDLL("libc.so.6").malloc_trim(0)
