"""What the workflows call, in which order and with which variables, when act runs their steps here."""

from pathlib import Path

import pytest

from tests.ci.workflow_runs import Host, git, host

KEYS = ("--secret", "AWS_ACCESS_KEY_ID=key", "--secret", "CLV_DATABASE_URI=uri")


@pytest.fixture
def github(tmp_path: Path) -> Host:
    return host(tmp_path)


def test_ci_runs_the_pipeline_and_then_every_check(github: Host) -> None:
    done = github.run("ci", "push", "refs/heads/main")
    assert done.succeeded, done.said
    assert done.calls == [
        "make setup",
        "dvc checkout --allow-missing --quiet",
        "make repro",
        "dvc gc --workspace --force --quiet",
        "run ",
    ]


def test_ci_fails_with_a_check(github: Host) -> None:
    github.fail()
    assert not github.run("ci", "push", "refs/heads/main").succeeded


def test_a_tag_becomes_a_release(github: Host) -> None:
    done = github.run("release", "push", "refs/tags/v1.0.0")
    assert done.succeeded, done.said
    assert done.calls[-1] == (
        "gh release create v1.0.0 --verify-tag --title clv 1.0.0 --notes-file notes.md "
        "./clv-1.0.0-py3-none-any.whl ./clv-1.0.0.tar.gz"
    )
    assert (github.folder / "artifacts" / "notes.md").read_text(encoding="utf-8") == "- News.\n"
    assert "DRY_RUN=1 make publish" in done.calls
    images = [call for call in done.calls if call.startswith("docker")]
    assert [call.split()[1] for call in images] == ["buildx", "buildx"]
    assert {call.split("--target ")[1].split()[0] for call in images} == {"service", "pipeline"}


def test_a_release_publishes_with_keys_and_pushes_images_where_it_may(github: Host) -> None:
    done = github.run("release", "push", "refs/tags/v1.0.0", *KEYS, "--var", "CLV_IMAGES=on")
    assert done.succeeded, done.said
    assert "AWS_ACCESS_KEY_ID=key make publish" in done.calls
    assert [call for call in done.calls if "key" in call] == ["AWS_ACCESS_KEY_ID=key make publish"]
    pushed = sorted(call.rpartition("/")[2] for call in done.calls if call.startswith("docker push ghcr.io/"))
    assert pushed == ["pipeline:1.0.0", "service:1.0.0"]


def test_a_tag_that_is_not_the_version_stops_the_release(github: Host) -> None:
    done = github.run("release", "push", "refs/tags/v1.0.1")
    assert not done.succeeded
    assert "error: the tag is v1.0.1, and pyproject.toml has version 1.0.0" in done.said
    assert done.calls == []


def test_retraining_pushes_its_commit(github: Host) -> None:
    done = github.run("retrain", "schedule", "refs/heads/main", *KEYS, "--var", "CLV_RETRAIN=on")
    assert done.succeeded, done.said
    given = "AWS_ACCESS_KEY_ID=key CLV_DATABASE_URI=uri"
    assert done.calls == [
        "make setup",
        f"{given} dvc pull --allow-missing --quiet",
        f"{given} make retrain",
        "gh auth setup-git",
    ]
    assert git(github.origin, "log", "-1", "--format=%an: %s", "main") == "github-actions[bot]: Retrain"


def test_retraining_that_fails_pushes_nothing(github: Host) -> None:
    github.fail()
    done = github.run("retrain", "schedule", "refs/heads/main", *KEYS, "--var", "CLV_RETRAIN=on")
    assert not done.succeeded
    assert git(github.origin, "log", "-1", "--format=%s", "main") == "Begin"


@pytest.mark.parametrize("event", ["schedule", "workflow_dispatch"])
def test_retraining_is_off_unless_it_is_on(github: Host, event: str) -> None:
    done = github.run("retrain", event, "refs/heads/main", *KEYS)
    assert done.succeeded, done.said
    assert done.calls == []
