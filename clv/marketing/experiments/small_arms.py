"""Suppression of the sizes of small arms of tests."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from clv.suppression import hidden


@dataclass(frozen=True)
class Untold:
    """The sizes that are suppressed: those of `arms` (test, arm), of the `controls` of tests, and of whole `tests`."""

    arms: frozenset[tuple[str, str]]
    controls: frozenset[str]
    tests: frozenset[str]

    def of(self, test: str) -> frozenset[str]:
        """The arms of a test whose sizes are suppressed."""
        return frozenset(arm for name, arm in self.arms if name == test)


def untold(participants: pd.DataFrame, least: int) -> Untold:
    """The sizes to suppress in `participants`, the table of outcomes: those of arms that `hidden` selects at `least`.

    The control may be several arms: its size is suppressed where that of one of them is. So is the size of a test with
    fewer than `least` participants.
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
    """The rows of `analyse` or `over_days` with <NA> in place of suppressed sizes."""
    keys = zip(rows["experiment"], rows["arm"], strict=True)
    told = {"participants": np.array([key not in few.arms for key in keys], dtype=bool)}
    if "control_participants" in rows:
        told["control_participants"] = ~rows["experiment"].isin(few.controls).to_numpy(dtype=bool)
    return rows.assign(**{name: rows[name].astype("Int64").where(seen) for name, seen in told.items()})


def all_participants(participants: pd.DataFrame, few: Untold) -> int | None:
    """The participants of all tests, None where the number would reveal the size of a small test."""
    return None if few.tests else len(participants)
