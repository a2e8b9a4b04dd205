"""The JSON body about the service itself: what it serves, how old that is, what is pending, and why."""

import sys
from dataclasses import asdict
from typing import Any

from clv.models.versions import library_versions
from clv.serving.model_answers import ages, drift, verdict
from clv.serving.state import State


def status(state: State) -> dict[str, Any]:
    """The release and its state today.

    That is the age of its data and model in days, verdict, drift, the newer run that is `pending` and why it is not
    adopted (null if there is none), the queue of forecasts, and versions.
    """
    serving = state.take()
    release = serving.release
    return release.stamp() | {
        "customers": len(release.customers),
        "age_days": ages(release, state.today()),
        "verdict": verdict(release),
        "drift": drift(release),
        "pending": None if state.pending is None else asdict(state.pending),
        "queue": {"waiting": serving.workers.waiting, "most": serving.workers.queue},
        "versions": {"python": sys.version.split()[0], **library_versions()},
    }
