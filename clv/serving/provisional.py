"""The effect of new events on a customer: a forecast that includes them, or a provisional estimate.

Events dated up to the model's date change the forecast to what a batch with these rows, the same parameters and the
same model would give. Later events leave it unchanged; from them comes an estimate of the buy-till-you-die models, with
frozen parameters, as of the day of the newest. Nothing is stored: once a new release has the events, the estimate is
gone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from clv.data.cleaning import Cleaned, clean_table
from clv.data.journal_rows import EVENT_ID, with_events
from clv.data.lines import Cleaning
from clv.data.params import PreprocessParams
from clv.data.source import TableSource
from clv.data.types import as_time
from clv.door import raw_history
from clv.door.raw_history import Given
from clv.features.block import Block, Clean
from clv.features.feature_table import FEATURES
from clv.features.shop import Shop
from clv.features.snapshot import snapshot_of
from clv.models.forecaster import Forecaster
from clv.serving.aggregates import LOOKED_AT, METHOD, described, estimate_of
from clv.serving.order_event import OrderEvent
from clv.serving.records import records

KNOWN_ORDER = "known_order"  # not a cleaning rule: the release already has the order
BLANK = (["customer_id"], ["customer_id", "touch_ts"])  # columns of customers and touches without rows


@dataclass(frozen=True)
class WithEvents:
    """The effect of one customer's events.

    Attributes
    ----------
    forecast: the batch's columns for the customer with the events up to the model's date; None if there are none, so
    that the batch's row holds, or if none of the customer's rows is left. provisional: the estimate with the later
    events too, `as_of` the day of the newest that counts; None if none does. set_aside: `event_id` and `rule` of each
    event that does not count.
    """

    forecast: dict[str, Any] | None
    provisional: dict[str, Any] | None
    set_aside: list[dict[str, str]]


def after_events(
    model: Forecaster,
    shop: Shop,
    params: PreprocessParams,
    history: Mapping[str, pd.DataFrame],
    events: Sequence[OrderEvent],
) -> WithEvents:
    """Apply all events of a customer to the typed raw rows of the release, which may be none (`RawRows.of`).

    The result does not depend on the order in which the events arrived. There must be at least one.
    """
    days = as_time(pd.Series([event.order_ts for event in events]), params.time_zone).dt.floor("D")
    # Separately, so that later events do not change the status of an order that counts already. A time that cannot be
    # represented is not later: cleaning rejects it.
    late = days > pd.Timestamp(model.btyd.cutoff)
    early = [event for event, is_late in zip(events, late, strict=True) if not is_late]
    forecast, aside = _forecast(model, shop, params, history, early) if early else (None, [])
    if len(early) == len(events):
        return WithEvents(forecast, None, aside)
    provisional, late_aside = _provisional(model, shop, params, history["transactions"], events)
    ids = {event.event_id for event in early}
    return WithEvents(forecast, provisional, aside + [row for row in late_aside if row[EVENT_ID] not in ids])


def _forecast(
    model: Forecaster,
    shop: Shop,
    params: PreprocessParams,
    history: Mapping[str, pd.DataFrame],
    events: Sequence[OrderEvent],
) -> tuple[dict[str, Any] | None, list[dict[str, str]]]:
    """The forecast with events up to the model's date, None if it is the batch's; and the events set aside."""
    rows, ids, known = _joined(history["transactions"], events, params)
    if len(known) == len(events):
        return None, known
    cleaned = raw_history.clean(model, shop, Given({**history, "transactions": rows}), params)
    aside = known + _set_aside(cleaned["transactions"], ids)
    if not len(cleaned["transactions"].order):
        return None, aside
    (row,) = records(raw_history.forecast(model, shop, cleaned))
    return row, aside


def _provisional(
    model: Forecaster, shop: Shop, params: PreprocessParams, own: pd.DataFrame, events: Sequence[OrderEvent]
) -> tuple[dict[str, Any] | None, list[dict[str, str]]]:
    """The estimate as of the newest event that counts, None if none is later than the model; and events set aside."""
    rows, ids, known = _joined(own, events, params)
    newest = max(rows["order_ts"].max().date(), model.btyd.cutoff)
    how = replace(_how(params), bounds=replace(shop.bounds, last_day=newest))
    cleaned = clean_table("transactions", rows, how)
    aside = known + _set_aside(cleaned, ids)
    counts = cleaned.order[pd.notna(ids[cleaned.order])]
    as_of = rows["order_ts"].iloc[counts].max().date() if len(counts) else model.btyd.cutoff
    if as_of <= model.btyd.cutoff:
        return None, aside
    moved = replace(model, btyd=replace(model.btyd, cutoff=as_of))
    stamp = {"provisional": True, "method": METHOD, "as_of": as_of.isoformat(), **described(moved)}
    return stamp | estimate_of(moved, _aggregates(cleaned, as_of)), aside


def _joined(
    own: pd.DataFrame, events: Sequence[OrderEvent], params: PreprocessParams
) -> tuple[pd.DataFrame, np.ndarray, list[dict[str, str]]]:
    """The release's rows with the new events, the event id of each row, and the events that are not new."""
    given = pd.DataFrame([event.as_text() for event in events]).replace("", None)
    rows, ids = with_events(own, given, _how(params))
    news = set(ids)
    return rows, ids, [{EVENT_ID: id, "rule": KNOWN_ORDER} for id in given[EVENT_ID] if id not in news]


def _how(params: PreprocessParams) -> Cleaning:
    """How to clean typed rows and events."""
    return Cleaning.of(params, None, TableSource("events", 0))


def _aggregates(cleaned: Cleaned, as_of: date) -> pd.DataFrame:
    """The aggregates that the estimate uses, for the one customer in a clean table, as of a date."""
    block = Block.of_frames(Clean(cleaned.clean, *(pd.DataFrame(columns=names) for names in BLANK)))
    features = [feature for feature in FEATURES if feature.name in LOOKED_AT]
    return snapshot_of(block, as_of, as_of, 1, features, {}).to_pandas()


def _set_aside(cleaned: Cleaned, ids: np.ndarray) -> list[dict[str, str]]:
    """The events that a rule rejected; `ids` (n,) are the event ids of the rows, None for the shop's own rows."""
    rejected = zip(ids[cleaned.rejected["row"].to_numpy()], cleaned.rejected["reason"], strict=True)
    return [{EVENT_ID: id, "rule": rule} for id, rule in rejected if id is not None]
