"""Memory that was freed, given back to the system."""

import ctypes
from contextlib import suppress

import pyarrow as pa


def give_back() -> None:
    """Give back what pyarrow and the C library keep for later: what comes next would come on top of it.

    Of C libraries glibc alone can be asked. Source: Dask, "Worker memory management", section "Manually trim memory".
    """
    pa.default_memory_pool().release_unused()
    with suppress(OSError, AttributeError):
        ctypes.CDLL("libc.so.6").malloc_trim(0)
