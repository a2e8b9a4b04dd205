"""Write docs/api.md, the reference of what `import clv` offers, from docstrings: `python -m manual.api`."""

import ast
from collections.abc import Iterator

from clv import MODULES
from manual.parts import ROOT

PAGE = ROOT / "docs" / "api.md"
HEAD = """# Python reference

What `import clv` gives, from its docstrings. Made by `python -m manual.api`. [From Python](python.md) shows it at work.
"""
SHARED = {"PurchaseModel": "clv.models.btyd.purchase_model"}  # methods of all models of purchases
ORDER = [
    "fit",
    "Model",
    "rfm_summary",
    "ParetoNbd",
    "BgNbd",
    "MbgNbd",
    "BgBb",
    "PurchaseModel",
    "GammaGamma",
    "InputError",
]

Documented = ast.FunctionDef | ast.ClassDef


def find(name: str, module: str) -> Documented:
    """The definition of a name in a module's file."""
    tree = ast.parse((ROOT / f"{module.replace('.', '/')}.py").read_text(encoding="utf-8"))
    return next(node for node in tree.body if isinstance(node, Documented) and node.name == name)


def signature(node: ast.FunctionDef, owner: str) -> str:
    """The call with its arguments, without `self`, and its return type; for a property, how it is read."""
    arguments = ast.parse(f"def f({ast.unparse(node.args)}): pass").body[0]
    assert isinstance(arguments, ast.FunctionDef)
    if arguments.args.args and arguments.args.args[0].arg in ("self", "cls"):
        del arguments.args.args[0]
    gives = f" -> {ast.unparse(node.returns)}" if node.returns else ""
    if any(ast.unparse(decorator) == "property" for decorator in node.decorator_list):
        return f"{owner}.{node.name}{gives}"
    return f"{owner}.{node.name}({ast.unparse(arguments.args)}){gives}"


def described(node: Documented) -> str:
    return (ast.get_docstring(node) or "").strip()


def methods(node: ast.ClassDef) -> Iterator[ast.FunctionDef]:
    """The methods of a class that are public and documented."""
    for item in node.body:
        if isinstance(item, ast.FunctionDef) and not item.name.startswith("_") and described(item):
            yield item


def section(name: str, module: str) -> str:
    node = find(name, module)
    if isinstance(node, ast.FunctionDef):
        return f"## {name}\n\n```python\n{signature(node, 'clv')}\n```\n\n{as_text(described(node))}"
    bases = ", ".join(ast.unparse(base) for base in node.bases)
    parts = [f"## {name}", as_text(described(node))]
    if bases in SHARED:
        parts.append(f"Its methods are those of [{bases}](#{bases.lower()}).")
    for method in methods(node):
        parts.append(f"### {name}.{method.name}")
        parts.append(f"```python\n{signature(method, name)}\n```\n\n{as_text(described(method))}")
    return "\n\n".join(parts)


def as_text(docstring: str) -> str:
    """A docstring as Markdown: headings underlined by dashes become bold."""
    lines = docstring.splitlines()
    kept = [
        f"**{line}**\n" if i + 1 < len(lines) and set(lines[i + 1]) == {"-"} else line
        for i, line in enumerate(lines)
        if set(line) != {"-"}
    ]
    return "\n".join(kept)


def page() -> str:
    known = MODULES | SHARED
    assert sorted(known) == sorted(ORDER), "a name of clv is not in the reference"
    return "\n\n".join([HEAD.rstrip("\n"), *(section(name, known[name]) for name in ORDER)]) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    print(f"api: {PAGE.relative_to(ROOT)}")
