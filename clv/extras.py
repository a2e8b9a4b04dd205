"""What an installation without an extra lacks: one line that names the extra, where something of it is first needed."""

from collections.abc import Iterator
from contextlib import contextmanager

from clv.errors import InputError


@contextmanager
def needing(extra: str, what: str) -> Iterator[None]:
    """Around the import of packages of an extra of pyproject.toml, for `what` they are needed.

    Raises `InputError` where one is not installed.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        package = (error.name or "").partition(".")[0]
        if package == "clv":
            raise
        raise InputError(f"{what} needs {package}, of the extra {extra!r}; run `pip install 'clv[{extra}]'`") from None
