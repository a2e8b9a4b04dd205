"""Changes of a dvc.lock, and of the artifacts that it records, as runs make them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from clv.serving.recorded import LOCK
from clv.yaml_file import read_yaml
from tests.settings import write_yaml

Damage = Callable[[Path], object]
Stages = dict[str, dict[str, Any]]


def relock(change: Callable[[Stages], object]) -> Damage:
    """Change the entries of stages in dvc.lock."""

    def write(root: Path) -> None:
        content = read_yaml(root / LOCK)
        change(content["stages"])
        write_yaml(content, root / "lock.partial").replace(root / LOCK)  # whole even if this process is killed

    return write


def rerun(stage: str, out: Path) -> Damage:
    """Change dvc.lock as if a stage had run again and written another output."""

    def change(stages: Stages) -> None:
        entry = next(entry for entry in stages[stage]["outs"] if entry["path"] == out.as_posix())
        entry["md5"] = "0" * 32 + (".dir" if entry["md5"].endswith(".dir") else "")

    return relock(change)


def with_seed(seed: int) -> Damage:
    """Change dvc.lock as if all stages had run with another seed and written the same: it is another run."""

    def change(stages: Stages) -> None:
        for stage in stages.values():
            if "seed" in (recorded := stage.get("params", {}).get("params.yaml", {})):
                recorded["seed"] = seed

    return relock(change)


def edit(path: Path) -> Damage:
    """Change one bit of an artifact; a second call restores it."""

    def change(root: Path) -> None:
        content = (root / path).read_bytes()
        (root / path).write_bytes(content[:-2] + bytes([content[-2] ^ 1]) + content[-1:])

    return change
