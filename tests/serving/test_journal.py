"""The journal of events: each is on disk before the answer, there once even if sent again, whole after a kill."""

import errno
import os
import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from clv.data.journal_rows import read_journal
from clv.errors import InputError
from clv.serving.journal import FILE, Journal
from clv.serving.refused import RefusedError
from tests.serving.journal_writer import event, kill_writers


def ids(folder: Path) -> list[str]:
    return read_journal(str(folder / FILE))["event_id"].tolist()


def test_killed_writers_lose_no_acknowledged_event(tmp_path: Path) -> None:
    assert len(kill_writers(tmp_path, 3, random.Random(1))) >= 3


def test_an_event_that_comes_again_counts_once(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    assert [journal.append(event(name)) for name in ("a", "b", "a")] == [True, True, False]
    with pytest.raises(RefusedError, match="event_id a belongs to another, earlier event") as refused:
        journal.append(replace(event("a"), amount=10.0))
    assert (refused.value.code, refused.value.field) == ("event_conflict", "event_id")
    journal.close()
    again = Journal(tmp_path)
    assert again.append(event("b")) is False
    with pytest.raises(RefusedError):
        again.append(replace(event("b"), amount=10.0))
    assert len(again) == 2
    assert ids(tmp_path) == ["a", "b"]
    again.close()


def test_events_of_one_customer_in_their_order(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    upper = replace(event("dd"), customer_id="C1")
    for some in (event("b"), event("cc"), upper, event("a")):
        journal.append(some)
    assert journal.of_customer("c1", ignore_case=False) == [event("b"), event("a")]
    assert journal.of_customer("c1", ignore_case=True) == [event("b"), upper, event("a")]
    assert journal.of_customer("nobody", ignore_case=True) == []
    journal.close()


def test_an_event_is_on_disk_before_it_is_acknowledged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[int] = []

    def fsync(file: int) -> None:
        synced.append(os.fstat(file).st_size)

    monkeypatch.setattr(os, "fsync", fsync)
    journal = Journal(tmp_path)
    assert len(synced) == 3  # the file, its folder and the folder above
    for name in ("a", "b"):
        journal.append(event(name))
        assert synced[-1] == (tmp_path / FILE).stat().st_size
    journal.append(event("a"))
    assert len(synced) == 5, "what is on disk already needs no wait"
    journal.close()


def test_many_at_once_share_a_wait(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[int] = []
    fsync = os.fsync
    monkeypatch.setattr(os, "fsync", lambda file: (synced.append(file), fsync(file)))
    journal = Journal(tmp_path)
    synced.clear()
    with ThreadPoolExecutor(16) as threads:
        assert all(threads.map(lambda n: journal.append(event(f"e{n}")), range(200)))
    assert len(set(ids(tmp_path))) == 200
    assert len(synced) < 200
    journal.close()


def test_half_a_line_is_cut_off(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    for name in ("a", "b"):
        journal.append(event(name))
    journal.close()
    whole = (tmp_path / FILE).read_bytes()
    second = whole.rindex(b"\nb,") + 1
    for cut in (second, second + 1, second + 40, len(whole) - 1):
        (tmp_path / FILE).write_bytes(whole[:cut])
        assert ids(tmp_path) == ["a"], "the next run does not see it either"
        again = Journal(tmp_path)
        assert len(again) == 1
        assert again.append(event("b"))
        again.close()
        assert ids(tmp_path) == ["a", "b"]
    (tmp_path / FILE).write_bytes(whole[:20])
    Journal(tmp_path).close()
    assert ids(tmp_path) == []


def test_one_writer_at_a_time(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    with pytest.raises(InputError, match="is written to by another server; stop that one"):
        Journal(tmp_path)
    journal.close()
    Journal(tmp_path).close()


@pytest.mark.parametrize("content", ["customer_id,amount\nc1,5\n", "\udcff\n", None])
def test_another_file_is_left_alone(tmp_path: Path, content: str | None) -> None:
    journal = Journal(tmp_path)
    journal.append(event("a"))
    journal.close()
    path = tmp_path / FILE
    text = path.read_text() + path.read_text().splitlines()[1] + "\n" if content is None else content
    path.write_bytes(text.encode(errors="surrogateescape"))
    with pytest.raises(InputError, match=r"events\.csv: line [23] is not an event"):
        Journal(tmp_path)
    assert path.read_bytes() == text.encode(errors="surrogateescape")


def test_a_full_disk_acknowledges_nothing_and_leaves_no_half(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    journal = Journal(tmp_path)
    journal.append(event("a"))
    write = os.write
    monkeypatch.setattr(os, "write", lambda file, line: write(file, line[:10]))
    with pytest.raises(InputError, match="make room on that disk"):
        journal.append(event("b"))
    monkeypatch.setattr(os, "write", write)
    assert ids(tmp_path) == ["a"]
    assert journal.append(event("b"))

    def refused(file: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "fsync", refused)
    for name in ("c", "d"):
        with pytest.raises(InputError, match=r"Input/output error|refused an earlier event"):
            journal.append(event(name))
    journal.close()
