"""Parts of the feature report: every feature, its meaning, and the share of customers for whom it is known."""

from typing import Any

import pandas as pd

from clv.reporting.kit.table import Column, Table, facts, nothing, table, write

NAMED = [Column("feature", "feature"), Column("unit", "unit"), Column("description", "meaning")]


def overview(features: pd.DataFrame, metrics: dict[str, Any]) -> Table:
    """The number of features, groups and cutoffs."""
    present = features[features["status"] == "present"]
    cutoffs = sorted(metrics["snapshots"])
    return facts(
        [
            ("features", write(len(present), "count")),
            ("groups", write(present["group"].nunique(), "count")),
            ("cutoffs", write(len(cutoffs), "count")),
            ("first cutoff", cutoffs[0]),
            ("last cutoff", cutoffs[-1]),
        ]
    )


def groups(features: pd.DataFrame) -> Table:
    """The features that are present, by group in the order of the feature table."""
    columns = [*NAMED, Column("known_share", "known", "share")]
    found = [
        table(rows, columns, f"Group {name}; 'known' is the share of today's customers who have a value").html
        for name, rows in features[features["status"] == "present"].groupby("group", sort=False)
    ]
    return Table("".join(found))


def fitted(features: pd.DataFrame) -> Table:
    """The features that models fitted to the snapshot add."""
    rows = features[features["status"] == "fitted"]
    return table(
        rows,
        NAMED,
        "clv/models/btyd/value.py computes these when a snapshot is read; the learners use them like other features",
    )


def absent(features: pd.DataFrame) -> Table:
    """The features that are absent because the data lack their columns."""
    rows = features[features["status"] == "absent"]
    if rows.empty:
        return nothing("Every feature could be computed.")
    columns = [
        Column("feature", "feature"),
        Column("group", "group"),
        Column("needs", "columns it needs"),
        Column("description", "meaning"),
    ]
    return table(rows, columns, "Features that are absent because the data lack a column that they need")
