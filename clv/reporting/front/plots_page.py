"""The page of `dvc plots` for reading offline: `python -m clv.reporting.front.plots_page`, which `make setup` calls.

DVC's own page loads Vega from the internet. This one holds it, as vl-convert bundles it. It is a megabyte: it is made
in each clone instead of being kept in git. DVC writes a script for each plot, and Vega makes functions of expressions,
so both must run; nothing can be loaded or sent.
"""

from pathlib import Path

import vl_convert

from clv import storage
from clv.errors import run_stage

TEMPLATE = Path(".dvc/plots.html")  # what DVC's option plots.html_template names
VEGA_LITE = "5.21"  # DVC's templates are written for version 5
PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval'; \
style-src 'unsafe-inline'; img-src data: blob:; base-uri 'none'; form-action 'none'">
{refresh_tag}
<title>Plots</title>
<link rel="icon" href="data:,">
<style>
body { margin: 0 auto; padding: 1.5rem; font: 16px/1.5 system-ui, sans-serif; color: #1d2330; background: #fff;
       display: flex; flex-wrap: wrap; gap: 2rem; }
</style>
<script>
SCRIPT
</script>
</head>
<body>
{plot_divs}
</body>
</html>
"""


def template() -> str:
    """The page with Vega in it and places for what `dvc plots` fills in."""
    # A function of its own: names of the bundle must not meet those of DVC's scripts.
    bundle = f"(() => {{{vl_convert.javascript_bundle('window.vegaEmbed = vegaEmbed;', VEGA_LITE)}}})();"
    return PAGE.replace("SCRIPT", bundle.replace("</script", "<\\/script"))


def main() -> None:
    storage.write_text(template(), TEMPLATE)


if __name__ == "__main__":
    run_stage(main)
