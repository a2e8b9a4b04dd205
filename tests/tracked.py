"""The files of the work tree that git tracks, or would."""

import subprocess

from tests.conftest import ROOT


def tracked(*patterns: str) -> list[str]:
    """Their paths from the root of the repo, of all or of those that match; what git ignores is left out."""
    command = ["git", "ls-files", "-co", "--exclude-standard", "-z", "--", *patterns]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    return sorted({name for name in listed if name and (ROOT / name).exists()})
