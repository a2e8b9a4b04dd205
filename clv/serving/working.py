"""Asking the process that forecasts, for a request."""

from collections.abc import Callable
from typing import Any, TypeVar

from clv.errors import InputError
from clv.serving.refused import RefusedError
from clv.serving.state import Serving

T = TypeVar("T")


async def ask(serving: Serving, task: Callable[..., T], *args: Any) -> T:
    """What a task gives. Input it cannot work with is the caller's: `RefusedError`."""
    try:
        return await serving.workers.call(task, *args)
    except RefusedError:
        raise
    except InputError as error:
        raise RefusedError(str(error)) from None
