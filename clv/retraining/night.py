"""A night: from new data to a new release, or to the reason why the last good one stays."""

import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

from clv import paths, storage
from clv.data.params import GenerateParams, TimeZone
from clv.data.profiling.data_comparison import Comparison, Profiled
from clv.data.profiling.expectations import examine, stopping
from clv.data.profiling.params import ExpectParams
from clv.data.profiling.store import read_profile
from clv.errors import InputError
from clv.features.params import LastDay
from clv.held import held
from clv.publishing.revision import git
from clv.retraining.due import Due, whether_due
from clv.retraining.dvc_calls import dvc
from clv.retraining.history_row import read_history, with_this_run
from clv.retraining.last_good import FOLDER, Night, recover, under_way
from clv.retraining.params import RetrainParams
from clv.retraining.service_switch import switched
from clv.serving.adoption import newest
from clv.strict import At

SENT = FOLDER / "sent"  # the commit that was delivered last; NOTHING while one is pending
NOTHING = "nothing"
TAKEN = "another retraining runs in this folder; wait for it to end, or stop it"
ALL = "all"  # in place of names of rules


@dataclass(frozen=True)
class Asked:
    """Options of a night: only report, refit whatever the data show, and which rules may be broken."""

    dry_run: bool = False
    now: bool = False
    accept: tuple[str, ...] = ()


@dataclass(frozen=True)
class NightParams:
    generate: GenerateParams
    last_day: Annotated[LastDay, At("time.last_day")]
    time_zone: Annotated[TimeZone, At("preprocess.time_zone")]
    expect: ExpectParams
    retrain: RetrainParams


Senders = Mapping[str, Callable[[], object]]


def retrain(root: Path, p: NightParams, asked: Asked, senders: Senders) -> None:
    """Check the data, refit if that is due, and make the run the last good one: committed, sent, served.

    `senders` carry out what `retrain.deliver` names. If a night ends before it commits, the last good run is restored
    at its end, or, after a signal or a kill, at the beginning of the next night. Raises `InputError` with the reason if
    a night stops.
    """
    git(root, "rev-parse", "--verify", "HEAD")  # nothing is written outside of a clone
    with held(root / FOLDER / "lock", TAKEN) as lock:
        if recover(root):
            say("the last night was interrupted; the last good run has been restored")
        if not asked.dry_run:
            fetch(p.retrain, lock)
        with under_way(root) as night:
            kept = refit(root, night, p, asked)
        if not asked.dry_run:
            deliver(root, p.retrain, senders)
        if kept:
            wait_for_service(root, p.retrain)


def refit(root: Path, night: Night, p: NightParams, asked: Asked) -> bool:
    """Read the data, and make and commit a run from them; False if none is due."""
    began, start = datetime.now(ZoneInfo(p.time_zone)), time.monotonic()
    then = last_profile()
    months = storage.read_csv(paths.REVENUE_MONTHS)
    read_data(p.generate)
    compared = None if then is None else Comparison(then, read_profile(), began.date())
    broken = believed(compared, p.expect, asked.accept)
    due = whether_due(compared, months, p.retrain, asked.now or bool(asked.accept))
    if not due.refit or asked.dry_run:
        say(in_words(due, asked.dry_run) + ("" if due.refit else why_no_day_is_new(p)))
        return False
    say(f"a new run, because {due.why}")
    if then is not None:
        storage.write_text(storage.read_text(paths.SUMMARY), paths.PREVIOUS)  # as `make keep` does
    dvc("repro", "summarize")  # evaluate stops it if a check in evaluate.fail_on fails
    history = with_this_run(read_history(), began, time.monotonic() - start, due.why, broken)
    storage.write_csv(history, paths.HISTORY)
    dvc("repro")
    row = history.iloc[-1]
    storage.write_text(NOTHING, root / SENT)
    commit = night.keep(f"Forecast {row['customers']:,} customers as of {row['as_of']}")
    say(f"a new run as of {row['as_of']} is committed as {commit[:12]}")
    return True


def last_profile() -> Profiled | None:
    """The profile of the data of the last good run; None if the history has no run.

    Raises `InputError` if there is a run, but its profile is missing.
    """
    if read_history().empty:
        return None
    if not paths.PROFILE_ABOUT.exists():
        raise InputError(
            f"{paths.PROFILE} of the last run is not here, so new data cannot be compared with it; run `dvc pull`, or "
            f"`dvc repro` where the data are still those of the last run"
        )
    return read_profile()


def fetch(p: RetrainParams, lock: int) -> None:
    """Run the command that fetches new data, if any; it inherits the lock and keeps it even if this process ends."""
    if p.fetch is not None:
        done = subprocess.run(p.fetch, shell=True, check=False, pass_fds=(lock,))
        if done.returncode:
            raise InputError(
                f"retrain.fetch ended with exit code {done.returncode}: {p.fetch}; run it by hand to see why"
            )


def read_data(generate: GenerateParams) -> None:
    """Read, clean and count the data."""
    if generate.source == "sql":  # DVC cannot detect new rows in a database
        dvc("repro", "--force", "--single-item", "generate")
    dvc("repro", "profile")


def believed(compared: Comparison | None, limits: ExpectParams, accepted: Sequence[str]) -> list[str]:
    """Check and print the broken rules, and return their names; raise `InputError` if any of them stops the run."""
    if compared is None or ALL in accepted:
        return [f"{ALL}-accepted"] if compared else []
    broken = [found for found in examine(compared, limits) if found.broken]
    for found in broken:
        say(f"{'accepted' if found.name in accepted else found.action}: {found}")
    stops = stopping(broken, accepted)
    if stops:
        names = " ".join(found.name for found in stops)
        raise InputError(
            f"the new data are not plausible: {'; '.join(map(str, stops))}; check the source, or, if they are right, "
            f"run `make retrain ACCEPT='{names}'`"
        )
    return [f"{found.name}-accepted" if found.name in accepted else found.name for found in broken]


def deliver(root: Path, p: RetrainParams, senders: Senders) -> None:
    """Send the last good run if that is pending, from this night or from one that could not."""
    head = git(root, "rev-parse", "HEAD")
    if not (root / SENT).exists() or storage.read_text(root / SENT).strip() == head:
        return
    for name in p.deliver:
        try:
            senders[name]()
        except InputError as error:
            raise InputError(
                f"the last run is kept here, but {name} failed, and is tried again next night: {error}"
            ) from None
    storage.write_text(head, root / SENT)


def wait_for_service(root: Path, p: RetrainParams) -> None:
    """Wait until the service has switched to the new run; raise `InputError` if it does not."""
    if p.service is not None:
        said = switched(p.service, newest(root), p.service_seconds)
        if said:
            raise InputError(
                f"the new run is kept, but {said} after {p.service_seconds:g} s; its page Status shows why"
            )
        say(f"{p.service} serves it")


def why_no_day_is_new(p: NightParams) -> str:
    """What in params.yaml prevents the data from getting a new day, in words; "" if nothing does."""
    if p.last_day is not None:
        return f"; time.last_day is {p.last_day}, set it to null if newer orders should count"
    if p.generate.source == "synthetic":
        return "; generate.source is synthetic, whose shops do not grow"
    return ""


def in_words(due: Due, dry_run: bool) -> str:
    """The report of a night that makes no run."""
    if dry_run:
        return f"would {'make a new run' if due.refit else 'leave the last run'}, because {due.why}"
    return f"the last run stays, because {due.why}"


def say(text: str) -> None:
    print(f"retrain: {text}", flush=True)
