"""Sends a revision to its folder in the bucket, and then, only when all of it is there, lets `latest` lead to it."""

from collections.abc import Sequence
from dataclasses import dataclass

from clv.errors import InputError
from clv.publishing.bucket import Folder, Stored
from clv.publishing.publication import Upload, pointer


@dataclass(frozen=True)
class Sent:
    """How many files and bytes went over the line, and how many files were there already."""

    files: int = 0
    n_bytes: int = 0
    there: int = 0

    def __add__(self, other: "Sent") -> "Sent":
        return Sent(self.files + other.files, self.n_bytes + other.n_bytes, self.there + other.there)


def send(folder: Folder, uploads: Sequence[Upload], revision: str) -> Sent:
    """Send the files of a revision that are not there with the same content; what else has their name is replaced."""
    there = folder.listing(revision)
    missing = [one for one in uploads if there.get(one.name) != Stored(len(one.content), one.md5)]
    for one in missing:
        folder.put(one)
    return Sent(len(missing), sum(len(one.content) for one in missing), len(uploads) - len(missing))


def require_all(folder: Folder, uploads: Sequence[Upload], revision: str) -> None:
    """`InputError` unless a listing of the revision has every file in its size."""
    sizes = {name: stored.size for name, stored in folder.listing(revision).items()}
    lost = [one.name for one in uploads if sizes.get(one.name) != len(one.content)]
    if lost:
        raise InputError(
            f"{folder.url}/{lost[0]} was sent and is not there, or not whole; {len(lost)} of {len(uploads)} files are "
            f"missing, and latest is as it was; run it again"
        )


def switch(folder: Folder, revision: str) -> None:
    """Let `latest` lead to a revision: one object, which S3 replaces in one step."""
    folder.put(pointer(revision))
