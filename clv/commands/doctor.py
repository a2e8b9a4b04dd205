"""`clv doctor`, or `make doctor`: find what prevents data and reports from being sent and fetched.

Reads: the repo, its settings and environment; writes a small object to the buckets of data and reports, and removes it.
Prints one line per check, `ok` or `wrong` with the remedy, and exits with code 1 if anything is wrong.
"""

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from clv.errors import InputError
from clv.publishing.checks import CHECKS, Here, Probe

ABOUT = "Check what prevents data and reports from being sent: one line per check, with the remedy."
State = Literal["ok", "wrong", "not checked"]


@dataclass(frozen=True)
class Finding:
    """The result of a check."""

    name: str
    state: State
    said: str


def examine(here: Here, checks: Sequence[Probe] = CHECKS) -> list[Finding]:
    """The results of the checks, in order; a check is skipped if one that it needs failed."""
    found: dict[str, Finding] = {}
    for check in checks:
        unmet = [name for name in check.needs if found[name].state != "ok"]
        found[check.name] = (
            Finding(check.name, "not checked", f"because of {unmet[0]}") if unmet else _look(check, here)
        )
    return list(found.values())


def _look(check: Probe, here: Here) -> Finding:
    try:
        return Finding(check.name, "ok", check.look(here))
    except InputError as error:
        return Finding(check.name, "wrong", str(error))


def options(command: ArgumentParser) -> None:
    """Add no options."""


def run(args: Namespace) -> None:
    """Run all checks, and exit with code 1 if anything is wrong."""
    findings = examine(Here(Path.cwd()))
    for finding in findings:
        print(f"{finding.state:<11}  {finding.name:<11}  {finding.said}")
    if any(finding.state == "wrong" for finding in findings):
        sys.exit(1)
