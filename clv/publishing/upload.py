"""Send a revision to its folder in the bucket; only once it is complete does `latest` point to it."""

from collections.abc import Sequence
from dataclasses import dataclass

from clv.errors import InputError
from clv.publishing.bucket import Folder, Stored
from clv.publishing.publication import Upload, pointer


@dataclass(frozen=True)
class Sent:
    """The number of files and bytes sent, and of files that were there already."""

    files: int = 0
    n_bytes: int = 0
    there: int = 0

    def __add__(self, other: "Sent") -> "Sent":
        return Sent(self.files + other.files, self.n_bytes + other.n_bytes, self.there + other.there)


def send(folder: Folder, uploads: Sequence[Upload], revision: str) -> Sent:
    """Send the files of a revision that are not there with the same content, replacing others with their names."""
    there = folder.listing(revision)
    missing = [one for one in uploads if there.get(one.name) != Stored(len(one.content), one.md5)]
    for one in missing:
        folder.put(one)
    return Sent(len(missing), sum(len(one.content) for one in missing), len(uploads) - len(missing))


def require_all(folder: Folder, uploads: Sequence[Upload], revision: str) -> None:
    """Raise `InputError` unless a listing of the revision has every file with its size."""
    sizes = {name: stored.size for name, stored in folder.listing(revision).items()}
    lost = [one.name for one in uploads if sizes.get(one.name) != len(one.content)]
    if lost:
        raise InputError(
            f"{folder.url}/{lost[0]} was sent but is missing or incomplete there (in all, {len(lost)} of "
            f"{len(uploads)} files); latest was not changed; run it again"
        )


def switch(folder: Folder, revision: str) -> None:
    """Point `latest` to a revision: one object, which S3 replaces atomically."""
    folder.put(pointer(revision))
