"""Hashes as DVC computes them: MD5 for a file, the MD5 of a list of its files (dvc-data's `.dir`) for a folder."""

import hashlib
import json
from collections.abc import Mapping
from fnmatch import fnmatch
from pathlib import Path

IGNORE = Path(".dvcignore")
FOLDER = ".dir"  # at the end of the hash of a folder


def of_file(path: Path) -> str:
    """MD5 of a file in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()


def of_files(files: Mapping[str, str]) -> str:
    """The hash of a folder, from the hashes of its files by their relative paths."""
    rows = [{"md5": files[path], "relpath": path} for path in sorted(files)]
    return hashlib.md5(json.dumps(rows, sort_keys=True).encode(), usedforsecurity=False).hexdigest() + FOLDER


def of_path(path: Path, ignored: tuple[str, ...] = ()) -> str:
    """The hash of a file or of a folder; "" if the path is neither."""
    if path.is_dir():
        return of_files({name: of_file(path / name) for name in files_in(path, ignored)})
    return of_file(path) if path.is_file() else ""


def files_in(folder: Path, ignored: tuple[str, ...] = ()) -> list[str]:
    """The relative paths of all files below a folder, except those in which a name of a file or folder is ignored."""
    found = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return sorted(
        path.as_posix() for path in found if not any(fnmatch(name, i) for name in path.parts for i in ignored)
    )


def ignored_by(root: Path) -> tuple[str, ...]:
    """The patterns of names that DVC ignores, from the .dvcignore of a repo."""
    if not (root / IGNORE).exists():
        return ()
    lines = (line.strip() for line in (root / IGNORE).read_text(encoding="utf-8").splitlines())
    return tuple(line.strip("/") for line in lines if line and not line.startswith("#"))
