"""Run generate and preprocess on a file of the test, as `dvc exp run -S ...` would."""

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from clv import paths, storage
from stages import generate, preprocess
from tests.conftest import ROOT

MAPPED = "generate.files.columns.transactions."


def run(folder: Path, monkeypatch: pytest.MonkeyPatch, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Run both stages in `folder` with the project's parameters and the settings given by dotted path.

    Returns the metrics of preprocess. Raises what the stages raise.
    """
    yaml = YAML()
    content = yaml.load((ROOT / paths.PARAMS).read_text(encoding="utf-8"))
    for path, value in ({"generate.source": "files"} | dict(settings)).items():
        section = content
        *parents, name = path.split(".")
        for parent in parents:
            section = section[parent]
        assert name in section, f"there is no parameter {path}"
        section[name] = value
    yaml.dump(content, folder / paths.PARAMS)
    shutil.copy(ROOT / paths.SYNTHETIC, folder / paths.SYNTHETIC)
    shutil.copytree(ROOT / paths.TEMPLATES, folder / paths.TEMPLATES, dirs_exist_ok=True)
    monkeypatch.chdir(folder)
    generate.main()
    preprocess.main()
    metrics: dict[str, Any] = storage.read_json(paths.PREPROCESS_METRICS)
    return metrics
