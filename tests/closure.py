"""Which files of this repo a Python file or notebook imports, directly or not."""

import ast
from collections.abc import Iterable
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parent.parent


def source(path: Path) -> str:
    """The code of a Python file or of the code cells of a notebook."""
    if path.suffix == ".ipynb":
        cells = nbformat.read(path, as_version=4).cells
        return "\n".join(cell.source for cell in cells if cell.cell_type == "code")
    return path.read_text(encoding="utf-8")


def imports(path: Path) -> set[Path]:
    """The modules of `clv` and `stages` that a file imports, anywhere in it; packages' __init__ files hold no code."""
    found: set[Path] = set()
    for node in ast.walk(ast.parse(source(path))):
        if isinstance(node, ast.Import):
            for alias in node.names:
                found |= module_files(alias.name)
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{path}: imports are absolute here"
            found |= module_files(node.module)
            for alias in node.names:
                found |= module_files(f"{node.module}.{alias.name}")
    return found


def module_files(name: str) -> set[Path]:
    """The file of a module of this repo, nothing for packages and for what lies elsewhere."""
    if name.split(".")[0] not in ("clv", "stages"):
        return set()
    path = ROOT.joinpath(*name.split(".")).with_suffix(".py")
    return {path} if path.exists() else set()


def closure(paths: Iterable[Path]) -> set[Path]:
    """All files reached from some files, these included."""
    reached: set[Path] = set()
    waiting = list(paths)
    while waiting:
        path = waiting.pop()
        if path not in reached:
            reached.add(path)
            waiting.extend(imports(path))
    return reached
