"""Images built by buildah and run by podman, in a store of their own that is removed when the block ends."""

import json
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.deploy.programs import program, said

BRIDGE = "cni-podman0"  # podman makes it, and does not remove it
# The host's settings for PyPI, where it has any: mounted during a build, so that no image holds them.
LENT = (Path("/etc/pip.conf"), Path("/etc/ssl/certs/ca-certificates.crt"))
LIMITS = ("--ulimit", "nofile=1024:1024", "--ulimit", "nproc=1024:1024")  # podman's defaults may exceed a sandbox's
FIGURES: list[str] = []  # what the tests measured, printed at the end


@dataclass(frozen=True)
class Store:
    """A folder with images and containers."""

    folder: Path

    def buildah(self, *args: str | Path) -> str:
        return said(program("buildah", "buildah"), *self._where(), *args)

    def podman(self, *args: str | Path, code: int = 0) -> str:
        """The output of podman, without its warnings that there is no systemd to watch health."""
        how = ("--cgroup-manager", "cgroupfs", "--events-backend", "file", "--log-level", "fatal")
        return said(program("podman", "podman"), *self._where(), *how, *args, code=code)

    def base(self) -> str:
        """Make a slim Debian with Python, the base of the images; return its name."""
        tar = self.folder / "base.tar"
        start = time.monotonic()
        slim = ("doc", "locale", "man")  # python:slim leaves these out too
        options = [f"--dpkgopt=path-exclude=/usr/share/{name}/*" for name in slim]
        debian = [program("mmdebstrap", "mmdebstrap"), "--variant=minbase", "--dpkgopt=force-unsafe-io", *options]
        said(*debian, "--include=python3,python3-venv,ca-certificates", "bookworm", tar)
        self.podman("import", "--quiet", tar, "clv-base")
        tar.unlink()
        FIGURES.append(f"base: {self.megabytes('clv-base')} MB, made in {time.monotonic() - start:.0f} s")
        return "localhost/clv-base"

    def build(self, target: str, context: Path, base: str) -> str:
        """Build a target; return the output of buildah."""
        lent = [part for path in LENT if path.exists() for part in ("--volume", f"{path}:{path}:ro")]
        start = time.monotonic()
        log = self.buildah(
            *("build", "--isolation", "chroot", "--format", "docker", "--layers", *lent, "--build-arg", f"BASE={base}"),
            *("--file", context / "deploy" / "Containerfile", "--target", target, "--tag", f"clv-{target}", context),
        )
        size = self.megabytes(f"clv-{target}")
        FIGURES.append(f"{target}: {size} MB on that base, built in {time.monotonic() - start:.0f} s")
        return log

    def image(self, name: str) -> dict[str, Any]:
        """The metadata of an image."""
        return dict(json.loads(self.podman("image", "inspect", name))[0])

    def megabytes(self, name: str) -> int:
        return round(self.image(name)["Size"] / 1e6)

    @contextmanager
    def started(self, *args: str | Path) -> Iterator[str]:
        """A container in the background, by its name; killed and removed when the block ends."""
        name = "clv-tested"
        self.podman("run", "--detach", "--name", name, *LIMITS, *args)
        try:
            yield name
        finally:
            self.podman("rm", "--force", "--time", "0", "--volumes", name)

    def run(self, *args: str | Path) -> str:
        """Run a container to its end; return its output."""
        return self.podman("run", "--rm", *LIMITS, *args)

    def _where(self) -> tuple[str, ...]:
        return "--root", str(self.folder / "images"), "--runroot", str(self.folder / "run")


@contextmanager
def store(folder: Path) -> Iterator[Store]:
    """An empty store; at the end it is removed with its containers and their network."""
    had_bridge = _has_bridge()
    found = Store(folder)
    try:
        yield found
    finally:
        found.podman("rm", "--all", "--force", "--time", "0")
        found.buildah("rm", "--all")
        found.podman("rmi", "--all", "--force")
        for mount in reversed(_mounts_below(folder)):
            subprocess.run(["umount", mount], check=False)
        shutil.rmtree(folder)
        if _has_bridge() and not had_bridge:
            said(program("ip", "iproute2"), "link", "delete", BRIDGE)


def _has_bridge() -> bool:
    return Path("/sys/class/net", BRIDGE).exists()


def _mounts_below(folder: Path) -> list[str]:
    """Where something is mounted in a folder, outer ones first."""
    places = [line.split()[1] for line in Path("/proc/mounts").read_text(encoding="utf-8").splitlines()]
    return [place for place in places if Path(place).is_relative_to(folder)]
