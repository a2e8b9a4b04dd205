"""A run that was committed is sent once: in the same night, or as soon as it can be sent."""

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from clv.errors import InputError
from clv.params import Params
from clv.retraining.last_good import NOBODY
from clv.retraining.night import NOTHING, SENT, deliver, fetch
from clv.retraining.params import RetrainParams


class Sender:
    """A sender that counts its calls, and raises while it cannot send."""

    def __init__(self) -> None:
        self.calls, self.works = 0, True

    def __call__(self) -> None:
        self.calls += 1
        if not self.works:
            raise InputError("the bucket is down; wait")


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    """A repo whose newest commit waits to be sent."""
    (tmp_path / SENT).parent.mkdir()
    (tmp_path / SENT).write_text(f"{NOTHING}\n", encoding="utf-8")
    commit(tmp_path)
    return tmp_path


@pytest.fixture
def params(project_params: Params) -> RetrainParams:
    return replace(project_params.retrain, deliver=("push", "publish"))


def commit(root: Path) -> None:
    subprocess.run(["git", "init", "--quiet"], cwd=root, check=True)
    subprocess.run(["git", *NOBODY, "commit", "--quiet", "--allow-empty", "--message", "Run"], cwd=root, check=True)


def test_a_run_is_sent_once_in_the_order_that_is_asked(repo: Path, params: RetrainParams) -> None:
    push, publish = Sender(), Sender()
    for _ in range(2):
        deliver(repo, params, {"push": push, "publish": publish})
    assert (push.calls, publish.calls) == (1, 1)


def test_what_could_not_be_sent_is_sent_when_it_can_be(repo: Path, params: RetrainParams) -> None:
    push, publish = Sender(), Sender()
    publish.works = False
    said = "the last run is kept here, but publish failed, and is tried again next night: the bucket is down; wait"
    with pytest.raises(InputError, match=said):
        deliver(repo, params, {"push": push, "publish": publish})
    publish.works = True
    deliver(repo, params, {"push": push, "publish": publish})
    deliver(repo, params, {"push": push, "publish": publish})
    assert (push.calls, publish.calls) == (2, 2)


def test_a_clone_that_made_no_run_sends_nothing(repo: Path, params: RetrainParams) -> None:
    (repo / SENT).unlink()
    push = Sender()
    deliver(repo, params, {"push": push, "publish": push})
    assert push.calls == 0


def test_a_command_that_cannot_fetch_stops_the_night(tmp_path: Path, params: RetrainParams) -> None:
    with (tmp_path / "lock").open("w") as lock:
        fetch(replace(params, fetch=f"touch {tmp_path}/fetched"), lock.fileno())
        assert (tmp_path / "fetched").exists()
        with pytest.raises(InputError, match=r"retrain\.fetch ended with exit code 3: exit 3; run it by hand"):
            fetch(replace(params, fetch="exit 3"), lock.fileno())
