"""The columns of customer values: those described are those made."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from clv.marketing.segments.customer_values import COLUMNS, markdown_table, names_of
from clv.marketing.segments.rfm import RfmCuts
from clv.marketing.segments.sorting import find_sorting
from clv.marketing.segments.values import forecast_of
from clv.params import Params
from tests.conftest import ROOT
from tests.marketing.customers import customers

N = 60


def test_the_readme_of_the_data_has_the_table() -> None:
    readme = (ROOT / "data" / "README.md").read_text(encoding="utf-8")
    assert f"\n## customer_values\n\n{markdown_table()}\n\n" in readme


def test_columns_of_one_meaning_share_a_line() -> None:
    lines = markdown_table().splitlines()
    assert lines[2] == "| `customer_id` | text | customer |"
    assert lines[4].startswith("| `lower_90`, `upper_90`, `lower_95`, `upper_95`, `lower_99`, `upper_99` | money | ")
    assert len(lines) == 2 + len(COLUMNS) - 5 - 3


@pytest.mark.parametrize("eco", [True, False])
def test_the_table_has_the_described_columns_in_this_order(eco: bool, project_params: Params) -> None:
    current = customers(N)[["customer_id", *names_of("history")[:-1]]].assign(tenure_days=400)
    if eco:
        current = current.assign(eco_share=np.linspace(0, 1, N), eco_momentum_180d=np.nan)
    predictions = pd.DataFrame({name: np.arange(N, dtype=float) for name in names_of("forecast")})
    params = replace(project_params.segment, clusters=replace(project_params.segment.clusters, max=3))
    values = forecast_of(current, predictions, RfmCuts.fit(current))
    some = [name for name in ("eco_share",) if eco]
    sorting = find_sorting(values.join(current[some]), params, 1, {}, [])
    sources = ("forecast", "history", "groups", *(("eco",) if eco else ()))
    wanted = [column.name for column in COLUMNS if column.source in sources]
    assert list(sorting.sorted(values, current)) == wanted
