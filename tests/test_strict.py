"""Parameters are built strictly, by section and from any file."""

import math
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import pytest

from clv.errors import InputError
from clv.shared_params import Seed
from clv.strict import Between, Day, Line, Share, build, load


@dataclass(frozen=True)
class Shop:
    n_days: Annotated[int, Between(1, 10)]
    start: Day


@dataclass(frozen=True)
class Sections:
    seed: Seed
    shop: Shop


@dataclass(frozen=True)
class One:
    share: Share
    day: Day | None
    names: tuple[Line, ...]
    caps: dict[Line, Share]
    on: bool


GOOD: dict[str, Any] = {"share": 0.5, "day": None, "names": ["a"], "caps": {"b": 1}, "on": True}
WRONG: list[tuple[dict[str, Any], str]] = [
    ({"share": 10**400}, "parameter 'share' must be a finite number, got 1000"),
    ({"share": 16**5000}, "parameter 'share' must be a finite number, got a number of thousands of digits"),
    ({"share": math.inf}, "parameter 'share' must be a finite number, got inf"),
    ({"share": math.nan}, "parameter 'share' must be a finite number, got nan"),
    ({"share": -0.0}, "parameter 'share' must be a number, got -0.0 (write 0.0)"),
    ({"share": "0.5"}, "parameter 'share' must be a number, got '0.5' (write it without quotes)"),
    ({"share": "0,5"}, "parameter 'share' must be a number, got '0,5'"),
    ({"share": None}, "parameter 'share' must be a number, got None"),
    ({"day": datetime(2026, 1, 31, 10)}, "parameter 'day' must be a date YYYY-MM-DD, got 2026-01-31 10:00:00"),
    ({"day": "2026-01-31T10:00:00"}, "parameter 'day' must be a date YYYY-MM-DD, got '2026-01-31T10:00:00'"),
    ({"day": "20260131"}, "parameter 'day' must be a date YYYY-MM-DD, got '20260131'"),
    ({"day": "2026-W05"}, "parameter 'day' must be a date YYYY-MM-DD, got '2026-W05'"),
    ({"day": 20260131}, "parameter 'day' must be a date YYYY-MM-DD, got 20260131"),
    ({"day": date(1, 1, 1)}, "parameter 'day' must be between 1990-01-01 and 2200-12-31, got 0001-01-01"),
    ({"names": ["a", ""]}, "parameter 'names[1]' must be one line of 1 to 500 characters"),
    ({"names": ["a\nb"]}, "parameter 'names[0]' must be one line of 1 to 500 characters"),
    ({"names": ["a\x00"]}, "parameter 'names[0]' must be one line of 1 to 500 characters"),
    ({"names": [" a"]}, "parameter 'names[0]' must be one line of 1 to 500 characters"),
    ({"names": ["x" * 501]}, "parameter 'names[0]' must be one line of 1 to 500 characters"),
    ({"names": [b"a"]}, "parameter 'names[0]' must be text, got b'a' (put it in quotes)"),
    ({"names": {"a"}}, "parameter 'names' must be a list, got {'a'}"),
    ({"caps": {7: 0.5}}, "parameter 'caps.7' must be text, got 7 (put it in quotes)"),
    ({"caps": {"": 0.5}}, "parameter 'caps.' must be one line of 1 to 500 characters"),
    ({"caps": {"b": 2}}, "parameter 'caps.b' must be between 0 and 1, got 2"),
    ({"on": "yes"}, "parameter 'on' must be true or false, got 'yes'"),
    ({7: 1}, "unknown parameter '7'; known here: share, day, names, caps, on"),
]


@pytest.mark.parametrize(("change", "message"), WRONG)
def test_what_is_not_described_is_one_line(change: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError) as caught:
        build(One, GOOD | change)
    assert str(caught.value).startswith(message)
    assert len(str(caught.value)) < 300
    assert "\n" not in str(caught.value)


def test_what_is_described_is_built() -> None:
    assert build(One, GOOD) == One(0.5, None, ("a",), {"b": 1.0}, True)
    assert build(One, GOOD | {"day": "2026-01-31"}) == build(One, GOOD | {"day": date(2026, 1, 31)})


def test_sections_are_read_without_the_rest_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "params.yaml"
    path.write_text("seed: 042\nother: [not, ours]\nshop:\n  n_days: 5\n  start: 2026-01-31\n", encoding="utf-8")
    read = load(Sections, path)
    assert read == Sections(42, Shop(5, date(2026, 1, 31)))
    with pytest.raises(InputError, match=r"\Aunknown parameter 'other'; known here: seed, shop\Z"):
        load(Sections, path, whole=True)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("seed: 1\n", "missing parameter 'shop' of synthetic.yaml; add it to synthetic.yaml"),
        (
            "seed: 1\nshop: {n_day: 5}\n",
            "unknown parameter 'shop.n_day' of synthetic.yaml; did you mean 'n_days'?",
        ),
        (
            "seed: 1\nshop: {n_days: 11, start: 2026-01-31}\n",
            "parameter 'shop.n_days' of synthetic.yaml must be between 1 and 10, got 11",
        ),
        (
            "seed: 1\nshop: 3\n",
            "parameter 'shop' of synthetic.yaml must be a mapping of names to values, got 3",
        ),
    ],
)
def test_another_file_is_named(text: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "synthetic.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load(Sections, path)
    assert str(caught.value) == message
