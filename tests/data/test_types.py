"""Text becomes typed values, whatever its spelling; a value that cannot be read becomes null."""

import numpy as np
import pandas as pd
import pytest

from clv.data.types import as_flag, as_minor, as_number, as_text, as_time, has_offset, surrounding_blanks
from clv.errors import InputError


def clock(values: list[str | None], time_zone: str) -> list[str]:
    times = as_time(pd.Series(values, dtype="str"), time_zone)
    assert times.dtype == "datetime64[us]"
    return ["" if pd.isna(time) else str(time) for time in times]


def test_times_with_an_offset_are_brought_to_the_zone() -> None:
    values = ["2024-06-01T00:30:00+02:00", "2024-06-01T00:30:00", "2024-06-01", "2024-12-01 23:30:00Z", "x", None]
    in_june = ["2024-06-01 00:30:00", "2024-06-01 00:30:00", "2024-06-01 00:00:00"]
    assert clock(values, "Europe/Berlin") == [*in_june, "2024-12-02 00:30:00", "", ""]
    assert has_offset(pd.Series(values, dtype="str")).tolist() == [True, False, False, True, False, False]


def test_clocks_go_forward_in_berlin() -> None:
    # 2024-03-31: 02:00 becomes 03:00, at 01:00 UTC.
    values = ["2024-03-31T00:59:59Z", "2024-03-31T01:00:00Z", "2024-03-31T03:00:00+0200", "2024-03-31T02:30:00"]
    assert clock(values, "Europe/Berlin") == [
        "2024-03-31 01:59:59",
        "2024-03-31 03:00:00",
        "2024-03-31 03:00:00",
        "2024-03-31 02:30:00",
    ]


def test_clocks_go_back_in_berlin() -> None:
    # 2024-10-27: 03:00 becomes 02:00, at 01:00 UTC; the hour from 02:00 comes twice.
    values = ["2024-10-27T00:30:00Z", "2024-10-27T01:30:00Z", "2024-10-27T02:30:00+01", "2024-10-26T22:00:00Z"]
    assert clock(values, "Europe/Berlin") == [
        "2024-10-27 02:30:00",
        "2024-10-27 02:30:00",
        "2024-10-27 02:30:00",
        "2024-10-27 00:00:00",
    ]


def test_typed_times_with_a_zone_are_converted_too() -> None:
    values = pd.Series(pd.to_datetime(["2024-03-31T00:30:00", "2024-03-31T01:30:00", None], utc=True))
    assert as_time(values, "Europe/Berlin").dt.hour.to_list()[:2] == [1, 3]
    assert has_offset(values).tolist() == [True, True, False]
    naive = values.dt.tz_localize(None)
    assert as_time(naive, "Europe/Berlin").dt.hour.to_list()[:2] == [0, 1]
    assert not has_offset(naive).any()


def test_a_format_with_an_offset() -> None:
    values = pd.Series(["31.03.2024 01:30 +0000", "31.03.2024", None], dtype="str")
    times = as_time(values, "Europe/Berlin", "%d.%m.%Y %H:%M %z")
    assert str(times[0]) == "2024-03-31 03:30:00"
    assert times.isna().to_list() == [False, True, True]
    assert has_offset(values, "%d.%m.%Y %H:%M %z").tolist() == [True, True, False]
    assert not has_offset(values, "%d.%m.%Y").any()


@pytest.mark.parametrize("wrong", ["%Q", "%", "dd.mm.yyyy %"])
def test_a_wrong_format_is_named(wrong: str) -> None:
    with pytest.raises(InputError, match=r"'generate\.files\.date_format' must be a strptime format"):
        as_time(pd.Series(["2024-01-01"]), "UTC", wrong)


def test_the_offset_of_postgresql_is_read() -> None:
    values = pd.Series(["2023-01-01 12:00:00+00", "2023-01-01 12:00:00-05", "2023-01-01 12:00:00"])
    assert as_time(values, "UTC").dt.hour.to_list() == [12, 17, 12]


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00"])
def test_the_ends_of_the_calendar_do_no_harm(day: str) -> None:
    assert len(as_time(pd.Series([day, "2024-01-01"]), "Europe/Berlin")) == 2


def test_ids_keep_their_zeros_and_lose_float_tails() -> None:
    assert as_text(pd.Series(["007", " 8 "])).to_list() == ["007", "8"]
    assert as_text(pd.Series([12345.0, None])).to_list()[0] == "12345"
    assert as_text(pd.Series([7, 8])).to_list() == ["7", "8"]
    assert as_text(pd.Series([1e300, np.inf, 0.5, None])).to_list()[:3] == ["1e+300", "inf", "0.5"]


def test_blanks_around_ids_are_found_and_nothing_but_blanks_is_none() -> None:
    values = pd.Series(["a", " a", "a\t", "  ", "", None, "a b"], dtype="str")
    assert surrounding_blanks(values).tolist() == [False, True, True, False, False, False, False]
    assert as_text(values).isna().to_list() == [False, False, False, True, True, True, False]


def test_flags() -> None:
    flags = as_flag(pd.Series(["yes", "0", "TRUE", "maybe", None]))
    assert flags.to_list()[:3] == [True, False, True]
    assert flags.isna().to_list()[3:] == [True, True]


def test_cents() -> None:
    cents = as_minor(pd.Series([19.99, -0.004, np.inf, np.nan, 1e10]))
    assert cents.to_list()[:2] == [1999, 0]
    assert cents.isna().to_list() == [False, False, True, True, True]


@pytest.mark.parametrize("read", [as_text, as_number, as_flag, surrounding_blanks, has_offset])
def test_a_categorical_is_read_as_its_values_are(read: object) -> None:
    values = pd.Series([" 1", "1", None, "x", "2024-01-01T10:00:00+02:00", "1", ""], dtype="str")
    plain, each = read(values), read(values.astype("category"))
    if isinstance(plain, np.ndarray):
        assert plain.tolist() == each.tolist()
    else:
        pd.testing.assert_series_equal(each.astype(plain.dtype), plain)


def test_categorical_times_are_read_as_their_values_are() -> None:
    values = pd.Series(["2024-01-01T10:00:00+02:00", None, "2024-01-01", "x"] * 2, dtype="str")
    pd.testing.assert_series_equal(as_time(values.astype("category"), "Asia/Tokyo"), as_time(values, "Asia/Tokyo"))
