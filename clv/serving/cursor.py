"""Cursors: where a page of customers ends, as opaque text that only this service reads."""

import hashlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from dataclasses import dataclass

from clv.serving.refused import RefusedError, ReleaseChangedError
from clv.serving.selection import Selection

LONGEST = 200  # characters


@dataclass(frozen=True)
class Cursor:
    """The release, and the number of customers of the selection before the next page."""

    release: str
    position: int

    def text(self, chosen: Selection) -> str:
        """The cursor of a selection, in characters that a URL may contain."""
        return urlsafe_b64encode(f"{self.release} {self.position} {_digest(chosen)}".encode()).decode()

    @classmethod
    def read(cls, text: str, release: str, chosen: Selection) -> "Cursor":
        """Read what `text` wrote for this release and selection.

        Raises `ReleaseChangedError` if it belongs to another release, else `RefusedError` if it is invalid or belongs
        to another selection.
        """
        try:
            of, position, digest = urlsafe_b64decode(text[:LONGEST].encode("ascii")).decode("ascii").split(" ")
            at = int(position)
        except (ValueError, Error):
            raise RefusedError(
                "cursor was not issued by this service; begin again without it", field="cursor"
            ) from None
        if of != release:
            raise ReleaseChangedError(of, release)
        if digest != _digest(chosen) or at < 0:
            raise RefusedError(
                "cursor belongs to other filters or another order; give those of the page that returned it",
                field="cursor",
            )
        return cls(of, at)


def _digest(chosen: Selection) -> str:
    return hashlib.sha256(repr(chosen).encode()).hexdigest()[:8]
