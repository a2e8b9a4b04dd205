"""Execute one notebook and write it as an HTML page: `python -m stages.report NAME`.

Reads: notebooks/NAME.ipynb and the artifacts that its cells load.
Writes: reports/NAME.html.
"""

import sys

from clv import params, paths, storage
from clv.errors import InputError, run_stage
from clv.reporting.notebook import execute, title_of, to_html
from clv.reporting.page import page


def main() -> None:
    names = sorted(path.stem for path in paths.NOTEBOOKS.glob("*.ipynb"))
    if len(sys.argv) != 2 or sys.argv[1] not in names:
        got = " ".join(sys.argv[1:]) or "nothing"
        raise InputError(f"stages.report takes the name of one notebook, got {got}; there are {', '.join(names)}")
    name = sys.argv[1]
    p = params.load()
    known = {
        "currency": p.currency,
        "confidence": p.evaluate.confidence,
        "top_customers": p.report.top_customers,
    }
    notebook = execute(paths.notebook(name), known)
    out = paths.report(name)
    storage.write_text(page(title_of(notebook), to_html(notebook), out.name, str(paths.notebook(name))), out)
    print(f"report: {out}")


if __name__ == "__main__":
    run_stage(main)
