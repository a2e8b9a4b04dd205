"""`clv check`: check params.yaml and synthetic.yaml before a run, because DVC ignores keys that no stage names."""

from argparse import ArgumentParser, Namespace

from clv import params, paths, strict
from clv.data.world.params import SyntheticParams

ABOUT = """Check params.yaml and synthetic.yaml: names, types and ranges. DVC ignores a key that no stage names, as one
that is misspelt. It prints nothing where all is well."""


def options(command: ArgumentParser) -> None:
    """Add no options."""


def run(args: Namespace) -> None:
    """Raise `InputError` for the first error found."""
    params.load()
    strict.load(SyntheticParams, paths.SYNTHETIC, whole=True)
