"""Execute the notebooks and write them as HTML pages: `python -m stages.report`, or with the names of some of them.

Reads: notebooks/ and the artifacts that their cells load.
Writes: reports/NAME.html, and reports/notebooks/NAME.ipynb, the notebook with its code and its outputs.
"""

import sys
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from typing import Annotated

import nbformat

from clv import paths, storage
from clv.errors import InputError, run_stage
from clv.evaluation.params import Confidence
from clv.machine import Machine
from clv.processes import side_by_side
from clv.replacing import scratch
from clv.reporting.customers import one_customer
from clv.reporting.kit.notebook import execute, to_page
from clv.reporting.params import CustomerId, SearchableCustomers, TopCustomers
from clv.shared_params import Currency, MinGroupCustomers
from clv.strict import At, load


@dataclass(frozen=True)
class Params:
    """What notebooks may declare as parameters, by these names."""

    currency: Currency
    min_group_customers: MinGroupCustomers
    confidence: Annotated[Confidence, At("evaluate.confidence")]
    top_customers: Annotated[TopCustomers, At("report.top_customers")]
    searchable_customers: Annotated[SearchableCustomers, At("report.searchable_customers")]
    customer: Annotated[CustomerId, At("report.customer")]


def main() -> None:
    names = chosen(sys.argv[1:])
    p = load(Params)
    one_customer.chosen(storage.read_table(paths.CUSTOMER_VALUES), p.customer)  # refused before any cell runs
    with ExitStack() as kernels:
        folders = {name: kernels.enter_context(scratch(paths.report(name))) for name in names}
        jobs = [partial(execute, paths.notebook(name), vars(p), folders[name]) for name in names]
        notebooks = dict(zip(names, side_by_side(jobs, Machine.here().threads), strict=True))
    pages = {name: to_page(notebook, paths.report(name), paths.executed(name)) for name, notebook in notebooks.items()}

    for name, notebook in notebooks.items():
        storage.write_text(nbformat.writes(notebook), paths.executed(name))
        storage.write_text(pages[name], paths.report(name))
    print(f"report: {', '.join(str(paths.report(name)) for name in names)}")


def chosen(asked: list[str]) -> list[str]:
    """The names of the notebooks asked for, all of them if none is."""
    names = sorted(path.stem for path in paths.NOTEBOOKS.glob("*.ipynb"))
    unknown = [name for name in asked if name not in names]
    if unknown:
        raise InputError(f"stages.report takes names of notebooks, got {unknown[0]}; there are {', '.join(names)}")
    return asked or names


if __name__ == "__main__":
    run_stage(main)
