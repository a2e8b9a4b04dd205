"""Run every stage in one process, in the current folder: the run takes only as long as its computations.

Most of the time of a `dvc repro` goes into notebooks, the rest into processes that start. The pages of notebooks hold
only their titles here.
"""

import importlib

from clv import paths, storage
from clv.reporting.kit.page import LINKS, Body, page
from clv.yaml_file import read_yaml
from tests.conftest import ROOT


def main() -> None:
    for stage in read_yaml(ROOT / "dvc.yaml")["stages"]:
        if stage == "report":
            name_pages()
        else:
            importlib.import_module(f"stages.{stage}").main()


def name_pages() -> None:
    for link in LINKS:
        name = link.href.removesuffix(".html")
        if (ROOT / paths.notebook(name)).exists():
            storage.write_text(
                page(Body(link.title, f"<h1>{link.title}</h1>"), link.href, "notebooks"), paths.report(name)
            )
            storage.write_text("{}", paths.executed(name))


if __name__ == "__main__":
    main()
