"""Which files are published, under which names and with which headers."""

from pathlib import Path

import pytest

from clv import paths
from clv.errors import InputError
from clv.publishing.publication import FOREVER, FOREVER_BY_ONE, plan, pointer, size, upload

FILES = [
    Path("reports/campaigns/email.csv"),
    Path("reports/audiences/meta.csv"),
    Path("reports/metrics/audiences.json"),
    Path("reports/index.html"),
]


def test_lists_of_customers_stay_unless_asked_for() -> None:
    assert plan(FILES, with_contacts=False) == [paths.INDEX, paths.AUDIENCE_JSON]


def test_lists_of_customers_come_last() -> None:
    assert plan(FILES, with_contacts=True)[2:] == [FILES[1], FILES[0]]


def test_there_must_be_a_page_to_begin_at() -> None:
    with pytest.raises(InputError, match=r"reports/index\.html is not among the outputs"):
        plan(FILES[:3], with_contacts=True)


@pytest.mark.parametrize(
    ("name", "content_type"),
    [
        ("index.html", "text/html; charset=utf-8"),
        ("model_card.md", "text/markdown; charset=utf-8"),
        ("tables/segments.csv", "text/csv; charset=utf-8"),
        ("metrics/train.json", "application/json"),
        ("gain.svg", "image/svg+xml"),
        ("notebooks/01_data.ipynb", "application/x-ipynb+json"),
        ("other.bin", "application/octet-stream"),
    ],
)
def test_names_and_types(name: str, content_type: str) -> None:
    made = upload(Path("reports") / name, b"x", "abc")
    assert (made.name, made.content_type, made.cache_control) == (f"abc/{name}", content_type, FOREVER)
    assert not made.lists_customers


def test_a_list_of_customers_is_for_one_reader() -> None:
    made = upload(FILES[0], b"x", "abc")
    assert made.lists_customers
    assert made.cache_control == FOREVER_BY_ONE


def test_the_pointer_leads_to_a_revision_and_is_not_kept() -> None:
    made = pointer("abc")
    assert made.name == "latest/index.html"
    assert made.cache_control == "no-cache"
    page = made.content.decode()
    assert 'content="0; url=../abc/index.html"' in page
    assert '<a href="../abc/index.html">' in page
    assert "<script" not in page


@pytest.mark.parametrize(("n_bytes", "said"), [(0, "0 B"), (999, "999 B"), (1500, "1.5 kB"), (2_500_000, "2.5 MB")])
def test_sizes(n_bytes: int, said: str) -> None:
    assert size(n_bytes) == said
