"""The doctor on a repo where everything is right, and where one thing after the other is broken."""

import os
import re
import sys
import threading
from argparse import Namespace
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, tzinfo
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from clv.commands import doctor
from clv.errors import InputError
from clv.publishing import checks
from clv.publishing.bucket import Folder
from clv.publishing.checks import CHECKS, Here, region
from tests.publishing.shop import BUCKET, Shop

Break = Callable[[Shop, pytest.MonkeyPatch], None]
REMOTE_CHECKS = ["clock", "data", "reports", "region"]


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)


def states(shop: Shop) -> dict[str, tuple[str, str]]:
    """The state and the message of each check."""
    return {finding.name: (finding.state, finding.said) for finding in doctor.examine(Here(shop.root))}


def test_nothing_is_wrong(private: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    doctor.run(Namespace())
    lines = capsys.readouterr().out.splitlines()
    assert [re.split(r"  +", line)[:2] for line in lines] == [["ok", check.name] for check in CHECKS]
    assert list((private.objects / BUCKET).rglob("*.doctor")) == [], "it leaves nothing behind"


def test_secrets_are_not_printed(private: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    os.environ["AWS_SECRET_ACCESS_KEY"] = "not-the-secret"
    with pytest.raises(SystemExit):
        doctor.run(Namespace())
    printed = capsys.readouterr()
    assert "credentials  in environment variables" in printed.out
    assert "not-the-secret" not in printed.out + printed.err


def another_python(shop: Shop, patch: pytest.MonkeyPatch) -> None:
    patch.setenv("PATH", "/usr/bin:/bin")


def old_python(shop: Shop, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(checks, "OLDEST_PYTHON", (4, 0))


def no_identity(shop: Shop, patch: pytest.MonkeyPatch) -> None:
    shop.run("git", "config", "--unset", "user.email")


def changed_file(shop: Shop, patch: pytest.MonkeyPatch) -> None:
    (shop.root / "make.py").write_text("pass\n")


def other_dvc(shop: Shop, patch: pytest.MonkeyPatch) -> None:
    (shop.root / "requirements.txt").write_text("dvc==1.0.0\n")


def no_bytecode(shop: Shop, patch: pytest.MonkeyPatch) -> None:
    patch.setenv("PYTHONDONTWRITEBYTECODE", "1")


def bad_pipeline(shop: Shop, patch: pytest.MonkeyPatch) -> None:
    (shop.root / "dvc.yaml").write_text("stages: [\n")


def bad_params(shop: Shop, patch: pytest.MonkeyPatch) -> None:
    (shop.root / "params.yaml").write_text("sed: 5\n")


def key_in_git(shop: Shop, patch: pytest.MonkeyPatch) -> None:
    shop.run("dvc", "remote", "modify", "storage", "secret_access_key", "hush")


@pytest.mark.parametrize(
    ("breaks", "check", "message"),
    [
        (another_python, "python", "source .venv/bin/activate"),
        (old_python, "python", "3.11 or newer is needed"),
        (no_identity, "git", "git has no author for commits; run `git config user.name"),
        (changed_file, "work tree", "make.py differs from HEAD"),
        (other_dvc, "dvc", r"but 1\.0\.0 is locked; run `make clean setup`"),
        (no_bytecode, "bytecode", "unset it"),
        (bad_pipeline, "pipeline", r"DVC: .*dvc\.yaml"),
        (bad_params, "pipeline", "unknown parameter 'sed'; did you mean 'seed'"),
        (key_in_git, "remote", r"\.dvc/config, which is in git, holds secret_access_key of the remote storage"),
    ],
)
def test_what_is_wrong_here_is_said_with_the_remedy(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, breaks: Break, check: str, message: str
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:9")
    breaks(shop, monkeypatch)
    state, said = states(shop)[check]
    assert state == "wrong"
    assert re.search(message, said), said
    assert "\n" not in said


def no_git(shop: Shop) -> None:
    (shop.root / ".git").rename(shop.root / "gone")


def no_remote(shop: Shop) -> None:
    shop.run("dvc", "config", "--unset", "core.remote")


def local_remote(shop: Shop) -> None:
    shop.run("dvc", "remote", "modify", "storage", "url", "/somewhere")


@pytest.mark.parametrize(
    ("breaks", "check", "message", "silenced"),
    [
        (no_git, "git", "not a git repository", ["work tree"]),
        (no_remote, "remote", "no remote specified", ["credentials", "endpoint", *REMOTE_CHECKS]),
        (local_remote, "remote", "is not on S3", ["credentials", "endpoint", *REMOTE_CHECKS]),
    ],
)
def test_what_depends_on_it_is_not_checked(
    shop: Shop, breaks: Callable[[Shop], None], check: str, message: str, silenced: list[str]
) -> None:
    breaks(shop)
    found = states(shop)
    assert found[check][0] == "wrong"
    assert message in found[check][1]
    assert [found[name][0] for name in silenced] == ["not checked"] * len(silenced)
    assert found[silenced[0]][1] == f"because of {check}"


def test_no_credentials(private: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    found = states(private)
    assert found["credentials"][0] == "wrong"
    assert found["credentials"][1].startswith("no credentials were found; set AWS_ACCESS_KEY_ID")
    assert found["endpoint"][0] == "ok", "that needs none"
    assert found["data"] == ("not checked", "because of credentials")


def test_where_credentials_are(private: Shop, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    key, secret = os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"]
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    (tmp_path / "credentials").write_text(f"[clv]\naws_access_key_id = {key}\naws_secret_access_key = {secret}\n")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_PROFILE", "clv")
    found = states(private)
    assert found["credentials"] == ("ok", "in the credentials file of AWS, profile clv")
    assert found["data"][0] == "ok"
    monkeypatch.delenv("AWS_PROFILE")
    private.run("dvc", "remote", "modify", "--local", "storage", "access_key_id", key)
    private.run("dvc", "remote", "modify", "--local", "storage", "secret_access_key", secret)
    found = states(private)
    assert found["credentials"] == ("ok", "in .dvc/config.local, or another file of DVC's settings")
    assert found["data"][0] == "ok"


@pytest.mark.parametrize(
    ("variable", "message"),
    [("AWS_ACCESS_KEY_ID", "access key is not known"), ("AWS_SECRET_ACCESS_KEY", "secret key is not that of")],
)
def test_a_wrong_key(private: Shop, variable: str, message: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable, "other")
    found = states(private)
    assert found["credentials"][0] == found["endpoint"][0] == found["clock"][0] == "ok"
    assert found["data"][0] == found["reports"][0] == "wrong"
    assert message in found["data"][1]
    assert found["region"] == ("not checked", "because of data")


def test_an_endpoint_that_does_not_answer(private: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:9")
    found = states(private)
    assert found["endpoint"][0] == "wrong"
    assert (
        "http://127.0.0.1:9 does not answer; check the network, that the server runs, and AWS_ENDPOINT_URL_S3"
        in found["endpoint"][1]
    )
    assert [found[name][0] for name in REMOTE_CHECKS] == ["not checked"] * len(REMOTE_CHECKS)


def test_a_missing_bucket(private: Shop) -> None:
    private.set_params(url="s3://none/reports")
    found = states(private)
    assert found["data"][0] == "ok"
    assert found["reports"][0] == "wrong"
    assert found["reports"][1].startswith("s3://none/reports cannot be used: there is no such bucket; create it")
    assert not (private.objects / "none").exists()


def test_a_bucket_that_may_not_be_written(private: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    with answering(region="us-east-1") as address:
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", address)
        found = states(private)
    assert found["data"][0] == "wrong"
    assert "this key lacks the permission; ask the owner to let it list, read and write there" in found["data"][1]


def test_a_server_that_is_not_s3(private: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    with answering(region="us-east-1", speaks_s3=False) as address:
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", address)
        found = states(private)
    assert found["data"][0] == "wrong"
    assert f"{address} does not answer as S3 does; check AWS_ENDPOINT_URL_S3" in found["data"][1]


def test_a_right_to_delete_is_not_needed(private: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(folder: Folder, name: str) -> None:
        raise InputError("this key lacks the permission")

    monkeypatch.setattr(Folder, "delete", refuse)
    assert states(private)["data"] == (
        "ok",
        f"s3://{BUCKET}/dvc can be listed, read and written, but nothing can be deleted: .doctor stays there",
    )


def test_a_clock_that_is_off(private: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    class Later(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:
            return datetime.now(tz) + timedelta(hours=1)

    monkeypatch.setattr(checks, "datetime", Later)
    found = states(private)
    assert found["clock"][0] == "wrong"
    assert re.search(r"more than 15 minutes off; set it .*; the server is 60 minutes away", found["clock"][1])
    assert found["data"] == ("not checked", "because of clock")


class Answers(BaseHTTPRequestHandler):
    """A server that does what ours cannot: it has a region, and allows listing but not writing."""

    region = ""
    speaks_s3 = True

    def do_HEAD(self) -> None:
        self._answer(200, b"", {"x-amz-bucket-region": self.region})

    def do_GET(self) -> None:
        if not self.speaks_s3:
            self._answer(404, b"<html>Not found</html>")
            return
        self._answer(200, b"<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>")

    def do_PUT(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self._answer(403, b"<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>")

    def _answer(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def answering(region: str, speaks_s3: bool = True) -> Iterator[str]:
    """Run such a server; yields its address."""
    kind = type("Answering", (Answers,), {"region": region, "speaks_s3": speaks_s3})
    with HTTPServer(("127.0.0.1", 0), kind) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def test_the_region_is_that_of_the_bucket(private: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with answering(region="eu-central-1") as address:
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", address)
        with pytest.raises(InputError, match=r"is in eu-central-1, but .* us-east-1; export AWS_DEFAULT_REGION=eu-cen"):
            region(Here(private.root))
        monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
        assert region(Here(private.root)) == "eu-central-1"


def test_the_exit_code_says_that_something_is_wrong(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:9")
    with pytest.raises(SystemExit) as ended:
        doctor.run(Namespace())
    assert ended.value.code == 1
    assert len(capsys.readouterr().out.splitlines()) == len(CHECKS), "all the others were made"
