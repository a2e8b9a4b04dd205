"""Which figures of customers are correlated."""

import numpy as np
import pandas as pd

from clv.features.feature_table import FEATURES
from clv.marketing.description.related_features import FEWEST_OF_TWO, FIGURES
from clv.marketing.description.related_features import correlations as found
from clv.reporting.data.correlations import BY_DEFINITION, correlations
from clv.reporting.kit.chart import Chart
from clv.reporting.kit.table import NOTHING

N = 50
RISING = np.arange(N, dtype=float)
CUSTOMERS = pd.DataFrame({"recency_days": RISING, "tenure_days": RISING, "frequency": -(RISING**3), "eco_share": 0.5})


def test_the_figures_are_features() -> None:
    assert set(FIGURES) <= {feature.name for feature in FEATURES}
    assert frozenset().union(*BY_DEFINITION) <= set(FIGURES)


def test_ranks_go_together_and_what_is_so_by_definition_is_no_news() -> None:
    chart = correlations(found(CUSTOMERS), N, N)
    assert isinstance(chart, Chart)
    assert "move in opposite directions most strongly: -1.00" in chart.caption
    assert "the first purchase of one-time buyers is also their last" in chart.caption
    assert "categories" not in chart.caption
    assert "sample" not in chart.caption
    assert "eco" not in chart.svg + chart.caption, "all the same"
    assert chart == correlations(found(CUSTOMERS), N, N)


def test_a_caption_says_how_many_customers_were_drawn() -> None:
    chart = correlations(found(CUSTOMERS), N, 12_345_678)
    assert isinstance(chart, Chart)
    assert chart.caption.endswith("a random sample of 50 of 12,345,678 customers")


def test_nothing_is_shown_of_what_is_not_known_of_enough_customers() -> None:
    known = RISING < FEWEST_OF_TWO - 1
    few = CUSTOMERS.assign(frequency=CUSTOMERS["frequency"].where(known))[["recency_days", "frequency"]]
    for customers in (few, CUSTOMERS[["frequency"]], CUSTOMERS[["eco_share"]]):
        assert correlations(found(customers), N, N)._repr_html_().startswith(NOTHING)
