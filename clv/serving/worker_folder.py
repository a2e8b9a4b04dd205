"""Start of the forecasting process. Imports are light, because before `begin` it would not notice its parent's end."""

from pathlib import Path

from clv.stopping import follow_parent

_folders: list[Path] = []  # the folder of the release of this process: one, after `begin`


def begin(folder: Path) -> None:
    """Start to work for the release in a folder; this process then ends with the one that started it."""
    follow_parent()
    _folders.append(folder)


def folder_of_release() -> Path:
    """The folder of the release that this process works for."""
    return _folders[0]
