"""Rules about dates: rows whose date cannot be what was meant."""

import numpy as np

from clv.data import types
from clv.data.lines import Lines
from clv.data.whole_table import future_after, stray_limits

EARLIEST = np.datetime64("1990-01-01", "D").astype("int64")
LATEST = np.datetime64("2200-12-31", "D").astype("int64")  # the last that a parameter can be set to (clv/strict.py)


def converted(lines: Lines) -> np.ndarray:
    """Times that include an offset from UTC."""
    return types.has_offset(lines.raw[lines.time_name], lines.how.date_format) & ~undated(lines)


def undated(lines: Lines) -> np.ndarray:
    """Rows without a time, or with one that cannot be read."""
    return lines.columns[lines.time_name].isna().to_numpy()


def too_early(lines: Lines) -> np.ndarray:
    """Lines before 1990, most likely the zero of some calendar."""
    return lines.days < EARLIEST


def too_late(lines: Lines) -> np.ndarray:
    """Lines after 2200: another calendar, or a date that stands for never, such as 9999-12-31."""
    return lines.days > LATEST


def after_last_day(lines: Lines) -> np.ndarray:
    """Rows after the last day of the bounds or else `time.last_day`; none if neither is set."""
    last_day = lines.how.bounds.last_day if lines.how.bounds else lines.how.last_day
    if last_day is None:
        return np.zeros(len(lines), dtype=bool)
    return lines.days > np.datetime64(last_day, "D").astype("int64")


def future(lines: Lines) -> np.ndarray:
    """The newest lines, if they are very few and much later than all others."""
    if lines.how.bounds:  # which end on the last day
        return np.zeros(len(lines), dtype=bool)
    whole = lines.how.whole
    return lines.days > (future_after(*lines_by_day(lines, lines.kept)) if whole is None else whole.future_after)


def stray(lines: Lines) -> np.ndarray:
    """A few lines separated from the others by a long gap without any line."""
    if lines.how.bounds:
        return lines.days < np.datetime64(lines.how.bounds.first_day, "D").astype("int64")
    whole = lines.how.whole
    if whole is None:
        before, after = stray_limits(*lines_by_day(lines, lines.kept))
    else:
        before, after = whole.stray_before, whole.stray_after
    return (lines.days < before) | (lines.days > after)


def lines_by_day(lines: Lines, some: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The days on which some lines lie, sorted, and the number of these lines on each."""
    present = lines.days[some]
    if len(present) == 0:
        return present, present
    first = present.min()
    per_day = np.bincount(present - first)
    days = np.flatnonzero(per_day)
    return days + first, per_day[days]
