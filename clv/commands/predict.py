"""`clv predict`: forecast customers from files of raw orders, as of the date of a model."""

import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path

import pandas as pd

from clv import params, paths
from clv.arguments import something
from clv.data.statuses import Statuses
from clv.door import raw_history
from clv.door.model import saved_fit
from clv.features.shop import Shop
from clv.formulas import warn_of_formulas
from clv.machine import Machine
from clv.models.forecaster import Forecaster
from clv.output import check_output, write_output

ABOUT = f"""Forecast customers from files of raw orders, as of the date of a model: the numbers of the pipeline.

Files are CSV (.csv, .tsv or .txt, also with .gz) or Parquet (.parquet, or a folder of it), local or s3://. Names of
columns, separators and dates are those of generate.files in {paths.PARAMS}, cleaning is that of its section preprocess;
of a model that clv.fit made and saved, those that it was fitted with. What happened after the date of the model is not
looked at. Customers who had not bought by then have no forecast."""


def options(command: ArgumentParser) -> None:
    """Add the options of the command."""
    command.add_argument("--orders", required=True, type=something, metavar="FILE", help="order lines and returns")
    for option, what in (("customers", "what is known of customers"), ("touches", "e-mails and ads to them")):
        command.add_argument(
            f"--{option}", type=something, metavar="FILE", help=f"{what}, if the model was fitted with that"
        )
    command.add_argument("--customer", type=something, metavar="ID", help="only this one, as lines of name: value")
    command.add_argument(
        "--out",
        type=something,
        metavar="FILE",
        help="write a CSV there, not to the terminal: a file, also through a link, or a pipe",
    )
    command.add_argument(
        "--model",
        default=str(paths.TODAY_MODEL),
        type=something,
        metavar="FOLDER",
        help="model of the pipeline, or saved from Python (default: %(default)s)",
    )


def run(args: Namespace) -> None:
    """Forecast, and write or print the result."""
    folder = Path(args.model)
    fitted = saved_fit(folder)
    p = params.load() if fitted is None else fitted.params
    if args.out is not None:
        named = {f"--{option}": vars(args)[option] for option in (*raw_history.OPTIONS.values(), "model")}
        check_output(args.out, {option: path for option, path in named.items() if path})
    model, shop = Forecaster.load(folder, Machine.here(p.device)), Shop.load(folder)
    files = {table: vars(args)[option] for table, option in raw_history.OPTIONS.items() if vars(args)[option]}
    statuses = Statuses(p.preprocess.sale_statuses, p.preprocess.no_sale_statuses)
    given = raw_history.read_tables(p.generate.files, files, statuses)
    for finding in given.findings:
        print(f"predict: {'warning: ' if finding.flagged else ''}{finding}", file=sys.stderr)
    cleaned = raw_history.clean(model, shop, given, p.preprocess, args.customer)
    forecasts = raw_history.forecast(model, shop, cleaned)

    if args.out is not None:
        write_output(forecasts, args.out)
    elif args.customer is None:
        warn_of_formulas(forecasts, "the forecasts")
        forecasts.to_csv(sys.stdout, index=False, lineterminator="\n")
    else:
        print(in_lines(forecasts))
    who = "1 customer" if len(forecasts) == 1 else f"{len(forecasts):,} customers"
    when = f"as of {model.btyd.cutoff}, the next {model.btyd.horizon_days} days, in {p.currency}"
    set_aside = raw_history.set_aside(cleaned)
    print(f"predict: {who} {when}" + (f"; rows set aside: {set_aside}" if set_aside else ""), file=sys.stderr)


def in_lines(forecasts: pd.DataFrame) -> str:
    """Each value of a row as `name: value`."""
    return "\n".join(f"{name}: {value}" for row in forecasts.to_dict("records") for name, value in row.items())
