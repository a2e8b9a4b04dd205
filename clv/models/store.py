"""From the snapshots on disk to the samples that a recipe names."""

from collections.abc import Sequence

from clv.features.store import read_snapshot
from clv.models.samples import Sample, make_sample
from clv.params import CustomerShares
from clv.timeline import Plan, Rows, in_parts


def read_sample(rows: Rows, plan: Plan, shares: CustomerShares) -> Sample:
    """The customers that `rows` names; the buy-till-you-die models are fitted to their whole snapshot."""
    sample = make_sample(rows.cutoff, read_snapshot(rows), plan.horizon_days)
    return sample.where(in_parts(sample.ids, rows.parts, shares))


def read_samples(rows: Sequence[Rows], plan: Plan, shares: CustomerShares) -> list[Sample]:
    """One sample per entry of `rows`."""
    return [read_sample(r, plan, shares) for r in rows]
