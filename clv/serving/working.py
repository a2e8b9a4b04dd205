"""Asking the process that forecasts, for a request."""

from collections.abc import Callable
from typing import Any, TypeVar

from clv.errors import InputError
from clv.serving.refused import Refused
from clv.serving.state import Serving

T = TypeVar("T")


async def ask(serving: Serving, task: Callable[..., T], *args: Any) -> T:
    """What a task gives. What it cannot work with is the doing of who asked: `Refused`."""
    try:
        return await serving.workers.call(task, *args)
    except Refused:
        raise
    except InputError as error:
        raise Refused(str(error)) from None
