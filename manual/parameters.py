"""Write docs/parameters.md, the reference of every parameter: `python -m manual.parameters`.

Meaning and default come from params.yaml and synthetic.yaml, types and ranges from the dataclasses that load them.
"""

import dataclasses
import re
import types
import typing
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from clv.data.world.params import SyntheticParams
from clv.params import Params
from clv.strict import WANTED, Between, Like
from manual.parts import ROOT

PAGE = ROOT / "docs" / "parameters.md"
HEAD = """# Parameters

Every parameter with its default, its type and range, and its meaning. Made by `python -m manual.parameters` from
`params.yaml`, `synthetic.yaml` and the dataclasses that load them. Durations are in days, money in the currency of the
transactions, shares between 0 and 1. Try a value without editing: `dvc exp run -S 'time.horizon_days=90'`; for
`synthetic.yaml` write `-S 'synthetic.yaml:default.n_customers=5000'`.
"""
LINE = re.compile(r"^(?P<indent> *)(?P<key>[\w.-]+):(?P<value> [^#]*?)?(?: *(?P<comment># .*))?$")


@dataclasses.dataclass
class Entry:
    """A line of the file: dotted path, default, and the meaning from its comment."""

    path: str
    default: str
    meaning: str


def entries(text: str) -> Iterator[Entry]:
    """The parameters and sections of a YAML file in order. The items of a list are the default of its parameter."""
    parents: list[tuple[int, str]] = []
    entry = None
    for line in text.splitlines():
        found = LINE.match(line)
        item = re.match(r"^ *- (.*?)(?: *# .*)?$", line)
        if found and not item:
            if entry:
                yield entry
            indent = len(found["indent"])
            parents = [(at, name) for at, name in parents if at < indent] + [(indent, found["key"])]
            comment = found["comment"] or ""
            entry = Entry(".".join(name for _, name in parents), (found["value"] or "").strip(), comment.lstrip("# "))
        elif item and entry:
            entry.default = ", ".join(filter(None, [entry.default, item[1]]))
        elif entry and entry.meaning and re.match(r" {20,}#", line):  # the comment goes on here
            entry.meaning += " " + line.strip().lstrip("# ")
    if entry:
        yield entry


def hint_of(cls: Any, path: str) -> Any:
    """The type of a parameter by its dotted path; None below a value that is neither a section nor a mapping."""
    hint: Any = cls
    for name in path.split("."):
        hint = bare(hint)
        if typing.get_origin(hint) is dict:
            hint = typing.get_args(hint)[1]
        elif dataclasses.is_dataclass(hint):
            hint = typing.get_type_hints(hint, include_extras=True)[name]
        else:
            return None
    return hint


def bare(hint: Any) -> Any:
    """A type without its rules, and without None."""
    while typing.get_origin(hint) in (Annotated, types.UnionType, typing.Union):
        hint = next(arm for arm in typing.get_args(hint) if arm is not types.NoneType)
    return hint


def in_words(hint: Any) -> str:
    """A type and its range."""
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if origin is Annotated:
        rules = [str(rule) for rule in args[1:] if isinstance(rule, Between | Like)]
        return ", ".join([in_words(args[0]), *rules])
    if origin in (types.UnionType, typing.Union):
        return f"{in_words(next(arm for arm in args if arm is not types.NoneType))}, or null"
    if origin is Literal:
        return " or ".join(f"`{str(arm).encode('unicode_escape').decode()}`" for arm in args)
    if origin is tuple:
        return f"list of: {in_words(args[0])}"
    if origin is dict:
        return f"mapping of names to: {in_words(args[1])}"
    if dataclasses.is_dataclass(hint):
        return "section: " + ", ".join(f"`{field.name}`" for field in dataclasses.fields(hint))
    return WANTED[hint]


def reference(name: str, cls: type) -> str:
    """The sections of a file, each as a table."""
    found = list(entries((ROOT / name).read_text(encoding="utf-8")))
    sections = {entry.path.split(".")[0] for entry in found if "." in entry.path}
    groups: dict[str, list[Entry]] = {}
    for entry in found:
        top = entry.path.split(".")[0]
        groups.setdefault(f"`{top}`" if top in sections else "At the top", []).append(entry)
    return "\n\n".join([f"## {name}", *(f"### {title}\n\n{table(rows, cls)}" for title, rows in groups.items())])


def table(rows: list[Entry], cls: type) -> str:
    """The rows as a Markdown table. A section has a row only where it has a comment, or holds no parameter."""
    lines = ["| parameter | default | type and range | meaning |", "|---|---|---|---|"]
    for entry in rows:
        is_section = any(other.path.startswith(f"{entry.path}.") for other in rows)
        if is_section and not entry.meaning:
            continue
        hint = hint_of(cls, entry.path)
        kind = "section" if is_section else in_words(hint) if hint is not None else ""
        cells = [f"`{entry.path}`", f"`{entry.default}`" if entry.default else "", kind, entry.meaning]
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(lines)


def page() -> str:
    files = {"params.yaml": Params, "synthetic.yaml": SyntheticParams}
    return "\n\n".join([HEAD.rstrip("\n"), *(reference(name, cls) for name, cls in files.items())]) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    print(f"parameters: {PAGE.relative_to(ROOT)}")
