"""The files of the work tree that git tracks, or would."""

import subprocess

from tests.conftest import ROOT


def tracked(*patterns: str) -> list[str]:
    """The paths of all such files, or of those that match, from the root of the repo; ignored files are left out."""
    command = ["git", "ls-files", "-co", "--exclude-standard", "-z", "--", *patterns]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    return sorted({name for name in listed if name and (ROOT / name).exists()})
