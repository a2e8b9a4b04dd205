"""Judge the same on several draws of the default shop."""

import argparse
from collections.abc import Callable

import pandas as pd

from clv import params
from clv.params import Params


def over_seeds(judge: Callable[[Params, int], dict[str, float]], description: str | None, default: str) -> None:
    """Print the figures of `judge` by seed, and their median; --seeds chooses other seeds than the default."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", default=default, help="numbers, separated by commas")
    chosen = parser.parse_args()
    p = params.load()
    rows = {}
    for seed in map(int, chosen.seeds.split(",")):
        rows[seed] = judge(p, seed)
        print(f"seed {seed}: " + ", ".join(f"{name} {value:.3f}" for name, value in rows[seed].items()), flush=True)
    print(pd.DataFrame(rows).assign(median=lambda table: table.median(axis=1)).round(3).to_string())
