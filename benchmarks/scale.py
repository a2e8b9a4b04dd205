"""Every stage at growing sizes of the default shop: `python -m benchmarks.scale`.

Clones of HEAD in a temporary folder run the commands of dvc.yaml with 20,000, 200,000 and 2,000,000 customers, without
tuning. Prints for every stage the seconds by the clock and of the processor, the MiB at the peak of its processes
together, and the power of the number of customers by which its time grows between the last two sizes. Goals: at most 3
GiB in any stage at any size, a power of at most 1.05, and an hour for the largest size on two idle cores.

`--customers 20000 200000` sets other sizes; `--no-touches` leaves out e-mails and ads; `--folder FOLDER` keeps the
clones there. Two million customers need some 5 GB of disk.
"""

import argparse
import math
import subprocess
import tempfile
from contextlib import ExitStack
from pathlib import Path

from benchmarks.pipeline import StageCost, costs
from clv.errors import run_stage
from tests.settings import set_param

SIZES = [20_000, 200_000, 2_000_000]
NO_TOUCHES: dict[str, object] = {
    "synthetic.yaml:default.emails_per_year": 0.0,
    "synthetic.yaml:default.ads_per_year": 0.0,
}


def run(root: Path, customers: int, settings: dict[str, object]) -> dict[str, StageCost]:
    """The cost of each stage with `customers` customers, in a clone of HEAD; printed stage by stage."""
    subprocess.run(["git", "clone", "--quiet", ".", str(root)], check=True)
    size: dict[str, object] = {"synthetic.yaml:default.n_customers": customers, "tune.trials": 0}
    for key, value in (size | settings).items():
        set_param(root, key, value)
    found = {}
    print(f"{customers:,} customers\n{'stage':<14}{'seconds':>9}{'CPU s':>9}{'MiB':>8}")
    for cost in costs(root):
        found[cost.name] = cost
        print(f"{cost.name:<14}{cost.seconds:>9.1f}{cost.cpu:>9.1f}{cost.together:>8.0f}", flush=True)
    seconds, cpu = sum(cost.seconds for cost in found.values()), sum(cost.cpu for cost in found.values())
    print(f"{'all':<14}{seconds:>9.1f}{cpu:>9.1f}{max(cost.together for cost in found.values()):>8.0f}\n", flush=True)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--customers", nargs="+", type=int, default=SIZES)
    parser.add_argument("--no-touches", action="store_true")
    parser.add_argument("--folder", type=Path, help="an existing folder for the clones, which stay there")
    asked = parser.parse_args()
    with ExitStack() as temporary:
        folder = asked.folder or Path(temporary.enter_context(tempfile.TemporaryDirectory()))
        settings = NO_TOUCHES if asked.no_touches else {}
        found = {n: run(folder / f"{n}", n, settings) for n in asked.customers}
    if len(found) < 2:
        return
    smaller, larger = sorted(found)[-2:]
    print(f"power of the customers, from {smaller:,} to {larger:,}: of seconds, of CPU seconds")
    for name, cost in found[larger].items():
        before, times = found[smaller][name], math.log(larger / smaller)
        powers = [
            math.log(max(now, 0.1) / max(then, 0.1)) / times
            for now, then in ((cost.seconds, before.seconds), (cost.cpu, before.cpu))
        ]
        print(f"{name:<14}{powers[0]:>9.2f}{powers[1]:>9.2f}")


if __name__ == "__main__":
    run_stage(main)
