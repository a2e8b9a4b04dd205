"""The versions of the libraries that a saved model depends on."""

import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

LIBRARIES = ("numpy", "pandas", "scikit-learn", "scipy", "xgboost", "lightgbm")


def library_versions() -> dict[str, str]:
    """The installed versions, by name."""
    return {name: _version(name) for name in LIBRARIES}


def warn_of_other_versions(folder: Path, then: dict[str, str]) -> None:
    """Warn on stderr about libraries whose version differs from that with which the model in a folder was made."""
    now = library_versions()
    other = [f"{name} {then.get(name)}, now {now[name]}" for name in LIBRARIES if then.get(name) != now[name]]
    if other:
        print(
            f"warning: {folder} was made with other versions: {'; '.join(other)}; its forecasts may differ; "
            "run `dvc repro train` to refit it",
            file=sys.stderr,
        )


def _version(name: str) -> str:
    # One library with two names; see pyproject.toml.
    if name == "xgboost":
        try:
            return version("xgboost-cpu")
        except PackageNotFoundError:
            pass
    return version(name)
