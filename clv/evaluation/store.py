"""The rows that a model learned from, to look for drift, and the files of what an evaluation found."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict

import numpy as np
import pandas as pd

from clv import paths, storage
from clv.evaluation.drift_samples import drawn
from clv.evaluation.judgement import Judgement
from clv.evaluation.params import CheckName
from clv.evaluation.verdict import Check
from clv.features.params import CustomerShares
from clv.features.store import read_rows, read_snapshot
from clv.features.timeline import Rows


def read_training(training: Sequence[Rows], shares: CustomerShares, seed: int) -> pd.DataFrame:
    """Some of the rows that a model learned from, drawn of one snapshot after the other."""
    customers = sum(len(read_snapshot(rows, [])) for rows in training)
    return drawn((read_rows(rows, shares) for rows in training), customers, np.random.default_rng(seed))


def write_judgement(judgement: Judgement | None, **further: pd.DataFrame) -> None:
    """Write the tables of a judgement, and those of `further` by name; empty ones where there is none."""
    tables = {} if judgement is None else {**vars(judgement), **further}
    for name, path in paths.JUDGEMENT.items():
        storage.write_csv(tables.get(name, pd.DataFrame(columns=["customers"])), path)


def write_verdict(checks: Mapping[CheckName, Check]) -> None:
    """Write the checks, a list of name, value, threshold, status and message."""
    storage.write_json([{"name": name} | asdict(check) for name, check in checks.items()], paths.VERDICT)
