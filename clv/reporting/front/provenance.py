"""What a run was made of, as digests, which the front page and the history of runs show alike."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from clv.data.world.params import SyntheticParams

DIGITS = 12  # of a digest
NO_STAGE_READS = ("publish", "serve", "expect", "retrain")  # of params.yaml


def digests(data: str, code: str, given: Mapping[str, Any], synthetic: SyntheticParams) -> dict[str, str]:
    """Twelve hex digits each for the data, code and params of a run: with the same, the same numbers.

    `data` is the fingerprint of the clean tables, `code` the list of the files that the stages import, with their
    hashes. Of the parameters `given`, the whole of params.yaml, count the values of those that a stage reads, and all
    of `synthetic`.
    """
    values = {name: value for name, value in given.items() if name not in NO_STAGE_READS}
    params = json.dumps(values | {"synthetic": asdict(synthetic)}, sort_keys=True, default=str)
    return {"data": data[:DIGITS], "code": _sha256(code)[:DIGITS], "params": _sha256(params)[:DIGITS]}


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
