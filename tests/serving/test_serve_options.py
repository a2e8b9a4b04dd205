"""The options of `clv serve` override the settings of params.yaml."""

from pathlib import Path

import pytest

from clv.__main__ import main
from clv.commands import serve as command
from clv.serving.params import ServeParams
from tests.conftest import ROOT


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[tuple[ServeParams, Path]]:
    """The parameters and roots with which the service was started."""
    found: list[tuple[ServeParams, Path]] = []
    monkeypatch.setattr(command, "serve", lambda p, root: found.append((p, root)))
    monkeypatch.chdir(ROOT)
    return found


def test_options_go_before_settings(served: list[tuple[ServeParams, Path]]) -> None:
    main(["serve", "--host", "0.0.0.0", "--port", "8001", "--folder", "/var/lib/clv"])
    p, root = served[0]
    assert (p.host, p.port, p.folder) == ("0.0.0.0", 8001, "/var/lib/clv")
    assert root / p.folder == Path("/var/lib/clv"), "a folder by its whole path is not under the root"


def test_without_options_the_settings_stand(served: list[tuple[ServeParams, Path]]) -> None:
    main(["serve"])
    assert (served[0][0].host, served[0][0].folder) == ("127.0.0.1", ".serve")
