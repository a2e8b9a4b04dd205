"""Draw the stages of dvc.yaml into docs/pipeline.svg, and list in docs/pipeline.md what each reads, writes and takes.

`python -m manual.pipeline`. An arrow means that a stage reads what another writes. Arrows that others imply are left
out, and so is the stage `code`, on which all depend.
"""

import re
from collections.abc import Mapping
from html import escape
from pathlib import PurePosixPath
from typing import Any

from clv.yaml_file import read_yaml
from manual.parts import ROOT, filled, section

PAGE, PICTURE = ROOT / "docs" / "pipeline.md", ROOT / "docs" / "pipeline.svg"
RECORD = ROOT / "benchmarks" / "README.md"
LISTING = "code"
BOX, GAP, MARGIN = (92, 30), (22, 16), 12  # width and height in units of the picture

Stages = Mapping[str, Mapping[str, Any]]


def paths(stage: Mapping[str, Any], *kinds: str) -> list[str]:
    """The paths that a stage reads or writes, without options."""
    entries = [entry for kind in kinds for entry in stage.get(kind, [])]
    return [next(iter(entry)) if isinstance(entry, dict) else entry for entry in entries]


def read_from(stages: Stages) -> dict[str, set[str]]:
    """For each stage the stages whose outputs it reads."""
    made = {PurePosixPath(out): name for name, stage in stages.items() for out in paths(stage, "outs", "metrics")}
    found = {}
    for name, stage in stages.items():
        deps = [PurePosixPath(dep) for dep in paths(stage, "deps")]
        found[name] = {
            maker for out, maker in made.items() for dep in deps if dep.is_relative_to(out) or out.is_relative_to(dep)
        } - {name, LISTING}
    return {name: before for name, before in found.items() if name != LISTING}


def reduced(before: Mapping[str, set[str]]) -> dict[str, set[str]]:
    """The stages before each stage, without arrows that others imply."""

    def all_before(name: str) -> set[str]:
        return before[name] | {other for one in before[name] for other in all_before(one)}

    return {
        name: {one for one in ones if not any(one in all_before(other) for other in ones)}
        for name, ones in before.items()
    }


def placed(before: Mapping[str, set[str]]) -> dict[str, tuple[int, float]]:
    """Column and row of each stage: the column by the longest path to it, the row near those of the stages before."""
    column = dict.fromkeys(before, 0)
    for _ in before:  # no path has more steps than there are stages
        column = {name: max((column[one] + 1 for one in ones), default=0) for name, ones in before.items()}
    row: dict[str, float] = {}
    for at in range(max(column.values()) + 1):
        here = [name for name in before if column[name] == at]
        wanted = {name: sum(row[one] for one in before[name]) / max(len(before[name]), 1) for name in here}
        here.sort(key=lambda name: wanted[name])
        middle = sum(wanted.values()) / len(here)
        for i, name in enumerate(here):
            row[name] = middle + i - (len(here) - 1) / 2
    lowest = min(row.values())
    return {name: (column[name], row[name] - lowest) for name in before}


def picture(stages: Stages) -> str:
    """The stages and their arrows as SVG."""
    before = reduced(read_from(stages))
    at = placed(before)
    (width, height), (across, down) = BOX, GAP
    corner = {
        name: (MARGIN + column * (width + across), round(MARGIN + row * (height + down), 1))
        for name, (column, row) in at.items()
    }
    size = (max(x for x, _ in corner.values()) + width + MARGIN, max(y for _, y in corner.values()) + height + MARGIN)
    shapes = []
    for name, ones in before.items():
        x, y = corner[name][0], corner[name][1] + height / 2
        for one in sorted(ones):
            u, v = corner[one][0] + width, corner[one][1] + height / 2
            bend = (u + x) / 2 if x - u <= across else x - across / 2
            shapes.append(f'<path d="M{u} {v}C{bend} {v} {bend} {y} {x} {y}" fill="none" stroke="#8a8f98"/>')
    for name, (x, y) in corner.items():
        tip = escape(str(stages[name].get("desc", name)))
        shapes.append(
            f'<g><title>{tip}</title><rect x="{x}" y="{y}" width="{width}" height="{height}" rx="5" fill="#e2eef8"/>'
            f'<text x="{x + width / 2}" y="{y + height / 2 + 4}" text-anchor="middle">{name}</text></g>'
        )
    label = "The stages of the pipeline, each with arrows from the stages whose outputs it reads"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size[0]:g} {size[1]:g}" role="img" '
        f'aria-label="{label}" font-family="system-ui, sans-serif" font-size="14" fill="#1d2330">\n'
        f'<rect width="100%" height="100%" rx="8" fill="white"/>\n' + "\n".join(shapes) + "\n</svg>\n"
    )


def seconds(record: str) -> dict[str, str]:
    """How long each stage took, from the text of benchmarks/README.md, where `benchmarks.pipeline` is recorded."""
    return dict(re.findall(r"^(\w+) +(\d+\.\d)\b", section(record, "pipeline"), flags=re.MULTILINE))


def listing(stages: Stages, times: Mapping[str, str]) -> str:
    """What each stage reads and writes, and how many seconds it took, as a table in Markdown."""
    lines = ["| stage | reads | writes | seconds |", "|---|---|---|---|"]
    for name, stage in stages.items():
        reads = [f"`{path}`" for path in paths(stage, "deps") if not path.startswith("code/")]
        writes = [f"`{path}`" for path in paths(stage, "outs", "metrics")]
        lines.append(f"| `{name}` | {', '.join(reads)} | {', '.join(writes)} | {times.get(name, '')} |")
    return "\n".join(lines)


def page(text: str, stages: Stages) -> str:
    return filled(text, {"stages": listing(stages, seconds(RECORD.read_text(encoding="utf-8")))})


if __name__ == "__main__":
    given = read_yaml(ROOT / "dvc.yaml")["stages"]
    PICTURE.write_text(picture(given), encoding="utf-8")
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8"), given), encoding="utf-8")
    print("pipeline: docs/pipeline.svg, docs/pipeline.md")
