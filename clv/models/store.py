"""From the snapshots on disk to the samples that a recipe names."""

from dataclasses import dataclass, replace

import numpy as np

from clv.features.params import CustomerShares
from clv.features.store import read_base, read_snapshot
from clv.features.timeline import Plan, Recipe, Rows, in_parts
from clv.models.btyd.purchases import PURCHASE_MODELS
from clv.models.btyd.season import Season, fit_season
from clv.models.params import BtydParams
from clv.models.samples import Sample, make_sample


@dataclass(frozen=True)
class Samples:
    """What a forecaster is fitted to; the labels of `forecast` are hidden."""

    training: list[Sample]
    calibration: Sample | None
    forecast: Sample


def read_samples(recipe: Recipe, plan: Plan, shares: CustomerShares, params: BtydParams) -> Samples:
    """The samples of a recipe, all in the season as it is known at its date.

    Buy-till-you-die models are fitted to whole snapshots, whichever customers of them are asked for.
    """
    season = fit_season(read_base(), read_snapshot(recipe.forecast), recipe.as_of, PURCHASE_MODELS[params.purchases])

    def sample(rows: Rows) -> Sample:
        return read_sample(rows, plan, shares, season, params)

    forecast = sample(recipe.forecast)
    unknown = np.full(len(forecast.ids), np.nan)
    return Samples(
        training=[sample(rows) for rows in recipe.training],
        calibration=None if recipe.calibration is None else sample(recipe.calibration),
        forecast=replace(forecast, target=unknown, orders=unknown),
    )


def read_sample(rows: Rows, plan: Plan, shares: CustomerShares, season: Season, params: BtydParams) -> Sample:
    """The customers that `rows` names, in a season."""
    sample = make_sample(rows.cutoff, read_snapshot(rows), plan.horizon_days, season, params)
    return sample.where(in_parts(sample.ids, rows.parts, shares))
