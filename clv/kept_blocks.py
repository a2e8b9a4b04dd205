"""What blocks gave in a run that failed, kept for the next run of the same work, which repeats only what is missing.

It lies beside the artifact that is made, where git and DVC ignore it, and is removed once the artifact is whole, or
when other work is to be done there. A block is done when the file of its result is there, which is written last, and at
once.
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
    """A folder with what is kept: `output`, the parts that blocks wrote, and what each function gave."""

    folder: Path
    parts: set[str] = field(default_factory=set)  # that all blocks have written, where they wrote them

    @property
    def output(self) -> Path:
        return self.folder / "output"

    @property
    def tree(self) -> Path:
        """A file that names the output in storage, where that is used."""
        return self.folder / "tree"

    def of(self, function: Callable[[int], Any]) -> "KeptResults":
        """What a function gave."""
        return KeptResults(self.folder / "done" / digest_of(function))


@dataclass(frozen=True)
class KeptResults:
    """A folder with what one function gave, a file for each block that is done."""

    folder: Path

    def read(self, n_blocks: int) -> dict[int, Any]:
        """The results that are here, by block."""
        found = {}
        for block in range(n_blocks):
            with suppress(FileNotFoundError, EOFError, pickle.UnpicklingError):
                found[block] = pickle.loads((self.folder / str(block)).read_bytes())
        return found

    def keep(self, block: int, result: Any) -> None:
        """A block is done."""
        with replacing(self.folder / str(block)) as temporary:
            temporary.write_bytes(pickle.dumps(result, pickle.HIGHEST_PROTOCOL))


def current() -> Kept | None:
    """What the work that is going on keeps."""
    return _current.get()


@contextmanager
def keeping(target: Path, key: str) -> Iterator[Kept]:
    """Keep what is done for `target` in the block until it ends well. `key` is what the work depends on."""
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
        if not (kept.folder / "done").exists():  # there is nothing to go on from
            _remove(kept.folder)
        raise
    else:
        _remove(kept.folder)
    finally:
        _current.reset(token)


def plain(name: str) -> str:
    """The name of what a temporary path, as `replacing` gives it, is to become."""
    temporary = name.startswith(".") and name.endswith(".partial")
    return name[1:].removesuffix(".partial") if temporary else name


def digest_of(function: Callable[[int], Any]) -> str:
    """A hash of a function and of all that it holds, the same in each process."""
    pickled = BytesIO()
    pickler = _Pickler(pickled, pickle.HIGHEST_PROTOCOL)
    pickler.fast = True  # without a memo: what is equal and what is the same leave the same bytes
    pickler.dump(function)
    return sha256(pickled.getvalue()).hexdigest()[:16]


class _Pickler(pickle.Pickler):
    def persistent_id(self, value: Any) -> Any:
        """What a set is pickled as, whose order differs from process to process."""
        return sorted(value, key=repr) if isinstance(value, set | frozenset) else None


def _remove(folder: Path) -> None:
    if folder.exists():
        shutil.rmtree(folder)
