"""Publishing to a real S3 server."""

import os
import re
import subprocess
import sys
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urljoin

import botocore.auth
import pytest

from clv.arguments import Options
from clv.commands import publish
from clv.errors import InputError
from clv.publishing import readers
from clv.publishing.bucket import Folder
from clv.publishing.old_revisions import too_old
from clv.publishing.publication import Upload
from clv.publishing.readers import Answer
from clv.publishing.remote import access
from clv.publishing.revision import opened
from tests.conftest import ROOT
from tests.publishing.shop import BUCKET, LISTS, PUBLIC, Shop


def published(*options: str) -> None:
    """Run `clv publish` in this process."""
    parser = Options(prog="clv publish")
    publish.options(parser)
    publish.run(parser.parse_args(options))


def head(shop: Shop, name: str) -> tuple[str, str]:
    """Content type and Cache-Control of an object as the server gives them back."""
    with opened(shop.root) as repo:
        folder = Folder(f"s3://{BUCKET}/reports", access(repo))
    answer = folder.client.head_object(Bucket=BUCKET, Key=f"reports/{name}")
    return answer["ContentType"], answer["CacheControl"]


def get(address: str) -> str:
    with urllib.request.urlopen(address) as answer:
        return str(answer.read().decode())


def printed_address(printed: str) -> str:
    found = re.search(r"^publish: open (\S+)$", printed, flags=re.MULTILINE)
    assert found, printed
    return found[1]


def sent(printed: str) -> tuple[int, int]:
    """How many files were sent, and how many were there already."""
    found = re.search(r"sent (\d+) files, .*; (\d+) were already there", printed)
    assert found, printed
    return int(found[1]), int(found[2])


def test_every_report_is_there_by_its_name_with_its_bytes(private: Shop) -> None:
    published()
    revision = private.revision
    assert private.stored() == {f"{revision}/{name}" for name in PUBLIC} | {"latest/index.html"}
    for name in PUBLIC:
        there = private.objects / BUCKET / "reports" / revision / name
        assert there.read_bytes() == (private.root / "reports" / name).read_bytes()
    assert f"../{revision}/index.html" in private.latest()


def test_types_and_cache_headers_as_read_back(private: Shop) -> None:
    published("--with-contacts")
    forever = "public, max-age=31536000, immutable"
    of_revision = {name: head(private, f"{private.revision}/{name}") for name in PUBLIC | LISTS}
    assert of_revision == {
        "index.html": ("text/html; charset=utf-8", forever),
        "notebooks/01_data.ipynb": ("application/x-ipynb+json", forever),
        "gain.svg": ("image/svg+xml", forever),
        "model_card.md": ("text/markdown; charset=utf-8", forever),
        "metrics/audiences.json": ("application/json", forever),
        "tables/segments.csv": ("text/csv; charset=utf-8", forever),
        "audiences/meta.csv": ("text/csv; charset=utf-8", "private, max-age=31536000, immutable"),
        "campaigns/assignments.csv": ("text/csv; charset=utf-8", "private, max-age=31536000, immutable"),
    }
    assert head(private, "latest/index.html") == ("text/html; charset=utf-8", "no-cache")


def test_lists_of_customers_go_only_when_asked_for(private: Shop) -> None:
    published()
    assert not {name for name in private.stored() if name.endswith(tuple(LISTS))}
    published("--with-contacts")
    assert {f"{private.revision}/{name}" for name in LISTS} < private.stored()


def test_lists_of_customers_do_not_go_where_anybody_reads(public: Shop) -> None:
    with pytest.raises(InputError, match="lists of customers must not be published where anybody can read them"):
        published("--with-contacts")
    assert public.stored() == {f"{public.revision}/{name}" for name in PUBLIC}, "no list, and no switch"


@pytest.mark.parametrize("answer", [Answer(0), Answer(503), Answer(200, b"log in"), Answer(301)])
def test_lists_of_customers_do_not_go_where_nobody_is_refused_for_sure(
    private: Shop, monkeypatch: pytest.MonkeyPatch, answer: Answer
) -> None:
    private.set_params(site="https://reports.example.com")
    monkeypatch.setattr(readers, "ask", lambda address: answer if "example.com" in address else Answer(403))
    with pytest.raises(InputError, match=r"https://reports\.example\.com/.*/index\.html (does not refuse|opens)"):
        published("--with-contacts")
    assert private.stored() == {f"{private.revision}/{name}" for name in PUBLIC}


def test_nothing_is_sent_twice(private: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    published()
    assert sent(capsys.readouterr().out) == (len(PUBLIC), 0)
    published()
    assert sent(capsys.readouterr().out) == (0, len(PUBLIC))


@pytest.mark.parametrize("content", [b"other", b"<h1>Edition 9</h1><a href='notebooks/01_data.ipynb'>how</a>\n"])
def test_other_bytes_under_a_name_are_replaced(
    private: Shop, content: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    published()
    page = private.objects / BUCKET / "reports" / private.revision / "index.html"
    right = page.read_bytes()
    page.write_bytes(content)  # shorter, or of the same length
    capsys.readouterr()
    published()
    assert sent(capsys.readouterr().out) == (1, len(PUBLIC) - 1)
    assert page.read_bytes() == right


def test_latest_leads_from_one_revision_to_the_next(private: Shop) -> None:
    published()
    first = private.revision
    private.new_edition()
    published()
    second = private.revision
    assert first != second
    assert first not in private.latest()
    assert f"../{second}/index.html" in private.latest()
    pages = {name: private.objects / BUCKET / "reports" / name / "index.html" for name in (first, second)}
    assert "Edition 1" in pages[first].read_text()
    assert "Edition 2" in pages[second].read_text()
    private.run("git", "checkout", "--quiet", first)
    private.run("dvc", "checkout", "--quiet", "--force")
    published()
    assert f"../{first}/index.html" in private.latest(), "whoever publishes an older revision goes back to it"


def test_only_the_newest_revisions_are_kept_where_that_is_asked_for(
    private: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    elsewhere = private.objects / BUCKET / "reports" / "notes" / "index.html"
    published("--with-contacts")
    first = private.revision
    elsewhere.parent.mkdir()
    elsewhere.write_text("not ours", encoding="utf-8")
    private.set_params(keep_revisions=1)
    published()
    second = private.revision
    assert "publish: removed 1 revisions, as publish.keep_revisions is 1" in capsys.readouterr().out
    left = private.stored()
    assert not {name for name in left if name.startswith(first)}, "the lists of customers least of all"
    assert left == {f"{second}/{name}" for name in PUBLIC} | {"latest/index.html", "notes/index.html"}
    assert f"../{second}/index.html" in private.latest()


def test_the_oldest_revisions_go_first_and_the_current_one_never() -> None:
    a, b, c, d = (letter * 40 for letter in "abcd")
    dates = {f"{a}/index.html": "2026-01-04", f"{b}/x.csv": "2026-01-01", f"{b}/index.html": "2026-01-03"}
    dates |= {f"{c}/index.html": "2026-01-02", f"{d}/index.html": "2026-01-01", "latest/index.html": "2026-01-01"}
    dates |= {"a.html": "2026-01-01", "old/index.html": "2025-01-01"}
    assert too_old(dates, d, 2) == [c, b]
    assert too_old(dates, d, 1) == [c, b, a]
    assert too_old(dates, a, 4) == []
    assert too_old(dates, "e" * 40, 2) == [d, c, b], "one that is not listed yet counts"


def dies_after(n_files: int, how: BaseException) -> Callable[[Folder, Upload], None]:
    """A `put` that works `n_files` times and then raises."""
    really, done = Folder.put, []

    def put(folder: Folder, upload: Upload) -> None:
        if len(done) == n_files:
            raise how
        done.append(upload)
        really(folder, upload)

    return put


@pytest.mark.parametrize("n_files", [0, 3, len(PUBLIC)])  # in the last case all files are there, but not the switch
def test_death_in_the_middle_leaves_latest_alone_and_a_second_run_completes(
    private: Shop, n_files: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    published()
    before = private.latest()
    private.new_edition()
    with monkeypatch.context() as patch:
        patch.setattr(Folder, "put", dies_after(n_files, KeyboardInterrupt()))
        with pytest.raises(KeyboardInterrupt):
            published()
    assert private.latest() == before
    assert len({name for name in private.stored() if name.startswith(private.revision)}) == n_files
    capsys.readouterr()
    published()
    assert sent(capsys.readouterr().out) == (len(PUBLIC) - n_files, n_files)
    assert f"../{private.revision}/index.html" in private.latest()


def test_a_file_that_did_not_arrive_keeps_latest_where_it_is(private: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    published()
    before = private.latest()
    private.new_edition()
    really = Folder.put

    def loses_one(folder: Folder, upload: Upload) -> None:
        if not upload.name.endswith("gain.svg"):
            really(folder, upload)

    monkeypatch.setattr(Folder, "put", loses_one)
    with pytest.raises(InputError, match=r"gain\.svg was sent but is missing or incomplete there.*1 of 6 files"):
        published()
    assert private.latest() == before


def test_the_address_of_a_bucket_that_anybody_reads_opens(public: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    published()
    latest = printed_address(capsys.readouterr().out)
    assert latest.endswith(f"/{BUCKET}/reports/latest/index.html")
    link = re.search(r'<a href="([^"]+)">', get(latest))
    assert link
    first = urljoin(latest, link[1])
    assert "Edition 1" in get(first)
    assert get(urljoin(first, "notebooks/01_data.ipynb")) == "{}\n"


def test_dvc_pushes_to_a_bucket_that_anybody_reads(public: Shop) -> None:
    """Any key will do: `make s3` and `make push` work together."""
    public.run("dvc", "push")
    assert [path for path in (public.objects / BUCKET / "dvc").rglob("*") if path.is_file()]


def test_the_address_of_a_private_bucket_opens_and_says_what_does_not(
    private: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    before = datetime.now(UTC)
    published()
    printed = capsys.readouterr().out
    assert "the bucket is private" in printed
    said = re.search(r"for anybody who has it until (\S+ \S+) UTC \(60 minutes\)", printed)
    assert said, printed
    until = datetime.strptime(said[1], "%Y-%m-%d %H:%M").replace(tzinfo=UTC)
    assert timedelta(minutes=58) <= until - before <= timedelta(minutes=62)
    assert "X-Amz-Expires=3600" in printed_address(printed)
    assert "Edition 1" in get(printed_address(printed))


def test_the_address_is_that_of_the_site_where_there_is_one(private: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    private.set_params(site="https://reports.example.com/clv")
    published()
    assert printed_address(capsys.readouterr().out) == "https://reports.example.com/clv/latest/index.html"


def test_a_dry_run_sends_nothing_and_needs_no_server(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:9")
    monkeypatch.setattr("socket.socket.connect", None, raising=False)
    published("--dry-run")
    *lines, last = capsys.readouterr().out.splitlines()
    url = f"s3://{BUCKET}/reports"
    goes = {tuple(re.split(r"  +", line)) for line in lines}
    assert {source for source, *_ in goes} == {f"reports/{name}" for name in PUBLIC} | {"(made)"}
    assert ("reports/gain.svg", f"{url}/{shop.revision}/gain.svg", "image/svg+xml", "42 B") in goes
    assert any(where == f"{url}/latest/index.html" for _, where, *_ in goes)
    assert "nothing was sent; 6 files" in last


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({"AWS_ACCESS_KEY_ID": "other"}, "the access key is not known there; check AWS_ACCESS_KEY_ID"),
        ({"AWS_SECRET_ACCESS_KEY": "other"}, "the secret key is not that of the access key; check"),
        ({"AWS_ENDPOINT_URL_S3": "http://127.0.0.1:9"}, "http://127.0.0.1:9 does not answer; check the network, "),
        ({"AWS_ENDPOINT_URL_S3": "nonsense"}, "Invalid endpoint: nonsense; check AWS_ENDPOINT_URL_S3"),
        ({"AWS_PROFILE": "nobody"}, r"profile \(nobody\) could not be found; check AWS_PROFILE"),
    ],
)
def test_what_s3_refuses_is_one_line(
    private: Shop, variables: dict[str, str], message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(InputError, match=message) as caught:
        published()
    assert str(caught.value).startswith(f"s3://{BUCKET}/reports cannot be used: ")
    assert "\n" not in str(caught.value)
    assert private.stored() == set()


def test_no_credentials_is_one_line(private: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with pytest.raises(InputError, match="no credentials were found; set AWS_ACCESS_KEY_ID"):
        published()
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    with pytest.raises(InputError, match=r"missing: AWS_SECRET_ACCESS_KEY; set it"):
        published()


def test_credentials_and_endpoint_may_be_those_of_dvc_s_settings(
    private: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    for setting, variable in (
        ("access_key_id", "AWS_ACCESS_KEY_ID"),
        ("secret_access_key", "AWS_SECRET_ACCESS_KEY"),
        ("endpointurl", "AWS_ENDPOINT_URL_S3"),
        ("region", "AWS_DEFAULT_REGION"),
    ):
        private.run("dvc", "remote", "modify", "--local", "storage", setting, os.environ[variable])
        monkeypatch.delenv(variable)
    published()
    assert f"../{private.revision}/index.html" in private.latest()


def test_a_missing_bucket_is_one_line_and_is_not_made(private: Shop) -> None:
    private.set_params(url="s3://none/reports")
    with pytest.raises(InputError, match=r"^s3://none/reports cannot be used: there is no such bucket; create it"):
        published()
    assert not (private.objects / "none").exists()


def test_a_clock_that_is_off_is_one_line(private: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    later = datetime.now(UTC) + timedelta(hours=1)
    monkeypatch.setattr(botocore.auth, "get_current_datetime", lambda *args, **kwargs: later.replace(tzinfo=None))
    with pytest.raises(InputError, match="the clock of this machine is more than 15 minutes off; set it"):
        published()


def test_a_remote_elsewhere_is_one_line(shop: Shop, tmp_path: Path) -> None:
    shop.run("dvc", "remote", "modify", "--local", "storage", "url", str(tmp_path / "remote"))
    with pytest.raises(InputError, match="the DVC remote storage is not on S3"):
        published("--dry-run")


def test_no_remote_is_one_line(shop: Shop) -> None:
    shop.run("dvc", "remote", "remove", "storage")
    shop.run("git", "commit", "--quiet", "--all", "--message", "Forget the remote")
    with pytest.raises(InputError, match=r"^the DVC remote cannot be used: no remote specified"):
        published("--dry-run")


def test_the_command_ends_with_one_line_and_exit_code_1(shop: Shop) -> None:
    (shop.root / "make.py").write_text("pass\n")
    command = [sys.executable, "-m", "clv", "publish"]
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=shop.root, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == (
        "error: make.py differs from HEAD, and what is published must belong to a commit; commit, or git stash\n"
    )
