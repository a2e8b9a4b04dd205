"""Write the tables of README.md that come from a run: `python -m manual.readme`; --check only compares them."""

import re
import sys
from pathlib import Path

import pandas as pd

from clv import paths, storage
from clv.errors import InputError, run_stage
from clv.evaluation.forecast_names import BAYES, ENSEMBLE, PLAIN_BTYD, SAME_AS_LAST_PERIOD
from manual.parts import filled, section

README, RECORD = Path("README.md"), Path("benchmarks/README.md")
FORECASTS = {
    ENSEMBLE: "**clv**",
    PLAIN_BTYD: "Pareto/NBD and Gamma-Gamma alone",
    SAME_AS_LAST_PERIOD: "each customer as in the last period",
    BAYES: "the best possible",
}
SHOWN = ["customer_id", "predicted_clv", "lower_90", "upper_90", "p_alive", "expected_orders", "tier", "rfm_segment"]
REAL = {"cdnow": "CDNOW", "online_retail_ii": "Online Retail II"}
NUMBER = re.compile(r"[-\d.e+]*")  # or nothing, in the place of another system's name
ONE_IN = (100, 20, 5, 2)  # beside the first customer, those ranked at 1/100, 1/20, ... of all


def accuracy(metrics: pd.DataFrame, record: str) -> str:
    """The accuracy in the backtest of a synthetic shop, and on real shops, as a Markdown table.

    `metrics` has one row per forecast and metric; `record` is the text of benchmarks/README.md.
    """
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
    return "\n".join(rows + real_shops(record))


def real_shops(record: str) -> list[str]:
    """Rows of the same table on real shops, from the text of benchmarks/README.md, where `scoreboard` is recorded.

    Only shops on which other systems were run count; the best of them is picked for its Gini, in hindsight.
    """
    found: dict[str, dict[str, list[str]]] = {}
    for line in section(record, "scoreboard").splitlines():
        shop, metric, *values, system = [*line.split(), *[""] * 7][:7]
        if metric in ("ngini", "r2", "bias") and not NUMBER.fullmatch(system):
            found.setdefault(shop, {})[metric] = values
    rows = []
    for shop, of in found.items():
        ours, low, high, best = of["ngini"]
        title = f"**clv** on a real shop, {REAL.get(shop, shop)} (best of other systems: {best})"
        rows.append(f"| {title} | {ours} ({low} to {high}) | {of['r2'][0]} | {float(of['bias'][0]):+.1%} | |")
    return rows


def customers(values: pd.DataFrame) -> str:
    """Five rows of the forecasts, from the highest to the median, as a Markdown table."""
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
            return  # a clone with its own data; the README still shows the synthetic shop
        raise InputError(
            f"{paths.METRICS_CSV} is not of a synthetic shop, which {README} shows; run `dvc repro` on one"
        )
    text = storage.read_text(README)
    rows = customers(storage.read_table(paths.CUSTOMER_VALUES))
    parts = {"accuracy": accuracy(metrics, storage.read_text(RECORD)), "customers": rows}
    now = filled(text, parts)
    if not checks:
        storage.write_text(now, README)
    elif now != text:
        raise InputError(f"{README} is not of this run; run `python -m manual.readme`, and commit it")


if __name__ == "__main__":
    run_stage(main)
