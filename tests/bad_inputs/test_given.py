"""Bad inputs from users: each ends in one line on stderr, without a traceback, and with nothing half-written."""

import json
import re
import runpy
import shlex
import shutil
import signal
import sys
import warnings
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from clv import paths
from clv.data.world.params import SyntheticParams
from clv.data.world.worlds import make_world
from clv.params import Params
from tests.bad_inputs.given import Place, Row, project
from tests.bad_inputs.given_commands import COMMANDS
from tests.bad_inputs.given_params import PARAMETERS
from tests.bad_inputs.given_pieces import PIECES, PLACES
from tests.bad_inputs.given_tables import TABLES
from tests.conftest import ROOT
from tests.test_predict import fitted

ALL = (*PARAMETERS, *TABLES, *COMMANDS, *PLACES)
ROWS = {row.name: row for row in ALL}
LONGEST_LINE = 1500
SECONDS = 60  # a row that takes longer hangs, as at a pipe that nobody writes to
Run = Callable[[str], tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    """Run `python -m COMMAND` in this process; return its exit code, stdout and stderr."""

    def command(where: str) -> tuple[int, str, str]:
        module, *arguments = shlex.split(where)
        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr(sys, "argv", [module, *arguments])
        capfd.readouterr()
        code: Any = 0
        signal.signal(signal.SIGALRM, _hangs)
        signal.alarm(SECONDS)
        try:
            if module in PIECES:
                PIECES[module]()
            else:
                with warnings.catch_warnings():
                    warnings.filterwarnings("ignore", message=".*found in sys.modules", category=RuntimeWarning)
                    runpy.run_module(module, run_name="__main__", alter_sys=True)
        except SystemExit as end:
            code = end.code or 0
        finally:
            signal.alarm(0)
        out, err = capfd.readouterr()
        return code, out, err

    return command


def _hangs(*_: object) -> None:
    raise AssertionError(f"nothing after {SECONDS} seconds")


def listing(folder: Path) -> dict[str, Any]:
    """All that lies in a folder, with the bytes of files."""
    found = {}
    for path in folder.rglob("*"):
        kind = "link" if path.is_symlink() else "folder" if path.is_dir() else "file" if path.is_file() else "other"
        found[str(path.relative_to(folder))] = (kind, path.read_bytes() if kind == "file" else None)
    return found


@pytest.fixture(scope="module")
def bare_model(small_world: SyntheticParams, project_params: Params, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a small model that needs only transactions of three columns."""
    few = replace(small_world, default=replace(small_world.default, n_customers=300))
    lines = make_world(few, seed=7, horizon_days=120).tables["transactions"][["customer_id", "order_ts", "amount"]]
    train = replace(project_params.train, learners=("btyd", "ridge"))
    made = fitted({"transactions": lines}, train, project_params)
    folder = tmp_path_factory.mktemp("model")
    made.shop.save(folder)
    made.model.save(folder, {})
    return folder


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """A folder with the parameters of the repo and its templates, and room for what stages write."""
    shutil.copytree(ROOT / paths.TEMPLATES, tmp_path / paths.TEMPLATES)
    shutil.copy(ROOT / paths.SYNTHETIC, tmp_path)
    (tmp_path / "reports" / "metrics").mkdir(parents=True)
    return Place(tmp_path, json.loads(project()))


def prepare(place: Place, row: Row) -> None:
    for change in row.given:
        change(place)
    if not (place.folder / paths.PARAMS).is_dir():
        (place.folder / paths.PARAMS).write_bytes(
            json.dumps(place.params).encode() if place.params_file is None else place.params_file
        )


def test_no_row_hides_another() -> None:
    assert len(ROWS) == len(ALL)


@pytest.mark.parametrize("name", ROWS)
def test_what_is_given_is_refused_in_one_line(
    name: str, place: Place, run: Run, bare_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = ROWS[name]
    prepare(place, row)
    for variable, value in row.environment.items():
        monkeypatch.setenv(variable, value)
    for command in place.ran_before:
        assert run(command)[0] == 0
    before = listing(place.folder)
    code, out, err = run(row.where.replace("$MODEL", str(bare_model)))
    assert code == row.code, err
    assert "Traceback" not in err
    if row.code == 0:
        assert re.fullmatch(row.expected, out.splitlines()[-1] if out else err.rstrip("\n")), out + err
        return
    assert out == ""
    assert err.endswith("\n")
    assert err.count("\n") == 1, err
    assert len(err) < LONGEST_LINE
    said = err.removesuffix("\n").replace(str(place.folder), "FOLDER")
    assert said.isprintable(), said
    assert re.fullmatch(f"error: {row.expected}", said), said
    assert listing(place.folder) == before
