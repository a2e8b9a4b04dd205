"""Call the forecasting process for a request."""

from collections.abc import Callable
from typing import Any, TypeVar

from clv.errors import InputError
from clv.serving.refused import RefusedError
from clv.serving.state import Serving

T = TypeVar("T")


async def ask(serving: Serving, task: Callable[..., T], *args: Any) -> T:
    """The result of a task; its `InputError` becomes a `RefusedError`, because the caller's input is the cause."""
    try:
        return await serving.workers.call(task, *args)
    except RefusedError:
        raise
    except InputError as error:
        raise RefusedError(str(error)) from None
