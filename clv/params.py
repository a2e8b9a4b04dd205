"""params.yaml as frozen dataclasses: its comments explain each value, the types here are the rules."""

from dataclasses import dataclass
from pathlib import Path

from clv import paths, strict
from clv.data.params import GenerateParams, PreprocessParams
from clv.data.profiling.params import ExpectParams
from clv.evaluation.params import EvaluateParams
from clv.features.params import TimeParams
from clv.machine import Device
from clv.marketing.audiences.params import AudienceParams
from clv.marketing.budget.params import BudgetParams
from clv.marketing.campaigns.params import CampaignParams
from clv.marketing.experiments.params import ExperimentParams
from clv.marketing.segments.params import SegmentParams
from clv.models.params import TrainParams, TuneParams, require_searchable
from clv.publishing.params import PublishParams
from clv.reporting.params import ReportParams
from clv.retraining.params import RetrainParams
from clv.serving.params import ServeParams
from clv.shared_params import Currency, MarginRate, MinGroupCustomers, Seed, TestWindowDays


@dataclass(frozen=True)
class Params:
    seed: Seed
    device: Device
    currency: Currency
    margin_rate: MarginRate
    min_group_customers: MinGroupCustomers
    test_window_days: TestWindowDays
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
    serve: ServeParams
    expect: ExpectParams
    retrain: RetrainParams

    def __post_init__(self) -> None:
        require_searchable(self.train, self.tune)


def load(path: Path = paths.PARAMS) -> Params:
    """Read and check the whole parameter file. Raises `InputError` for the first error found."""
    return strict.load(Params, path, whole=True)
