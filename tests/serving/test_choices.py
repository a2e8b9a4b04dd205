"""Numbers as people type them into the forms of the dashboard."""

import re

import pytest

from clv.serving.pages.choices import percent, typed_number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("5", 5.0),
        ("2.5", 2.5),
        ("2,5", 2.5),
        ("0,05", 0.05),
        ("0.050", 0.05),
        ("1,234.5", 1234.5),
        ("1.234,5", 1234.5),
        ("1 234,50", 1234.5),
        ("12,345,678", 12345678.0),
    ],
)
def test_a_number_is_read_as_it_is_meant(text: str, number: float) -> None:
    assert typed_number(text) == number


@pytest.mark.parametrize("text", ["0,050", "00,123", "1,23,456", "1,2345", "five", "1.5.2"])
def test_what_may_mean_two_numbers_or_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=re.escape(text)):
        typed_number(text)


def test_a_percentage_may_have_its_sign() -> None:
    assert percent("2,5%") == percent("2.5 %") == 2.5
