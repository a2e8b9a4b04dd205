"""Encoded features as one numeric matrix, with categories as codes or as one 0/1 column per level."""

import numpy as np
import pandas as pd


def categorical(X: pd.DataFrame) -> np.ndarray:
    """Which columns of encoded features are categories, (columns,) bool."""
    return np.array([isinstance(dtype, pd.CategoricalDtype) for dtype in X.dtypes], dtype=bool)


def coded(X: pd.DataFrame) -> np.ndarray:
    """Float64, (n, columns): a category is the position of its level, from 0; NaN is missing."""
    columns = [_codes(X.iloc[:, i]) if is_category else X.iloc[:, i] for i, is_category in enumerate(categorical(X))]
    return np.column_stack([np.asarray(column, dtype="float64") for column in columns])


def one_hot(X: pd.DataFrame) -> np.ndarray:
    """Float64, (n, numeric columns + levels): a missing category is 0 for every level, a missing number is NaN."""
    columns = [column for _, column in X.items()]
    text = [column.cat for column, is_category in zip(columns, categorical(X), strict=True) if is_category]
    numbers = [column for column, is_category in zip(columns, categorical(X), strict=True) if not is_category]
    matrix = np.empty((len(X), len(numbers) + sum(len(column.categories) for column in text)))
    for place, column in enumerate(numbers):
        matrix[:, place] = column.to_numpy(dtype="float64")
    place = len(numbers)
    for levels in text:
        n = len(levels.categories)
        matrix[:, place : place + n] = levels.codes.to_numpy()[:, None] == np.arange(n)
        place += n
    return matrix


def _codes(column: pd.Series) -> np.ndarray:
    codes = column.cat.codes.to_numpy().astype("float64")
    return np.where(codes < 0, np.nan, codes)
