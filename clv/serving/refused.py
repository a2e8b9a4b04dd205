"""Errors of the service, with a code from which a program knows the reason, and the field concerned."""

from clv.errors import InputError


class RefusedError(InputError):
    """One line for a person, a `code` for a program, and the name of the parameter or field concerned, if any."""

    def __init__(self, message: str, code: str = "invalid", field: str | None = None):
        super().__init__(message)
        self.code = code
        self.field = field


def wrong(field: str, rule: str, value: object) -> RefusedError:
    """The error for a field that breaks a rule, with the beginning of its value."""
    return RefusedError(f"{field} {rule}, got {str(value)[:40]}; correct it", field=field)


class BusyError(RefusedError):
    """The queue of forecasts is full: try again later."""

    def __init__(self, waiting: int):
        super().__init__(
            f"{waiting} forecasts are running or waiting, the most that is allowed; try again later", "busy"
        )


class WorkerLostError(RefusedError):
    """The forecasting process was killed while it worked on this request."""

    def __init__(self) -> None:
        super().__init__(
            "the forecasting process ended during this request, perhaps for lack of memory; try again",
            "worker_lost",
        )


class ReleaseChangedError(RefusedError):
    """A cursor of another release: its pages would mix two runs."""

    def __init__(self, theirs: str, ours: str):
        super().__init__(
            f"this cursor belongs to release {theirs}, but {ours} is served now; begin again without it",
            "release_changed",
            "cursor",
        )
