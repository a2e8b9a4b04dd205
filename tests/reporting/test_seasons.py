"""When customers buy."""

import pandas as pd
import pytest

from clv.reporting.data import seasons
from clv.reporting.kit.chart import Chart
from clv.reporting.kit.table import NOTHING
from tests.reporting.orders import bought, clock, months

DAYS = "2022-01-01", "2023-12-31"


def daily(double: str) -> pd.DataFrame:
    """An order on each day of two years, and a second on those whose month or weekday is `double`."""
    days = pd.date_range(*DAYS)
    twice = days[(days.strftime("%m") == double) | (days.strftime("%A") == double)]
    rows = [("a", str(day.date())) for day in days] + [("b", str(day.date())) for day in twice]
    return bought(*rows)


def test_a_busy_month_stands_out_whatever_its_length() -> None:
    index = seasons.monthly_index(months(daily("02")), *DAYS)
    assert index.index.to_list() == [2022, 2023]
    assert (index[2] / index[1]).to_list() == pytest.approx([2.0, 2.0], rel=1e-3)
    assert index[1].to_list() == pytest.approx(index[12].to_list())
    chart = seasons.by_month(months(daily("02")), *DAYS)
    assert isinstance(chart, Chart)
    assert "A day in Feb has 1.86 times" in chart.caption


@pytest.mark.parametrize("last", ["2023-06-30", "2022-12-31"])
def test_one_whole_year_is_no_season(last: str) -> None:
    assert len(seasons.monthly_index(months(daily("02")), DAYS[0], last)) == 1
    assert seasons.by_month(months(daily("02")), DAYS[0], last)._repr_html_().startswith(NOTHING)


def test_a_busy_weekday_stands_out() -> None:
    chart = seasons.by_weekday(clock(daily("Tuesday")), *DAYS)
    assert isinstance(chart, Chart)
    assert "Tuesday has the most orders, 2.0 a day; Monday has the fewest, 1.0" in chart.caption
    assert seasons.by_weekday(clock(daily("Tuesday")), "2022-01-01", "2022-01-20")._repr_html_().startswith(NOTHING)


def test_hours_are_those_of_orders_with_a_time_of_day() -> None:
    times = ("2024-01-01 20:59", "2024-01-01 20:00", "2024-01-01")
    rows = [(f"c{i}", times[i % 3]) for i in range(3 * seasons.FEWEST * seasons.HOURS)]
    chart = seasons.by_hour(clock(bought(*rows)))
    assert isinstance(chart, Chart)
    assert (
        "The hour from 20:00 has the most orders, 100.0% (of the 67% of orders that have a time of day)"
        in chart.caption
    )
    assert "no time of day" in seasons.by_hour(clock(daily("02")))._repr_html_()
    assert "too few orders" in seasons.by_hour(clock(bought(*rows[:9])))._repr_html_()


def test_few_orders_show_no_season() -> None:
    few = daily("02").iloc[:: 365 // seasons.FEWEST]
    assert seasons.by_month(months(few), *DAYS)._repr_html_().startswith(NOTHING)
    assert seasons.by_weekday(clock(few), *DAYS)._repr_html_().startswith(NOTHING)
