"""Artifacts are written whole or not at all, with the same bytes for the same content."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from clv import storage
from clv.errors import InputError
from clv.replacing import replacing, scratch


def test_a_failed_write_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    storage.write_json({"a": 1}, path)
    with pytest.raises(TypeError):
        storage.write_json({"a": object()}, path)
    assert storage.read_json(path) == {"a": 1}
    assert [p.name for p in tmp_path.iterdir()] == ["a.json"]


def test_a_failed_folder_leaves_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "model"
    with replacing(path) as folder:
        folder.mkdir()
        (folder / "old").write_text("1")

    def write_half() -> None:
        with replacing(path) as folder:
            folder.mkdir()
            (folder / "none" / "new").write_text("2")

    with pytest.raises(FileNotFoundError):
        write_half()
    assert [p.name for p in path.iterdir()] == ["old"]
    assert [p.name for p in tmp_path.iterdir()] == ["model"]


def test_a_folder_is_replaced_with_nothing_left_over(tmp_path: Path) -> None:
    path = tmp_path / "snapshots"
    for name in ("first", "second"):
        with replacing(path) as folder:
            folder.mkdir()
            (folder / name).write_text(name)
    assert [p.name for p in path.iterdir()] == ["second"]


def test_what_a_killed_run_left_is_removed(tmp_path: Path) -> None:
    half = tmp_path / ".model.partial"
    half.mkdir()
    (half / "half").touch()
    with replacing(tmp_path / "model") as folder:
        assert not folder.exists()
        folder.mkdir()
    (tmp_path / ".page.partial").mkdir()
    (tmp_path / ".page.partial" / "kernel-1").touch()
    with scratch(tmp_path / "page") as folder:
        assert list(folder.iterdir()) == []
    assert [path.name for path in tmp_path.iterdir()] == ["model"]


@pytest.mark.parametrize("step", [1, 2])
def test_a_folder_is_whole_after_a_kill_between_the_steps_that_replace_it(tmp_path: Path, step: int) -> None:
    """The old folder is moved aside first, then the new one is moved into its place."""
    path, old = tmp_path / "model", tmp_path / ".model.old.partial"
    old.mkdir()
    (old / "old").touch()
    if step == 2:
        path.mkdir()
        (path / "new").touch()

    def look_and_stop() -> None:
        with replacing(path):
            assert [found.name for found in path.iterdir()] == [{1: "old", 2: "new"}[step]]
            raise ValueError("before it is replaced once more")

    with pytest.raises(ValueError, match="before it is replaced"):
        look_and_stop()
    assert [found.name for found in tmp_path.iterdir()] == ["model"]


def test_json_is_sorted_rounded_and_ends_in_a_newline(tmp_path: Path) -> None:
    path = tmp_path / "m.json"
    storage.write_json({"b": np.float64(1 / 3), "a": float("nan"), "c": [-0.0, np.int64(2)]}, path)
    assert path.read_text() == '{\n  "a": null,\n  "b": 0.333333,\n  "c": [\n    0.0,\n    2\n  ]\n}\n'


def test_csv_is_rounded_without_negative_zero(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    storage.write_csv(pd.DataFrame({"a": [-1e-9, 2 / 3], "n": ["x", "y"]}), path)
    assert path.read_text() == "a,n\n0.0,x\n0.666667,y\n"


def test_tables_have_the_same_bytes(tmp_path: Path) -> None:
    frame = pd.DataFrame({"id": ["a", "b"], "v": [1.5, np.nan]}, index=[5, 3])
    storage.write_table(frame, tmp_path / "1.parquet")
    storage.write_table(frame.copy(), tmp_path / "2.parquet")
    assert (tmp_path / "1.parquet").read_bytes() == (tmp_path / "2.parquet").read_bytes()


def test_a_missing_artifact_says_how_to_make_it(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"does not exist; run `dvc repro`"):
        storage.read_table(tmp_path / "none.parquet")


def test_csv_comes_back_with_its_names(tmp_path: Path) -> None:
    """A channel may be called None, NA or 10; only a blank is missing."""
    path = tmp_path / "t.csv"
    frame = pd.DataFrame(
        {"channel": ["None", "NA", "10", ""], "note": ["nan", "x", "null", ""], "v": [1, 2, 3, np.nan]}
    )
    storage.write_csv(frame, path)
    found = storage.read_csv(path, text=["channel", "gone"])
    assert found["channel"].tolist() == ["None", "NA", "10", ""]
    assert found["note"].tolist()[:3] == ["nan", "x", "null"]
    assert found[["note", "v"]].isna().values.tolist() == [[False, False]] * 3 + [[True, True]]
    storage.write_csv(frame[["channel"]].tail(1).assign(channel="7"), path)
    assert storage.read_csv(path, text=["channel"])["channel"].tolist() == ["7"]
    with pytest.raises(InputError, match=r"does not exist; run `dvc repro`"):
        storage.read_csv(tmp_path / "none.csv")


def test_what_is_no_json_is_one_clear_line(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text("{'a': 1}", encoding="utf-8")
    with pytest.raises(InputError, match=r"a\.json must be JSON, but is not; run `dvc repro`, or name the right file"):
        storage.read_json(path)


def test_a_fingerprint_follows_names_and_content_in_folders_too(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "a").write_text("x", encoding="utf-8")
    (tmp_path / "b").write_text("y", encoding="utf-8")
    before = storage.fingerprint(tmp_path)
    (tmp_path / "one" / "a").rename(tmp_path / "one" / "c")
    assert storage.fingerprint(tmp_path) != before
    (tmp_path / "one" / "c").rename(tmp_path / "one" / "a")
    assert storage.fingerprint(tmp_path) == before
    (tmp_path / "one" / "a").write_text("z", encoding="utf-8")
    assert storage.fingerprint(tmp_path) != before
