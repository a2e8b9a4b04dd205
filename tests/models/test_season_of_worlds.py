"""A closure and a boom of the default shop are taken neither for a season nor for its level."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from clv.data.world.params import SyntheticParams
from clv.data.world.worlds import make_world
from clv.features.base import base_days, total_days
from clv.features.block import Block
from clv.features.columns import TARGET_ORDERS
from clv.features.snapshot import make_snapshot
from clv.models.btyd.season import Season, fit_season
from clv.models.btyd.value import Btyd
from clv.params import Params
from clv.strict import load
from tests.conftest import ROOT, clean_tables

HORIZON = 180
LAST_DAY = date(2025, 12, 31)
CUTOFF = LAST_DAY - timedelta(days=HORIZON)
# On the log scale. Months of the default shop differ by up to 6% between seeds, as promotions are drawn at random. A
# quarter that is almost left out leaves a gap of the same size.
NEAR = 0.1


def season_and_error(name: str, project: Params) -> tuple[Season, float]:
    """The season as of the cutoff, and the relative error of the orders forecast for the known customers."""
    synthetic = replace(load(SyntheticParams, ROOT / "synthetic.yaml"), world=name)
    clean = clean_tables(make_world(synthetic, project.seed, HORIZON).tables)
    snapshot = make_snapshot(clean, CUTOFF, LAST_DAY, HORIZON)
    btyd = project.train.btyd
    season = fit_season(total_days([base_days(Block.of_frames(clean))]), snapshot, CUTOFF, btyd)
    forecast = Btyd.fit(snapshot, CUTOFF, HORIZON, season, btyd).outputs(snapshot)["btyd_orders"].sum()
    return season, float(forecast / snapshot[TARGET_ORDERS].sum() - 1)


@pytest.fixture(scope="module")
def default(project_params: Params) -> Season:
    return season_and_error("default", project_params)[0]


def months(season: Season) -> np.ndarray:
    return np.log(np.array(season.by_month()))


@pytest.mark.parametrize("name", ["closure", "boom"])
def test_what_happens_once_is_no_season(name: str, default: Season, project_params: Params) -> None:
    season, off = season_and_error(name, project_params)
    assert np.abs(months(season) - months(default)).max() < NEAR
    assert abs(off) < 0.1
    assert len(season.closed) == (name == "closure")


def test_years_that_agree_are_a_season(default: Season) -> None:
    """Peaks in every December are not exceptional months, however well the three waves fit them."""
    by_month = pd.Series(default.by_month(), range(1, 13))
    assert by_month[12] > 1.3
    assert by_month[6] < 0.8
