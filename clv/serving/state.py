"""What the service serves: one release at a time, switched as one object."""

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
    """A release and the process that forecasts by it: a request takes both once, at its beginning.

    What depends on the release alone is written as JSON once.
    """

    release: Release
    workers: Workers
    _written: dict[str, bytes] = field(default_factory=dict, repr=False, compare=False)

    def written(self, name: str, answer: Callable[[Release], dict[str, Any]]) -> bytes:
        """The body that a function of the release gives, as JSON."""
        if name not in self._written:
            self._written[name] = orjson.dumps(answer(self.release))
        return self._written[name]


class State:
    """One per process: what is served now, what waits, the journal, the keys, the counters."""

    def __init__(self, params: ServeParams, keys: Keys, journal: Journal, today: Callable[[], date] = date.today):
        self.params, self.keys, self.journal, self.today = params, keys, journal, today
        self.counters = Counters()
        self.serving: Serving | None = None
        self.watcher: Watcher | None = None

    @property
    def pending(self) -> Pending | None:
        """The newer run that is not served, and why; None where there is none."""
        return None if self.watcher is None else self.watcher.pending

    def take(self) -> Serving:
        """What is served now; `RefusedError` (`not_ready`) as long as that is nothing."""
        if self.serving is None:
            raise RefusedError(
                "no release is served yet; try again later, or see whether `dvc repro` has run", "not_ready"
            )
        return self.serving

    def switch(self, release: Release, workers: Workers) -> None:
        """Serve another release from now on; what was begun with the one before ends with it."""
        self.serving = Serving(release, workers)
