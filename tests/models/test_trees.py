"""Trees stored as columns forecast what scikit-learn does, bit by bit; columns that are no tree are refused."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import HistGradientBoostingRegressor, RandomForestRegressor

from clv import storage
from clv.errors import InputError
from clv.models.learners import forest, gradient_boosting
from clv.models.learners.matrices import categorical, coded, one_hot
from clv.models.learners.trees import MOST_LEVELS, NODE, Trees

LEVELS = [f"level {i:02d}" for i in range(30)]


def encoded(n: int, seed: int) -> pd.DataFrame:
    """Encoded features: numbers with gaps, some beyond all floats of 32 bits, and two categories with gaps."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({f"x{i}": rng.lognormal(0, 2, n).round(3) for i in range(6)})
    frame = frame.mask(rng.random(frame.shape) < 0.1)
    frame["rare"] = np.where(rng.random(n) < 0.001, 1e300, rng.normal(size=n))
    for name, levels in (("many", LEVELS), ("few", LEVELS[:3])):
        chosen = rng.choice(levels, n)
        frame[name] = pd.Categorical(np.where(rng.random(n) < 0.1, None, chosen), categories=levels)
    return frame


def values(X: pd.DataFrame, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    lift = X["many"].cat.codes.to_numpy() % 5 + 3.0 * (X["few"].cat.codes.to_numpy() == 1)
    return rng.gamma(1, 1, len(X)) * (1 + X["x0"].fillna(3).clip(upper=20).to_numpy() + lift)


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    return encoded(3000, 1)


@pytest.fixture(scope="module")
def boosted(rows: pd.DataFrame) -> tuple[HistGradientBoostingRegressor, Trees]:
    """A model of scikit-learn whose training rows lack some levels, and its trees."""
    seen = rows[~rows["many"].isin(LEVELS[4:9])]
    model = HistGradientBoostingRegressor(
        loss="poisson", max_iter=40, categorical_features=categorical(seen), early_stopping=False, random_state=0
    ).fit(coded(seen), values(seen, 2))
    return model, Trees.of(gradient_boosting._nodes_of(model, categorical(seen)))


@pytest.fixture(scope="module")
def grown(rows: pd.DataFrame) -> tuple[RandomForestRegressor, Trees]:
    matrix = one_hot(rows.assign(rare=rows["rare"].clip(upper=9)))
    model = RandomForestRegressor(30, min_samples_leaf=5, random_state=0, n_jobs=2).fit(matrix, values(rows, 2))
    model.n_jobs = None
    return model, Trees.of([forest._nodes(tree) for tree in model.estimators_])


def test_a_forest_forecasts_what_scikit_learn_does(grown: tuple[RandomForestRegressor, Trees]) -> None:
    model, trees = grown
    fresh = encoded(20_000, 3)
    matrix = one_hot(fresh.assign(rare=fresh["rare"].clip(upper=9)))
    assert trees.number == 30
    np.testing.assert_array_equal(trees.total(matrix.astype("float32"), 0.0) / 30, model.predict(matrix))


def test_boosted_trees_forecast_what_scikit_learn_does(boosted: tuple[HistGradientBoostingRegressor, Trees]) -> None:
    """Levels that no training row had, and missing ones, go where scikit-learn sends them."""
    model, trees = boosted
    matrix = coded(encoded(20_000, 3))
    assert (trees.nodes["left_levels"] != 0).any()
    start = float(model._baseline_prediction.item())
    np.testing.assert_array_equal(np.exp(trees.total(matrix, start)), model.predict(matrix))


def test_a_row_alone_and_no_row_get_the_values_of_the_batch(
    boosted: tuple[HistGradientBoostingRegressor, Trees],
) -> None:
    trees, matrix = boosted[1], coded(encoded(50, 4))
    batch = trees.total(matrix, 1.5)
    assert np.array_equal(np.concatenate([trees.total(row[None], 1.5) for row in matrix]), batch)
    assert trees.total(matrix[:0], 1.5).shape == (0,)


def test_saved_trees_are_the_same_bytes_and_come_back(
    boosted: tuple[HistGradientBoostingRegressor, Trees], tmp_path: Path
) -> None:
    trees = boosted[1]
    for name in ("a", "b"):
        trees.save(tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    loaded = Trees.load(tmp_path / "a")
    for name in NODE:
        np.testing.assert_array_equal(loaded.nodes[name], trees.nodes[name], strict=True)


Change = Callable[[pd.DataFrame], pd.DataFrame]


def put(name: str, row: int, value: float) -> Change:
    return lambda frame: frame.assign(
        **{name: frame[name].where(np.arange(len(frame)) != row, value).astype(NODE[name])}
    )


@pytest.mark.parametrize(
    "change",
    [
        put("left", 0, 0),  # a cycle
        put("left", 0, 10**6),  # beyond the table
        put("right", 0, -1),  # half a leaf
        put("left", 0, -2),
        put("left", 0, 900),  # of another tree
        put("feature", 0, -1),
        put("left_levels", 0, -1),
        put("value", 3, np.nan),
        put("tree", 0, 1),
        put("tree", 5, 2**31 - 1),
        put("tree", 5, -1),
        lambda frame: frame.head(0),
        lambda frame: frame.drop(columns="threshold"),
        lambda frame: frame.astype({"left": "int64"}),
        lambda frame: frame.astype({"value": "str"}),
        lambda frame: frame[::-1],
        lambda frame: frame.assign(tree=frame["tree"] + 1),
    ],
)
def test_what_is_no_tree_is_refused(
    boosted: tuple[HistGradientBoostingRegressor, Trees], tmp_path: Path, change: Change
) -> None:
    storage.write_table(change(pd.DataFrame(boosted[1].nodes)), tmp_path / "t.parquet")
    with pytest.raises((ValueError, InputError), match=r"t\.parquet"):
        Trees.load(tmp_path / "t.parquet")


def test_a_file_that_says_it_is_huge_is_not_read(
    boosted: tuple[HistGradientBoostingRegressor, Trees], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    boosted[1].save(tmp_path / "t.parquet")
    monkeypatch.setattr("clv.models.learners.trees.MOST_NODES", 10)
    with pytest.raises(InputError, match="at most 10 are allowed"):
        Trees.load(tmp_path / "t.parquet")


def test_a_level_beyond_all_bits_is_on_neither_side(boosted: tuple[HistGradientBoostingRegressor, Trees]) -> None:
    trees, matrix = boosted[1], coded(encoded(200, 5))
    missing, beyond = matrix.copy(), matrix.copy()
    place = 7  # the category with many levels
    missing[:, place], beyond[:, place] = np.nan, MOST_LEVELS + 40
    assert np.array_equal(trees.total(missing, 0.0), trees.total(beyond, 0.0))
