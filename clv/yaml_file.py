"""Reading YAML as DVC reads it, so that the values which run are the values which dvc.lock records.

DVC reads with ruamel.yaml: YAML 1.2, in which 042 is 42, 1e-3 a number, NO and 3:2:1 text, and a key may stand once.
"""

from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.constructor import ConstructorError, DuplicateKeyError, SafeConstructor
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from clv.errors import InputError

# What a scalar that looks right and is not raises, as 2026-02-30 does: ruamel.yaml lets it through without a line.
NOT_MEANT = (ValueError, LookupError)


class _Located(SafeConstructor):
    """The same values; an error names the line."""

    def construct_object(self, node: Any, deep: bool = False) -> Any:
        try:
            return super().construct_object(node, deep)
        except NOT_MEANT as error:
            raise ConstructorError(problem=str(error).split(";")[0], problem_mark=node.start_mark) from None


def read_yaml(path: Path) -> dict[str, Any]:
    """The content of a YAML file, by its top-level names; an empty file has none.

    Raises `InputError`, in one line, where there is no such file, it is not UTF-8, no valid YAML, names a key twice, or
    is no mapping.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise InputError(f"{path} does not exist; run from the root of the repo") from None
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror}); it must be a file of YAML") from None
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not UTF-8 at byte {error.start}; save it as UTF-8") from None
    yaml = YAML(typ="safe")
    yaml.Constructor = _Located
    try:
        content = yaml.load(text) or {}
    except (YAMLError, *NOT_MEANT, RecursionError) as error:
        raise InputError(_broken(path, error)) from None
    if not isinstance(content, dict):
        raise InputError(f"{path} must be a mapping of names to values, got a {type(content).__name__}")
    return content


def _broken(path: Path, error: Exception) -> str:
    mark = error.problem_mark if isinstance(error, MarkedYAMLError) else None
    problem = error.problem if isinstance(error, MarkedYAMLError) and error.problem else str(error)
    line = f" at line {mark.line + 1}" if mark else ""
    remedy = "keep one of the two" if isinstance(error, DuplicateKeyError) else "mend that line"
    # Of a key that stands twice ruamel.yaml names both values, which may be whole sections.
    return f"{path} is not valid YAML{line}: {problem.split(' with value')[0].splitlines()[0]}; {remedy}"
