"""How far to trust the run, in a few numbers."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from clv.evaluation.forecast_names import ENSEMBLE, SAME_AS_LAST_PERIOD

NAIVE = SAME_AS_LAST_PERIOD  # a forecast without a model
BAD_ROWS = 0.01  # share of the transactions' rows set aside above which the data should be checked


def trust(
    headline: Mapping[str, Any],
    metrics: pd.DataFrame,
    rolling: pd.DataFrame,
    checks: Sequence[Mapping[str, Any]],
) -> dict[str, Any]:
    """The backtest in a few numbers: customers judged, bias, coverage, Gini beside the naive one's, checks.

    From metrics/evaluate.json, tables/metrics.csv and rolling.csv, metrics/verdict.json. `earlier` has the biases at
    the rolling origins, the oldest first. Where there is no backtest, customers is 0, `why` is the reason and the
    figures are None.
    """
    judged = bool(headline["customers"])
    values: Any = metrics.set_index(["forecast", "metric"])["value"] if judged else {}
    return {
        "customers": headline["customers"],
        "why": headline.get("why", ""),
        **{name: headline.get(name) if judged else None for name in ("bias", "coverage_95", "gini")},
        "gini_naive": values.get((NAIVE, "gini")),
        "earlier": [float(bias) for bias in rolling.loc[rolling["forecast"] == ENSEMBLE, "bias"].dropna()],
        "passed": sum(check["status"] == "pass" for check in checks),
        "failed": [
            {"name": check["name"], "message": check["message"]} for check in checks if check["status"] == "fail"
        ],
    }


def set_aside(preprocess: Mapping[str, Any]) -> dict[str, Any]:
    """Rows of the transactions that came in, and the share of them that was set aside as bad."""
    share = float(preprocess["rejected_bad_share"])
    return {"rows": preprocess["raw_rows"]["transactions"], "share": share, "many": share > BAD_ROWS}
