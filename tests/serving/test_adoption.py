"""A run is served whole or not at all: all files of one dvc.lock, copied aside, or else the last good run."""

import json
from pathlib import Path

import pytest

from clv import paths
from clv.errors import InputError
from clv.serving import adoption, dvc_hashes
from clv.serving.contents import PERSONS
from clv.serving.recorded import LOCK, Lock
from clv.serving.release import Release
from clv.serving.release_folder import ReleaseFolder, is_whole
from tests.serving.locks import Damage, edit, relock, rerun, with_seed


def test_hashes_are_those_of_dvc(release_root: Path) -> None:
    lock = Lock.read(release_root / LOCK)
    outs = {path: md5 for stage in lock.outs.values() for path, md5 in stage.items()}
    assert sum(md5.endswith(".dir") for md5 in outs.values()) >= 7
    ignored = dvc_hashes.ignored_by(release_root)
    assert {path: dvc_hashes.of_path(release_root / path, ignored) for path in outs} == outs


def test_a_release_holds_every_file_that_was_recorded_and_no_list_of_persons(release: Release) -> None:
    assert is_whole(release.folder)
    assert len(list(release.path(paths.INDEX).parent.rglob("*.csv"))) > 30
    assert [path for path in PERSONS if release.path(path).exists()] == []
    assert not release.path(paths.TRUTH).exists()


def test_a_release_has_the_parameters_of_its_run(own_root: Path, tmp_path: Path) -> None:
    (own_root / paths.PARAMS).write_text("currency: USD\n")  # edited after the run
    release = adoption.adopt(own_root, tmp_path / "serve", "warn")
    assert release.stamp() == {
        "release": Lock.read(release.folder / LOCK).id,
        "as_of": "2024-11-30",
        "horizon_days": 120,
        "currency": "EUR",
    }
    assert release.recorded["time"]["rolling_origins"] == 1
    assert release.recorded["preprocess"]["time_zone"] == "UTC"


NOT_WHOLE: dict[str, tuple[Damage, str]] = {
    "train ran and evaluate did not": (
        rerun("train", paths.TODAY_MODEL),
        r"stage (evaluate|segment|explain) read a different models/today than stage train wrote; .*",
    ),
    "segment ran and budget did not": (
        rerun("segment", paths.CUSTOMER_VALUES),
        r"stage \w+ read a different data/customer_values than stage segment wrote; .*",
    ),
    "a file in a folder is another": (
        rerun("preprocess", paths.CLEAN),
        r"stage \w+ read a different data/clean than stage preprocess wrote; .*",
    ),
    "the code of train was listed anew": (
        rerun("code", paths.code("train")),
        r"stage train read a different code/train.txt than stage code wrote; .*",
    ),
    "no campaign was ever planned": (
        relock(lambda stages: stages.pop("campaign")),
        r"dvc.lock has no record of data/campaign_plan.parquet; .*",
    ),
    "stages ran with different parameters": (
        relock(lambda stages: stages["segment"]["params"]["params.yaml"].update(currency="USD")),
        r"dvc.lock mixes two runs: stage \w+ ran with currency = '...', but stage \w+ with '...'; .*",
    ),
    "the model is being replaced": (
        edit(paths.TODAY_MODEL / "manifest.json"),
        r"models/today is not as stage train recorded it; .*",
    ),
    "customer values are being replaced": (
        edit(paths.CUSTOMER_VALUES / paths.part(0)),
        r"data/customer_values is not as stage segment recorded it; .*",
    ),
    "a table is gone": (
        lambda root: (root / paths.MIGRATION).unlink(),
        r"reports/tables/migration.csv is missing, although stage segment recorded it; .*",
    ),
    "a page is being replaced": (edit(paths.INDEX), r"reports/index.html is not as stage index recorded it; .*"),
    "raw orders are being replaced": (
        edit(paths.raw("transactions")),
        r"data/raw is not as stage generate recorded it; .*",
    ),
    "the lock is half there": (
        lambda root: (root / LOCK).write_text("schema: '2.0'\n"),
        r".*dvc.lock is not the dvc.lock of a pipeline; .*",
    ),
    "there is no lock": (lambda root: (root / LOCK).unlink(), r".*dvc.lock does not exist; .*"),
}


@pytest.mark.parametrize(("damage", "said"), NOT_WHOLE.values(), ids=NOT_WHOLE)
def test_a_run_that_is_not_whole_is_not_served(own_root: Path, tmp_path: Path, damage: Damage, said: str) -> None:
    serve = tmp_path / "serve"
    damage(own_root)
    with pytest.raises(InputError, match=rf"\A{said}\Z"):
        adoption.adopt(own_root, serve, "warn")
    assert [path for path in serve.rglob("*") if path.is_file()] == []


def test_a_damaged_copy_is_not_served(own_root: Path, tmp_path: Path) -> None:
    serve = tmp_path / "serve"
    first = adoption.adopt(own_root, serve, "warn")
    assert ReleaseFolder(serve).last_good() == first.folder
    edit(paths.REASONS)(first.folder)
    assert ReleaseFolder(serve).last_good() is None
    assert is_whole(adoption.adopt(own_root, serve, "warn").folder), "it is copied anew"


def test_old_releases_go_and_the_one_before_stays(own_root: Path, tmp_path: Path) -> None:
    releases, ids = ReleaseFolder(tmp_path / "serve"), []
    for seed in range(3):
        with_seed(seed)(own_root)
        ids.append(adoption.adopt(own_root, releases.folder, "warn").id)
        releases.switch(ids[-1])
        assert releases.current == ids[-1]
    assert len(set(ids)) == 3
    releases.of(".0123456789ab.partial").mkdir()
    releases.tidy(ids[-1])
    assert {path.name for path in releases.of("").iterdir()} == set(ids[-2:])
    assert releases.last_good() == releases.of(ids[-1])


def test_a_failing_verdict_is_served_or_not_by_parameter(own_root: Path, tmp_path: Path) -> None:
    verdict = json.loads((own_root / paths.VERDICT).read_text(encoding="utf-8"))
    assert "fail" in {check["status"] for check in verdict}, "this shop is too small to be forecast well"
    with pytest.raises(InputError, match=r"verdict\.json: .* failed, and serve\.failing_verdict is refuse; "):
        adoption.adopt(own_root, tmp_path / "serve", "refuse")
    assert adoption.adopt(own_root, tmp_path / "serve", "warn").id


def test_two_services_do_not_share_a_folder(tmp_path: Path) -> None:
    folder = ReleaseFolder(tmp_path / "serve")
    with folder.held(), pytest.raises(InputError, match="another service keeps its releases in"), folder.held():
        pass
    with folder.held():
        pass
