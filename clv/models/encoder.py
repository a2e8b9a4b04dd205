"""From features to the numbers that learners take, fitted on training rows only."""

from dataclasses import asdict, dataclass
from typing import Any

import pandas as pd

MIN_ROWS_PER_LEVEL = 30
MAX_LEVELS = 30


@dataclass(frozen=True)
class Encoder:
    """Numeric features as they are, NaN for missing; text features as a 0/1 column per level seen often enough."""

    numeric: tuple[str, ...]
    levels: dict[str, tuple[str, ...]]

    @classmethod
    def fit(cls, features: pd.DataFrame) -> "Encoder":
        """Learn the columns and levels from training features (any columns but the id and the targets)."""
        numeric = [name for name in features.columns if pd.api.types.is_numeric_dtype(features[name])]
        levels = {}
        for name in sorted(set(features.columns) - set(numeric)):
            counts = features[name].value_counts().sort_index().sort_values(ascending=False, kind="stable")
            frequent = counts[counts >= MIN_ROWS_PER_LEVEL].head(MAX_LEVELS)
            levels[name] = tuple(sorted(map(str, frequent.index)))
        return cls(tuple(numeric), levels)

    @property
    def names(self) -> list[str]:
        """The columns of the encoded frame."""
        return [*self.numeric, *(f"{name}={level}" for name, levels in self.levels.items() for level in levels)]

    def transform(self, features: pd.DataFrame) -> pd.DataFrame:
        """Encoded features, float64, one row per row of `features`. A level not seen in training is 0 everywhere."""
        columns = {name: features[name].astype("float64") for name in self.numeric}
        for name, levels in self.levels.items():
            for level in levels:
                columns[f"{name}={level}"] = (features[name] == level).astype("float64")
        return pd.DataFrame(columns, index=features.index)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, content: dict[str, Any]) -> "Encoder":
        """The encoder that `to_dict` wrote."""
        return cls(tuple(content["numeric"]), {name: tuple(levels) for name, levels in content["levels"].items()})
