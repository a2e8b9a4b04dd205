"""Parameters of tune and train: the models, the learners, and what is searched."""

from dataclasses import dataclass
from typing import Annotated, Literal

from clv.strict import Between, Count, Positive

TweediePower = Annotated[float, Between(1.05, 1.95)]


@dataclass(frozen=True)
class SearchRange:
    low: Annotated[float, Between(-1e9, 1e9)]
    high: Annotated[float, Between(-1e9, 1e9)]
    log: bool

    def __post_init__(self) -> None:
        if not self.low < self.high:
            raise ValueError(f"low must be less than high, got {self.low:g} and {self.high:g}")
        if self.log and self.low <= 0:
            raise ValueError(f"low must be more than 0 on a log scale, got {self.low:g}")


@dataclass(frozen=True)
class TuneParams:
    trials: Annotated[int, Between(0, 10_000)]
    max_seconds: Annotated[float, Between(10, 1_000_000)]
    space: dict[str, dict[str, SearchRange]]


@dataclass(frozen=True)
class BtydParams:
    purchases: Literal["pareto_nbd", "mbg_nbd", "bg_nbd"]
    discount_rate: Annotated[float, Between(1e-4, 10)]


@dataclass(frozen=True)
class RidgeParams:
    alpha: Positive


@dataclass(frozen=True)
class ForestParams:
    n_trees: Count
    min_leaf_rows: Count
    feature_share: Annotated[float, Between(0.01, 1)]
    row_share: Annotated[float, Between(0.01, 1)]


@dataclass(frozen=True)
class GradientBoostingParams:
    n_rounds: Count
    learning_rate: Annotated[float, Between(1e-4, 1)]
    max_leaves: Annotated[int, Between(2, 4096)]
    min_leaf_rows: Count
    feature_share: Annotated[float, Between(0.01, 1)]
    l2: Annotated[float, Between(0, 1e6)]


@dataclass(frozen=True)
class XgboostParams:
    n_rounds: Count
    learning_rate: Annotated[float, Between(1e-4, 1)]
    max_depth: Annotated[int, Between(1, 20)]
    min_child_weight: Positive
    row_share: Annotated[float, Between(0.01, 1)]
    feature_share: Annotated[float, Between(0.01, 1)]
    tweedie_power: TweediePower


@dataclass(frozen=True)
class LightgbmParams:
    n_rounds: Count
    learning_rate: Annotated[float, Between(1e-4, 1)]
    num_leaves: Annotated[int, Between(2, 4096)]
    min_leaf_rows: Count
    row_share: Annotated[float, Between(0.01, 1)]
    feature_share: Annotated[float, Between(0.01, 1)]
    tweedie_power: TweediePower


@dataclass(frozen=True)
class HurdleParams:
    n_rounds: Count
    learning_rate: Annotated[float, Between(1e-4, 1)]
    num_leaves: Annotated[int, Between(2, 4096)]
    min_leaf_rows: Count
    row_share: Annotated[float, Between(0.01, 1)]
    feature_share: Annotated[float, Between(0.01, 1)]


@dataclass(frozen=True)
class NeuralParams:
    n_networks: Count
    n_units: Count
    n_epochs: Count
    learning_rate: Annotated[float, Between(1e-4, 0.1)]
    alpha: Annotated[float, Between(0, 1e6)]


LearnerName = Literal["btyd", "ridge", "forest", "gradient_boosting", "xgboost", "lightgbm", "hurdle", "neural"]


@dataclass(frozen=True)
class TrainParams:
    learners: tuple[LearnerName, ...]
    btyd: BtydParams
    ridge: RidgeParams
    forest: ForestParams
    gradient_boosting: GradientBoostingParams
    xgboost: XgboostParams
    lightgbm: LightgbmParams
    hurdle: HurdleParams
    neural: NeuralParams
    interval_bins: Count

    def __post_init__(self) -> None:
        if "btyd" not in self.learners or len(set(self.learners)) < len(self.learners):
            raise ValueError(f"learners must include btyd, each name once, got {', '.join(self.learners)}")
