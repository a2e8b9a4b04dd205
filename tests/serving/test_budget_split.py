"""The budget at another total: by rule it equals what a run with that total would publish; else it needs a run."""

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from clv import artifacts, paths, storage
from clv.serving.budget_answers import ANSWERED, budget, require_rule
from clv.serving.records import records
from clv.serving.refused import RefusedError
from clv.serving.release import Release
from tests.serving import small_run
from tests.serving.running import Client
from tests.settings import set_param

OTHER = 12_345.67  # money


@pytest.fixture
def published(release_root: Path, own_root: Path) -> Path:
    """The small run, after the stage budget ran with the other total."""
    shutil.copyfile(release_root / paths.PARAMS, own_root / paths.PARAMS)
    set_param(own_root, "budget.total", OTHER)
    small_run.run(own_root, "python", "-m", "stages.budget")
    return own_root


def test_another_total_by_rule_is_what_a_run_would_publish(service: Client, release: Release, published: Path) -> None:
    answer: dict[str, Any] = service.get(f"/v1/budget?total={OTHER}").json()
    assert answer["budget"] == json.loads((published / paths.BUDGET_JSON).read_text(encoding="utf-8"))
    assert (answer["budget"]["mode"], answer["budget"]["total"]) == ("rule", OTHER)
    for name, path in ANSWERED.items():
        table = storage.read_csv(published / path, artifacts.TABLE[path].text)
        assert answer[name] == records(table)
        assert answer[name] != records(release.csv(path))


def test_the_total_of_the_run_is_the_run_s(service: Client, release: Release) -> None:
    assert service.get("/v1/budget").json() == service.get("/v1/budget?total=50000").json() == budget(release)


def test_another_optimum_needs_a_run(release: Release) -> None:
    optimal = replace(release, _read={paths.BUDGET_JSON: release.json(paths.BUDGET_JSON) | {"mode": "optimal"}})
    require_rule(release, OTHER)
    with pytest.raises(RefusedError, match=r"dvc exp run -S budget\.total=12345\.67") as refused:
        require_rule(optimal, OTHER)
    assert (refused.value.code, refused.value.field) == ("needs_a_run", "total")
