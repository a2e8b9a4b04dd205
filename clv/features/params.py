"""Parameters of time: horizon, snapshots, and how customers and windows are split."""

from dataclasses import dataclass
from typing import Annotated, Literal

from clv.strict import Between, Day, Days, Share


@dataclass(frozen=True)
class CustomerShares:
    training: Share
    calibration: Share
    test: Share

    def __post_init__(self) -> None:
        total = self.training + self.calibration + self.test
        if abs(total - 1) > 1e-9:
            raise ValueError(f"shares must sum to 1, got {total:g}")
        if min(self.training, self.calibration, self.test) == 0:
            raise ValueError("training, calibration and test must each be more than 0")


HorizonDays = Annotated[int, Between(1, 1095)]
LastDay = Day | None


@dataclass(frozen=True)
class TimeParams:
    horizon_days: HorizonDays
    snapshot_every_days: Days
    training_snapshots: Annotated[int, Between(1, 1000)]
    min_history_days: Days
    rolling_origins: Annotated[int, Between(0, 100)]
    rolling_every_days: Days
    last_day: LastDay
    split: Literal["auto", "temporal", "customers", "none"]
    customer_shares: CustomerShares
