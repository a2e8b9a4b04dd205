"""The artifacts of a release."""

from pathlib import Path

from clv import paths
from clv.data.schema import TABLES
from clv.serving.recorded import Lock

ALWAYS = (
    *(paths.raw(table) for table in TABLES),
    paths.SOURCE,
    paths.BOUNDS,
    paths.TODAY_MODEL,
    paths.CUSTOMER_VALUES,
    paths.REASONS,
    paths.CAMPAIGN_PLAN,
    paths.FALLEN,
    paths.OUTCOMES,  # these two, and the values, are the input of a new split by rule
    paths.clean("customers"),
)
REPORTS = paths.INDEX.parent
PERSONS = (paths.AUDIENCES, paths.CAMPAIGNS)  # lists of single customers, some with hashed contacts: never copied


def contents(lock: Lock) -> dict[Path, str]:
    """The artifacts of a release and the recorded hash of each, "" if there is none; folders are whole.

    They are what the service reads, and all reports except lists of single customers.
    """
    reports = (Path(out) for outs in lock.outs.values() for out in outs if Path(out).is_relative_to(REPORTS))
    wanted = [*ALWAYS, *(path for path in reports if path not in PERSONS)]
    return {path: lock.hash_of(path) or "" for path in wanted}
