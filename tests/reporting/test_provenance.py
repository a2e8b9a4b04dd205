"""The digests of a run change with its inputs, and with nothing else."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

import pytest

from clv.data.world.params import SyntheticParams
from clv.params import Params
from clv.reporting.front.provenance import digests
from clv.strict import load
from tests.conftest import ROOT

DATA, CODE = "d" * 64, "hash  clv/storage.py"


@pytest.fixture(scope="module")
def synthetic() -> SyntheticParams:
    return load(SyntheticParams, ROOT / "synthetic.yaml")


def test_a_digest_follows_its_part_alone(project_params: Params, synthetic: SyntheticParams) -> None:
    given = asdict(project_params)
    other_shop = replace(synthetic, default=replace(synthetic.default, n_customers=7))

    def differs(data: str, code: str, params: Mapping[str, Any], shop: SyntheticParams) -> set[str]:
        before, after = digests(DATA, CODE, given, synthetic), digests(data, code, params, shop)
        assert all(len(digest) == 12 for digest in after.values())
        return {name for name in before if before[name] != after[name]}

    assert differs(DATA, CODE, dict(reversed(given.items())), synthetic) == set(), "the order of keys is nothing"
    assert differs(DATA, CODE, given | {"retrain": {}}, synthetic) == set(), "no stage reads it"
    assert differs("e" + DATA[1:], CODE, given, synthetic) == {"data"}
    assert differs(DATA, CODE + "x", given, synthetic) == {"code"}
    assert differs(DATA, CODE, given | {"seed": 7}, synthetic) == {"params"}
    assert differs(DATA, CODE, given, other_shop) == {"params"}
