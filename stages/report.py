"""Execute the notebooks and write them as HTML pages: `python -m stages.report [NAME ...]`, by default all.

Reads: notebooks/ and the artifacts that their cells load.
Writes: reports/NAME.html, and reports/notebooks/NAME.ipynb, the notebook with its code and its outputs.
"""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any

from clv import paths, storage
from clv.errors import InputError, run_stage
from clv.evaluation.params import Confidence
from clv.machine import Machine
from clv.marketing.description.shown_customers import chosen as chosen_customer
from clv.processes import side_by_side
from clv.reporting.params import CustomerId, SearchableCustomers, TopCustomers
from clv.shared_params import Currency
from clv.strict import At, load


@dataclass(frozen=True)
class Params:
    """The parameters that notebooks may declare, by these names."""

    currency: Currency
    confidence: Annotated[Confidence, At("evaluate.confidence")]
    top_customers: Annotated[TopCustomers, At("report.top_customers")]
    searchable_customers: Annotated[SearchableCustomers, At("report.searchable_customers")]
    customer: Annotated[CustomerId, At("report.customer")]


def main() -> None:
    names = chosen(sys.argv[1:])
    p = load(Params)
    chosen_customer(storage.read_table(paths.SHOWN_CUSTOMERS), p.customer)  # fails before any cell runs
    jobs = [partial(made_of, name, vars(p)) for name in names]
    for name, (notebook, page) in zip(names, list(side_by_side(jobs, Machine.here().threads)), strict=True):
        storage.write_text(notebook, paths.executed(name))
        storage.write_text(page, paths.report(name))
    print(f"report: {', '.join(str(paths.report(name)) for name in names)}")


def made_of(name: str, parameters: Mapping[str, Any]) -> tuple[str, str]:
    """The executed notebook and its page, as text."""
    # Imported here, because it takes seconds to load.
    import nbformat

    from clv.reporting.kit.notebook import execute, to_page

    notebook = execute(paths.notebook(name), parameters)
    return nbformat.writes(notebook), to_page(notebook, paths.report(name), paths.executed(name))


def chosen(asked: list[str]) -> list[str]:
    """The names of the requested notebooks; all of them if there are none."""
    names = sorted(path.stem for path in paths.NOTEBOOKS.glob("*.ipynb"))
    unknown = [name for name in asked if name not in names]
    if unknown:
        raise InputError(f"stages.report takes names of notebooks, got {unknown[0]}; there are {', '.join(names)}")
    return asked or names


if __name__ == "__main__":
    run_stage(main)
