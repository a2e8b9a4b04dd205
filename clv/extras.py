"""An extra that is not installed: one line that names it, where one of its packages is first needed."""

from collections.abc import Iterator
from contextlib import contextmanager

from clv.errors import InputError


@contextmanager
def needing(extra: str, what: str) -> Iterator[None]:
    """Wrap the import of packages of an extra of pyproject.toml; `what` names the feature that needs them.

    Raises `InputError` if one of them is not installed.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        package = (error.name or "").partition(".")[0]
        if package == "clv":
            raise
        raise InputError(f"{what} needs {package}, of the extra {extra!r}; run `pip install 'clv[{extra}]'`") from None
