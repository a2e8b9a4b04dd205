"""Limits that hold for the whole shop, with which a few customers can be cleaned as they were among all."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

SHAPE = {"first_day": date, "last_day": date, "extreme_minor": float}  # of `to_dict`


@dataclass(frozen=True)
class Bounds:
    """The usual days and amounts of a shop.

    Lines before `first_day` are stray, lines after `last_day` are not yet known, and purchases and returns of more than
    `extreme_minor` minor units are extreme.
    """

    first_day: date
    last_day: date
    extreme_minor: float

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self) | {"first_day": self.first_day.isoformat(), "last_day": self.last_day.isoformat()}

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> "Bounds":
        """Restore what `to_dict` returned."""
        first, last = (date.fromisoformat(content[name]) for name in ("first_day", "last_day"))
        return cls(first, last, content["extreme_minor"])
