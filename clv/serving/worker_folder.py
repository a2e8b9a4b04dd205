"""How the process that forecasts begins. Nothing slow is imported here: before `begin` its parent may end unseen."""

from pathlib import Path

from clv.stopping import follow_parent

_folders: list[Path] = []  # of the release that this process works for: one, once it has begun


def begin(folder: Path) -> None:
    """Begin to work for the release in a folder, in this process, which ends with the one that started it."""
    follow_parent()
    _folders.append(folder)


def folder_of_release() -> Path:
    """The folder that this process began with."""
    return _folders[0]
