"""Print what the core and some extras of pyproject.toml need: python deploy/needed.py serve.

An image installs that before it has the code, so that other code takes no new installation.
"""

import sys
import tomllib
from pathlib import Path


def needed(extras: list[str], pyproject: Path) -> list[str]:
    """Requirements of the core, then of the extras, each once; `KeyError` names an extra that there is not."""
    project = tomllib.loads(pyproject.read_text(encoding="utf-8"))["project"]
    groups = [project["dependencies"], *(project["optional-dependencies"][extra] for extra in extras)]
    return list(dict.fromkeys(requirement for group in groups for requirement in group))


if __name__ == "__main__":
    print("\n".join(needed(sys.argv[1:], Path("pyproject.toml"))))
