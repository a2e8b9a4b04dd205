"""Changes of a dvc.lock, and of what it recorded, as runs make them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from clv.serving.recorded import LOCK
from clv.yaml_file import read_yaml
from tests.settings import write_yaml

Damage = Callable[[Path], object]
Stages = dict[str, dict[str, Any]]


def relock(change: Callable[[Stages], object]) -> Damage:
    """Change what dvc.lock says of the stages."""

    def write(root: Path) -> None:
        content = read_yaml(root / LOCK)
        change(content["stages"])
        write_yaml(content, root / "lock.partial").replace(root / LOCK)  # whole also where this is killed

    return write


def rerun(stage: str, out: Path) -> Damage:
    """Let dvc.lock say that a stage ran again, and wrote another output."""

    def change(stages: Stages) -> None:
        entry = next(entry for entry in stages[stage]["outs"] if entry["path"] == out.as_posix())
        entry["md5"] = "0" * 32 + (".dir" if entry["md5"].endswith(".dir") else "")

    return relock(change)


def with_seed(seed: int) -> Damage:
    """Let dvc.lock say that all stages ran with another seed, and wrote the same: it is another run."""

    def change(stages: Stages) -> None:
        for stage in stages.values():
            if "seed" in (recorded := stage.get("params", {}).get("params.yaml", {})):
                recorded["seed"] = seed

    return relock(change)


def edit(path: Path) -> Damage:
    """Change one bit of an artifact; made twice it is as it was."""

    def change(root: Path) -> None:
        content = (root / path).read_bytes()
        (root / path).write_bytes(content[:-2] + bytes([content[-2] ^ 1]) + content[-1:])

    return change
