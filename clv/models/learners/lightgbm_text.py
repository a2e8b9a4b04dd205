"""Checking the text of a LightGBM model before the library reads it.

The library does not check its own format: if text is truncated or nodes point to wrong places, the whole process
crashes or hangs, or a model with fewer trees is loaded.
"""

import re

import numpy as np

END = "end of trees"
NAMES = (
    *("num_leaves", "num_cat", "leaf_value", "split_feature", "threshold", "decision_type"),
    *("left_child", "right_child", "cat_boundaries", "cat_threshold"),
)
KEPT = rf"^({'|'.join(NAMES)})=(.*)$"


def require_whole(text: str) -> None:
    """Raise `ValueError` unless all trees are present and their nodes lead to leaves of the same tree."""
    sizes = re.search(r"^tree_sizes=([\d ]*)$", text, re.MULTILINE)
    columns = re.search(r"^max_feature_idx=(\d+)$", text, re.MULTILINE)
    at = text.find("Tree=0\n")
    if not sizes or not columns or at < 0 or not text.isascii():
        raise ValueError("it is not the text of a LightGBM model")
    for number, size in enumerate(map(int, sizes[1].split())):
        tree = text[at : at + size]
        if not tree.startswith(f"Tree={number}\n") or not _is_sound(tree, int(columns[1])):
            raise ValueError(f"tree {number} is damaged")
        at += size
    if not text.startswith(END, at):
        raise ValueError(f"it must have '{END}' after its trees")


def _is_sound(tree: str, last_column: int) -> bool:
    values = dict(re.findall(KEPT, tree, re.MULTILINE))
    leaves, n_categories = int(values["num_leaves"]), int(values["num_cat"])
    if leaves < 1 or len(values["leaf_value"].split()) != leaves:
        return False
    if leaves == 1:
        return True
    inner = np.arange(leaves - 1)
    columns = [_numbers(values[name]) for name in ("split_feature", "threshold", "decision_type")]
    children = [_numbers(values[side]) for side in ("left_child", "right_child")]
    if any(len(column) != len(inner) for column in (*columns, *children)):
        return False
    feature, threshold, kind = columns
    down = all(
        (((child > inner) & (child < len(inner))) | ((child < 0) & (child >= -leaves))).all() for child in children
    )
    by_level = threshold[(kind.astype("int64") & 1) == 1]
    known = ((feature >= 0) & (feature <= last_column)).all() and ((by_level >= 0) & (by_level < n_categories)).all()
    return bool(down and known and (n_categories == 0 or _are_levels(values, n_categories)))


def _are_levels(values: dict[str, str], n_categories: int) -> bool:
    """Whether the bounds of the bit sets of levels that go left match the bits."""
    bounds = _numbers(values["cat_boundaries"])
    bits = _numbers(values["cat_threshold"])
    return bool(
        len(bounds) == n_categories + 1 and bounds[0] == 0 and (np.diff(bounds) > 0).all() and bounds[-1] == len(bits)
    )


def _numbers(text: str) -> np.ndarray:
    return np.array(text.split(), dtype="float64")
