"""What buy-till-you-die models cost: `python -m benchmarks.btyd [--lifetimes PYTHON] [--full]`.

Draws customers of the BG/NBD and Gamma-Gamma process, observed in whole days for up to a year. "fit" is BG/NBD's
maximum likelihood at 1 and 10 million customers. PYTHON is an interpreter that has the package lifetimes; its fit is
then measured too. At 10 million it takes minutes, so it runs there only with --full. Make such an interpreter by
`python -m venv DIR && DIR/bin/pip install lifetimes==0.11.3 autograd dill`.
"value" is, for a million customers: fit, P(alive), expected purchases of a year, discounted expected residual
transactions, and Gamma-Gamma's fit and spend. Each figure is the median of REPEATS processes; lifetimes runs once.
"""

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import astuple, dataclass
from pathlib import Path

import numpy as np

from clv.models.btyd.bg_nbd import BgNbd
from clv.models.btyd.counts import unique_rows
from clv.models.btyd.gamma_gamma import GammaGamma
from clv.models.btyd.purchases import PURCHASE_MODELS
from tests.models.processes import history, simulate

REPEATS = 3
SMALL, LARGE = 1_000_000, 10_000_000
DAYS = 365
RATE = np.log(1.15) / 365  # per day; 15% a year
PURCHASES = BgNbd(r=0.243, alpha=30.9, a=0.793, b=2.426)  # CDNOW's, in days
SPEND = GammaGamma(p=6.25, q=3.74, v=15.44)
OURS = [sys.executable, "-m", "benchmarks.btyd"]
# As `measure` prints it, in an interpreter that knows nothing of this project.
LIFETIMES = """
import json, resource, sys, time
import numpy as np
from lifetimes import BetaGeoFitter
x, t_x, T, _ = np.load(sys.argv[1], mmap_mode="r")[:, : int(sys.argv[2])]
start = time.perf_counter()
found = BetaGeoFitter().fit(x, t_x, T).params_
seconds = time.perf_counter() - start
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
print(json.dumps({"seconds": seconds, "peak": peak, "params": [found[name] for name in ("r", "alpha", "a", "b")]}))
"""


@dataclass(frozen=True)
class Cost:
    """Seconds of the work, GiB at the peak of its process, and what was fitted."""

    seconds: float
    peak: float
    params: list[float]


def write_customers(path: Path) -> None:
    """Write x, t_x, T in days and the mean value of the x + 1 orders, (4, LARGE)."""
    rng = np.random.default_rng(1)
    blocks = []
    for _ in range(LARGE // SMALL):
        x, t_x, T = history(simulate(PURCHASES, rng.integers(1, DAYS + 1, SMALL).astype(float), 0.0, rng))
        spend = rng.standard_gamma(SPEND.p * (x + 1)) * SPEND.v / rng.standard_gamma(SPEND.q, SMALL)
        blocks.append(np.stack([x, np.ceil(t_x), T, spend / (x + 1)]))
    np.save(path, np.concatenate(blocks, axis=1))


def fit(customers: np.ndarray) -> tuple[float, ...]:
    """Fit BG/NBD and return its parameters."""
    return astuple(BgNbd.fit(*customers[:3]))


def value(customers: np.ndarray, name: str) -> tuple[float, ...]:
    """Fit a model and Gamma-Gamma, compute their figures for each customer, and return the model's parameters."""
    x, t_x, T, mean = customers
    model, spend = PURCHASE_MODELS[name].fit(x, t_x, T), GammaGamma.fit(x + 1, mean)
    model.p_alive(x, t_x, T)
    worth = spend.expected_spend(x + 1, mean)
    worth * model.expected_purchases(x, t_x, T, 365.0)
    worth * model.discounted_purchases(x, t_x, T, RATE)
    return astuple(model)


def measure(what: str, path: str, n: str) -> None:
    """Print the cost of one measure in this process, as JSON."""
    customers = np.load(path, mmap_mode="r")[:, : int(n)].copy()
    start = time.perf_counter()
    params = fit(customers) if what == "fit" else value(customers, what)
    spent = {"seconds": time.perf_counter() - start, "params": params}
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(json.dumps(spent | {"peak": peak, "distinct": len(unique_rows(tuple(customers[:3]))[1])}))


def cost(label: str, command: list[str], repeats: int = REPEATS) -> Cost:
    """The medians of a measure, printed."""
    runs = [json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout) for _ in range(repeats)]
    seconds, peak = (statistics.median(run[key] for run in runs) for key in ("seconds", "peak"))
    of = f", {runs[0]['distinct']:,} distinct" if "distinct" in runs[0] else ""
    print(f"{label + of:<56}{seconds:>9.2f}{peak:>9.2f}", flush=True)
    return Cost(seconds, peak, runs[0]["params"])


def ratio_to_lifetimes(interpreter: str, path: Path, n: int, ours: Cost) -> tuple[str, float, str]:
    """How many times as long lifetimes takes to find the same parameters."""
    theirs = cost(f"lifetimes: fit, {n:,} customers", [interpreter, "-c", LIFETIMES, str(path), str(n)], repeats=1)
    np.testing.assert_allclose(theirs.params, ours.params, rtol=1e-3)
    return f"lifetimes over ours, {n:,} customers", theirs.seconds / ours.seconds, ">= 30" if n == LARGE else ""


def main() -> None:
    if sys.argv[1:2] == ["measure"]:
        measure(*sys.argv[2:])
        return
    if sys.argv[1:2] == ["write"]:
        write_customers(Path(sys.argv[2]))
        return
    parser = argparse.ArgumentParser(description="What buy-till-you-die models cost.")
    parser.add_argument("--lifetimes", metavar="PYTHON", help="an interpreter that has the package lifetimes")
    parser.add_argument("--full", action="store_true", help="run lifetimes at 10 million customers too")
    options = parser.parse_args()
    ratios = []
    with tempfile.TemporaryDirectory() as root:
        path = Path(root) / "customers.npy"
        # In a process of its own: a child's peak is never below its parent's.
        subprocess.run([*OURS, "write", str(path)], check=True)
        print(f"{'':<56}{'seconds':>9}{'peak GiB':>9}")
        for n in (SMALL, LARGE):
            ours = cost(f"fit, {n:,} customers", [*OURS, "measure", "fit", str(path), str(n)])
            if options.lifetimes and (n == SMALL or options.full):
                ratios.append(ratio_to_lifetimes(options.lifetimes, path, n, ours))
        for name, goal in (("bg_nbd", 20), ("mbg_nbd", 20), ("pareto_nbd", 60)):
            ours = cost(f"value by {name}", [*OURS, "measure", name, str(path), str(SMALL)])
            ratios += [(f"value by {name}: seconds", ours.seconds, f"<= {goal}"), ("its peak GiB", ours.peak, "<= 2")]
    print()
    for label, found, target in ratios:
        print(f"{label:<56}{found:>9.2f}  {target}")


if __name__ == "__main__":
    main()
