"""SIGKILL while a run is adopted: all releases left are whole, and one of them can be served."""

import os
import random
import subprocess
import sys
import time
from pathlib import Path

from clv.serving import adoption
from clv.serving.recorded import LOCK, Lock
from clv.serving.release_folder import KEPT, ReleaseFolder, is_whole
from tests.conftest import ROOT
from tests.serving.locks import with_seed

KILLS = 4
ADOPTING = """
import sys
from pathlib import Path
from clv.serving.adoption import adopt
from clv.serving.release_folder import ReleaseFolder
from tests.serving.locks import with_seed

root, releases = Path(sys.argv[1]), ReleaseFolder(Path(sys.argv[2]))
for seed in range(int(sys.argv[3]), 2**31):
    with_seed(seed)(root)
    print("begins", flush=True)
    with releases.held():
        releases.switch(adopt(root, releases.folder, "warn").id)
        releases.tidy(releases.current)
"""


def test_no_kill_leaves_half_a_release(own_root: Path, tmp_path: Path) -> None:
    releases, rng = ReleaseFolder(tmp_path / "serve"), random.Random(1)
    start = time.perf_counter()
    releases.switch(adoption.adopt(own_root, releases.folder, "warn").id)
    takes = time.perf_counter() - start
    for kill in range(KILLS):
        command = [sys.executable, "-c", ADOPTING, str(own_root), str(releases.folder), str(1000 * kill)]
        with subprocess.Popen(command, cwd=ROOT, env=os.environ, stdout=subprocess.PIPE, text=True) as adopting:
            assert adopting.stdout is not None
            assert adopting.stdout.readline() == "begins\n"
            time.sleep(2 * takes * rng.random())
            adopting.kill()
        there = [path for path in releases.of("").iterdir() if not path.name.startswith(".")]
        assert [path for path in there if not is_whole(path)] == []
        assert releases.last_good() == releases.of(releases.current)
        assert len(list(releases.of("").iterdir())) <= KEPT + 2, "one more, and what was being copied"
    with_seed(-1)(own_root)
    with releases.held():
        release = adoption.adopt(own_root, releases.folder, "warn")
    assert release.id == Lock.read(own_root / LOCK).id
    releases.tidy(release.id)
    assert [path.name for path in releases.of("").iterdir() if path.name.startswith(".")] == []
