"""The one error a user can mend, how its line is written, and how a stage ends on it."""

import sys
from collections.abc import Callable, Iterable
from itertools import islice

MOST_NAMES = 12  # of a list in a message
LONGEST_VALUE = 80  # characters of a value or a name in a message
LONGEST_MESSAGE = 1200  # characters; the remedy stands at the end and stays


class InputError(Exception):
    """Something a user can mend: a parameter, a file, a value.

    The message is one line that names the thing, the rule, the value got and the remedy. What a terminal would obey
    instead of showing, such as a line break or a bell in the name of a column, is written as in Python.
    """

    def __init__(self, message: str):
        super().__init__(_shortened(_visible(message)))


def shown(value: str) -> str:
    """A text as a message quotes it: with quotes, in one line, and short."""
    quoted = repr(value[: 2 * LONGEST_VALUE])
    if len(value) <= LONGEST_VALUE and len(quoted) <= LONGEST_VALUE:
        return quoted
    return f"{quoted[:LONGEST_VALUE]}... ({len(value)} characters)"


def listed(names: Iterable[str]) -> str:
    """Names in a message: a dozen and how many more, a strange one in quotes; "" where there are none."""
    rest = iter(names)
    first = ", ".join(_plain(name) for name in islice(rest, MOST_NAMES))
    more = sum(1 for _ in rest)
    return f"{first} and {more:,} more" if more else first


def run_stage(main: Callable[[], object]) -> None:
    """Run a stage; an `InputError` becomes one line on stderr and exit code 1, without a traceback."""
    try:
        main()
    except InputError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(1)


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
