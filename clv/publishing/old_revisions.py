"""Remove old published revisions, since S3 itself keeps everything forever."""

import re

from clv.publishing.bucket import Folder

REVISION = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")  # the name of a folder; any other object is not ours


def remove_old(folder: Folder, current: str, keep: int) -> list[str]:
    """Remove all but the newest `keep` revisions, never `current`, to which `latest` points; return those removed.

    The newest is the one published last. Raises `InputError` if deleting is not allowed.
    """
    dates = folder.dates()
    old = too_old(dates, current, keep)
    for name in sorted(name for name in dates if name.partition("/")[0] in old):
        folder.delete(name)
    return old


def too_old(dates: dict[str, str], current: str, keep: int) -> list[str]:
    """The revisions to remove, oldest first, from the times at which objects were written, by name."""
    newest: dict[str, str] = {}
    for name, written in dates.items():
        revision, slash, _ = name.partition("/")
        if slash and REVISION.fullmatch(revision):
            newest[revision] = max(written, newest.get(revision, ""))
    others = sorted((written, revision) for revision, written in newest.items() if revision != current)
    return [revision for _, revision in others[: max(len(others) - (keep - 1), 0)]]
