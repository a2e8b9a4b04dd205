"""Which arms of tests are too small to say how large they are, and the tables without their sizes."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from clv.suppression import hidden


@dataclass(frozen=True)
class Untold:
    """What is not said, as sets: `arms` (test, arm) whose sizes are not, `controls` (test), and `tests` as wholes."""

    arms: frozenset[tuple[str, str]]
    controls: frozenset[str]
    tests: frozenset[str]

    def of(self, test: str) -> frozenset[str]:
        """The arms of a test whose sizes are not said."""
        return frozenset(arm for name, arm in self.arms if name == test)


def untold(participants: pd.DataFrame, least: int) -> Untold:
    """What must not be said of `participants`, the table of outcomes: sizes of arms that `hidden` names for `least`.

    The control may be several arms: its size is not said where that of one is not. Nor is that of a test of so few.
    """
    arms, controls, tests = set(), set(), set()
    for name, test in participants.groupby("experiment"):
        sizes = test["arm"].value_counts().sort_index()
        unseen = set(sizes.index[hidden(sizes.to_numpy(), least)])
        arms |= {(str(name), str(arm)) for arm in unseen}
        if unseen & set(test.loc[test["is_control"], "arm"]):
            controls.add(str(name))
        if len(test) < least:
            tests.add(str(name))
    return Untold(frozenset(arms), frozenset(controls), frozenset(tests))


def without_sizes(rows: pd.DataFrame, few: Untold) -> pd.DataFrame:
    """The rows of `analyse` or `over_days` without sizes that are not said: <NA> in their place."""
    keys = zip(rows["experiment"], rows["arm"], strict=True)
    told = {"participants": np.array([key not in few.arms for key in keys], dtype=bool)}
    if "control_participants" in rows:
        told["control_participants"] = ~rows["experiment"].isin(few.controls).to_numpy(dtype=bool)
    return rows.assign(**{name: rows[name].astype("Int64").where(seen) for name, seen in told.items()})


def all_participants(participants: pd.DataFrame, few: Untold) -> int | None:
    """Those of all tests, None where that would tell how many a small test had."""
    return None if few.tests else len(participants)
