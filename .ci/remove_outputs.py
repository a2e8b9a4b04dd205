"""Remove every output of the pipeline in this folder that is in git rather than in DVC's cache."""

import shutil
from pathlib import Path

from dvc.repo import Repo

with Repo() as repo:
    for out in repo.index.outs:
        path = Path(out.fs_path)
        if out.use_cache or not path.exists():
            continue
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
