"""JSON bodies about the model: how good its forecasts were in the backtest, and how far to trust them."""

from datetime import date
from typing import Any

from clv import paths
from clv.serving.records import records
from clv.serving.release import Release


def model(release: Release) -> dict[str, Any]:
    """How the forecast was evaluated.

    `metrics` has one row per forecast and metric with its confidence interval; `wins` compares with the best baseline
    and `ceiling` with the achievable; `verdict` has the checks; `level` is the factor that today's model applies to
    totals, with its uncertainty, and `weights` are those of its learners.
    """
    today = release.json(paths.TRAIN_METRICS)["today"]
    return release.stamp() | {
        "fitted_as_of": today["btyd"]["cutoff"],
        "metrics": records(release.csv(paths.METRICS_CSV)),
        "wins": records(release.csv(paths.WINS)),
        "ceiling": records(release.csv(paths.CEILING)),
        "verdict": verdict(release),
        "level": today["level"],
        "weights": today["weights"],
        "not_known": today["not_known"],
    }


def verdict(release: Release) -> dict[str, Any]:
    """`status`: fail if a check failed, else pass if a check passed, else not judged; and the `checks`."""
    checks = release.json(paths.VERDICT)
    found = {check["status"] for check in checks}
    status = next((worst for worst in ("fail", "pass") if worst in found), "not judged")
    return {"status": status, "checks": checks}


def gain(release: Release) -> dict[str, Any]:
    """The share of realised revenue from the customers with the highest forecasts, by their share, in the backtest."""
    return release.stamp() | {"gain": records(release.csv(paths.GAIN_CURVE))}


def deciles(release: Release) -> dict[str, Any]:
    """Forecast and realised revenue by decile of the forecast, in the backtest."""
    return release.stamp() | {"deciles": records(release.csv(paths.DECILES))}


def drift(release: Release) -> dict[str, Any]:
    """What drifted since the model was evaluated, and what to do."""
    return dict(release.json(paths.DRIFT_METRICS))


def ages(release: Release, today: date) -> dict[str, int]:
    """Days from the last day of the data, and from the date of the model, to `today`."""
    last_day = date.fromisoformat(release.json(paths.PREPROCESS_METRICS)["last_day"])
    return {"data": (today - last_day).days, "model": (today - release.as_of).days}
