"""Options of commands: what cannot be meant is one line on stderr and exit code 2, as argparse has it."""

import argparse
import sys
from typing import Any, NoReturn


class Options(argparse.ArgumentParser):
    """A parser whose errors are one line, without the usage, and which takes no option cut short."""

    def __init__(self, **how: Any) -> None:
        super().__init__(allow_abbrev=False, **how)

    def error(self, message: str) -> NoReturn:
        line = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in message)
        print(f"error: {line}; see `{self.prog} --help`", file=sys.stderr)
        sys.exit(2)


def something(text: str) -> str:
    """An option's value, which must not be blank, as that of a variable that is not set."""
    if not text.strip():
        raise argparse.ArgumentTypeError("must not be blank")
    return text
