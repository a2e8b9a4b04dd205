"""Size and speed of the core that `pip install .` installs: `python -m benchmarks.installed [--customers 1000]`.

An empty environment is made in a temporary folder, and HEAD is installed into it without extras. Then, outside the
repo, prints: the size of its packages beside that of this environment; the time that imports take (the best of REPEATS
processes); the time of `clv.fit` with untouched defaults on a CSV of three columns, drawn from the default shop; and
which modules of extras the fit loaded, which must be none. The installation asks the registry of packages.
"""

import argparse
import subprocess
import sys
import sysconfig
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from clv import paths
from clv.data.world.params import SyntheticParams
from clv.data.world.worlds import make_world
from clv.errors import run_stage
from clv.strict import load
from tests.door.test_installed import OF_EXTRAS

ROOT = Path(__file__).resolve().parent.parent
REPEATS = 3
IMPORTS = ("pass", "import clv", "import clv; clv.rfm_summary", "import clv; clv.ParetoNbd", "import clv; clv.fit")
FIT = f"""
import sys, time
import pandas as pd
import clv

orders = pd.read_csv("orders.csv")
start, cpu = time.perf_counter(), time.process_time()
model = clv.fit(orders)
print(f"fit: {{time.perf_counter() - start:.1f}} s, of the processor {{time.process_time() - cpu:.1f}} s; {{model}}")
start = time.perf_counter()
model.predict().to_csv("forecasts.csv", index=False)
print(f"predict: {{time.perf_counter() - start:.1f}} s")
print("modules of extras:", sorted(set({OF_EXTRAS!r}) & set(sys.modules)) or "none")
"""


def megabytes(folder: Path) -> int:
    """The size of all files below a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) >> 20


def seconds(python: Path, code: str, folder: Path) -> float:
    """The shortest time that a new interpreter takes to run some code."""
    found = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        subprocess.run([python, "-c", code], cwd=folder, check=True)
        found.append(time.perf_counter() - start)
    return min(found)


def install(folder: Path) -> Path:
    """Install HEAD into a new environment in a folder; return its interpreter."""
    source, environment = folder / "source", folder / "environment"
    subprocess.run(["git", "clone", "--quiet", ROOT, source], check=True)
    subprocess.run([sys.executable, "-m", "venv", environment], check=True)
    python = environment / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", source], check=True)
    return python


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--customers", type=int, default=1000)
    chosen = parser.parse_args()
    shop = load(SyntheticParams, paths.SYNTHETIC)
    shop = replace(shop, world="default", default=replace(shop.default, n_customers=chosen.customers))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        lines = make_world(shop, 42, 180).tables["transactions"][["customer_id", "order_ts", "amount"]]
        lines.to_csv(folder / "orders.csv", index=False)
        start = time.perf_counter()
        python = install(folder)
        here = Path(sysconfig.get_paths()["purelib"])
        (core,) = folder.glob("environment/lib/python*/site-packages")
        print(f"install: {time.perf_counter() - start:.0f} s, {megabytes(core):,} MB; here {megabytes(here):,} MB")
        for code in IMPORTS:
            print(f"{code}: {seconds(python, code, folder):.2f} s")
        subprocess.run([python, "-c", FIT], cwd=folder, check=True)


if __name__ == "__main__":
    run_stage(main)
