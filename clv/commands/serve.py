"""`clv serve`: the API and its pages for the last run of the pipeline."""

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from dataclasses import replace
from pathlib import Path

from clv import params
from clv.arguments import something
from clv.serving.serve import serve

LAST_PORT = 65_535
ABOUT = """Serve the last run of the pipeline in this folder: customers, forecasts of orders, and the pages, read-only.

A run is taken over whole, when its files are those that dvc.lock names, and the next one when it is done. Settings are
those of the section serve of params.yaml. Set CLV_API_KEYS to SHA-256 hashes of keys, separated by commas, to ask for
one; without keys it listens on this machine alone."""


def options(command: ArgumentParser) -> None:
    command.add_argument("--host", type=something, help="address to listen on (default: serve.host)")
    command.add_argument("--port", type=port, metavar="N", help="port, 1 to 65535 (default: serve.port)")
    command.add_argument("--folder", type=something, help="releases and the journal of events (default: serve.folder)")


def port(text: str) -> int:
    """A port number, from an argument of the command."""
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= LAST_PORT):
        raise ArgumentTypeError(f"must be a whole number between 1 and {LAST_PORT}, got {text!r}")
    return int(text)


def run(args: Namespace) -> None:
    given = {name: vars(args)[name] for name in ("host", "port", "folder") if vars(args)[name] is not None}
    serve(replace(params.load().serve, **given), Path.cwd())
