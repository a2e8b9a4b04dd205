"""Where a page of customers ends: a text that only this service takes apart."""

import hashlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from dataclasses import dataclass

from clv.serving.refused import RefusedError, ReleaseChangedError
from clv.serving.selection import Selection

LONGEST = 200  # characters


@dataclass(frozen=True)
class Cursor:
    """The release, and how many customers of the selection came before."""

    release: str
    position: int

    def text(self, chosen: Selection) -> str:
        """The cursor of a selection, in letters that an address may hold."""
        return urlsafe_b64encode(f"{self.release} {self.position} {_digest(chosen)}".encode()).decode()

    @classmethod
    def read(cls, text: str, release: str, chosen: Selection) -> "Cursor":
        """What `text` wrote for this release and selection.

        Raises `ReleaseChangedError` where it is of another release, else `RefusedError` where it is of another
        selection.
        """
        try:
            of, position, digest = urlsafe_b64decode(text[:LONGEST].encode("ascii")).decode("ascii").split(" ")
            at = int(position)
        except (ValueError, Error):
            raise RefusedError("cursor is not one that this service gave; begin without it", field="cursor") from None
        if of != release:
            raise ReleaseChangedError(of, release)
        if digest != _digest(chosen) or at < 0:
            raise RefusedError(
                "cursor is of other filters or another order; give those of the page that it came with", field="cursor"
            )
        return cls(of, at)


def _digest(chosen: Selection) -> str:
    return hashlib.sha256(repr(chosen).encode()).hexdigest()[:8]
