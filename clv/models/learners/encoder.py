"""From features to the columns that learners use, fitted on training rows only."""

from dataclasses import asdict, dataclass
from typing import Any

import pandas as pd

MIN_ROWS_PER_LEVEL = 30
MAX_LEVELS = 30


@dataclass(frozen=True)
class Encoder:
    """Numeric features unchanged, NaN for missing; text features as categories of the frequent levels."""

    numeric: tuple[str, ...]
    levels: dict[str, tuple[str, ...]]

    @classmethod
    def fit(cls, features: pd.DataFrame) -> "Encoder":
        """Learn the columns and levels from training features (all columns except the id and the targets)."""
        numeric = [name for name in features.columns if pd.api.types.is_numeric_dtype(features[name])]
        levels = {}
        for name in sorted(set(features.columns) - set(numeric)):
            counts = features[name].value_counts().sort_index().sort_values(ascending=False, kind="stable")
            frequent = counts[counts >= MIN_ROWS_PER_LEVEL].head(MAX_LEVELS)
            levels[name] = tuple(sorted(map(str, frequent.index)))
        return cls(tuple(numeric), levels)

    @property
    def names(self) -> list[str]:
        """The columns of the encoded frame: numeric ones first, then text ones."""
        return [*self.numeric, *self.levels]

    def transform(self, features: pd.DataFrame) -> pd.DataFrame:
        """Encoded features, one row per row of `features`, with the same index: float64, and `category` for text.

        A level that was rare or absent in training becomes missing.
        """
        columns: dict[str, Any] = {name: features[name].astype("float64") for name in self.numeric}
        for name, levels in self.levels.items():
            known = features[name].where(features[name].isin(levels))
            columns[name] = pd.Categorical(known, categories=pd.Index(levels, dtype="str"))
        return pd.DataFrame(columns, index=features.index, columns=self.names)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, content: dict[str, Any]) -> "Encoder":
        """Restore what `to_dict` returned."""
        return cls(tuple(content["numeric"]), {name: tuple(levels) for name, levels in content["levels"].items()})
