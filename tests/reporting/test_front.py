"""The front page: pictures with a description, cards with links, files and revisions."""

import re
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest

from clv.reporting.front import front_page, pictures
from clv.reporting.front.pictures import Picture
from clv.reporting.kit.page import LINKS, Link
from tests.marketing.summaries import shop, unjudged

BASE = pd.DataFrame({"day": [20089, 20090, 20120], "new_customers": [2, 1, 3], "repeat_orders": [0, 4, 5]})
GAIN = pd.DataFrame({"customers_share": [0.0, 0.2, 1.0], "ensemble": [0.0, 0.6, 1.0]})
DECILES = pd.DataFrame({"forecast_mean": [90.0, 1.0], "realised_mean": [80.0, -1.0]})
TIERS = pd.DataFrame(
    [("High-CLV", 0.2, 0.7), ("Growth-Potential", 0.3, 0.25), ("Low-CLV", 0.5, 0.05)],
    columns=["segment", "customer_share", "predicted_share"],
).assign(dimension="tier")
CELLS = pd.DataFrame(
    [("High-CLV", "email", 60.0), ("High-CLV", "<ad>", 20.0), ("Low-CLV", "email", 0.0), ("not spent", "", 20.0)],
    columns=["tier", "channel", "budget"],
)
FEATURES = pd.DataFrame(
    {"group": ["rfm", "rfm", "price", "fitted", "eco"], "status": ["present", "present", "present", "fitted", "absent"]}
)

DRAWN = {
    "outlook": (pictures.outlook(shop()), "the last 180 days, the customers known at their beginning spent 100,000"),
    "outlook, young": (pictures.outlook(unjudged()), "The next 180 days are forecast to yield 110,000 EUR"),
    "orders": (
        pictures.orders(BASE),
        "Orders by month from 2025-01 to 2025-02, of new and returning customers, at most 8",
    ),
    "features": (pictures.features(FEATURES), "3 features in 2 groups, most in rfm"),
    "gain": (pictures.gain(GAIN), "20% of customers with the highest forecasts held 60% of the value"),
    "gain, unjudged": (pictures.gain(pd.DataFrame(columns=["customers"])), "No picture: nothing has been judged yet"),
    "deciles": (pictures.deciles(DECILES), "in the first tenth 90 were forecast and 80 spent"),
    "deciles, unjudged": (pictures.deciles(pd.DataFrame(columns=["customers"])), "No picture"),
    "tiers, suppressed": (pictures.tiers(TIERS.assign(customer_share=np.nan)), "No picture: too few customers to show"),
    "tiers": (pictures.tiers(TIERS), "Tiers: High-CLV are 20% of the customers and hold 70% of the value"),
    "budget": (pictures.budget(CELLS, "EUR"), "The budget in EUR: High-CLV 80, Growth-Potential 0, Low-CLV 0"),
    "checks": (pictures.checks(shop(trust__failed=[{}])["trust"]), "The backtest: 7 of 8 checks pass"),
    "checks, unjudged": (pictures.checks(unjudged()["trust"]), "No picture"),
}


@pytest.mark.parametrize("name", DRAWN)
def test_a_picture_is_whole_described_and_inside_its_frame(name: str) -> None:
    picture, alt = DRAWN[name]
    assert alt in picture.alt
    svg = ElementTree.fromstring(picture.to_html())
    assert svg.get("aria-label") == picture.alt
    for rect in svg.iter("rect"):
        left, top, wide, high = (float(rect.get(key, "nan")) for key in ("x", "y", "width", "height"))
        assert 0 <= left <= left + wide <= pictures.WIDTH
        assert 0 <= top <= top + high <= pictures.HEIGHT
    assert all(0 <= float(text.get("x", "nan")) <= pictures.WIDTH for text in svg.iter("text"))


def test_bars_are_as_long_as_their_shares() -> None:
    found = [float(x) for x in re.findall(r'width="([\d.]+)"', pictures.tiers(TIERS).shapes)]
    whole = pictures.WIDTH - 2 * pictures.EDGE
    assert found == pytest.approx([whole * share for share in (0.2, 0.3, 0.5, 0.7, 0.25, 0.05)], abs=0.1)


def test_a_failing_check_is_of_another_colour() -> None:
    colours = re.findall(r'fill="(#\w+)"', pictures.checks(shop(trust__passed=1, trust__failed=[{}])["trust"]).shapes)
    assert len(set(colours)) == 2


def test_a_card_links_its_report_and_describes_its_picture() -> None:
    links = [Link("a.html", "A & B", "what <it> is")]
    html = front_page.cards(links, {"a.html": Picture("<rect/>", 'shows "so"')})
    assert '<a href="a.html">A &amp; B</a>' in html
    assert "<p>what &lt;it&gt; is</p>" in html
    assert 'aria-label="shows &quot;so&quot;"' in html


def test_files_are_linked_by_folder_and_others_passed_over() -> None:
    outs = ["reports/tables/b.csv", "reports/tables/a.csv", "reports/metrics/m.json", "data/raw", "reports/index.html"]
    html = front_page.files(outs, LINKS[-1:])
    assert re.findall(r'href="([^"]*)"', html) == [LINKS[-1].href, "metrics/m.json", "tables/a.csv", "tables/b.csv"]
    assert "Data of the pictures" not in html
