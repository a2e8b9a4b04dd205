"""Print the text of a release, `python3 .ci/release_notes.py v0.2.0`: the section of CHANGELOG.md of that version.

Ends with one line where the tag is not the version of pyproject.toml, or the changelog does not describe it.
Needs no package: it runs before there is an environment.
"""

import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def section(changelog: str, version: str) -> str:
    """What stands below the heading of a version, such as `## 0.2.0 (2026-11-30)`; empty where there is none."""
    heading = rf"^## {re.escape(version)} \(\d{{4}}-\d\d-\d\d\)\n"
    found = re.search(rf"{heading}(.*?)(?=^## |\Z)", changelog, flags=re.MULTILINE | re.DOTALL)
    return found[1].strip() if found else ""


def notes(tag: str, root: Path) -> str:
    """The text of the release that a tag names."""
    version = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    if tag != f"v{version}":
        sys.exit(f"error: the tag is {tag}, and pyproject.toml has version {version}; tag v{version}, or correct it")
    text = section((root / "CHANGELOG.md").read_text(encoding="utf-8"), version)
    if not text:
        sys.exit(f"error: CHANGELOG.md has nothing below '## {version} (YYYY-MM-DD)'; write what is new there")
    return text


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("error: name one tag; python3 .ci/release_notes.py v0.2.0")
    print(notes(sys.argv[1], ROOT))
