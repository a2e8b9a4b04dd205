"""Checks of this machine before data and reports are sent: each returns a few words, or raises `InputError`."""

import importlib.util
import os
import re
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cached_property
from importlib.metadata import version
from pathlib import Path

import dvc

from clv import params
from clv.errors import InputError
from clv.publishing.bucket import Folder
from clv.publishing.failures import CLOCK, NO_KEYS, explained
from clv.publishing.publication import OTHER_TYPE, Upload
from clv.publishing.remote import Access, access, require_no_keys_in_git
from clv.publishing.revision import OF_A_REVISION, git, opened, require_committed

OLDEST_PYTHON = (3, 11)
LOCKED = ("dvc", "dvc-s3")
S3_TOLERATES = timedelta(minutes=15)
FOUND_IN = {
    "env": "environment variables",
    "shared-credentials-file": "the credentials file of AWS",
    "config-file": "the config file of AWS",
    "explicit": ".dvc/config.local, or another file of DVC's settings",
}
PROBE = Upload(".doctor", b"written by make doctor, to see whether that is allowed\n", OTHER_TYPE, "no-cache")


@dataclass(frozen=True)
class Here:
    """The repo to check, by its root; what several checks need is read once."""

    root: Path

    @cached_property
    def access(self) -> Access:
        with opened(self.root) as repo:
            return access(repo)

    @cached_property
    def data(self) -> Folder:
        return Folder(self.access.url, self.access, quick=True)

    @cached_property
    def reports(self) -> Folder:
        return Folder(params.load(self.root / "params.yaml").publish.url, self.access, quick=True)

    def ask(self) -> dict[str, str]:
        """The headers of a response to a request without credentials, whatever its status."""
        return Folder(self.data.url, self.access, signed=False, quick=True).headers()


def python(here: Here) -> str:
    running = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info[:2] < OLDEST_PYTHON:
        raise InputError(f"Python is {running}, but 3.11 or newer is needed; run `make PYTHON=python3.11 setup`")
    first = shutil.which("python")
    if first is None or Path(first).parent != Path(sys.executable).parent:
        raise InputError(
            f"`python`, which the stages call, is {first or 'not on PATH'}, not {sys.executable}; "
            f"run `source .venv/bin/activate`, or use make"
        )
    return f"{running}, the environment's own"


def git_repo(here: Here) -> str:
    revision = git(here.root, "rev-parse", "HEAD")
    try:
        git(here.root, "-c", "user.useConfigOnly=true", "var", "GIT_COMMITTER_IDENT")
    except InputError:
        raise InputError(
            "git has no author for commits; run `git config user.name NAME` and `git config user.email ADDRESS`"
        ) from None
    return f"at {revision[:12]}"


def work_tree(here: Here) -> str:
    require_committed(here.root, OF_A_REVISION)
    return "no uncommitted changes"


def dvc_version(here: Here) -> str:
    locked = (here.root / "requirements.txt").read_text(encoding="utf-8")
    for name in LOCKED:
        wanted = re.search(rf"^{name}==(\S+)", locked, flags=re.MULTILINE)
        if wanted and wanted[1] != version(name):
            raise InputError(f"{name} is {version(name)}, but {wanted[1]} is locked; run `make clean setup`")
    return f"{version('dvc')}, as locked"


def bytecode(here: Here) -> str:
    if os.environ.get("PYTHONDONTWRITEBYTECODE"):
        raise InputError("PYTHONDONTWRITEBYTECODE is set, so every DVC call takes twice as long; unset it")
    if not Path(importlib.util.cache_from_source(str(dvc.__file__))).exists():
        raise InputError("DVC is not compiled, so every call takes twice as long; run `python -m compileall -q .venv`")
    return "compiled"


def pipeline(here: Here) -> str:
    params.load(here.root / "params.yaml")
    with opened(here.root) as repo:
        return f"dvc.yaml and params.yaml can be read, {len(repo.index.stages)} stages"


def remote(here: Here) -> str:
    with opened(here.root) as repo:
        require_no_keys_in_git(repo)
    return here.access.url


def credentials(here: Here) -> str:
    if here.access.arguments.get("anon"):
        return "none needed: allow_anonymous_login"
    if here.access.arguments.get("key"):
        return f"in {FOUND_IN['explicit']}"
    with explained(here.data.url, "the endpoint"):
        found = here.data.session.get_credentials()
    if found is None:
        raise InputError(NO_KEYS)
    profile = here.data.session.profile
    return f"in {FOUND_IN.get(found.method, found.method)}" + (f", profile {profile}" if profile else "")


def endpoint(here: Here) -> str:
    here.ask()
    return f"{here.data.endpoint} answers"


def clock(here: Here) -> str:
    said = here.ask().get("date")
    if said is None:
        return "the server does not report what time it is"
    apart = abs(datetime.now(UTC) - parsedate_to_datetime(said))
    if apart > S3_TOLERATES:
        raise InputError(f"{CLOCK}; the server is {apart.total_seconds() / 60:,.0f} minutes away")
    return f"{apart.total_seconds():.0f} s from the server's"


def place(folder: Folder) -> str:
    """Check that a folder can be listed, written and read; remove the probe if allowed, which nothing else needs."""
    folder.listing(PROBE.name)
    folder.put(PROBE)
    if folder.get(PROBE.name) != PROBE.content:
        raise InputError(f"{folder.url} returns other bytes than were written; check the server")
    can = f"{folder.url} can be listed, read and written"
    try:
        folder.delete(PROBE.name)
    except InputError:
        return f"{can}, but nothing can be deleted: {PROBE.name} stays there"
    return can


def region(here: Here) -> str:
    for folder in (here.data, here.reports):
        said = folder.headers().get("x-amz-bucket-region")
        if said and said != folder.region:
            raise InputError(
                f"the bucket {folder.bucket} is in {said}, but requests are made for {folder.region}; "
                f"export AWS_DEFAULT_REGION={said}"
            )
    return here.data.region


@dataclass(frozen=True)
class Probe:
    """A check, and the checks without whose success its own result would mean nothing."""

    name: str
    look: Callable[[Here], str]
    needs: tuple[str, ...] = ()


CHECKS = (
    Probe("python", python),
    Probe("git", git_repo),
    Probe("work tree", work_tree, ("git",)),
    Probe("dvc", dvc_version),
    Probe("bytecode", bytecode),
    Probe("pipeline", pipeline),
    Probe("remote", remote),
    Probe("credentials", credentials, ("remote",)),
    Probe("endpoint", endpoint, ("remote",)),
    Probe("clock", clock, ("endpoint",)),
    Probe("data", lambda here: place(here.data), ("credentials", "endpoint", "clock")),
    Probe("reports", lambda here: place(here.reports), ("pipeline", "credentials", "endpoint", "clock")),
    Probe("region", region, ("data", "reports")),
)
