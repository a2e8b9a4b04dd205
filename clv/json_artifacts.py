"""The shape that readers need in the JSON files of earlier stages; `clv.artifacts` does the same for tables.

A file that does not fit is rejected, as `clv.artifacts` describes.
"""

from datetime import date
from pathlib import Path
from typing import Any

from clv import paths
from clv.shape import Each, Maybe

Number = Maybe(float)  # null if unknown, or based on too few customers
Name = Maybe(str)

_LEVEL = {"level": {"value": float, "orders": float, "sd": Number}}
_FIT = _LEVEL | {"season_index": Number, "season_by_month": [float], "scales": Each(float), "weights": Each(float)}
_CELL = {"tier": str, "channel": str}
_GROUP = {"customers": Number, "treated": Number, "holdout": Number, "value_at_stake": Number, "offer_cost": Number}
_INTERVAL = {"lower_95": Number, "upper_95": Number}
_NEXT = {"amount": float, "expected_margin": Number, "cells": [_CELL | {"amount": float}]}
_FLOWS = {"left": Number, "came": Number, "stayed": Number, "left_more": bool}
_QUANTILES = {"median": Number, "tenth_above": Number}
_DRAWN = {"drawn": int, "customers": int}
_TEST = {
    "first_day": date,
    "last_day": date,
    "participants": Number,
    "sizes": Each(Number),
    "control": [str],
    "p_sizes": Number,
    "p_forecast": Number,
    "shares_given": bool,
    "alarm": str,
    "winner": Name,
    "why": str,
    "arms": Each({"decision": str, "why": str, "profit": Number, "apart_from_day": Number}),
}
_SUMMARY = {
    "as_of": date,
    "shop": str,
    "horizon_days": int,
    "currency": str,
    "customers": int,
    "synthetic": bool,
    "forecast": {"total": Number, "level_error": Number, "expected_buyers": Number} | _INTERVAL,
    "top_segment": Maybe({"name": str, "share": Number, "customer_share": Number}),
    "at_risk": Maybe({"customers": Number, "lost_value": Number}),
    "budget": {
        "total": float,
        "not_spent": float,
        "expected_margin": Number,
        "split": [_CELL | {"budget": float}],
        "next": {"amount": float, "margin": Number, "split": [_CELL | {"amount": float}]},
    }
    | _INTERVAL,
    "last_horizon": Maybe({"known_customers": int, "of_known": float, "new_customers": int, "of_new": float}),
    "trust": {
        "customers": int,
        "why": str,
        "bias": Number,
        "coverage_95": Number,
        "gini": Number,
        "gini_naive": Number,
        "passed": int,
        "failed": [{"name": str}],
    },
}

TABLES = ("transactions", "customers", "touches", "experiments")
_ROWS = {"cutoff": date, "parts": [str]}
_RECIPE = {"as_of": date, "training": [_ROWS], "calibration": Maybe(_ROWS), "forecast": _ROWS}

SHAPES: dict[Path, Any] = {
    paths.SOURCE: {
        "kind": str,
        "tables": {table: {"name": str, "rows": int, "columns": Each(str)} for table in TABLES},
    },
    paths.BLOCKS: {
        "n": int,
        "rows": dict.fromkeys(TABLES, int),
        "columns": {table: [str] for table in TABLES},
        "first_day": date,
        "last_day": date,
    },
    paths.BOUNDS: {"first_day": date, "last_day": date, "extreme_minor": float},
    paths.PLAN: {
        "split": str,
        "why": str,
        "horizon_days": int,
        "first_day": date,
        "last_day": date,
        "backtest": Maybe(_RECIPE),
        "today": _RECIPE,
        "rolling": [_RECIPE],
        "windows": [date],
    },
    paths.SOURCES: Each(Each(Each(float))),
    paths.BEST_PARAMS: Each(Each(Maybe(object))),
    paths.PROFILE_ABOUT: {"raw_rows": Each(int), "rejected": Each(int), "quarters": [int], "last": int},
    paths.PREPROCESS_METRICS: {
        "raw_rows": Each(int),
        "clean_rows": Each(int),
        "rejected": Each(Each(int)),
        "repaired": Each(Each(int)),
        "flagged": Each(Each(int)),
        "unreadable_values": Each(Each(object)),
        "rejected_bad_share": float,
        "customers": int,
        "purchase_days": int,
        "net_revenue": float,
        "first_day": date,
        "last_day": date,
    },
    paths.FEATURIZE_METRICS: {
        "snapshots": Each({"customers": int, "buyer_share": Number}),
        "absent_features": [str],
    },
    paths.TRAIN_METRICS: {"today": _FIT},
    paths.EVALUATE_METRICS: {"customers": int},
    paths.DRIFT_METRICS: {"recommendation": str},
    paths.VERDICT: [{"name": str, "status": str, "message": str, "value": Number, "threshold": Number}],
    paths.EXPERIMENT_JSON: {
        "participants": Number,
        "still_open": Number,
        "window_days": int,
        "margin_rate": float,
        "tests": Each(_TEST),
        "next": {"customers": int},
    },
    paths.PROFILES_JSON: {
        "min_group_customers": int,
        "silhouette": Each(Number),
        "clusters": {"names": Each(str), "stability": Number, "min_stability": float, "filled": Each(Number)},
        "tier_hits": {"goal": object},
        "migration": {
            "flows": Each(Each(_FLOWS)),
            "fallen": {
                "customers": Number,
                "lost_value": Number,
                "reasons": [{"reason_kind": str, "customers": Number, "lost_value": Number}],
            },
        },
        "eco": Each(object),
    },
    paths.BUDGET_JSON: {
        "mode": str,
        "source": str,
        "why": str,
        "total": float,
        "allocated": float,
        "not_spent": float,
        "expected_margin": Number,
        "window_days": int,
        "next": _NEXT,
        "curves": [_CELL],
        "headline": str,
    }
    | _INTERVAL,
    paths.AUDIENCE_JSON: {
        "lists": Each(
            {"tier": str, "customers": Number, "left_out": Each(Number)}
            | {key: {"rows": Number, "filled": Each(Number)} for key in ("meta", "google")}
        ),
        "malformed": Each(Number),
        "agreed": Number,
        "with_contact": Number,
        "contacts_of_nobody": Number,
        "key": bool,
        "consent_from": Name,
    },
    paths.CAMPAIGN_JSON: _GROUP
    | {
        "name": str,
        "holdout_share": float,
        "left_out": Each(Number),
        "hours": Each(Number),
        "hours_from": {"same_hour": [str]},
        "hours_judged": {"orders": Number, "worth_it": object},
        "channels": [{"channel": str} | _GROUP],
        "segments": [{"rfm_segment": str, "offer": str} | _GROUP],
        "segments_by_channel": [{"rfm_segment": str, "channel": str} | _GROUP],
    },
    paths.REVENUE_JSON: {
        "as_of": date,
        "horizon_days": int,
        "not_known": [{"says": str}],
        "next_months": Each(
            dict.fromkeys(("cumulative", "cumulative_lower_95", "cumulative_upper_95"), Number) | {"until": date}
        ),
        "judged": Each(
            Each(Maybe({"months": int, "bias": Number, "wape": Each(Number), "wape_of_forecast": Each(Number)}))
        ),
    },
    paths.DESCRIBED_FIGURES: {
        "sales": {
            "order_value": _QUANTILES,
            "gap_days": _QUANTILES,
            "net_revenue": _QUANTILES | {"median_above_0": Number, "top_tenth_share": Number, "customers_without": int},
        },
        "forecasts": dict.fromkeys(("total", "top_fifth_share", "expected_buyers", "median", "largest"), Number)
        | {"customers": int},
        "fallen": int,
        "rows": dict.fromkeys(("today", "labelled"), _DRAWN),
    },
    paths.SUMMARY: _SUMMARY
    | {"evidence": {"tests": int, "participants": Number, "proven": int}, "campaign": {"channels": Each(Number)}},
    paths.ADVICE: {
        "actions": [{"name": str, "text": str, "page": str}],
        "changes": {
            "why": str,
            "then": Maybe(date),
            "rows": [dict.fromkeys(("what", "kind"), str) | dict.fromkeys(("then", "now", "change"), Maybe(object))],
        },
    },
}
