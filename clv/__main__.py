"""The command line: `clv COMMAND`, or `python -m clv COMMAND` where the package is not installed.

Each command is a module of `clv.commands`, imported when it is asked for: `clv --help` must not take seconds.
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
    "retrain": "make a new run of new data, if they can be believed and one is due",
    "publish": "send the reports of HEAD to the bucket",
    "doctor": "look for what keeps data and reports from travelling",
}
EXTRAS = {
    "serve": "serve",
    "retrain": "pipeline",
    "publish": "s3",
    "doctor": "s3",
}  # what commands need beside the core


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command that the arguments name; what a user can mend is one line and exit code 1, or 2 of arguments."""
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
    """What the script `clv` calls."""
    try:
        main()
        sys.stdout.flush()
    except BrokenPipeError:  # who reads, such as head, has seen enough; no second complaint when Python ends
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)


if __name__ == "__main__":
    command()
