"""Options of commands: an invalid one is one line on stderr and exit code 2, as in argparse."""

import argparse
import sys
from typing import Any, NoReturn


class Options(argparse.ArgumentParser):
    """A parser whose errors are one line, without the usage, and which accepts no abbreviated options."""

    def __init__(self, **how: Any) -> None:
        super().__init__(allow_abbrev=False, **how)

    def error(self, message: str) -> NoReturn:
        line = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in message)
        print(f"error: {line}; see `{self.prog} --help`", file=sys.stderr)
        sys.exit(2)


def something(text: str) -> str:
    """The value of an option, which must not be blank, as it is when a shell variable is not set."""
    if not text.strip():
        raise argparse.ArgumentTypeError("must not be blank")
    return text
