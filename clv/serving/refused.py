"""What the service refuses, with the code by which a program knows why and the field that it is about."""

from clv.errors import InputError


class RefusedError(InputError):
    """One line for a person, a `code` for a program, and the name of the parameter or field, where one is to blame."""

    def __init__(self, message: str, code: str = "invalid", field: str | None = None):
        super().__init__(message)
        self.code = code
        self.field = field


def wrong(field: str, rule: str, value: object) -> RefusedError:
    """A field that breaks a rule, with the beginning of its value."""
    return RefusedError(f"{field} {rule}, got {str(value)[:40]}; correct it", field=field)


class BusyError(RefusedError):
    """As many forecasts as may wait do: try again later."""

    def __init__(self, waiting: int):
        super().__init__(f"{waiting} forecasts run or wait, which is as many as may; try again later", "busy")


class WorkerLostError(RefusedError):
    """The process that forecasts was killed while it worked on this."""

    def __init__(self) -> None:
        super().__init__(
            "the process that forecasts has ended while it worked on this, as when memory is short; try again",
            "worker_lost",
        )


class ReleaseChangedError(RefusedError):
    """A cursor of another release: its pages would mix two runs."""

    def __init__(self, theirs: str, ours: str):
        super().__init__(
            f"this cursor is of release {theirs}, and {ours} is served now; begin again without it",
            "release_changed",
            "cursor",
        )
