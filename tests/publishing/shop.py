"""A small repo of git and DVC with a few reports, and a bucket to publish them to."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from clv import paths
from clv.yaml_file import read_yaml
from tests.conftest import ROOT
from tests.settings import write_yaml

BUCKET = "clv-store"

# The script that makes the reports: some are kept in git, some by DVC; lists of customers are in folders.
MAKE = """
from pathlib import Path

FILES = {
    "index.html": "<h1>Edition 1</h1><a href='notebooks/01_data.ipynb'>how</a>",
    "notebooks/01_data.ipynb": "{}",
    "gain.svg": "<svg xmlns='http://www.w3.org/2000/svg'/>",
    "model_card.md": "# Größe",
    "metrics/audiences.json": '{"lists": {}}',
    "tables/segments.csv": "segment,customers",
    "audiences/meta.csv": "email,0c7e6a405862e402eb76a70f8a26fc732d07c32931e9fae9ab1582911d2e8a3b",
    "campaigns/assignments.csv": "customer_id,offer",
}
for name, content in FILES.items():
    path = Path("reports") / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content + "\\n", encoding="utf-8")
"""
LISTS = {"audiences/meta.csv", "campaigns/assignments.csv"}
PAGES = {"index.html", "notebooks/01_data.ipynb", "gain.svg", "model_card.md"}
PUBLIC = PAGES | {"metrics/audiences.json", "tables/segments.csv"}
IN_GIT = ("gain.svg", "model_card.md", "tables/segments.csv", "metrics/audiences.json", "audiences")
KEPT_BY_DVC = ("index.html", "notebooks", "campaigns")


@dataclass
class Shop:
    """The repo at `root`; `objects` is the folder in which the server keeps its bucket."""

    root: Path
    objects: Path

    def run(self, *command: str) -> str:
        """Run a command there with this environment's programs; return what it printed."""
        env = os.environ | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
        done = subprocess.run(command, cwd=self.root, env=env, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}\n{done.stderr}"
        return done.stdout.strip()

    @property
    def revision(self) -> str:
        return self.run("git", "rev-parse", "HEAD")

    def set_params(self, **publish: str | int | None) -> None:
        """Change the section publish of params.yaml, and commit."""
        path = self.root / paths.PARAMS
        content = read_yaml(path)
        content["publish"] |= publish
        write_yaml(content, path)
        self.run("git", "commit", "--quiet", "--all", "--message", "Publish elsewhere")

    def new_edition(self) -> None:
        """Reproduce other reports and commit them."""
        script = self.root / "make.py"
        script.write_text(script.read_text(encoding="utf-8").replace("Edition 1", "Edition 2"), encoding="utf-8")
        self.run("dvc", "repro", "--quiet")
        self.run("git", "commit", "--quiet", "--all", "--message", "Write the second edition")

    def stored(self) -> set[str]:
        """The names of all objects, below the folder of the reports."""
        reports = self.objects / BUCKET / "reports"
        return {path.relative_to(reports).as_posix() for path in reports.rglob("*") if path.is_file()}

    def latest(self) -> str:
        return (self.objects / BUCKET / "reports" / "latest" / "index.html").read_text(encoding="utf-8")


def make_shop(root: Path) -> None:
    """Make the repo at its first revision."""
    root.mkdir()
    shop = Shop(root, root)
    shutil.copy(ROOT / paths.PARAMS, root)
    shutil.copy(ROOT / "requirements.txt", root)
    (root / "make.py").write_text(MAKE, encoding="utf-8")
    outs = [{f"reports/{name}": {"cache": False}} for name in IN_GIT] + [f"reports/{name}" for name in KEPT_BY_DVC]
    stage = {"cmd": "python make.py", "deps": ["make.py"], "outs": outs}
    write_yaml({"stages": {"report": stage}}, root / "dvc.yaml")
    shop.run("git", "init", "--quiet")
    shop.run("git", "config", "user.name", "test")
    shop.run("git", "config", "user.email", "test@localhost")
    shop.run("dvc", "init", "--quiet")
    shop.run("dvc", "config", "core.analytics", "false")
    shop.run("dvc", "remote", "add", "--default", "storage", f"s3://{BUCKET}/dvc")
    shop.run("dvc", "repro", "--quiet")
    (root / ".gitignore").write_text("/reports/audiences\n", encoding="utf-8")
    shop.run("git", "add", "--all")
    shop.run("git", "commit", "--quiet", "--message", "Write the first edition")
