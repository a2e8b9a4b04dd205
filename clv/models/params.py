"""Parameters of tune and train: a section per learner of the registry, and the space to search."""

from dataclasses import asdict, dataclass
from typing import Annotated, Any, Literal

from clv.errors import InputError, listed
from clv.models.btyd.params import BtydParams
from clv.models.learners.registry import BTYD, LEARNERS
from clv.strict import Between, Line, build

SearchEnd = Annotated[float, Between(-1e12, 1e12)]


@dataclass(frozen=True)
class SearchRange:
    low: SearchEnd
    high: SearchEnd
    log: bool

    def __post_init__(self) -> None:
        if not self.low < self.high:
            raise ValueError(f"low must be less than high, got {self.low:g} and {self.high:g}")
        if self.log and self.low <= 0:
            raise ValueError(f"low must be more than 0 on a log scale, got {self.low:g}")


@dataclass(frozen=True)
class TuneParams:
    trials: Annotated[int, Between(0, 10_000)]
    max_seconds: Annotated[float, Between(10, 604_800)]
    space: dict[Line, dict[Line, SearchRange]]


@dataclass(frozen=True)
class OneOf:
    """A rule of the strict loader: one of some names."""

    names: tuple[str, ...]

    def admits(self, name: str) -> bool:
        """Whether it is one of the names."""
        return name in self.names

    def __str__(self) -> str:
        return f"one of {', '.join(self.names)}"


def with_learners(cls: type[Any]) -> type[Any]:
    """Add a field for each learner of the registry: its section, by its name."""
    cls.__annotations__ |= {name: learner.section for name, learner in LEARNERS.items()}
    return cls


@dataclass(frozen=True)
@with_learners
class TrainParams:
    learners: tuple[Annotated[str, OneOf((BTYD, *LEARNERS))], ...]
    btyd: BtydParams
    interval_bins: Annotated[int, Between(1, 1000)]
    max_rows: Annotated[int, Between(1000, 1_000_000_000)]
    rows: Literal["drawn", "all"]

    def __post_init__(self) -> None:
        if BTYD not in self.learners or len(set(self.learners)) < len(self.learners):
            raise ValueError(f"learners must include {BTYD}, each name once, got {listed(self.learners) or 'none'}")

    def section(self, name: str) -> Any:
        """The parameters of a learner, or of the buy-till-you-die models, by name."""
        return getattr(self, name)


def require_searchable(train: TrainParams, tune: TuneParams) -> None:
    """Raise `InputError` if `tune.space` names a parameter that no learner has, or a range that `train` refuses."""
    for learner, space in tune.space.items():
        if learner not in LEARNERS:
            raise InputError(f"params.yaml: tune.space.{learner} is not a learner; choose from {', '.join(LEARNERS)}")
        given = asdict(train.section(learner))
        for name, wanted in space.items():
            if name not in given:
                raise InputError(
                    f"params.yaml: tune.space.{learner}.{name} names no parameter of train.{learner}; drop it"
                )
            _require_range(f"tune.space.{learner}", learner, given, name, wanted)


def _require_range(where: str, learner: str, given: dict[str, Any], name: str, wanted: SearchRange) -> None:
    kind = type(given[name])
    for end in (wanted.low, wanted.high):  # must be values that train itself would accept
        if kind is int and end != int(end):
            raise InputError(f"params.yaml: {where}.{name} must range over whole numbers, got {end:g}")
        build(LEARNERS[learner].section, given | {name: kind(end)}, where)
    if not wanted.low <= given[name] <= wanted.high:
        raise InputError(
            f"params.yaml: {where}.{name} must include train.{learner}.{name}, where the search starts: "
            f"{given[name]:g} is not between {wanted.low:g} and {wanted.high:g}"
        )
