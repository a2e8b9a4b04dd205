"""Write parameters into files, for tests and benchmarks."""

from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from clv.yaml_file import read_yaml


def write_yaml(content: dict[str, Any], path: Path) -> Path:
    """Write a YAML file as DVC reads it, and return its path."""
    YAML(typ="safe").dump(content, path)
    return path


def set_param(root: Path, key: str, value: object) -> None:
    """Set a parameter by its dotted path; a parameter of another file is FILE:PATH."""
    name, _, dotted = key.rpartition(":")
    file = root / (name or "params.yaml")
    content = section = read_yaml(file)
    *parents, last = dotted.split(".")
    for parent in parents:
        section = section[parent]
    section[last] = value
    write_yaml(content, file)
