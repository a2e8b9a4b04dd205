"""What is published of a revision: which files, under which names and content types, and how long they are cached."""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from clv import paths
from clv.errors import InputError

REPORTS = paths.INDEX.parent
WITH_CONTACTS = (
    paths.AUDIENCES,
    paths.CAMPAIGNS,
)  # lists of single customers, which leave this machine only on request
POINTER = f"latest/{paths.INDEX.name}"

# Browsers download a page that has another content type.
CONTENT_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".md": "text/markdown; charset=utf-8",
    ".csv": "text/csv; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".ipynb": "application/x-ipynb+json",
}
OTHER_TYPE = "application/octet-stream"

FOREVER = "public, max-age=31536000, immutable"  # a revision's files never change
FOREVER_BY_ONE = "private, max-age=31536000, immutable"  # only the reader's browser, no shared cache
ASK_EACH_TIME = "no-cache"


@dataclass(frozen=True)
class Upload:
    """One object: its name below the folder of all revisions, its bytes and headers, and whether it lists customers."""

    name: str
    content: bytes
    content_type: str
    cache_control: str
    lists_customers: bool = False

    @property
    def md5(self) -> str:
        """The ETag in S3 of an object that was sent in one piece and is not encrypted with a key of its own."""
        return hashlib.md5(self.content, usedforsecurity=False).hexdigest()


def withheld(path: Path) -> bool:
    """Whether a file is, or lies in, one of the folders that hold lists of single customers."""
    return any(path.is_relative_to(folder) for folder in WITH_CONTACTS)


def plan(files: Collection[Path], with_contacts: bool) -> list[Path]:
    """The files to publish, sorted by name; lists of customers come last, or are left out.

    Paths are relative to the root of the repo and lie under reports/. Raises `InputError` if there is no front page.
    """
    if paths.INDEX not in files:
        raise InputError(f"{paths.INDEX} is not among the outputs, so there is no front page; run `make repro`")
    return sorted((path for path in files if with_contacts or not withheld(path)), key=lambda p: (withheld(p), str(p)))


def upload(path: Path, content: bytes, revision: str) -> Upload:
    """A file of reports/ as an object of a revision."""
    name = f"{revision}/{path.relative_to(REPORTS).as_posix()}"
    listing = withheld(path)
    kind = CONTENT_TYPES.get(path.suffix, OTHER_TYPE)
    return Upload(name, content, kind, FOREVER_BY_ONE if listing else FOREVER, listing)


def pointer(revision: str) -> Upload:
    """The only object that changes: a page that redirects to the front page of a revision."""
    target = f"../{revision}/{paths.INDEX.name}"
    page = f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; base-uri 'none'; \
form-action 'none'">
<meta http-equiv="refresh" content="0; url={target}">
<title>Customer lifetime value</title>
<link rel="icon" href="data:,">
</head>
<body>
<p><a href="{target}">The newest reports</a></p>
</body>
</html>
"""
    return Upload(POINTER, page.encode(), CONTENT_TYPES[".html"], ASK_EACH_TIME)


def size(n_bytes: int) -> str:
    """A number of bytes in readable units."""
    if n_bytes < 1000:
        return f"{n_bytes} B"
    return f"{n_bytes / 1e3:,.1f} kB" if n_bytes < 1e6 else f"{n_bytes / 1e6:,.1f} MB"
