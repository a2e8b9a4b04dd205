"""Errors that a user can fix, their one-line messages, and how a command exits on them."""

import errno
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import BrokenExecutor
from itertools import islice

from clv.stopping import stoppable

MOST_NAMES = 12  # of a list, in a message
LONGEST_VALUE = 80  # characters of a value or a name in a message
LONGEST_MESSAGE = 1200  # characters; the remedy, at the end, is kept
REMEDIES = {
    errno.ENOSPC: "make room on that disk, or set TMPDIR to a folder with room",
    errno.EDQUOT: "make room on that disk, or set TMPDIR to a folder with room",
    errno.EROFS: "work in a folder that can be written to",
    errno.EACCES: "give yourself permission to use it",
    errno.EPERM: "give yourself permission to use it",
    errno.EMFILE: "allow more open files (`ulimit -n 4096`)",
    errno.ENFILE: "close other programs, or allow the machine more open files",
    errno.ENAMETOOLONG: "use a shorter path",
    errno.ENOENT: "check the path, and that TMPDIR, where it is set, names a folder",
    errno.ENOMEM: "close other programs, set CLV_THREADS=1, or use a machine with more memory",
    errno.EIO: "check that disk",
}
NO_MEMORY = REMEDIES[errno.ENOMEM]


class InputError(Exception):
    """Something a user can fix: a parameter, a file, a value.

    The message is one line that names the subject, the rule, the value found and the remedy. Characters that a terminal
    would interpret rather than show, such as a line break or a bell in the name of a column, are escaped as in Python.
    """

    def __init__(self, message: str):
        super().__init__(_shortened(_visible(message)))


def shown(value: str) -> str:
    """A text as a message quotes it: in quotes, on one line, shortened."""
    quoted = repr(value[: 2 * LONGEST_VALUE])
    if len(value) <= LONGEST_VALUE and len(quoted) <= LONGEST_VALUE:
        return quoted
    return f"{quoted[:LONGEST_VALUE]}... ({len(value)} characters)"


def listed(names: Iterable[str]) -> str:
    """Names in a message: up to 12, then how many more; unusual names are quoted; "" if there are none."""
    rest = iter(names)
    first = ", ".join(_plain(name) for name in islice(rest, MOST_NAMES))
    more = sum(1 for _ in rest)
    return f"{first} and {more:,} more" if more else first


def run_stage(main: Callable[[], object]) -> None:
    """Run a command; an error that a user can fix becomes one line on stderr and exit code 1, without a traceback.

    These errors are `InputError` and refusals of the system: a full disk, no permission for a file, no memory, a killed
    worker process. Any other error is a bug and keeps its traceback. SIGTERM and Ctrl-C stop the command and everything
    that it started: one line, and exit code 128 plus the number of the signal.
    """
    try:
        with stoppable():
            main()
    except BrokenPipeError:  # the reader has closed the pipe
        raise
    except (InputError, OSError, MemoryError, BrokenExecutor) as error:
        print(f"error: {in_one_line(error)}", file=sys.stderr)
        sys.exit(1)


def in_one_line(error: Exception) -> str:
    """The error and a remedy, in one line."""
    if isinstance(error, InputError):
        return str(error)
    text = " ".join(str(error).split())
    if isinstance(error, MemoryError):
        return f"not enough memory{f' ({text})' if text else ''}; {NO_MEMORY}"
    if isinstance(error, BrokenExecutor):
        return f"a worker process ended unexpectedly, perhaps for lack of memory; {NO_MEMORY}"
    return refusal(error)


def refusal(error: Exception, path: object = None) -> str:
    """An error of the system in one line; `path` is its subject, used if the error itself names no file."""
    text = " ".join(str(error).split())
    number = getattr(error, "errno", None)
    named = getattr(error, "filename", None) or path
    if number is None and "No space left" in text:  # pyarrow does not pass the number on
        number = errno.ENOSPC
    why = getattr(error, "strerror", None) or text or type(error).__name__
    why = " ".join(str(why).split())
    return f"{f'{named}: ' if named else ''}{why}; {REMEDIES.get(number or 0, 'correct that, then run again')}"


def _plain(name: str) -> str:
    ordinary = name and name == name.strip() and name.isprintable() and len(name) <= LONGEST_VALUE
    return name if ordinary else shown(name)


def _visible(message: str) -> str:
    if message.isprintable():
        return message
    return "".join(c if c.isprintable() else c.encode("unicode_escape", "surrogatepass").decode() for c in message)


def _shortened(message: str) -> str:
    if len(message) <= LONGEST_MESSAGE:
        return message
    return f"{message[: LONGEST_MESSAGE // 2]} ... {message[-LONGEST_MESSAGE // 2 :]}"
