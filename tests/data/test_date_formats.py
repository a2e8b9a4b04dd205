"""The format of dates is found from all of them; where two formats fit equally, an error asks the user."""

import pandas as pd
import pyarrow as pa
import pytest

from clv.data.clock_counts import COUNTS
from clv.data.date_formats import PATTERNS, find_date_format
from clv.data.source import TableSource
from clv.data.types import as_time
from clv.errors import InputError

SOURCE = TableSource("shop.csv", 3, {"order_ts": "Datum"})


def dates(*values: str | None, size: int = 2) -> str | None:
    """The format found for dates that come in batches."""
    arrays = [pa.array(values[i : i + size], pa.string()) for i in range(0, len(values), size)]
    return find_date_format(SOURCE, "order_ts", arrays)


WRITTEN = [name for name in PATTERNS if name and name not in {*COUNTS, "%Y%m%d%H"}]
DAYS = [name for name in WRITTEN if not {"%H", "%I"} & {name[i : i + 2] for i in range(len(name))}]
# Every date without a time, and every time of day after two of them and after %Y%m%d.
SHOWN = [name for name in WRITTEN if name in DAYS or name.startswith(("%d/%m/%Y", "%b %d, %Y", "%Y%m%d%H"))]


@pytest.mark.parametrize("date_format", SHOWN)
def test_every_format_finds_what_it_writes_and_reads_it(date_format: str) -> None:
    times = pd.Series(pd.date_range("2023-01-25 23:59:58", periods=40, freq="27h"))
    written = times.dt.tz_localize("UTC").dt.strftime(date_format)
    assert dates(*written, size=7) == date_format
    exact = {"%S": "s", "%M": "min", "%H": "h"}
    unit = next((unit for part, unit in exact.items() if part in date_format), "D")
    pd.testing.assert_series_equal(as_time(written, "UTC", date_format), times.dt.floor(unit).astype("datetime64[us]"))


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["2024-01-31", "2024-02-01T12:00:00+01:00", "2024-02-01 12:00:00.123Z", None], None),
        (["2024-01-31", "31.01.2024"], None),  # as many of each: ISO
        (["2024-01-31", "31.01.2024", "1.2.2024"], "%d.%m.%Y"),
        (["01/02/2024", None, "03/04/2024", "13/01/2024"], "%d/%m/%Y"),
        (["01/02/2024", "01/13/2024", "2/3/2024"], "%m/%d/%Y"),
        (["5/6/24", "25/6/24"], "%d/%m/%y"),
        (["1/2/2024 9:05 pm", "1/25/2024 12:00 AM"], "%m/%d/%Y %I:%M %p"),
        ([" 31.01.2024 9:05 "], "%d.%m.%Y %H:%M"),
        (["5 Jan 2024", "31 DEC 2024"], "%d %b %Y"),
        (["20240131"], "%Y%m%d"),
        ([None, None, "soon", "later"], None),
        (["2024-31-12"], None),
        (["32/01/2024", "00/00/2024"], None),
        (["2024010510", "2024010511", "1704449472"], "epoch_s"),
        (["20240105101112"], "%Y%m%d%H%M%S"),
        (["13/01/2024", "01/13/2024"], "%d/%m/%Y"),  # as many of each: the dates are refused later, when they are read
        (["45384", "45384.25", "n/a"], "serial"),
        ([], None),
    ],
)
def test_date_formats(values: list[str | None], expected: str | None) -> None:
    assert dates(*values) == expected


def test_day_or_month_first_is_asked() -> None:
    with pytest.raises(InputError) as caught:
        dates("01/02/2024", None, "03/04/2024")
    assert str(caught.value) == (
        "shop.csv, column 'Datum': '01/02/2024' may have the day or the month first; set generate.files.date_format to "
        "'%d/%m/%Y' or '%m/%d/%Y'"
    )
    with pytest.raises(InputError, match="'%m-%d-%y %H:%M'"):
        dates("01-02-24 10:00", "03-04-24 10:00")


@pytest.mark.parametrize("name", COUNTS)
def test_every_count_finds_what_it_writes_and_reads_it(name: str) -> None:
    times = pd.Series(pd.date_range("1990-05-08 23:59:58", "2099-11-01", periods=50)).dt.floor("s")
    count = COUNTS[name]
    numbers = (times.dt.as_unit("us").astype("int64") - count.zero) / count.unit
    written = numbers.map(lambda number: f"{number:.6f}" if name == "serial" else f"{number:.0f}")
    assert dates(*written, size=7) == name
    pd.testing.assert_series_equal(as_time(written, "UTC", name), times.astype("datetime64[us]"))


@pytest.mark.parametrize("text", ["32873", "73051", "631100000", "4105000000", "40000000000", "1e9", "-45384"])
def test_a_number_of_other_years_is_no_time(text: str) -> None:
    assert dates(text) is None


def test_a_number_that_is_two_times_is_asked() -> None:
    with pytest.raises(InputError) as caught:
        dates("2024010510", "2024010511")
    assert str(caught.value) == (
        "shop.csv, column 'Datum': '2024010510' may be a day with its hour, or seconds since 1970 in UTC; "
        "set generate.files.date_format to '%Y%m%d%H' or 'epoch_s'"
    )


def test_the_last_value_of_many_can_tell() -> None:
    many = ["01/02/2024"] * 5000
    assert dates(*many, "02/13/2024", size=1000) == "%m/%d/%Y"
    assert dates(*many, "13/02/2024", size=1000) == "%d/%m/%Y"


def test_am_and_pm_beside_hours_of_24_must_agree() -> None:
    """As in older exports of Magento. 07:22 PM would lose its PM, so it is not read."""
    texts = [
        "2024-01-05 19:22 PM",
        "2024-01-05 07:22 AM",
        "2024-01-05 00:10 AM",
        "2024-01-05 07:22 PM",
        "2024-01-05 12:00 AM",
    ]
    read = as_time(pd.Series(texts), "UTC", "%Y-%m-%d %H:%M %p")
    assert read.isna().tolist() == [False, False, False, True, True]
    assert read.dt.hour.tolist()[:3] == [19, 7, 0]
