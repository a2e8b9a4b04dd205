"""List what the dvc.lock of the working tree has otherwise than HEAD's: stage, kind and path, one line each."""

import subprocess
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML


def entries(text: str) -> dict[tuple[str, str, str], Any]:
    """What dvc.lock records, by stage, kind and path."""
    found: dict[tuple[str, str, str], Any] = {}
    for stage, locked in YAML(typ="safe").load(text)["stages"].items():
        found[stage, "cmd", ""] = locked["cmd"]
        for kind in ("deps", "outs"):
            found |= {(stage, kind, entry["path"]): entry["md5"] for entry in locked.get(kind, []) if "md5" in entry}
        for path, values in locked.get("params", {}).items():
            found |= {(stage, "params", f"{path}:{name}"): value for name, value in values.items()}
    return found


head = subprocess.run(["git", "show", "HEAD:dvc.lock"], capture_output=True, text=True, check=True).stdout
before, after = entries(head), entries(Path("dvc.lock").read_text(encoding="utf-8"))
for key in sorted(before.keys() | after.keys()):
    if before.get(key) != after.get(key):
        print("  ".join(key))
