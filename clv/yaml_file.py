"""Read YAML as DVC reads it, so that the values used are the values that dvc.lock records.

DVC uses ruamel.yaml, hence YAML 1.2: 042 is 42, 1e-3 is a number, NO and 3:2:1 are text, and a key may occur only once.
"""

import warnings
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.composer import Composer, ComposerError
from ruamel.yaml.constructor import ConstructorError, DuplicateKeyError, SafeConstructor
from ruamel.yaml.error import MarkedYAMLError, ReusedAnchorWarning, YAMLError

from clv.errors import InputError

# Errors of well-formed but invalid scalars, such as 2026-02-30; ruamel.yaml raises them without a line number.
NOT_MEANT = (ValueError, LookupError, TypeError, OverflowError)
DEEPEST = 50  # levels of nesting; ours has six; Python's recursion limit would depend on the caller
MOST_MERGED = 10_000  # names merged by << into one mapping: merges of merges can exhaust memory


class _Shallow(Composer):
    """A composer that reports nesting that is too deep before it exhausts the stack."""

    depth = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        self.depth += 1
        if self.depth > DEEPEST:
            mark = self.parser.peek_event().start_mark
            raise ComposerError(problem=f"it is nested more than {DEEPEST} deep", problem_mark=mark)
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


class _Located(SafeConstructor):
    """A constructor whose errors give the line."""

    def construct_object(self, node: Any, deep: bool = False) -> Any:
        try:
            return super().construct_object(node, deep)
        except NOT_MEANT as error:
            raise ConstructorError(problem=str(error).split(";")[0], problem_mark=node.start_mark) from None

    def flatten_mapping(self, node: Any) -> Any:
        merged = super().flatten_mapping(node)
        if len(node.value) > MOST_MERGED:
            raise ConstructorError(problem=f"more than {MOST_MERGED:,} names are merged", problem_mark=node.start_mark)
        return merged


def read_yaml(path: Path) -> dict[str, Any]:
    """The content of a YAML file, by its top-level names; an empty file has none.

    Raises `InputError`, in one line, if the file does not exist, is not UTF-8 or not valid YAML, repeats a key, or is
    not a mapping.
    """
    try:
        if path.exists() and not (path.is_file() or path.is_dir()):
            raise InputError(f"{path} is not a regular file; it must be a YAML file")
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise InputError(f"{path} does not exist; run from the root of the repo") from None
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror}); it must be a YAML file") from None
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not UTF-8 at byte {error.start}; save it as UTF-8") from None
    yaml = YAML(typ="safe")
    yaml.Composer, yaml.Constructor = _Shallow, _Located
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ReusedAnchorWarning)  # valid in YAML
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
    remedy = "keep one of the two" if isinstance(error, DuplicateKeyError) else "fix that line"
    # For a repeated key ruamel.yaml quotes both values, which may be whole sections.
    return f"{path} is not valid YAML{line}: {problem.split(' with value')[0].splitlines()[0]}; {remedy}"
