"""A repo with reports, alone or with a server, without the environment's settings of AWS, DVC or git."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.publishing.shop import BUCKET, Shop, make_shop
from tests.servers import s3_server


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [name for name in os.environ if name.startswith(("AWS_", "DVC_", "GIT_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", os.devnull)


@pytest.fixture(scope="session")
def first_edition(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("first") / "shop"
    make_shop(root)
    return root


@pytest.fixture
def shop(first_edition: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    """A repo without a server; it is the working directory."""
    shutil.copytree(first_edition, tmp_path / "shop", symlinks=True)
    monkeypatch.chdir(tmp_path / "shop")
    (tmp_path / "s3").mkdir()
    return Shop(tmp_path / "shop", tmp_path / "s3")


@pytest.fixture
def private(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    """The repo with a bucket that requires a key."""
    yield from _served(shop, monkeypatch, public=False)


@pytest.fixture
def public(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    """The repo with a bucket that anybody can read, as `make s3` serves it."""
    yield from _served(shop, monkeypatch, public=True)


def _served(shop: Shop, monkeypatch: pytest.MonkeyPatch, public: bool) -> Iterator[Shop]:
    with s3_server(shop.objects, BUCKET, public=public) as server:
        for name, value in server.env.items():
            monkeypatch.setenv(name, value)
        yield shop
