"""The recipes of the docs, word for word: the sections, their code blocks, and the settings in them."""

import itertools
import re
import shlex
from pathlib import Path
from string import Template

from dvc.utils.hydra import apply_overrides

from clv import paths
from clv.data.schema import TABLES
from tests.conftest import ROOT

OWN_DATA = ROOT / "docs" / "own_data.md"


def section(title: str, level: int = 2, file: Path = OWN_DATA) -> str:
    """The text of a section, by its heading."""
    text = file.read_text(encoding="utf-8")
    return re.split(r"^##+ ", text.split(f"\n{'#' * level} {title}\n", 1)[1], maxsplit=1, flags=re.MULTILINE)[0]


def blocks(text: str, language: str) -> list[str]:
    """The fenced blocks in a language."""
    return re.findall(rf"```{language}\n(.*?)```", text, flags=re.DOTALL)


def overrides(command: str) -> list[str]:
    """The values of -S in a block of commands that ends with a `dvc exp run`; shell variables are filled in."""
    *lines, last = re.split(r"^\$ ", command, flags=re.MULTILINE)[1:]
    variables = dict(line.strip().split("=", 1) for line in lines if re.match(r"\w+=", line))
    words = shlex.split(Template(last.replace("\\\n", " ")).substitute(variables))
    assert words[:3] == ["dvc", "exp", "run"]
    return [value for flag, value in itertools.pairwise(words) if flag == "-S"]


def prepare(folder: Path, changes: list[str]) -> None:
    """Write params.yaml with changes, as DVC makes them, and the templates."""
    (folder / "params.yaml").write_text((ROOT / "params.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    apply_overrides(folder / "params.yaml", changes)
    (folder / paths.TEMPLATES).mkdir(parents=True, exist_ok=True)
    for table in (*TABLES, "events"):
        template = paths.TEMPLATES / f"{table}.csv"
        (folder / template).write_text((ROOT / template).read_text(encoding="utf-8"), encoding="utf-8")
