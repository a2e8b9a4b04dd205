"""Results of blocks kept from a failed run, so that the next run of the same work computes only missing blocks.

They lie beside the artifact, where git and DVC ignore them, and are removed once the artifact is whole, or when
different work is to be done there. A block is done once the file with its result exists; that file is written last and
atomically.
"""

import pickle
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

from clv.replacing import replacing
from clv.stopping import whole

_current: ContextVar["Kept | None"] = ContextVar("kept", default=None)


@dataclass(frozen=True)
class Kept:
    """A folder with what is kept: `output`, the parts that blocks wrote, and the results of each function."""

    folder: Path
    parts: set[str] = field(default_factory=set)  # written by all blocks, by the path they were written to

    @property
    def output(self) -> Path:
        return self.folder / "output"

    @property
    def tree(self) -> Path:
        """A file that names the output tree in storage, if storage is used."""
        return self.folder / "tree"

    def of(self, function: Callable[[int], Any]) -> "KeptResults":
        """The results of a function."""
        return KeptResults(self.folder / "done" / digest_of(function))


@dataclass(frozen=True)
class KeptResults:
    """A folder with the results of one function, a file per finished block."""

    folder: Path

    def read(self, n_blocks: int) -> dict[int, Any]:
        """The results that are present, by block."""
        found = {}
        for block in range(n_blocks):
            with suppress(FileNotFoundError, EOFError, pickle.UnpicklingError):
                found[block] = pickle.loads((self.folder / str(block)).read_bytes())
        return found

    def keep(self, block: int, result: Any) -> None:
        """Keep the result of a finished block."""
        with replacing(self.folder / str(block)) as temporary:
            temporary.write_bytes(pickle.dumps(result, pickle.HIGHEST_PROTOCOL))


def current() -> Kept | None:
    """What the current work keeps; None outside of it."""
    return _current.get()


@contextmanager
def keeping(target: Path, key: str) -> Iterator[Kept]:
    """Keep results for `target` until the block ends without an error. `key` identifies what the work depends on."""
    kept = Kept(target.with_name(f".{plain(target.name)}.kept.partial"))
    named = kept.folder / "key"
    if not (named.is_file() and named.read_text(encoding="utf-8") == key):
        _remove(kept.folder)
        with whole():
            kept.folder.mkdir(parents=True)
        with replacing(named) as temporary:
            temporary.write_text(key, encoding="utf-8")
    token = _current.set(kept)
    try:
        yield kept
    except BaseException:
        if not (kept.folder / "done").exists():  # nothing to resume from
            _remove(kept.folder)
        raise
    else:
        _remove(kept.folder)
    finally:
        _current.reset(token)


def plain(name: str) -> str:
    """The final name of a temporary path as `replacing` names it; any other name as it is."""
    temporary = name.startswith(".") and name.endswith(".partial")
    return name[1:].removesuffix(".partial") if temporary else name


def digest_of(function: Callable[[int], Any]) -> str:
    """A hash of a function and of everything it holds, the same in each process."""
    pickled = BytesIO()
    pickler = _Pickler(pickled, pickle.HIGHEST_PROTOCOL)
    pickler.fast = True  # without a memo, so that equal and identical objects give the same bytes
    pickler.dump(function)
    return sha256(pickled.getvalue()).hexdigest()[:16]


class _Pickler(pickle.Pickler):
    def persistent_id(self, value: Any) -> Any:
        """Pickle a set as a sorted list, because its order differs from process to process."""
        return sorted(value, key=repr) if isinstance(value, set | frozenset) else None


def _remove(folder: Path) -> None:
    if folder.exists():
        shutil.rmtree(folder)
