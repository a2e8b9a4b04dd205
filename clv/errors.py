"""The one error a user can mend, and how a stage ends on it."""

import sys
from collections.abc import Callable

from clv.stopping import stoppable


class InputError(Exception):
    """Something a user can mend: a parameter, a file, a value.

    The message is one line that names the thing, the rule, the value got and the remedy.
    """


def run_stage(main: Callable[[], object]) -> None:
    """Run a stage; an `InputError` becomes one line on stderr and exit code 1, without a traceback.

    SIGTERM and Ctrl-C end it with all that it started: one line, exit code 128 plus the number of the signal.
    """
    try:
        with stoppable():
            main()
    except InputError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(1)
