"""The names that `import clv` offers, and which modules importing them loads."""

import subprocess
import sys

import pytest

import clv
from tests.conftest import ROOT

HEAVY = "pandas", "numpy", "scipy", "sklearn", "pyarrow", "psutil"


def loaded_by(code: str) -> set[str]:
    """The modules that a new interpreter has loaded after it ran some code."""
    code += "; import sys; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_every_name_is_what_it_says() -> None:
    assert set(clv.__all__) <= set(dir(clv))
    for name in clv.__all__:
        found = getattr(clv, name)
        assert (found.__name__, found.__module__) == (name, clv.MODULES[name])


def test_the_names_for_type_checkers_are_those() -> None:
    lines = (ROOT / "clv" / "__init__.py").read_text(encoding="utf-8").splitlines()
    typed = {line.split()[3]: line.split()[1] for line in lines if line.startswith("    from clv.")}
    assert typed == clv.MODULES


def test_importing_clv_imports_nothing_else() -> None:
    loaded = loaded_by("import clv")
    assert {name for name in loaded if name.partition(".")[0] == "clv"} == {"clv"}
    assert not loaded.intersection(HEAVY)


def test_modules_are_still_found_and_other_names_are_not() -> None:
    from clv import paths

    assert paths.PARAMS.name == "params.yaml"
    with pytest.raises(AttributeError, match="module 'clv' has no attribute 'fitt'"):
        _ = clv.fitt
