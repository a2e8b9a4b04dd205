"""Parameters of evaluate: the confidence of intervals, the limits for drift, and what the verdict requires."""

from dataclasses import dataclass
from typing import Annotated, Literal

from clv.strict import Between, Count, Share

Stability = Annotated[float, Between(0.001, 100)]  # of a population stability index


@dataclass(frozen=True)
class DriftLimits:
    psi_watch: Stability
    psi_drifted: Stability
    ks_watch: Share
    ks_drifted: Share

    def __post_init__(self) -> None:
        for name in ("psi", "ks"):
            watch, drifted = getattr(self, f"{name}_watch"), getattr(self, f"{name}_drifted")
            if watch > drifted:
                raise ValueError(f"{name}_watch must not exceed {name}_drifted, got {watch:g} and {drifted:g}")


@dataclass(frozen=True)
class VerdictLimits:
    share_of_ceiling: Annotated[float, Between(1, 10)]
    bias: Share
    coverage: Share
    group_coverage: Share
    rolling_gini: Share


CheckName = Literal[
    "leak", "baseline", "bias", "coverage", "group_coverage", "coherence", "rolling", "drift", "evidence"
]


Confidence = Annotated[float, Between(0.5, 0.999)]
ExplainedCustomers = Annotated[int, Between(0, 1_000_000)]
DrawnCustomers = Annotated[int, Between(1_000, 100_000_000)]
PermutedCustomers = Annotated[int, Between(100, 1_000_000)]


@dataclass(frozen=True)
class EvaluateParams:
    confidence: Confidence
    resamples: Annotated[int, Between(100, 100_000)]
    drawn_customers: DrawnCustomers
    min_slice_customers: Count
    explained_customers: ExplainedCustomers
    permuted_customers: PermutedCustomers
    drift: DriftLimits
    limits: VerdictLimits
    fail_on: tuple[CheckName, ...]
