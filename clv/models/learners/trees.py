"""Fitted trees as plain columns, saved without pickles and evaluated without the library that grew them.

Opening a pickle can run code; opening a table of numbers cannot. A tree is a run of rows with its root first, and
children follow their parent within the run. Whatever numbers a file holds, evaluation therefore ends and never leaves
the table.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from clv import storage

MOST_LEVELS = 63  # of a category: the bits of a non-negative integer
ROWS_AT_ONCE = 8192  # so that the data looked up stay in the CPU's cache
NODE = {
    "tree": "int32",  # number of its tree, from 0
    "left": "int32",  # position of the left child in the table; -1: a leaf
    "right": "int32",
    "feature": "int32",  # column of the matrix
    "threshold": "float64",  # a number that is at most this goes left
    "missing_left": "bool",  # whether missing numbers, and levels on neither side, go left
    "left_levels": "int64",  # of a category: bit i is set if level i goes left
    "right_levels": "int64",
    "value": "float64",  # of a leaf
}
SIDES = ("left", "right")
SPLIT = ("feature", "threshold", "missing_left", "left_levels", "right_levels")
MOST_NODES = 100_000_000  # of a file: 5,000 trees of 20,000 nodes; no model of ours has more


@dataclass(frozen=True)
class Trees:
    """The nodes of all trees, by the columns of `NODE`, each (nodes,)."""

    nodes: Mapping[str, np.ndarray]

    @classmethod
    def of(cls, trees: Sequence[Mapping[str, Any]]) -> "Trees":
        """Join trees, each given as the columns of `NODE` without `tree`, with children numbered within the tree."""
        start, joined = 0, []
        for number, tree in enumerate(trees):
            nodes = len(tree["left"])
            moved = {side: np.where(tree[side] < 0, -1, tree[side].astype("int64") + start) for side in SIDES}
            leaf = moved["left"] < 0
            # Unused fields are 0: a leaf has no split, and other nodes have no value.
            blank = {name: np.where(leaf, 0, tree[name]) for name in SPLIT}
            joined.append({"tree": np.full(nodes, number), **moved, **blank, "value": np.where(leaf, tree["value"], 0)})
            start += nodes
        return cls({name: np.concatenate([tree[name] for tree in joined]).astype(NODE[name]) for name in NODE})

    def total(self, matrix: np.ndarray, start: float) -> np.ndarray:
        """`start` plus the values of all trees, added in their order: (n,), for rows of numbers (n, columns)."""
        out = np.full(len(matrix), start, dtype="float64")
        walks = [_Walk.of({name: values[own] for name, values in self.nodes.items()}, own.start) for own in self._runs]
        for first in range(0, len(matrix), ROWS_AT_ONCE):
            columns = np.ascontiguousarray(matrix[first : first + ROWS_AT_ONCE].T)
            for walk in walks:
                out[first : first + ROWS_AT_ONCE] += walk.values(columns)
        return out

    @property
    def number(self) -> int:
        """The number of trees."""
        return len(self._runs)

    @property
    def _runs(self) -> list[slice]:
        """The rows of each tree."""
        ends = np.cumsum(np.bincount(self.nodes["tree"])).tolist()
        return [slice(first, last) for first, last in zip([0, *ends], ends, strict=False)]

    def save(self, path: Path) -> None:
        """Write one row per node as Parquet."""
        storage.write_table(pd.DataFrame(self.nodes), path)

    @classmethod
    def load(cls, path: Path) -> "Trees":
        """Read what `save` wrote; raises `ValueError` if the rows are not trees."""
        frame = storage.read_table(path, list(NODE), most_rows=MOST_NODES)
        wrong = [name for name, kind in NODE.items() if frame[name].dtype != kind]
        if wrong or frame.empty:
            raise ValueError(f"{path.name} has no nodes, or columns of the wrong type: {', '.join(wrong)}")
        trees = cls({name: frame[name].to_numpy() for name in NODE})
        if not trees._sound:
            raise ValueError(f"{path.name} does not hold trees: nodes refer to nodes outside their tree")
        return trees

    @property
    def _sound(self) -> bool:
        """Whether the trees are consecutive and all children follow their parent in the same tree."""
        tree, left, right = (self.nodes[name].astype("int64") for name in ("tree", *SIDES))
        steps = np.diff(tree)
        if tree[0] != 0 or ((steps != 0) & (steps != 1)).any():
            return False
        place, end, inner = np.arange(len(tree)), np.cumsum(np.bincount(tree))[tree], left != -1
        below = [(place < child) & (child < end) for child in (left, right)]
        signed = [self.nodes[name] >= 0 for name in ("feature", "left_levels", "right_levels")]
        sound = np.where(inner, below[0] & below[1], right == -1) & np.isfinite(self.nodes["value"])
        return bool((sound & np.logical_and.reduce(signed)).all())


@dataclass(frozen=True)
class _Walk:
    """One tree, arranged for evaluation: a leaf points to itself; `child` holds right and left side by side."""

    nodes: Mapping[str, np.ndarray]
    child: np.ndarray
    by_level: np.ndarray | None  # which nodes split a category; None if none does

    @classmethod
    def of(cls, nodes: Mapping[str, np.ndarray], start: int) -> "_Walk":
        left, right = (nodes[side].astype("int64") - start for side in SIDES)
        leaf, itself = nodes["left"] < 0, np.arange(len(left))
        child = np.column_stack([np.where(leaf, itself, right), np.where(leaf, itself, left)]).ravel()
        by_level = (nodes["left_levels"] | nodes["right_levels"]) != 0
        return cls(nodes, child, by_level if by_level.any() else None)

    def values(self, columns: np.ndarray) -> np.ndarray:
        """The value of each row, (n,), of a matrix (columns, n)."""
        n = columns.shape[1]
        feature, cells = self.nodes["feature"].astype("int64") * n, columns.ravel()
        rows, at = np.arange(n), np.zeros(n, dtype="int64")
        while True:
            x = cells.take(feature.take(at) + rows)
            goes_left, missing = x <= self.nodes["threshold"].take(at), np.isnan(x)
            if self.by_level is not None:
                split = np.flatnonzero(self.by_level.take(at) & ~missing)
                goes_left[split], missing[split] = self._by_level(at[split], x[split])
            unknown = np.flatnonzero(missing)
            goes_left[unknown] = self.nodes["missing_left"].take(at[unknown])
            following = self.child.take(2 * at + goes_left)
            if np.array_equal(following, at):
                return self.nodes["value"].take(at)
            at = following

    def _by_level(self, at: np.ndarray, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """For rows at nodes that split a category, (m,): which go left, and which have a level on neither side.

        Levels beyond the last are mapped to the sign bit, which no node has set.
        """
        bit = np.left_shift(np.int64(1), np.clip(x, 0, MOST_LEVELS).astype("int64"))
        left, right = (self.nodes[f"{side}_levels"][at] & bit != 0 for side in SIDES)
        return left, ~(left | right)
