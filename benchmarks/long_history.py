"""The pipeline on ten years of small donations beside the default shop: `python -m benchmarks.long_history`.

Of 17,000 customers, three in four buy once and a few come back over years, like donors of a radio station. The whole
shop has about a hundred orders a week. Its orders are a CSV (customer, time, amount), read like a user's own, so that
the pipeline runs as the README describes. Both shops run in clones of HEAD in a temporary folder, with the parameters
of params.yaml. Prints the time of each stage, and the ratio of the long history to the default shop (goal: at most 3
for all stages together).

--share 0.05 draws that share of the customers of both shops, for a quick trial; --csv FILE writes the CSV alone.
"""

import argparse
import subprocess
import tempfile
from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd

from benchmarks.pipeline import costs
from clv import paths
from clv.data.world.params import SyntheticParams
from clv.data.world.worlds import make_world
from clv.errors import run_stage
from clv.strict import load
from tests.settings import set_param

CUSTOMERS, SEED = 17_000, 1


def donations(shop: SyntheticParams, customers: int) -> pd.DataFrame:
    """One row per order, by time: customer_id, order_ts, amount."""
    givers = replace(
        shop.default,
        n_customers=customers,
        start=date(2015, 1, 1),
        n_days=3652,
        orders_per_year=0.8,
        rate_shape=0.15,  # most have so low a rate that they never come back
        regularity=1.0,
        lifetime_days=900.0,
        lifetime_shape=0.5,  # some stay for all ten years
        order_value=30.0,
        value_sigma=1.0,
        holiday_factor=1.0,
        promotions_per_year=0.0,
        return_share=0.0,
        emails_per_year=0.0,
        ads_per_year=0.0,
        experiment_share=0.0,
    )
    lines = make_world(replace(shop, world="default", default=givers), SEED, 1).tables["transactions"]
    by_order = lines.groupby(["order_id", "customer_id", "order_ts"], sort=False, observed=True)["amount"]
    return by_order.sum().round(2).reset_index().drop(columns="order_id")


def run(root: Path, settings: dict[str, object]) -> pd.DataFrame:
    """`seconds` and `CPU s` by stage, in a clone with these parameters."""
    subprocess.run(["git", "clone", "--quiet", ".", str(root)], check=True)
    for key, value in settings.items():
        set_param(root, key, value)
    found = {}
    for cost in costs(root):
        found[cost.name] = {"seconds": cost.seconds, "CPU s": cost.cpu}
        print(f"{root.name}: {cost.name} {cost.seconds:.1f} s", flush=True)
    table = pd.DataFrame.from_dict(found, orient="index")
    table.loc["all"] = table.sum()
    return table


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--share", type=float, default=1.0, help="of the customers of both shops")
    parser.add_argument("--csv", type=Path, help="write the long history there, and run nothing")
    chosen = parser.parse_args()
    shop = load(SyntheticParams, paths.SYNTHETIC)
    history = donations(shop, round(CUSTOMERS * chosen.share))
    if chosen.csv:
        history.to_csv(chosen.csv, index=False)
        return
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "donations.csv"
        history.to_csv(file, index=False)
        size = round(shop.default.n_customers * chosen.share)
        usual = run(Path(folder) / "default", {"synthetic.yaml:default.n_customers": size})
        long = run(Path(folder) / "long", {"generate.source": "files", "generate.files.transactions": str(file)})
    table = pd.concat({"default": usual, "long": long, "times": long / usual}, axis=1)
    print(table.round(1).to_string())


if __name__ == "__main__":
    run_stage(main)
