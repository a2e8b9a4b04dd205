"""`clv retrain`, or `make retrain`: make a run from new data, commit it, and deliver it, under a lock.

Reads: the input data of the stage generate, and the outputs of the last run; git, DVC.
Writes: the outputs of `dvc repro`, a row of reports/history.csv, a commit; then delivers as `retrain.deliver` lists.
"""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from clv import params, strict
from clv.commands import publish
from clv.data.profiling.expectations import EXPECTATIONS
from clv.retraining.dvc_calls import dvc
from clv.retraining.night import ALL, Asked, NightParams, retrain

ABOUT = """Read new data, compare them with those of the last good run, and where a new run is due, make it: dvc repro,
its verdict, a commit, then dvc push, the reports in the bucket, the service (parameters expect and retrain).

A night that stops, fails or is killed leaves the last good run, and reports in one line why. Exit code 0: a new run, or
none is due; 1: stopped."""


def options(command: ArgumentParser) -> None:
    """Add the options of the command."""
    command.add_argument("--dry-run", action="store_true", help="only report what it would do, and why")
    command.add_argument("--now", action="store_true", help="make a new run whatever the data show")
    command.add_argument(
        "--accept",
        nargs="+",
        default=[],
        choices=(*(rule.name for rule in EXPECTATIONS), ALL),
        metavar="RULE",
        help=f"make a new run although these rules are broken; {ALL} compares nothing",
    )


def run(args: Namespace) -> None:
    """Run a night in the working folder."""
    params.load()  # a night reads only some of them: a misspelt key elsewhere would be ignored
    senders = {
        "push": lambda: dvc("push", "--quiet"),
        "publish": lambda: publish.run(Namespace(dry_run=False, with_contacts=False)),
    }
    retrain(Path.cwd(), strict.load(NightParams), Asked(args.dry_run, args.now, tuple(args.accept)), senders)
