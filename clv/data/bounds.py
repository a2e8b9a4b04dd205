"""Limits that apply to the whole shop: with them some customers can be cleaned as they were among all."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

SHAPE = {"first_day": date, "last_day": date, "extreme_minor": float}  # of `to_dict`


@dataclass(frozen=True)
class Bounds:
    """Lines before `first_day` are stray and those after `last_day` not yet known; amounts of more than `extreme_minor`
    minor units, bought or returned, are extreme."""

    first_day: date
    last_day: date
    extreme_minor: float

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self) | {"first_day": self.first_day.isoformat(), "last_day": self.last_day.isoformat()}

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> "Bounds":
        """What `to_dict` wrote."""
        first, last = (date.fromisoformat(content[name]) for name in ("first_day", "last_day"))
        return cls(first, last, content["extreme_minor"])
