"""The page of `dvc plots` for reading offline: `python -m clv.reporting.front.plots_page`, which `make setup` calls.

DVC's own page loads Vega from the internet. This one contains the bundle of vl-convert, about a megabyte, so it is made
in each clone and not kept in git. The content security policy allows inline scripts, because DVC writes one for each
plot, and eval, because Vega compiles expressions to functions; nothing can be loaded or sent.
"""

from pathlib import Path

import vl_convert

from clv import storage
from clv.errors import run_stage

TEMPLATE = Path(".dvc/plots.html")  # the path in DVC's option plots.html_template
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
    """The page with Vega and placeholders that `dvc plots` fills in."""
    # Wrapped in a function, so that names of the bundle do not clash with those of DVC's scripts.
    bundle = f"(() => {{{vl_convert.javascript_bundle('window.vegaEmbed = vegaEmbed;', VEGA_LITE)}}})();"
    return PAGE.replace("SCRIPT", bundle.replace("</script", "<\\/script"))


def main() -> None:
    storage.write_text(template(), TEMPLATE)


if __name__ == "__main__":
    run_stage(main)
