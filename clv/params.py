"""params.yaml as frozen dataclasses: its comments say what each value means, the types here are the rules."""

import re
from dataclasses import asdict, dataclass, is_dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

import yaml

from clv import paths
from clv.errors import InputError, run_stage
from clv.evaluation.params import EvaluateParams
from clv.marketing_params import AudienceParams, BudgetParams, CampaignParams, ExperimentParams, SegmentParams
from clv.source_params import GenerateParams, PreprocessParams
from clv.strict import Between, Count, Positive, Share, build

TweediePower = Annotated[float, Between(1.05, 1.95)]


@dataclass(frozen=True)
class ComputeParams:
    threads: Count
    device: Literal["cpu", "cuda"]
    engine: Literal["local", "dask"]
    scheduler: str | None
    storage: str | None

    def __post_init__(self) -> None:
        if self.engine == "dask" and not re.fullmatch(r"tcp://[^\s/]+:\d+", self.scheduler or ""):
            raise ValueError(
                f"scheduler must be the address of a Dask scheduler, such as tcp://10.0.0.1:8786, got {self.scheduler}"
            )


@dataclass(frozen=True)
class CustomerShares:
    training: Share
    calibration: Share
    test: Share

    def __post_init__(self) -> None:
        total = self.training + self.calibration + self.test
        if abs(total - 1) > 1e-9:
            raise ValueError(f"shares must sum to 1, got {total:g}")
        if min(self.training, self.calibration, self.test) == 0:
            raise ValueError("training, calibration and test must each be more than 0")


@dataclass(frozen=True)
class TimeParams:
    horizon_days: Annotated[int, Between(1, 1095)]
    snapshot_every_days: Count
    min_history_days: Count
    rolling_origins: Annotated[int, Between(0, 100)]
    rolling_every_days: Count
    last_day: date | None
    split: Literal["auto", "temporal", "customers", "none"]
    customer_shares: CustomerShares


@dataclass(frozen=True)
class SearchRange:
    low: float
    high: float
    log: bool

    def __post_init__(self) -> None:
        if not self.low < self.high:
            raise ValueError(f"low must be less than high, got {self.low:g} and {self.high:g}")
        if self.log and self.low <= 0:
            raise ValueError(f"low must be more than 0 on a log scale, got {self.low:g}")


@dataclass(frozen=True)
class TuneParams:
    trials: Annotated[int, Between(0)]
    max_seconds: Annotated[float, Between(10)]
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
    l2: Annotated[float, Between(0)]


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
    alpha: Annotated[float, Between(0)]


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


@dataclass(frozen=True)
class ReportParams:
    top_customers: Count
    searchable_customers: Count
    customer: str | None
    previous: str


@dataclass(frozen=True)
class PublishParams:
    url: str
    site: str | None

    def __post_init__(self) -> None:
        if not re.fullmatch(r"s3://[^/]+(/[^/]+)+", self.url):
            raise ValueError(f"url must be a folder in a bucket, such as s3://clv-store/reports, got {self.url}")
        if self.site is not None and not re.fullmatch(r"https?://[^/]+(/[^/]+)*", self.site):
            raise ValueError(f"site must be an address without a slash at its end, or null, got {self.site}")


@dataclass(frozen=True)
class Params:
    seed: Annotated[int, Between(0)]
    currency: str
    compute: ComputeParams
    time: TimeParams
    generate: GenerateParams
    preprocess: PreprocessParams
    tune: TuneParams
    train: TrainParams
    evaluate: EvaluateParams
    segment: SegmentParams
    experiment: ExperimentParams
    budget: BudgetParams
    audience: AudienceParams
    campaign: CampaignParams
    report: ReportParams
    publish: PublishParams

    def __post_init__(self) -> None:
        for learner, space in self.tune.space.items():
            given = getattr(self.train, learner, None)
            if not is_dataclass(given) or isinstance(given, type):
                raise ValueError(f"tune.space.{learner} has no train.{learner} to search")
            for name, wanted in space.items():
                if name not in asdict(given):
                    raise ValueError(f"tune.space.{learner}.{name} has no train.{learner}.{name} to search")
                kind = type(getattr(given, name))
                for end in (wanted.low, wanted.high):  # must be values that train itself would take
                    if kind is int and end != int(end):
                        raise ValueError(f"tune.space.{learner}.{name} must range over whole numbers, got {end:g}")
                    build(type(given), asdict(given) | {name: kind(end)}, f"tune.space.{learner}")
                if not wanted.low <= getattr(given, name) <= wanted.high:
                    raise ValueError(
                        f"tune.space.{learner}.{name} must include train.{learner}.{name}, where the search starts: "
                        f"{getattr(given, name):g} is not between {wanted.low:g} and {wanted.high:g}"
                    )


# YAML without numbers to the base 60, as DVC reads it: 3:2:1 is text.
BASE_60 = ("tag:yaml.org,2002:str", re.compile(r"[\d.]+(:[\d.]+)+$"))
RESOLVERS = {first: [BASE_60, *others] for first, others in yaml.SafeLoader.yaml_implicit_resolvers.items()}
LOADER = type("Loader", (yaml.SafeLoader,), {"yaml_implicit_resolvers": RESOLVERS})


def load(path: Path = paths.PARAMS) -> Params:
    """Read and check the whole parameter file. Raises `InputError` for the first thing that is wrong."""
    if not path.exists():
        raise InputError(f"{path} does not exist; run from the root of the repo")
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), LOADER)
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not UTF-8 at byte {error.start}; save it as UTF-8") from None
    except yaml.YAMLError as error:
        where = getattr(error, "problem_mark", None)
        line = f" at line {where.line + 1}" if where else ""
        raise InputError(
            f"{path} is not valid YAML{line}: {getattr(error, 'problem', error)}; mend that line"
        ) from None
    params: Params = build(Params, content)
    return params


if __name__ == "__main__":  # `python -m clv.params` checks the file: DVC itself ignores keys that no stage names
    run_stage(load)
