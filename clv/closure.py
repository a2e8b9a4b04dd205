"""The code files of a stage: its script, everything it imports, directly or not, and the files beside those.

Files are named by their path from the root of the repo, with `/`; `files` maps all of them to their content, as `read`
returns it. `__init__` files are never included: they hold no code, apart from the names that `clv` exports.
"""

import ast
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path, PurePosixPath

from clv.errors import InputError

PACKAGES = ("clv", "stages")
NOTEBOOKS = "notebooks"
BESIDE = (".j2", ".css", ".js")  # a template, a style or a script belongs to the module of its name
LISTING = "code"  # the stage that lists the files of the others
WITH_NOTEBOOKS = "report"
WITH_ALL = "index"  # shows the version of the code behind all reports

Name = tuple[str, str | None]  # a module, and the name imported from it, if any


def read(root: Path) -> dict[str, bytes]:
    """Every code file of the repo at `root`, with its content."""
    found = [path for package in PACKAGES for path in (root / package).rglob("*") if path.suffix in (".py", *BESIDE)]
    found += (root / NOTEBOOKS).glob("*.ipynb")
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in sorted(found)}


def stages(files: Iterable[str]) -> list[str]:
    """The stages whose files are listed: all except the one that lists them."""
    scripts = {PurePosixPath(path).stem for path in files if path.startswith("stages/")}
    return sorted(scripts - {"__init__", LISTING})


def listing(stage: str, files: Mapping[str, bytes]) -> str:
    """A line `sha256 path` for each code file of a stage, as `sha256sum` writes and checks them."""
    paths = files_of(stage, files)
    return "".join(f"{hashlib.sha256(files[path]).hexdigest()}  {path}\n" for path in paths)


def files_of(stage: str, files: Mapping[str, bytes]) -> list[str]:
    """The code files of a stage, sorted. Raises `InputError` as `imports` does."""
    scripts = stages(files) if stage == WITH_ALL else [stage]
    roots = [f"stages/{name}.py" for name in scripts]
    if stage in (WITH_NOTEBOOKS, WITH_ALL):
        roots += [path for path in files if path.startswith(f"{NOTEBOOKS}/")]
    reached = closure(roots, files)
    beside = {path for path in files if path.endswith(BESIDE) and f"{path.partition('.')[0]}.py" in reached}
    return sorted(reached | beside)


def closure(roots: Iterable[str], files: Mapping[str, bytes]) -> set[str]:
    """All files reached by imports from the given files, including these."""
    reached: set[str] = set()
    waiting = list(roots)
    while waiting:
        path = waiting.pop()
        if path not in reached:
            reached.add(path)
            waiting.extend(imports(path, files))
    return reached


def imports(path: str, files: Mapping[str, bytes]) -> set[str]:
    """The files of this repo that a Python file or notebook imports directly, anywhere in its code.

    Raises `InputError` if the file cannot be parsed, uses a relative import, or imports a module that does not exist.
    """
    try:
        names = _imported(path, source(path, files[path]))
    except (SyntaxError, ValueError) as error:
        raise InputError(f"{path} cannot be read as Python code: {error}; correct that") from None
    found = {_file(path, *name, files) for name in names if name[0].partition(".")[0] in PACKAGES}
    return {file for file in found if file is not None}


def source(path: str, content: bytes) -> str:
    """The code of a Python file, or of the code cells of a notebook."""
    text = content.decode()
    if not path.endswith(".ipynb"):
        return text
    return "\n".join("".join(cell["source"]) for cell in json.loads(text)["cells"] if cell["cell_type"] == "code")


@cache
def _imported(path: str, text: str) -> frozenset[Name]:
    return frozenset(name for node in ast.walk(ast.parse(text, path)) for name in _names(node))


def _names(node: ast.AST) -> Iterator[Name]:
    if isinstance(node, ast.Import):
        yield from ((alias.name, None) for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        if node.module is None or node.level:
            raise SyntaxError(f"line {node.lineno} has a relative import, but imports must be absolute here")
        yield from ((node.module, alias.name) for alias in node.names)


def _file(importer: str, module: str, member: str | None, files: Mapping[str, bytes]) -> str | None:
    """The file of a module, or of a member of a package; None for a package itself."""
    whole = module if member is None else f"{module}.{member}"
    for name in (module, whole):
        path = f"{name.replace('.', '/')}.py"
        if path in files:
            return path
    if f"{whole.replace('.', '/')}/__init__.py" in files:
        return None
    raise InputError(
        f"{importer} imports {whole}, which is not a file of this folder; create it, and `git add` it before an "
        f"experiment that runs in a folder of its own"
    )
