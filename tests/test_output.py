"""`--out`: files are written whole, through links; pipes and devices are written to, not replaced; inputs are safe."""

import os
import stat
from pathlib import Path
from threading import Thread

import pandas as pd
import pytest

from clv.errors import InputError
from clv.output import check_output, write_output

TABLE = pd.DataFrame({"customer_id": ["a"], "predicted_clv": [1.23456789]})
TEXT = "customer_id,predicted_clv\na,1.234568\n"


def test_a_link_stays_a_link_and_its_target_is_written(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    link, target = tmp_path / "link.csv", tmp_path / "folder" / "target.csv"
    link.symlink_to("folder/target.csv")
    for before in (None, "stale"):  # the target of a link may not exist yet
        if before:
            target.write_text(before)
        check_output(str(link), {})
        write_output(TABLE, str(link))
        assert link.is_symlink()
        assert target.read_text() == TEXT
        assert sorted(path.name for path in tmp_path.rglob("*")) == ["folder", "link.csv", "target.csv"]


def test_a_pipe_is_written_into(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read: list[str] = []
    reader = Thread(target=lambda: read.append(pipe.read_text()))
    reader.start()
    check_output(str(pipe), {})
    write_output(TABLE, str(pipe))
    reader.join()
    assert read == [TEXT]
    assert pipe.is_fifo()


def test_a_device_stays_one(tmp_path: Path) -> None:
    (tmp_path / "null.csv").symlink_to("/dev/null")
    for name in ("/dev/null", str(tmp_path / "null.csv")):
        check_output(name, {})
        write_output(TABLE, name)
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)


@pytest.mark.parametrize("name", ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"])
def test_standard_output_is_written_into(name: str, capfd: pytest.CaptureFixture[str]) -> None:
    print("before", flush=True)
    check_output(name, {})
    write_output(TABLE, name)
    assert TEXT in capfd.readouterr().out


def test_an_input_is_refused_and_another_file_taken(tmp_path: Path) -> None:
    given = tmp_path / "given.csv"
    given.write_text("x")
    with pytest.raises(InputError, match=r"given\.csv would overwrite an input, --orders; give --out another file"):
        check_output(str(given), {"--orders": str(given)})
    check_output(str(tmp_path / "other.csv"), {"--orders": str(given), "--touches": "s3://bucket/none.csv"})


def test_a_name_without_an_ending_is_taken(tmp_path: Path) -> None:
    for name in ("forecasts", "forecasts.txt", "forecasts.2026-01-31", "forecasts.CSV"):
        check_output(str(tmp_path / name), {})
        write_output(TABLE, str(tmp_path / name))
        assert (tmp_path / name).read_text() == TEXT
