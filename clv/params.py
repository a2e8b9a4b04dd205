"""params.yaml as frozen dataclasses: its comments say what each value means, the types here are the rules."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import yaml

from clv import paths
from clv.data.params import GenerateParams, PreprocessParams
from clv.errors import InputError, run_stage
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
from clv.strict import Between, build


@dataclass(frozen=True)
class Params:
    seed: Annotated[int, Between(0)]
    currency: str
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
        require_searchable(self.train, self.tune)


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
