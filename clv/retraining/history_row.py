"""reports/history.csv: one row per release, the source of the page Runs."""

from dataclasses import asdict
from datetime import UTC, datetime

import pandas as pd

from clv import params, paths, storage
from clv.data.world.params import SyntheticParams
from clv.evaluation.past_runs import HISTORY, TEXT
from clv.features.store import read_plan
from clv.reporting.front.provenance import DIGITS, digests
from clv.serving.recorded import LOCK, Lock
from clv.strict import load


def read_history() -> pd.DataFrame:
    """The rows so far, oldest first."""
    return storage.read_csv(paths.HISTORY, text=TEXT)


def with_this_run(history: pd.DataFrame, began: datetime, seconds: float, why: str, warned: list[str]) -> pd.DataFrame:
    """The history with a row for the run whose artifacts are here; `warned` are the rules that its new data broke."""
    summary, judged = storage.read_json(paths.SUMMARY), storage.read_json(paths.EVALUATE_METRICS)
    drift = storage.read_csv(paths.DRIFT)
    data, code = storage.fingerprint(paths.CLEAN), storage.read_text(paths.code("index"))
    row = {
        "as_of": summary["as_of"],
        "ran_at": began.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "seconds": round(seconds),
        "why": why,
        "shop": summary["shop"],
        "data_from": str(read_plan().first_day),
        "horizon_days": summary["horizon_days"],
        "currency": summary["currency"],
        "customers": summary["customers"],
        "forecast": summary["forecast"]["total"],
        "lower_95": summary["forecast"]["lower_95"],
        "upper_95": summary["forecast"]["upper_95"],
        **{name: judged.get(name) for name in ("gini", "bias", "coverage_90", "coverage_95")},
        "drifted": int((drift["status"] == "drifted").sum()) if "status" in drift else None,
        "failed": " ".join(check["name"] for check in summary["trust"]["failed"]),
        "warned": " ".join(warned),
        "forecasts": (Lock.read(LOCK).hash_of(paths.CUSTOMER_VALUES) or "")[:DIGITS],
        **digests(data, code, asdict(params.load()), load(SyntheticParams, paths.SYNTHETIC)),
    }
    return pd.concat([history, pd.DataFrame([row])[list(HISTORY)]], ignore_index=True)
