"""Slices on examples small enough to count."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from clv.evaluation.metrics import evaluate
from clv.evaluation.slices import deciles_of, groups_of, slice_table


def predictions(forecast: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame({"predicted_clv": forecast, "lower_90": 0.0, "upper_90": forecast * 2})


def test_groups_are_what_the_columns_say() -> None:
    snapshot = pd.DataFrame(
        {
            "tenure_days": [0.0, 29, 30, 200, 400],
            "frequency": [0.0, 3, 0, 1, 0],
            "channel": ["ads", None, "ads", "mail", "mail"],
            "age_band": ["18-24", "18-24", None, "65+", "65+"],
        }
    )
    groups = groups_of(snapshot, date(2024, 4, 10))
    assert list(groups) == ["channel", "cohort", "age_band", "lifecycle"], "no campaign and no country"
    assert groups["channel"].tolist() == ["ads", "unknown", "ads", "mail", "mail"]
    assert groups["cohort"].tolist() == ["2024 Q2", "2024 Q1", "2024 Q1", "2023 Q3", "2023 Q1"]
    assert groups["age_band"].tolist() == ["18-24", "18-24", "unknown", "65+", "65+"]
    assert groups["lifecycle"].tolist() == ["new", "new", "one-time", "repeat", "one-time"]


def test_a_base_without_columns_has_no_groups_but_deciles_of_its_forecast() -> None:
    assert groups_of(pd.DataFrame(index=range(3)), date(2024, 1, 1)) == {}
    assert list(deciles_of(np.array([5.0, 4, 3, 2, 1]))) == ["01", "03", "05", "07", "09"]


def test_groups_of_few_bytes_are_the_same_groups() -> None:
    """Groups as blocks give them: categories, some of them empty."""
    y, f = np.array([10.0, 0, 5, -2, 9]), np.array([6.0, 1, 2, 1, 3])
    text = np.array(["b", "a", "b", "b", "a"])
    few = pd.Categorical(text, ["a", "aa", "b", "c"])
    by_text, by_few = (slice_table(y, predictions(f), {"channel": groups}, [90], 1, 1) for groups in (text, few))
    pd.testing.assert_frame_equal(by_text, by_few)


def test_a_slice_counted_by_hand() -> None:
    y, f = np.array([10.0, 0, 5, -2, 9]), np.array([6.0, 1, 2, 1, 3])
    table = slice_table(y, predictions(f), {"channel": np.array(["b", "a", "b", "b", "a"])}, [90], 2, 1)
    assert table["group"].to_list() == ["a", "b"]
    row = table.iloc[1]
    assert row["customers"] == 3
    assert row["buyers"] == 2
    assert row["forecast_total"] == 9
    assert row["realised_total"] == 13
    assert row["bias"] == pytest.approx(9 / 13 - 1)
    assert row["mae"] == pytest.approx((4 + 3 + 3) / 3)
    assert row["coverage_90"] == pytest.approx(2 / 3), "10 is below 12, 5 above 4, and -2 counts as 0"
    assert row["width_90"] == pytest.approx(6)
    assert row["gini"] == evaluate(y[[0, 2, 3]], f[[0, 2, 3]])["gini"]


def test_slices_add_up() -> None:
    rng = np.random.default_rng(0)
    y, f = rng.gamma(0.3, 50, 500), rng.gamma(0.3, 50, 500)
    groups = {"a": rng.choice(["x", "y", "z"], 500), "b": rng.choice(["1", "2"], 500)}
    table = slice_table(y, predictions(f), groups, [90], 1, 1)
    for _, rows in table.groupby("by"):
        assert rows["customers"].sum() == 500
        assert rows["realised_total"].sum() == pytest.approx(y.sum())
        assert rows["forecast_total"].sum() == pytest.approx(f.sum())
        assert (rows["mae"] * rows["customers"]).sum() == pytest.approx(np.abs(y - f).sum())
    everyone = slice_table(y, predictions(f), {"all": np.full(500, "all")}, [90], 1, 1).iloc[0]
    assert everyone["gini"] == evaluate(y, f)["gini"]


def test_small_groups_show_their_size_and_nothing_else() -> None:
    groups = {"channel": np.array(["few", "few", "many", "many", "many"])}
    table = slice_table(np.ones(5), predictions(np.ones(5)), groups, [90], 3, 1)
    assert table["customers"].to_list() == [2, 3]
    figures = table.drop(columns=["by", "group", "customers"])
    assert figures.iloc[0].isna().all()
    assert figures.iloc[1].drop("gini").notna().all()
    none = slice_table(np.ones(5), predictions(np.ones(5)), groups, [90], 9, 1)
    assert list(none) == list(table), "the columns are there whoever is"
    assert list(slice_table(np.ones(5), predictions(np.ones(5)), {}, [90], 1, 1)) == list(table)


def test_neither_the_size_of_a_few_is_said_nor_another_that_tells_it() -> None:
    """5 + 30 + 465 = 500: if only the 5 were hidden, the total would reveal them, so the 30 are hidden too."""
    channel = np.repeat(["few", "some", "most"], [5, 30, 465])
    y = np.tile([0.0, 1.0], 250)
    table = slice_table(y, predictions(np.ones(500)), {"channel": channel}, [90], 25, 20).set_index("group")
    assert table["customers"].isna().to_dict() == {"few": True, "some": True, "most": False}
    assert table["mae"].isna().to_dict() == {"few": True, "some": True, "most": False}
    shown = slice_table(y, predictions(np.ones(500)), {"channel": channel}, [90], 25, 1).set_index("group")
    assert shown["customers"].to_dict() == {"few": 5, "some": 30, "most": 465}


def test_few_buyers_are_not_counted_nor_those_that_tell_them() -> None:
    sizes = {"a": (3, 97), "b": (40, 60), "c": (50, 70)}  # buyers and others
    channel = np.repeat([*sizes], [sum(size) for size in sizes.values()])
    y = np.concatenate([np.repeat([1.0, 0.0], size) for size in sizes.values()])
    table = slice_table(y, predictions(np.ones(len(y))), {"channel": channel}, [90], 50, 20).set_index("group")
    assert table["buyers"].isna().to_dict() == {"a": True, "b": True, "c": False}
    assert table["customers"].to_list() == [100, 100, 120]
    assert table["realised_total"].to_list() == [3.0, 40.0, 50.0]
