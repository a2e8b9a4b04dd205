"""The instructions of the Containerfile, by target."""

import json
import re
from collections.abc import Iterator

from tests.deploy.programs import DEPLOY

TEXT = (DEPLOY / "Containerfile").read_text(encoding="utf-8")


def instructions() -> Iterator[tuple[str, str, str]]:
    """Target, name and arguments of each instruction; the target is "" before the first FROM."""
    target = ""
    whole = "\n".join(line for line in TEXT.splitlines() if not line.startswith("#"))
    for line in re.sub(r"\\\n\s*", " ", whole).splitlines():
        name, _, rest = line.strip().partition(" ")
        if name == "FROM":
            target = rest.partition(" AS ")[2]
        if name:
            yield target, name, rest


def last(target: str, name: str) -> str:
    """The arguments of the last instruction `name` of a target."""
    return [rest for of, found, rest in instructions() if (of, found) == (target, name)][-1]


def command(target: str) -> list[str]:
    """The command that a container of the target runs."""
    return list(json.loads(last(target, "CMD")))


def check_of_health() -> list[str]:
    """The command that checks the health of a container of the service."""
    return list(json.loads(last("service", "HEALTHCHECK").partition(" CMD ")[2]))
