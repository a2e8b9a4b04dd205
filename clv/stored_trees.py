"""Folders of blocks in the storage of a cluster, found by their content, so that nothing is uploaded twice.

A tree lies at STORAGE/clv/NAME.OWNER.ID/ and never changes once STORAGE/clv/NAME.OWNER.ID.json lists its files with
their sizes and hashes. The owner is the folder of the repo that made the tree, and removes it when it makes another of
that name; any other folder that needs the same files may read it. All of it is a copy of what DVC has and may be
removed while no stage runs.
"""

import json
import platform
from collections.abc import Callable, Collection, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from hashlib import file_digest, sha256
from pathlib import Path
from uuid import uuid4

from fsspec import AbstractFileSystem
from fsspec.core import url_to_fs
from fsspec.implementations.local import LocalFileSystem

from clv.kept_blocks import plain

SIDE_BY_SIDE = 8  # files transferred at once
LONGEST_NAME = 100
Files = Mapping[str, str]  # SHA-256 of files, by their path in a folder


class StoredTrees:
    """The trees in a storage, a folder or a URL."""

    def __init__(self, storage: str):
        self._files: AbstractFileSystem
        self._files, self._root = url_to_fs(f"{storage.rstrip('/')}/clv")
        self._local = isinstance(self._files, LocalFileSystem)
        self._files.invalidate_cache()

    def url(self, tree: str) -> str:
        """Where workers find a tree."""
        at = f"{self._root}/{tree}"
        return at if self._local else str(self._files.unstrip_protocol(at))

    def new(self, path: Path) -> str:
        """The name of a new tree for the output that becomes `path`."""
        return f"{name_of(path)}.{_owner()}.{uuid4().hex[:16]}"

    def holding(self, path: Path, wanted: Files) -> str | None:
        """A tree with the name of `path` that contains all of these files; None if there is none."""
        for tree in self._listed():
            if tree.endswith(".json") and tree.rsplit(".", 3)[0] == name_of(path):
                tree = tree.removesuffix(".json")
                if wanted.items() <= self._sealed(tree).items():
                    return tree
        return None

    def upload(self, folder: Path, wanted: Files) -> str:
        """Upload files of a folder as a new tree, or a single file, whose path in the tree is its name."""
        content = sha256(json.dumps(wanted, sort_keys=True).encode()).hexdigest()
        tree = f"{name_of(folder)}.{_owner()}.{content[:16]}"

        def put(inside: str) -> None:
            at = f"{self._root}/{tree}/{inside}"
            if self._local:  # an object store has no folders; this would create a bucket
                self._files.makedirs(at.rpartition("/")[0], exist_ok=True)
            self._files.put_file(str(folder / inside if folder.is_dir() else folder), at)

        self._each(put, wanted)
        self._seal(tree, wanted)
        return tree

    def download(self, tree: str, target: Path) -> None:
        """Copy the output in a tree, which is complete now, into a folder, and seal the tree."""
        self._files.invalidate_cache()
        found = [at.removeprefix(f"{self._root}/{tree}/") for at in self._files.find(f"{self._root}/{tree}")]

        def get(inside: str) -> None:
            (target / inside).parent.mkdir(parents=True, exist_ok=True)
            self._files.get_file(f"{self._root}/{tree}/{inside}", str(target / inside))

        self._each(get, found)
        if found:
            self._seal(tree, hashes([target / inside for inside in found], target))

    def remove(self, trees: Collection[str]) -> None:
        """Remove the trees that exist."""
        for tree in trees:
            for at in (f"{self._root}/{tree}.json", f"{self._root}/{tree}"):  # the listing first: no new readers
                with suppress(FileNotFoundError):
                    self._files.rm(at, recursive=True)

    def replaced(self, names: Collection[str], used: Collection[str]) -> set[str]:
        """The trees with these names that this folder of the repo made and no longer uses."""
        ours = tuple(f"{name}.{_owner()}." for name in names)
        return {tree.removesuffix(".json") for tree in self._listed() if tree.startswith(ours)} - set(used)

    def _listed(self) -> list[str]:
        self._files.invalidate_cache()
        with suppress(FileNotFoundError):
            return sorted(at.rstrip("/").rpartition("/")[2] for at in self._files.ls(self._root, detail=False))
        return []

    def _seal(self, tree: str, contents: Files) -> None:
        listing = self._sizes(tree)
        text = json.dumps({inside: [listing[inside], contents[inside]] for inside in sorted(contents)})
        self._files.pipe_file(f"{self._root}/{tree}.json", text.encode())

    def _sealed(self, tree: str) -> Files:
        """The files of a sealed tree that are still there with their size."""
        with suppress(FileNotFoundError, ValueError):
            listed = json.loads(self._files.cat_file(f"{self._root}/{tree}.json"))
            listing = self._sizes(tree)
            return {inside: digest for inside, (size, digest) in listed.items() if listing.get(inside) == size}
        return {}

    def _sizes(self, tree: str) -> dict[str, int]:
        self._files.invalidate_cache()
        found = self._files.find(f"{self._root}/{tree}", detail=True)
        return {at.removeprefix(f"{self._root}/{tree}/"): about["size"] for at, about in found.items()}

    def _each(self, move: Callable[[str], None], names: Iterable[str]) -> None:
        with ThreadPoolExecutor(1 if self._local else SIDE_BY_SIDE) as pool:
            list(pool.map(move, names))


def hashes(files: Collection[Path], folder: Path) -> dict[str, str]:
    """SHA-256 of files, by their path in a folder; if the folder is itself a file, by its name."""

    def digest(path: Path) -> str:
        with path.open("rb") as file:
            return file_digest(file, "sha256").hexdigest()

    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        found = list(pool.map(digest, files))
    names = [path.name if path == folder else path.relative_to(folder).as_posix() for path in files]
    return dict(zip(names, found, strict=True))


def name_of(path: Path) -> str:
    """The name of the trees of an artifact, from its path in the repo."""
    at = path.absolute()
    inside = at.relative_to(Path.cwd()) if at.is_relative_to(Path.cwd()) else at.relative_to(at.anchor)
    return "-".join(plain(part) for part in inside.parts)[-LONGEST_NAME:]


def _owner() -> str:
    """An id of this folder on this machine."""
    return sha256(f"{platform.node()}:{Path.cwd()}".encode()).hexdigest()[:8]
