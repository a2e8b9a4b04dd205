"""Profiles add up, hide small groups, and show what a segment costs and prefers."""

import numpy as np
import pandas as pd
import pytest

from clv.marketing.segments.profiles import mix, profile
from tests.marketing.customers import customers


def test_profiles_add_up() -> None:
    values = customers(400)
    table = profile(values, 180, 0.4, 0.05, 1)
    for _, rows in table.groupby("dimension"):
        assert rows["customers"].sum() == 400
        assert rows["customer_share"].sum() == pytest.approx(1)
        assert rows["predicted_total"].sum() == pytest.approx(values["predicted_clv"].sum())
        assert (rows["predicted_mean_lower"] < rows["predicted_mean"]).all()
        assert (rows["predicted_mean"] < rows["predicted_mean_upper"]).all()
    assert set(table["dimension"]) == {"tier", "rfm_segment", "cluster", "elite"}, "no eco without eco products"


def test_small_groups_have_no_figures_and_the_next_smallest_covers_them() -> None:
    values = customers(200).assign(rfm_segment=["Lost"] * 5 + ["New"] * 45 + ["Loyal"] * 150)
    rows = profile(values, 180, 0.4, 0.05, 20).set_index(["dimension", "segment"]).loc["rfm_segment"]
    assert rows["suppressed"].to_dict() == {"Loyal": False, "New": True, "Lost": True}
    figures = rows.drop(columns="suppressed")
    assert figures.loc[["New", "Lost"]].isna().all(axis=None)
    assert rows.loc["Loyal", "customers"] == 150


def test_payback_and_ltv_are_those_of_customers_whose_cost_is_known() -> None:
    values = customers(3).assign(
        predicted_clv=[90.0, 30.0, 999.0], tier="High-CLV", acquisition_cost=[20.0, 4.0, np.nan]
    )
    row = profile(values, 180, 0.5, 0.0, 1).query("dimension == 'tier'").iloc[0]
    assert row["acquisition_cost_mean"] == 12
    assert row["payback_days"] == pytest.approx(24 / (0.5 * 120 / 180))
    assert row["ltv_cac"] == pytest.approx(0.5 * 120 / 24)
    without = profile(values.drop(columns="acquisition_cost"), 180, 0.5, 0.0, 1)
    assert without[["acquisition_cost_mean", "payback_days", "ltv_cac"]].isna().all(axis=None)


def test_without_any_value_nothing_is_divided_by_nothing() -> None:
    table = profile(customers(60).assign(predicted_clv=0.0, upper_95=0.0, acquisition_cost=5.0), 180, 0.4, 0.1, 1)
    assert (table["predicted_share"] == 0).all()
    assert table[["payback_days", "ltv_cac"]].isna().all(axis=None)


def test_the_mix_compares_with_all_customers() -> None:
    values = customers(200).assign(
        rfm_segment=["Loyal"] * 100 + ["Lost"] * 100,
        channel=["mail"] * 75 + ["search"] * 25 + ["mail"] * 25 + ["search"] * 70 + [None] * 5,
    )
    profiles = profile(values, 180, 0.4, 0.05, 20)
    table = mix(values, profiles, 20).query("dimension == 'rfm_segment'")
    assert set(table["kind"]) == {"channel"}, "neither category nor country is known"
    loyal = table[table["segment"] == "Loyal"].set_index("name")
    assert loyal["share"].to_dict() == {"mail": 0.75, "search": 0.25}
    assert loyal.loc["mail", "index"] == pytest.approx(100 * 0.75 / (100 / 195))
    small = values.assign(channel=["mail"] * 90 + ["search"] * 10 + ["mail"] * 100)
    found = mix(small, profiles, 20).query("dimension == 'rfm_segment'")
    assert found.empty, "of two names the one gives the other away, and the index of one segment that of the other"
    assert mix(customers(50), profile(customers(50), 180, 0.4, 0.0, 1), 1).empty


def test_the_index_of_other_segments_does_not_tell_a_hidden_name() -> None:
    segments = ["Loyal"] * 100 + ["Lost"] * 100 + ["New"] * 100
    channel = ["mail"] * 60 + ["ad"] * 35 + ["fax"] * 5 + (["mail"] * 40 + ["ad"] * 30 + ["fax"] * 30) * 2
    values = customers(300).assign(rfm_segment=segments, channel=channel)
    table = mix(values, profile(values, 180, 0.4, 0.05, 20), 20).query("dimension == 'rfm_segment'")
    shown = table.groupby("segment")["name"].apply(sorted).to_dict()
    assert shown["Loyal"] == ["mail"], "5 by fax, and the 35 by ad that would reveal them"
    for name in ("ad", "fax"):
        assert sum(name not in names for names in shown.values()) > 1, f"what is left of all by {name} is Loyal's"


def test_segments_that_are_hidden_have_no_mix() -> None:
    values = customers(200).assign(rfm_segment=["Lost"] * 5 + ["New"] * 45 + ["Loyal"] * 150, channel="mail")
    table = mix(values, profile(values, 180, 0.4, 0.05, 20), 20).query("dimension == 'rfm_segment'")
    assert table["segment"].to_list() == ["Loyal"]
    assert pd.Series(table["index"]).to_list() == [100.0]
