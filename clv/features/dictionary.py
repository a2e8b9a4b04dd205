"""The data dictionary: the feature table as Markdown, with what is absent from this data and why."""

from collections.abc import Sequence

from clv.features.columns import TARGET, TARGET_ORDERS
from clv.features.table import Feature


def data_dictionary(present: Sequence[Feature], absent: Sequence[Feature]) -> str:
    """Markdown that describes each column of a snapshot, generated from the rows of the feature table."""
    lines = [
        "# Data dictionary of the snapshots",
        "",
        "One row per customer who had bought by the cutoff. Generated from `clv/features/table.py`.",
        "",
        "| feature | unit | group | meaning |",
        "|---|---|---|---|",
        *(f"| `{f.name}` | {f.unit} | {f.group} | {f.description} |" for f in present),
        f"| `{TARGET}` | money | target | Net revenue in the horizon after the cutoff; null if not over |",
        f"| `{TARGET_ORDERS}` | count | target | Purchase days in the horizon after the cutoff; null if not over |",
    ]
    if absent:
        lines += ["", "Absent, because the data lacks the columns they need:", ""]
        lines += [f"- `{f.name}` needs {', '.join(f'`{name}`' for name in f.needs)}" for f in absent]
    return "\n".join(lines)
