"""What a run was made of, as digests, which the front page and the history of runs show alike."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from clv import paths, storage
from clv.data.world.params import SyntheticParams

DIGITS = 12  # of a digest
NO_STAGE_READS = ("publish", "serve", "expect", "retrain")  # of params.yaml


def digests(given: Mapping[str, Any], synthetic: SyntheticParams) -> dict[str, str]:
    """Twelve hex digits each for the data, code and params of the run that lies here: with the same, the same numbers.

    Of the clean tables the bytes; of the code the files that the stages import; of the parameters `given` the values of
    those that a stage reads, and of `synthetic`. Raises `InputError` where the clean tables are not here.
    """
    values = {name: value for name, value in given.items() if name not in NO_STAGE_READS}
    values["synthetic"] = asdict(synthetic)
    code = hashlib.sha256(paths.code("index").read_bytes()).hexdigest()
    found = {"data": storage.fingerprint(paths.CLEAN), "code": code, "params": of_values(values)}
    return {name: digest[:DIGITS] for name, digest in found.items()}


def of_values(values: Mapping[str, Any]) -> str:
    """SHA-256 of parameters by their values, whatever their order."""
    return hashlib.sha256(json.dumps(values, sort_keys=True, default=str).encode()).hexdigest()
