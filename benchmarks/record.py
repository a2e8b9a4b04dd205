"""Run a benchmark and write what it prints into benchmarks/README.md: `python -m benchmarks.record NAME [OPTION ...]`.

The section of the benchmark shows its output, its command, the date, the commit and the machine. A benchmark that fails
changes nothing. Use the options that the section shows, so that figures stay comparable.
"""

import os
import platform
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from clv import storage
from clv.errors import InputError, run_stage
from clv.publishing.revision import git

PAGE = Path("benchmarks/README.md")
RECORD = "```text\n.*?\n```\n\n.*?\n"


def recorded(text: str, name: str, record: str) -> str:
    """The page with a new record in the section of a benchmark. Raises `InputError` where there is no such section."""
    section = re.search(rf"^## {re.escape(name)}\n.*?(?=^## |\Z)", text, flags=re.DOTALL | re.MULTILINE)
    if section is None:
        raise InputError(f"{PAGE} has no section '## {name}'; add one that describes the benchmark")
    kept = re.sub(RECORD, "", section[0], flags=re.DOTALL).rstrip("\n")
    return text[: section.start()] + f"{kept}\n\n{record}\n" + text[section.end() :]


def main() -> None:
    if len(sys.argv) < 2:
        raise InputError("name a benchmark, such as `python -m benchmarks.record bootstrap`")
    name, *options = sys.argv[1:]
    command = ["python", "-m", f"benchmarks.{name}", *options]
    lines = []
    with subprocess.Popen([sys.executable, *command[1:]], stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        for line in running.stdout:
            print(line, end="", flush=True)
            lines.append(line.rstrip())
    if running.returncode:
        raise InputError(f"{' '.join(command)} ended with exit code {running.returncode}; {PAGE} is as it was")
    when, commit = datetime.now(UTC).date(), git(Path.cwd(), "rev-parse", "--short=12", "HEAD")
    about = f"`{' '.join(command)}`, {when}, commit {commit}, {os.cpu_count()} cores, {platform.machine()}."
    said = "\n".join(lines).strip("\n")
    record = f"```text\n{said}\n```\n\n{about}\n"
    storage.write_text(recorded(storage.read_text(PAGE), name, record), PAGE)


if __name__ == "__main__":
    run_stage(main)
