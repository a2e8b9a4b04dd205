"""Rules about when: rows whose date cannot be meant."""

import numpy as np

from clv.data import types
from clv.data.lines import Lines

EARLIEST = np.datetime64("1990-01-01", "D").astype("int64")
LATEST = np.datetime64("2200-12-31", "D").astype("int64")  # the last that a parameter can name (clv/strict.py)
STRAY_GAP_DAYS = 730  # without any line, between stray dates and the others
STRAY_SHARE = 0.05  # of the lines, at most: more is no slip of the pen
FUTURE_GAP_DAYS = 60  # without any line, before dates that are taken to lie in the future
FUTURE_SHARE = 0.001  # of the lines, at most
FUTURE_MIN_LINES = 100  # from which on a single line may be one


def converted(lines: Lines) -> np.ndarray:
    """Times that came with an offset from UTC."""
    return types.has_offset(lines.raw[lines.time_name], lines.how.date_format) & ~undated(lines)


def undated(lines: Lines) -> np.ndarray:
    """No time, or none that can be read."""
    return lines.columns[lines.time_name].isna().to_numpy()


def too_early(lines: Lines) -> np.ndarray:
    """Before 1990: most likely the zero of some calendar."""
    return lines.days < EARLIEST


def too_late(lines: Lines) -> np.ndarray:
    """After 2200: a calendar that counts other years, or a date that means never, such as 9999-12-31."""
    return lines.days > LATEST


def after_last_day(lines: Lines) -> np.ndarray:
    """After `time.last_day` or that of the bounds, where one is set."""
    last_day = lines.how.bounds.last_day if lines.how.bounds else lines.how.last_day
    if last_day is None:
        return np.zeros(len(lines), dtype=bool)
    return lines.days > np.datetime64(last_day, "D").astype("int64")


def future(lines: Lines) -> np.ndarray:
    """The newest lines, if they are very few and long after all others.

    No clock is asked, so that a second run gives the same bytes: `time.last_day` is the way to say which day it is.
    """
    if lines.how.bounds:  # they end on the last day
        return np.zeros(len(lines), dtype=bool)
    days, up_to = _lines_up_to_day(lines)
    for gap in np.flatnonzero(np.diff(days) > FUTURE_GAP_DAYS):
        most = max(FUTURE_SHARE * up_to[-1], up_to[-1] >= FUTURE_MIN_LINES)
        if up_to[-1] - up_to[gap] <= most:
            return lines.days > days[gap]
    return np.zeros(len(lines), dtype=bool)


def stray(lines: Lines) -> np.ndarray:
    """Lines beyond a long gap without any line, if few: a mistyped year would move the whole plan of snapshots."""
    if lines.how.bounds:
        return lines.days < np.datetime64(lines.how.bounds.first_day, "D").astype("int64")
    days, up_to = _lines_up_to_day(lines)
    strays = np.zeros(len(lines), dtype=bool)
    for gap in np.flatnonzero(np.diff(days) > STRAY_GAP_DAYS):
        if up_to[gap] <= STRAY_SHARE * up_to[-1]:
            strays |= lines.days <= days[gap]
        if up_to[-1] - up_to[gap] <= STRAY_SHARE * up_to[-1]:
            strays |= lines.days > days[gap]
    return strays


def _lines_up_to_day(lines: Lines) -> tuple[np.ndarray, np.ndarray]:
    """The days that have a kept line, sorted, and how many lines there are up to each."""
    present = lines.days[lines.kept]
    if len(present) == 0:
        return present, present
    first = present.min()
    per_day = np.bincount(present - first)
    days = np.flatnonzero(per_day)
    return days + first, np.cumsum(per_day[days])
