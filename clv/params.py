"""params.yaml as frozen dataclasses: its comments say what each value means, the types here are the rules."""

from dataclasses import asdict, dataclass, is_dataclass
from pathlib import Path

from clv import paths, strict
from clv.data.params import GenerateParams, PreprocessParams
from clv.errors import run_stage
from clv.evaluation.params import EvaluateParams
from clv.features.params import TimeParams
from clv.machine import Device
from clv.marketing.audiences.params import AudienceParams
from clv.marketing.budget.params import BudgetParams
from clv.marketing.campaigns.params import CampaignParams
from clv.marketing.experiments.params import ExperimentParams
from clv.marketing.segments.params import SegmentParams
from clv.models.params import TrainParams, TuneParams
from clv.publishing.params import PublishParams
from clv.reporting.params import ReportParams
from clv.strict import Currency, Seed, build


@dataclass(frozen=True)
class Params:
    seed: Seed
    currency: Currency
    device: Device
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


def load(path: Path = paths.PARAMS) -> Params:
    """Read and check the whole parameter file. Raises `InputError` for the first thing that is wrong."""
    return strict.load(Params, path, whole=True)


if __name__ == "__main__":  # `python -m clv.params` checks the file: DVC itself ignores keys that no stage names
    run_stage(load)
