"""Stages that are killed: the processes they started end, nothing is half-written, and the next run succeeds."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.conftest import ROOT
from tests.killing import PATIENCE_SECONDS, below, gone, wait_for
from tests.settings import write_yaml

SIGNALS = [signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGKILL]

# A stage that replaces the folder `out` by the files of two workers, which wait while there is a file `wait`.
STAGE = """
import os, time
from functools import partial
from pathlib import Path
from clv.errors import run_stage
from clv.processes import side_by_side
from clv.replacing import replacing

def work(folder):
    (folder / f"{os.getpid()}.pid").touch()
    while Path("wait").exists():
        time.sleep(0.05)

def main():
    with replacing(Path("out")) as folder:
        folder.mkdir()
        list(side_by_side([partial(work, folder)] * 2, 2))
        (folder / "done").write_text("new")

if __name__ == "__main__":
    run_stage(main)
"""


def environment() -> dict[str, str]:
    """The environment of this process without DVC's variables, in which this repo and its programs are found."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("DVC_", "AWS_"))}
    return kept | {"PYTHONPATH": str(ROOT), "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder with the stage and an old output; at the end, workers that still wait may go on, and so end."""
    (tmp_path / "stage.py").write_text(STAGE, encoding="utf-8")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "done").write_text("old", encoding="utf-8")
    (tmp_path / "wait").touch()
    yield tmp_path
    (tmp_path / "wait").unlink(missing_ok=True)


def start(folder: Path, *command: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        command, cwd=folder, env=environment(), stderr=subprocess.PIPE, text=True, preexec_fn=heed_signals
    )


def heed_signals() -> None:
    """Handle signals like programs in a terminal: a script that runs the tests in the background ignores Ctrl-C."""
    for number in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)


def finish(folder: Path, *command: str) -> None:
    """Run a command again; its workers do not wait."""
    (folder / "wait").unlink()
    done = subprocess.run(command, cwd=folder, env=environment(), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("number", SIGNALS, ids=lambda number: signal.Signals(number).name)
def test_a_signal_ends_a_stage_with_its_workers(folder: Path, number: int) -> None:
    stage = start(folder, sys.executable, "stage.py")
    wait_for(lambda: len(list((folder / ".out.partial").glob("*.pid"))) == 2)
    workers = below(stage)
    assert len(workers) >= 2
    stage.send_signal(number)
    _, said = stage.communicate(timeout=PATIENCE_SECONDS)
    wait_for(lambda: gone(workers))
    assert [path.name for path in (folder / "out").iterdir()] == ["done"]
    assert (folder / "out" / "done").read_text() == "old"
    if number == signal.SIGKILL:
        assert (stage.returncode, said) == (-number, "")
    else:
        name = signal.Signals(number).name
        assert stage.returncode == 128 + number
        assert said == f"error: stopped by {name}; no half-written file is left; run it again\n"
        assert not list(folder.glob(".*"))
    if number in (signal.SIGTERM, signal.SIGKILL):
        finish(folder, sys.executable, "stage.py")
        assert (folder / "out" / "done").read_text() == "new"
        assert not list(folder.glob(".*"))


def test_a_signal_that_is_ignored_stays_so(folder: Path) -> None:
    stage = start(folder, "nohup", sys.executable, "stage.py")
    wait_for(lambda: len(list((folder / ".out.partial").glob("*.pid"))) == 2)
    stage.send_signal(signal.SIGHUP)
    (folder / "wait").unlink()
    stage.communicate(timeout=PATIENCE_SECONDS)
    assert stage.returncode == 0
    assert (folder / "out" / "done").read_text() == "new"


@pytest.mark.parametrize("which", [0, 1])
def test_a_worker_that_is_killed_is_one_line(folder: Path, which: int) -> None:
    """This holds for either worker, while the other goes on."""
    stage = start(folder, sys.executable, "stage.py")
    wait_for(lambda: len(list((folder / ".out.partial").glob("*.pid"))) == 2)
    workers = sorted(int(path.stem) for path in (folder / ".out.partial").glob("*.pid"))
    os.kill(workers[which], signal.SIGKILL)
    _, said = stage.communicate(timeout=PATIENCE_SECONDS)
    assert stage.returncode == 1
    assert said == (
        "error: one of the 2 parallel processes was killed, perhaps for lack of memory; set "
        "CLV_THREADS to fewer than 2, and run it again\n"
    )
    assert (folder / "out" / "done").read_text() == "old"
    assert not list(folder.glob(".*"))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL], ids=lambda number: signal.Signals(number).name)
def test_a_stage_ends_with_the_dvc_that_runs_it(folder: Path, number: int) -> None:
    for command in (("git", "init", "--quiet"), ("dvc", "init", "--quiet")):
        subprocess.run(command, cwd=folder, env=environment(), check=True)
    write_yaml(
        {"stages": {"stage": {"cmd": "python stage.py", "outs": [{"out": {"persist": True}}]}}}, folder / "dvc.yaml"
    )
    dvc = start(folder, "dvc", "repro")
    wait_for(lambda: len(list((folder / ".out.partial").glob("*.pid"))) == 2)
    processes = below(dvc)
    assert len(processes) >= 3
    dvc.send_signal(number)
    dvc.communicate(timeout=PATIENCE_SECONDS)
    wait_for(lambda: gone(processes))
    assert (folder / "out" / "done").read_text() == "old"
    assert not (folder / ".out.partial").exists()
    finish(folder, "dvc", "repro")
    assert (folder / "out" / "done").read_text() == "new"


def test_a_stage_that_has_lost_its_dvc_before_it_looked_does_not_begin(folder: Path) -> None:
    """A shell that has ended started it with DVC's variables; above it is no Python, only init."""
    above = psutil.Process(1).name()
    if "python" in above:
        pytest.skip("here init is a Python, which could be DVC")
    orphan = "DVC_ROOT=. setsid sh -c 'sleep 0.2; exec python stage.py 2>errors' & "
    subprocess.run(["sh", "-c", orphan], cwd=folder, env=environment(), check=True)
    wait_for(lambda: (folder / "errors").exists() and "error: " in (folder / "errors").read_text())  # after any warning
    assert "error: DVC, which ran this stage, has ended" in (folder / "errors").read_text()
    assert (folder / "out" / "done").read_text() == "old"
