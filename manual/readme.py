"""The tables of README.md that come from a run: `python -m manual.readme`; with --check it writes nothing."""

import sys
from pathlib import Path

import pandas as pd

from clv import paths, storage
from clv.errors import InputError, run_stage
from clv.evaluation.forecast_names import BAYES, ENSEMBLE, PLAIN_BTYD, SAME_AS_LAST_PERIOD
from manual.parts import filled

README = Path("README.md")
FORECASTS = {
    ENSEMBLE: "**clv**",
    PLAIN_BTYD: "Pareto/NBD and Gamma-Gamma alone",
    SAME_AS_LAST_PERIOD: "each customer as in the last period",
    BAYES: "the best possible",
}
SHOWN = ["customer_id", "predicted_clv", "lower_90", "upper_90", "p_alive", "expected_orders", "tier", "rfm_segment"]
ONE_IN = (100, 20, 5, 2)  # beside the first, the customers who have so many of all before them


def accuracy(metrics: pd.DataFrame) -> str:
    """How good the backtest of a synthetic shop is, as a table in Markdown, from one row per forecast and metric."""
    of = {(row["forecast"], row["metric"]): row for row in metrics.to_dict("records")}
    rows = [
        "| forecast | Gini | R² | total, forecast over realised | Gini over the best possible |",
        "|---|---|---|---|---|",
    ]
    for name, title in FORECASTS.items():
        gini, bias = of[name, "gini"], round(of[name, "bias"]["value"], 3) + 0.0  # never -0
        interval = f"{gini['lower']:.3f} to {gini['upper']:.3f}"
        rows.append(
            f"| {title} | {gini['value']:.3f} ({interval}) | {of[name, 'r2']['value']:.3f} | {bias:+.1%} "
            f"| {gini['value'] / of[BAYES, 'gini']['value']:.1%} |"
        )
    return "\n".join(rows)


def customers(values: pd.DataFrame) -> str:
    """Five rows of the forecasts, from the highest to the median, as a table in Markdown."""
    ranked = values.sort_values(["predicted_clv", "customer_id"], ascending=[False, True], ignore_index=True)
    some = ranked.loc[[0, *(len(ranked) // part for part in ONE_IN)], SHOWN]
    rows = ["| " + " | ".join(f"`{name}`" for name in SHOWN) + " |", "|" + "---|" * len(SHOWN)]
    rows += ["| " + " | ".join(_cell(value) for value in row) + " |" for row in some.itertuples(index=False)]
    return "\n".join(rows)


def _cell(value: object) -> str:
    return f"{value:,.2f}" if isinstance(value, float) else str(value)


def main() -> None:
    checks = "--check" in sys.argv[1:]
    metrics = storage.read_csv(paths.METRICS_CSV)
    if BAYES not in set(metrics["forecast"]):
        if checks:
            return  # a clone with its own data; the README stays that of the synthetic shop
        raise InputError(
            f"{paths.METRICS_CSV} is not of a synthetic shop, which {README} shows; run `dvc repro` on one"
        )
    text = storage.read_text(README)
    rows = customers(storage.read_table(paths.CUSTOMER_VALUES))
    now = filled(text, {"accuracy": accuracy(metrics), "customers": rows})
    if not checks:
        storage.write_text(now, README)
    elif now != text:
        raise InputError(f"{README} is not of this run; run `python -m manual.readme`, and commit it")


if __name__ == "__main__":
    run_stage(main)
