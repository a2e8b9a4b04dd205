"""Digests of the data, code and parameters of a run, for the front page and the history of runs."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from clv.data.world.params import SyntheticParams

DIGITS = 12  # of a digest
NO_STAGE_READS = ("publish", "serve", "expect", "retrain")  # sections of params.yaml


def digests(data: str, code: str, given: Mapping[str, Any], synthetic: SyntheticParams) -> dict[str, str]:
    """Twelve hex digits each for the data, code and params of a run; equal digests mean equal numbers.

    `data` is the fingerprint of the clean tables, `code` the list of the files that the stages import, with their
    hashes. `given` is the whole of params.yaml, of which only the values that a stage reads count, and all of
    `synthetic`.
    """
    values = {name: value for name, value in given.items() if name not in NO_STAGE_READS}
    params = json.dumps(values | {"synthetic": asdict(synthetic)}, sort_keys=True, default=str)
    return {"data": data[:DIGITS], "code": _sha256(code)[:DIGITS], "params": _sha256(params)[:DIGITS]}


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
