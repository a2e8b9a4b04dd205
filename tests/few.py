"""Find counts of few persons in the files that the pipeline writes for others to read."""

import json
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pandas as pd

# Places of small whole numbers that count no persons. Anywhere else, such a number is taken for a group.
PLACES = (
    "*.json:*next.*.amount",  # money
    "campaigns.json:formulas.*",
    "campaigns.json:hours_judged.hour_for_all",
    "drift.json:columns.*",
    "experiments.json:*.apart_from_day",
    "experiments.json:window_days",
    "identity.csv:*",  # rows of a table without a match
    "featurize.json:*features*",
    "preprocess.json:*",  # rows
    "revenue.json:judged.*.months",
    "revenue_judged.csv:months",
    "segments.json:eco.sets_apart.*",
    "summary.json:evidence.*",
    "summary.json:next_test.*",
    "summary.json:trust.passed",
    "train.json:*",
    "verdict.json:*",
    "clusters.csv:cluster",
    "*.csv:decile",
    "*.csv:day",
    "*.csv:months_ahead",
    "*.csv:trial",
    "*.csv:*_days",
)


def small_counts(reports: Path, minimum: int) -> list[str]:
    """The places of whole numbers from 1 to `minimum` - 1 in the metrics, tables and plots of a folder of reports."""
    found = [
        (f"{path.name}:{place}", value)
        for path in sorted(reports.glob("metrics/*.json"))
        for place, value in numbers(json.loads(path.read_text(encoding="utf-8")))
    ]
    for path in [path for folder in ("plots", "tables") for path in sorted((reports / folder).glob("*.csv"))]:
        for name, column in pd.read_csv(path).select_dtypes("number").items():
            known = column.dropna()
            if (known == known.round()).all():
                found += [(f"{path.name}:{name}", value) for value in known.unique()]
    return [
        f"{place} is {value:g}"
        for place, value in found
        if 0 < value < minimum and value == int(value) and not any(fnmatch(place, known) for known in PLACES)
    ]


def numbers(content: Any, place: str = "") -> Iterator[tuple[str, float]]:
    """Every number of a JSON text, with the dotted path to it."""
    if isinstance(content, dict | list):
        for key, inner in content.items() if isinstance(content, dict) else enumerate(content):
            yield from numbers(inner, f"{place}.{key}" if place else str(key))
    elif isinstance(content, int | float) and not isinstance(content, bool):
        yield place, content
