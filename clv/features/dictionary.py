"""The data dictionary: the feature table as Markdown and as a table, and which features are absent and why."""

from collections.abc import Mapping, Sequence

import pandas as pd

from clv.features.columns import TARGET, TARGET_ORDERS
from clv.features.feature import Feature
from clv.features.feature_table import FITTED

TARGETS = (
    (TARGET, "money", "target", "Net revenue in the horizon after the cutoff; null if not over"),
    (TARGET_ORDERS, "count", "target", "Purchase days in the horizon after the cutoff; null if not over"),
)


def data_dictionary(present: Sequence[Feature], absent: Sequence[Feature]) -> str:
    """Markdown that describes each column of a snapshot, generated from the rows of the feature table."""
    lines = [
        "# Data dictionary of the snapshots",
        "",
        "One row per customer who had bought by the cutoff. Generated from `clv/features/feature_table.py`. Money is",
        "in the currency of the transactions; a null is a value that the definition does not have.",
        "",
        *_table([(f.name, f.unit, f.group, f.description) for f in present]),
        *(_row(row) for row in TARGETS),
        "",
        "Fitted to each snapshot when it is read, by `clv/models/btyd/value.py`, and features of the learners too:",
        "",
        *_table([(f.name, f.unit, f.group, f.description) for f in FITTED]),
    ]
    if absent:
        lines += ["", "Absent, because the data lacks the columns they need:", ""]
        lines += [f"- `{f.name}` needs {', '.join(f'`{name}`' for name in _needs(f))}" for f in absent]
    return "\n".join(lines)


def feature_list(
    present: Sequence[Feature], absent: Sequence[Feature], known: Mapping[str, int], customers: int
) -> pd.DataFrame:
    """One row per feature: name, unit, group, description, `status`, `known_share`, `needs`.

    `status` is present, fitted or absent; `known_share` is the share of customers with a value, if present; `needs`
    lists the columns that an absent feature needs.
    """
    by_status = {"present": present, "fitted": FITTED, "absent": absent}
    rows = [
        {
            "feature": f.name,
            "unit": f.unit,
            "group": f.group,
            "description": f.description,
            "status": status,
            "known_share": known[f.name] / max(customers, 1) if status == "present" else None,
            "needs": " ".join(_needs(f)) if status == "absent" else "",
        }
        for status, features in by_status.items()
        for f in features
    ]
    return pd.DataFrame(rows).astype({"known_share": "float64"})


def _needs(feature: Feature) -> list[str]:
    """The input columns that a feature needs, by table and name; in the input, money columns have no unit suffix."""
    return [name.removesuffix("_minor") for name in feature.needs]


def _table(rows: Sequence[tuple[str, str, str, str]]) -> list[str]:
    return ["| feature | unit | group | meaning |", "|---|---|---|---|", *map(_row, rows)]


def _row(row: tuple[str, str, str, str]) -> str:
    name, unit, group, meaning = row
    return f"| `{name}` | {unit} | {group} | {meaning} |"
