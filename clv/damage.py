"""Errors for artifacts that cannot be read: one line that names the artifact, never a traceback."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa

from clv.errors import InputError, refusal

REPRO = "run `dvc repro`, which makes it anew"
# Errors that libraries, and the code that parses the content, raise for a malformed file.
UNREADABLE = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError, pa.ArrowException)
LONGEST_WHY = 200  # characters


@contextmanager
def reading(path: Path | str, remedy: str = REPRO) -> Iterator[None]:
    """Wrap the code that opens and parses an artifact: any error becomes one line that names the artifact.

    Wrap nothing else, or a bug will be reported as a damaged file. A pipe or a device is not opened at all.
    """
    if Path(path).exists() and not (Path(path).is_file() or Path(path).is_dir()):
        raise InputError(f"{path} is not a regular file; {remedy}")
    try:
        yield
    except FileNotFoundError:
        raise InputError(f"{path} does not exist; run `dvc repro`, which makes it") from None
    except MemoryError:
        raise InputError(f"{path} cannot be read: it needs more memory than there is; {remedy}") from None
    except OSError as error:
        if error.errno is None or isinstance(error, IsADirectoryError | NotADirectoryError):
            raise InputError(_damaged(path, error, remedy)) from None
        raise InputError(f"{path} cannot be read: {refusal(error).removeprefix(f'{error.filename}: ')}") from None
    except UNREADABLE as error:
        raise InputError(_damaged(path, error, remedy)) from None


def _damaged(path: Path | str, error: Exception, remedy: str) -> str:
    why = " ".join((getattr(error, "strerror", None) or str(error)).split()) or type(error).__name__
    why = f"lacks {why}" if isinstance(error, KeyError) else why
    return f"{path} is damaged, or was written by another version: {why[:LONGEST_WHY].removesuffix('.')}; {remedy}"
