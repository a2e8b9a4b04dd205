"""The command line: `clv COMMAND`, or `python -m clv COMMAND` where the package is not installed.

Each command is a module of `clv.commands` that is imported only when it is called, so that `clv --help` starts fast.
"""

import os
import sys
from argparse import RawDescriptionHelpFormatter
from collections.abc import Sequence
from contextlib import nullcontext
from importlib import import_module

from clv.arguments import Options
from clv.errors import run_stage
from clv.extras import needing

COMMANDS = {
    "predict": "forecast customers from files of raw orders",
    "serve": "serve what the last run made: an API and its pages",
    "check": "check params.yaml and synthetic.yaml before a run",
    "retrain": "make a new run of new data, if they are plausible and a run is due",
    "publish": "send the reports of HEAD to the bucket",
    "doctor": "check what prevents data and reports from being sent",
}
EXTRAS = {
    "serve": "serve",
    "retrain": "pipeline",
    "publish": "s3",
    "doctor": "s3",
}  # the extra that each command needs


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command that the arguments name.

    An error that a user can fix is reported in one line with exit code 1; wrong arguments end with exit code 2.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    asked = given[0] if given and given[0] in COMMANDS else None
    run_stage(lambda: _run(asked, given))


def _run(asked: str | None, given: Sequence[str]) -> None:
    parser = Options(prog="clv", description="Customer lifetime value.")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    for name, what in COMMANDS.items():
        command = commands.add_parser(name, help=what, formatter_class=RawDescriptionHelpFormatter)
        if name == asked:
            with needing(EXTRAS[name], f"clv {name}") if name in EXTRAS else nullcontext():
                module = import_module(f"clv.commands.{name}")
            command.description = module.ABOUT
            module.options(command)
            command.set_defaults(run=module.run)
    args = parser.parse_args(given)
    if "run" in args:
        args.run(args)
    else:
        parser.print_help()


def command() -> None:
    """The entry point of the script `clv`."""
    try:
        main()
        sys.stdout.flush()
    except BrokenPipeError:  # the reader, such as head, has closed the pipe; avoid a second error at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)


if __name__ == "__main__":
    command()
