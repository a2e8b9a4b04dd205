"""The structure of the code: floors, declared dependencies, paths, templates, documents."""

import ast
import json
import re
import subprocess
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

from clv import closure, paths
from clv.data.journal_rows import COLUMNS
from clv.data.schema import TABLES, names
from clv.reporting.kit.page import LINKS
from clv.yaml_file import read_yaml
from tests.conftest import ROOT

FLOORS = ("data", "features", "models", "evaluation", "marketing", "reporting", "publishing")
# The rooms that use all others: for Python, the service, every night, the command line.
UPPER = ("door", "serving", "retraining", "commands")
DOORS = ("__init__.py", "__main__.py")  # of clv itself: they may import from all floors
WHOLE = "params.py"  # the parameters of all rooms; only the check before a run and publishing read all of them
DVC = read_yaml(ROOT / "dvc.yaml")
CODE_FOLDERS = ("clv", "stages", "notebooks")
FILES = closure.read(ROOT)
CODE = sorted((ROOT / "clv").rglob("*.py"))
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
STAGES = sorted(path for path in (ROOT / "stages").glob("*.py") if path.name != "__init__.py")


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imported(path: Path) -> set[Path]:
    """The files of this repo that a file imports directly."""
    return {ROOT / other for other in closure.imports(relative(path), FILES)}


def floor(path: Path) -> int:
    """0 for the modules that all use, then the floors from the bottom up, and the doors on top."""
    room = path.relative_to(ROOT / "clv").parts[0]
    if room in DOORS:
        return len(FLOORS) + len(UPPER) + 1
    if room in UPPER:
        return len(FLOORS) + UPPER.index(room) + 1
    if room == WHOLE:
        return len(FLOORS)
    return FLOORS.index(room) + 1 if room in FLOORS else 0


def entries(stage: dict[str, list[object]], kinds: tuple[str, ...] = ("outs", "metrics")) -> dict[str, dict[str, bool]]:
    """Path and flags of each output."""
    found: dict[str, dict[str, bool]] = {}
    for kind in kinds:
        for entry in stage.get(kind, []):
            assert isinstance(entry, dict), f"{entry}: name it persist"
            found |= entry
    return found


@pytest.mark.parametrize("path", CODE, ids=relative)
def test_rooms_import_from_their_floor_or_below(path: Path) -> None:
    for other in imported(path):
        assert other.is_relative_to(ROOT / "clv"), f"{relative(path)} imports {relative(other)}: clv knows no stage"
        if relative(path) == f"clv/{WHOLE}" and other.name == WHOLE:
            continue  # it has the parameters of every room, including those above
        assert floor(other) <= floor(path), f"{relative(path)} imports {relative(other)}, which is a floor above"


@pytest.mark.parametrize("path", STAGES, ids=relative)
def test_stages_do_not_import_each_other(path: Path) -> None:
    assert not [relative(other) for other in imported(path) if other.is_relative_to(ROOT / "stages")]


# Base names that show the part of a file in its room: its parameters, its files, its reports/metrics/NAME.json.
PARTS = {"__init__", "params", "store", "figures"}


def test_one_name_is_one_thing() -> None:
    """No two classes of `clv` share a name, and no two files a base name, except files that play the same part.

    Commands are named as users type them, whatever file does the work.
    """
    files = [path for path in sorted((ROOT / "clv").rglob("*.py")) if path.parent.name != "commands"]
    stems = [path.stem for path in files if path.stem not in PARTS]
    classes = [
        node.name
        for path in sorted((ROOT / "clv").rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef)
    ]
    for names_given in (stems, classes):
        assert {name for name, times in Counter(names_given).items() if times > 1} == set()


def test_packages_hold_no_code() -> None:
    """The exception is `clv` itself, the door for Python, which imports nothing (`tests/door/test_names.py`)."""
    packages = {*ROOT.glob("clv/**/__init__.py"), ROOT / "stages" / "__init__.py"} - {ROOT / "clv" / "__init__.py"}
    for path in sorted(packages):
        body = ast.parse(path.read_text(encoding="utf-8")).body
        assert all(isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) for node in body), relative(path)


@pytest.mark.parametrize("name", [name for name in DVC["stages"] if name != closure.LISTING])
def test_code_is_one_dependency_of_a_stage(name: str) -> None:
    deps = DVC["stages"][name]["deps"]
    assert [dep for dep in deps if dep.startswith((*(f"{folder}/" for folder in CODE_FOLDERS), "code/"))] == [
        paths.code(name).as_posix()
    ]


def test_the_stage_code_lists_the_files_of_all_others() -> None:
    stage = DVC["stages"][closure.LISTING]
    assert set(stage["deps"]) == set(CODE_FOLDERS)
    assert set(entries(stage)) == {paths.code(name).as_posix() for name in DVC["stages"] if name != closure.LISTING}
    assert closure.stages(FILES) == sorted(set(DVC["stages"]) - {closure.LISTING})
    ignored = (ROOT / ".dvcignore").read_text(encoding="utf-8").splitlines()
    assert "__pycache__" in ignored, "bytecode would make the folders of code dirty"


def test_make_keep_keeps_the_summary_as_what_is_compared_with(tmp_path: Path) -> None:
    (tmp_path / "Makefile").write_bytes((ROOT / "Makefile").read_bytes())
    summary = tmp_path / paths.SUMMARY
    summary.parent.mkdir(parents=True)
    summary.write_text('{"as_of": "2025-12-31"}\n', encoding="utf-8")
    subprocess.run(["make", "--silent", "keep"], cwd=tmp_path, check=True, capture_output=True)
    previous = read_yaml(ROOT / "params.yaml")["report"]["previous"]
    assert (tmp_path / previous).read_bytes() == summary.read_bytes()


def test_no_code_but_evaluate_s_names_the_truth() -> None:
    """Only generate writes and evaluate reads the truth; preprocess depends on each raw table by itself."""
    files = [*CODE, *STAGES, *NOTEBOOKS]
    naming = {relative(path) for path in files if re.search(r"\bTRUTH\b|truth\.parquet", code_of(path))}
    assert naming == {"clv/paths.py", "stages/generate.py", "stages/evaluate.py"}
    folder = {relative(path) for path in files if re.search(r"\bpaths\.RAW\b", code_of(path))}
    assert folder == {"stages/generate.py"}
    users = {name for name, stage in DVC["stages"].items() if paths.RAW.as_posix() in stage["deps"]}
    assert users == {"evaluate"}


def code_of(path: Path) -> str:
    """The code of a file or notebook without comments and docstrings."""
    tree = ast.parse(closure.source(relative(path), path.read_bytes()))
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef) and ast.get_docstring(node) is not None:
            node.body = node.body[1:] or [ast.Pass()]
    return ast.unparse(tree)


def test_paths_are_those_of_dvc_yaml() -> None:
    known = {value.as_posix() for name, value in vars(paths).items() if name.isupper() and isinstance(value, Path)}
    known |= {paths.report(path.stem).as_posix() for path in NOTEBOOKS}
    known |= {paths.code(name).as_posix() for name in DVC["stages"] if name != closure.LISTING}
    outs: set[str] = set().union(*(entries(stage) for stage in DVC["stages"].values()))
    inputs = {paths.PARAMS, paths.SYNTHETIC, paths.TEMPLATES, paths.NOTEBOOKS, paths.HISTORY, paths.PREVIOUS}
    assert outs <= known, f"not in clv/paths.py: {sorted(outs - known)}"
    made = {path for path in known if path not in {p.as_posix() for p in inputs}}
    assert {p for p in made if not any(p == out or p.startswith(out + "/") for out in outs)} == set()


def test_every_stage_is_described_and_every_output_persists() -> None:
    for name, stage in DVC["stages"].items():
        assert stage["desc"], name
        assert stage["cmd"].split()[:3] == ["python", "-m", f"stages.{name}"]
        for out, flags in entries(stage).items():
            assert flags["persist"], f"{name}: {out} would be deleted before a run that may fail"


def test_small_text_is_in_git_and_data_is_not() -> None:
    for stage in DVC["stages"].values():
        for out, flags in entries(stage).items():
            in_git = Path(out).suffix in {".csv", ".md", ".svg", ".txt"} or out.startswith("reports/metrics/")
            if out == paths.AUDIENCES.as_posix():
                assert not flags["cache"], "lists of persons must not get into a cache, from where they would be pushed"
                continue
            assert flags.get("cache", True) is not in_git, out


def test_the_lock_names_the_stages_of_the_pipeline_and_no_others() -> None:
    """DVC keeps the entry of a removed stage in dvc.lock, where nothing compares it any more."""
    locked = set(read_yaml(ROOT / "dvc.lock")["stages"])
    stages = set(DVC["stages"])
    assert locked == stages, f"in dvc.lock: drop {sorted(locked - stages)}; run {sorted(stages - locked)}"


def test_each_notebook_is_a_dep_and_a_page_and_linked() -> None:
    for name in ("report", "index"):
        assert {relative(path) for path in NOTEBOOKS} <= set(closure.files_of(name, FILES))
    pages = {paths.report(path.stem).as_posix() for path in NOTEBOOKS}
    assert {out for out in entries(DVC["stages"]["report"]) if out.endswith(".html")} == pages
    made = {Path(out).name for stage in DVC["stages"].values() for out in entries(stage) if out.endswith(".html")}
    assert {link.href for link in LINKS} == made


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_notebooks_are_thin_and_stripped(path: Path) -> None:
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    assert [cell["id"] for cell in cells] == [f"{path.stem}-{i:02d}" for i in range(len(cells))]
    for cell in cells:
        if cell["cell_type"] == "code":
            assert cell["outputs"] == []
            assert cell["execution_count"] is None
            code = ast.parse("".join(cell["source"]))
            assert not [
                node for node in ast.walk(code) if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Lambda)
            ]


@pytest.mark.parametrize(("table", "columns"), [*((t, names(c)) for t, c in TABLES.items()), ("events", COLUMNS)])
def test_templates_list_every_column_and_no_row(table: str, columns: Sequence[str]) -> None:
    text = (ROOT / paths.TEMPLATES / f"{table}.csv").read_text(encoding="utf-8")
    assert text == ",".join(columns) + "\n"


def test_the_page_of_the_pipeline_names_every_stage_and_make_target() -> None:
    page = (ROOT / "docs" / "pipeline.md").read_text(encoding="utf-8")
    targets = re.findall(r"^([a-z0-9]+):.*## ", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert len(targets) > 5
    for target in targets:
        assert f"`make {target}`" in page, f"docs/pipeline.md does not describe `make {target}`"
    for name in DVC["stages"]:
        assert f"| `{name}` |" in page, f"docs/pipeline.md does not describe the stage {name}"
