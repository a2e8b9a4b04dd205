"""The value of acquisition sources: mean revenue that customers from the same source spent in their first days.

A window of WINDOW_DAYS from the first purchase counts once it is over, so a mean as of a cutoff uses nothing later.
These means are the only input of features from other customers, and therefore need a pass over all blocks beforehand.
"""

from collections.abc import Iterable
from datetime import date

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from clv.features.block import Block
from clv.features.events import Events, Text
from clv.features.past import days_since_epoch

WINDOW_DAYS = 90
MIN_CUSTOMERS = 20  # with fewer, a mean is not informative
DECIMALS = 6  # of a mean
SOURCES: dict[str, tuple[str, ...]] = {
    "channel": ("channel",),
    "campaign": ("campaign",),
    "channel and category": ("channel", "category"),
}

SOURCE_COLUMNS = {"customers.channel", "customers.campaign"}  # without these columns there are no sources
FOR_WINDOWS = {  # all columns that are read for windows, by table
    "transactions": ("customer_id", "order_ts", "amount_minor", "category"),
    "customers": ("customer_id", "channel", "campaign"),
}
NO_WINDOWS = pd.DataFrame(columns=["last_day", "customers", "amount_minor", "source", "label"])

Means = dict[str, dict[str, float]]  # minor units, by source and label


def labels_of(block: Block, source: str) -> Text:
    """The source of each customer of a block, (n,); its category is one from the first purchase day."""
    texts = [_label(block, name) for name in SOURCES[source]]
    joined = texts[0]
    for text in texts[1:]:
        pairs = [pc.binary_join_element_wise(label, text.labels, "\x1f") for label in joined.labels]
        labels = pa.concat_arrays(pairs) if pairs else pa.array([], pa.string())
        codes = joined.codes * len(text.labels) + text.codes
        joined = Text(np.where((joined.codes < 0) | (text.codes < 0), -1, codes), labels)
    return joined


def _label(block: Block, name: str) -> Text:
    if name == "category" and name in block.lines:
        labels, first = block.lines.occurrences(bought_category).labels, block.lines.first_labelled(bought_category)
        # Only from the first purchase day: a later category would not be known as of every cutoff.
        first_day = np.append(block.days.day, -1)[np.minimum(block.days.start, len(block.days))]
        on_it = np.append(block.lines.day, -2)[first] == first_day
        return Text(np.append(labels.codes, -1)[np.where(on_it, first, len(block.lines))], labels.labels)
    values = block.profile.get(name)
    if isinstance(values, Text):
        return values
    return Text(np.full(block.n, -1), pa.array([], pa.string()))  # the data have no such column


def bought_category(lines: Events) -> Text:
    """Category of purchases, null for returns."""
    return lines.text("category").where(lines["amount_minor"] > 0)


def in_first_window(days: Events) -> np.ndarray:
    """Whether a purchase day is within the first WINDOW_DAYS of its customer."""
    return days.day - days.day[days.start[days.customer]] < WINDOW_DAYS


def first_windows(block: Block) -> pd.DataFrame:
    """One row per source, label and last day of the window: `customers`, and `amount_minor` that they spent in it."""
    bought = np.flatnonzero(block.days.stop > block.days.start)
    amounts = block.days.cumulative("amount_minor", in_first_window)
    columns = {
        "last_day": block.days.day[block.days.start[bought]] + WINDOW_DAYS - 1,
        "customers": 1,
        "amount_minor": (amounts[block.days.stop] - amounts[block.days.start])[bought],
    }
    tables = []
    for source in SOURCES:
        text = labels_of(block, source).take(bought)
        table = pd.DataFrame({"code": text.codes, **columns})
        table = table[table["code"] >= 0].groupby(["code", "last_day"], as_index=False).sum()
        label = text.labels.take(pa.array(table["code"])).to_pandas().astype("str")
        tables.append(table.drop(columns="code").assign(source=source, label=label))
    return pd.concat(tables, ignore_index=True)


def source_means(windows: Iterable[pd.DataFrame], cutoffs: Iterable[date]) -> dict[date, Means]:
    """Mean amount of the first windows that were over at each cutoff, for labels with at least MIN_CUSTOMERS."""
    everything = pd.concat(list(windows), ignore_index=True)
    found: dict[date, Means] = {}
    for cutoff in cutoffs:
        over = everything[everything["last_day"] <= days_since_epoch(cutoff)]
        sums = over.groupby(["source", "label"], as_index=False)[["customers", "amount_minor"]].sum()
        enough = sums[sums["customers"] >= MIN_CUSTOMERS]
        # Rounded, so that the mean stored as JSON is the one from which features were computed.
        means = (enough["amount_minor"] / enough["customers"]).round(DECIMALS)
        found[cutoff] = {}
        for source, label, mean in zip(enough["source"], enough["label"], means, strict=True):
            found[cutoff].setdefault(source, {})[label] = mean
    return found
