"""The state of the service: one release at a time, switched as one object."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import orjson

from clv.serving.adoption import Pending
from clv.serving.counters import Counters
from clv.serving.journal import Journal
from clv.serving.keys import Keys
from clv.serving.params import ServeParams
from clv.serving.refused import RefusedError
from clv.serving.release import Release
from clv.serving.watching import Watcher
from clv.serving.workers import Workers


@dataclass(frozen=True)
class Serving:
    """A release and its forecasting process; a request takes both once, at its start.

    Bodies that depend only on the release are serialised to JSON once.
    """

    release: Release
    workers: Workers
    _written: dict[str, bytes] = field(default_factory=dict, repr=False, compare=False)

    def written(self, name: str, answer: Callable[[Release], dict[str, Any]]) -> bytes:
        """The body that a function of the release returns, as JSON."""
        if name not in self._written:
            self._written[name] = orjson.dumps(answer(self.release))
        return self._written[name]


class State:
    """One per process: the current release, a pending run, the journal, the keys, the counters."""

    def __init__(self, params: ServeParams, keys: Keys, journal: Journal, today: Callable[[], date] = date.today):
        self.params, self.keys, self.journal, self.today = params, keys, journal, today
        self.counters = Counters()
        self.serving: Serving | None = None
        self.watcher: Watcher | None = None

    @property
    def pending(self) -> Pending | None:
        """The newer run that is not served, and why; None if there is none."""
        return None if self.watcher is None else self.watcher.pending

    def take(self) -> Serving:
        """The current release and its process; raises `RefusedError` (`not_ready`) before the first."""
        if self.serving is None:
            raise RefusedError(
                "no release is served yet; try again later, or check whether `dvc repro` has run", "not_ready"
            )
        return self.serving

    def switch(self, release: Release, workers: Workers) -> None:
        """Serve another release from now on; requests that began with the previous one finish with it."""
        self.serving = Serving(release, workers)
