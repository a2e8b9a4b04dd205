"""Every command in the documents exists: its program, its target or module, its options, its parameters.

Some pages have tests that run their commands (tests/test_experiments.py, test_own_data.py, test_platforms.py,
serving/test_service_docs.py); here all are read, also those for other machines.
"""

import itertools
import re
import shlex
from argparse import ArgumentParser
from importlib import import_module
from importlib.util import find_spec

import pytest
from dvc.cli.parser import DvcParserError, get_main_parser

from clv.__main__ import COMMANDS
from clv.data.schema import TABLES, names
from clv.yaml_file import read_yaml
from tests.conftest import ROOT
from tests.recipes import blocks
from tests.tracked import tracked

TARGETS = set(re.findall(r"^([a-z0-9-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE))
OURS = {"dvc", "make", "python", "clv"}
# Programs of other projects, whose options are not looked at.
OTHERS = re.findall(
    r"\S+",
    "cd chmod cp curl docker echo editor exit export gh git install kubectl mkdir podman printf python3 source su "
    "systemctl useradd",
)
ASSIGNED = re.compile(r"\w+=")


def commands() -> list[tuple[str, str]]:
    """Each command with its page; a page's shell variables are filled in."""
    found = []
    for name in tracked("*.md"):
        for block in blocks((ROOT / name).read_text(encoding="utf-8"), "console"):
            variables: dict[str, str] = {}
            for text in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
                command = text.split("\n\n")[0]
                if set_here := re.fullmatch(r"(\w+)=(\S+)\s*", command):
                    variables[f"${set_here[1]}"] = set_here[2]
                    continue
                command = continued(command)
                for variable, value in variables.items():
                    command = command.replace(variable, value)
                found.append((name, command))
    return found


def continued(text: str) -> str:
    """The first line, with those that a backslash or a quotation joins to it; what follows is its output."""
    lines: list[str] = []
    for line in text.splitlines():
        lines.append(line.removesuffix("\\"))
        if not line.endswith("\\") and " ".join(lines).count("'") % 2 == 0:
            break
    return " ".join(lines)


def words(command: str) -> list[list[str]]:
    """The words of each part of a command that `&&` joins, without variables set for it and without redirections."""
    lexer = shlex.shlex(command, posix=True, punctuation_chars="&|><")
    lexer.whitespace_split = True
    parts = [list(part) for joins, part in itertools.groupby(lexer, lambda word: word in {"&&", "|"}) if not joins]
    found = []
    for part in parts:
        end = next((i for i, word in enumerate(part) if set(word) <= set("&|><")), len(part))
        found.append(list(itertools.dropwhile(ASSIGNED.match, part[:end])))
    return [part for part in found if part]


def check_command(command: str) -> None:
    for part in words(command):
        check(part)


def check(part: list[str]) -> None:
    program, *rest = part
    assert program in OURS or program in OTHERS
    if program == "make":
        assert {word for word in rest if "=" not in word} <= TARGETS
    if program == "python" and rest[:1] == ["-m"]:
        assert find_spec(rest[1]) is not None
    if program == "clv":
        assert rest[0] in COMMANDS
        parser = ArgumentParser(allow_abbrev=False)
        import_module(f"clv.commands.{rest[0]}").options(parser)
        parser.parse_args(rest[1:])
    if program == "dvc":
        given = get_main_parser().parse_args(rest)
        for override in getattr(given, "set_param", None) or []:
            check_parameter(override.partition("=")[0].lstrip("+~"))


def check_parameter(name: str) -> None:
    file, _, path = name.rpartition(":")
    here = read_yaml(ROOT / (file or "params.yaml"))
    *sections, last = path.split(".")
    for section in sections:
        here = here[section]
    assert last in here or (sections[-2:-1] == ["columns"] and last in names(TABLES[sections[-1]]))


@pytest.mark.parametrize(("page", "command"), commands(), ids=lambda text: text[:60])
def test_the_command_exists(page: str, command: str) -> None:
    check_command(command)


@pytest.mark.parametrize(
    "wrong",
    [
        "dvc exp shwo",
        "dvc exp run -S time.horizon=90",
        "dvc exp run -S generate.files.columns.transactions.customer=Id",
        "dvc exp show --sort-byy x",
        "make rpero",
        "python -m clv.nothing",
        "clv serve --prot 1",
        "clv retrian",
        "crul http://127.0.0.1",
        "A=b make setup && make repo",
    ],
)
def test_a_wrong_command_is_found(wrong: str) -> None:
    with pytest.raises((AssertionError, KeyError, SystemExit, DvcParserError)):
        check_command(wrong)
