"""Reading the inputs of a budget."""

from pathlib import Path

from clv import paths, storage
from clv.marketing.budget.decision import VALUES, Facts
from clv.marketing.budget.groups import NEEDED
from clv.marketing.store import read_customers, read_values
from clv.models.store import read_btyd, read_level_sd

HOW = ("channel", "acquisition_cost_minor")


def read_facts(root: Path = Path()) -> Facts:
    """The inputs of a budget from the run in a folder. Raises `InputError` where any of them is missing."""
    values = read_values(VALUES, root)
    tests = storage.read_json(root / paths.EXPERIMENT_JSON)["tests"]
    return Facts(
        values=values,
        acquired=read_customers(HOW, root),
        outcomes=storage.read_table(root / paths.OUTCOMES, NEEDED),
        alarms={name: test["alarm"] for name, test in tests.items()},
        btyd=read_btyd(root / paths.TODAY_MODEL),
        spread=read_level_sd(root / paths.TODAY_MODEL) or 0.0,
    )
