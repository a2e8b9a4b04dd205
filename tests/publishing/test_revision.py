"""Which files belong to a revision, and whether they do."""

from pathlib import Path

import pytest

from clv.errors import InputError
from clv.publishing.publication import withheld
from clv.publishing.revision import (
    differences,
    opened,
    report_files,
    require_committed,
    require_reproduced,
    uncommitted,
)
from tests.publishing.shop import LISTS, PUBLIC, Shop


def nobody(path: Path) -> bool:
    return False


def test_a_fresh_revision_is_committed_and_reproduced(shop: Shop) -> None:
    require_committed(shop.root, "so it must be")
    with opened(shop.root) as repo:
        require_reproduced(repo, nobody)
        assert {str(path) for path in report_files(repo)} == {f"reports/{name}" for name in PUBLIC | LISTS}


def test_files_that_no_stage_made_are_not_published(shop: Shop) -> None:
    (shop.root / "reports" / "mine.html").write_text("a draft")
    with opened(shop.root) as repo:
        require_reproduced(repo, nobody)
        assert Path("reports/mine.html") not in report_files(repo)


@pytest.mark.parametrize("staged", [False, True])
def test_an_uncommitted_change_is_named(shop: Shop, staged: bool) -> None:
    (shop.root / "params.yaml").write_text("seed: 5\n")
    (shop.root / "untracked.txt").write_text("does not matter")
    if staged:
        shop.run("git", "add", "params.yaml")
    assert uncommitted(shop.root) == ["params.yaml"]
    with pytest.raises(InputError, match=r"^params\.yaml differs from HEAD, and so it must be; commit, or git stash$"):
        require_committed(shop.root, "so it must be")


def test_a_report_of_another_state_is_named(shop: Shop) -> None:
    (shop.root / "reports" / "index.html").write_text("edited by hand")
    with (
        opened(shop.root) as repo,
        pytest.raises(InputError, match=r"as dvc status shows: report: reports/index\.html modified; run make repro"),
    ):
        require_reproduced(repo, nobody)


def test_code_that_has_not_run_is_named(shop: Shop) -> None:
    (shop.root / "make.py").write_text("pass\n")
    shop.run("git", "commit", "--quiet", "--all", "--message", "Write nothing")
    with opened(shop.root) as repo, pytest.raises(InputError, match=r"report: make\.py modified"):
        require_reproduced(repo, nobody)


def test_lists_that_did_not_travel_do_not_matter_unless_they_are_published(shop: Shop) -> None:
    """`dvc pull` does not fetch audiences."""
    (shop.root / "reports" / "audiences" / "meta.csv").unlink()
    (shop.root / "reports" / "audiences").rmdir()
    with opened(shop.root) as repo:
        require_reproduced(repo, withheld)
        with pytest.raises(InputError, match="reports/audiences deleted"):
            require_reproduced(repo, nobody)


def test_every_kind_of_difference_is_said() -> None:
    status = {
        "train": ["changed command", {"changed deps": {"params.yaml": {"train.learners": "modified", "seed": "new"}}}],
        "audience": [{"changed outs": {"reports/audiences": "deleted"}}],
    }
    assert differences(status, withheld) == [
        "train: changed command",
        "train: params.yaml train.learners modified, seed new",
    ]


def test_a_folder_without_dvc_or_git_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"^DVC: you are not inside of a DVC repository"), opened(tmp_path):
        pass
    with pytest.raises(InputError, match=r"git status failed: .*not a git repository.*run it in a clone"):
        uncommitted(tmp_path)
