"""Links in the docs lead somewhere, parameters are those of params.yaml, and the site is built without a warning."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from clv.yaml_file import read_yaml
from manual import api, figures, parameters, pipeline
from manual.parts import PART
from tests.conftest import ROOT
from tests.test_readme import MEASURED
from tests.tracked import tracked

PAGES = [ROOT / name for name in tracked("*.md")]
CODE = re.compile(r"```.*?```|`[^`\n]*`", flags=re.DOTALL)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


def prose(page: Path) -> str:
    return CODE.sub("", page.read_text(encoding="utf-8"))


def anchors(page: Path) -> set[str]:
    """The anchors of the headings of a page, as GitHub makes them."""
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    titles = re.findall(r"^#+ (.*)$", text, flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    for link in LINK.findall(prose(page)):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), f"{page.name} links to {link}"
        assert not anchor or anchor in anchors(target), f"{page.name} links to {link}, and there is no such heading"


def test_every_page_is_linked_from_the_readme() -> None:
    linked = {(ROOT / link.partition("#")[0]).resolve() for link in LINK.findall(prose(ROOT / "README.md"))}
    assert {page for page in PAGES if page.parent == ROOT / "docs"} <= linked


WRITTEN = [page for page in PAGES if page.parent.name in ("docs", "deploy") and page.stem not in ("api", "parameters")]
LEVELS = re.compile(r"\b(?:90%|95%|99%)")  # of intervals


@pytest.mark.parametrize("page", WRITTEN, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_no_measured_number_is_typed(page: Path) -> None:
    text = LEVELS.sub("", CODE.sub("", PART.sub("", page.read_text(encoding="utf-8"))))
    assert MEASURED.findall(text) == []


def test_the_reference_of_parameters_is_that_of_params_yaml() -> None:
    page = parameters.PAGE.read_text(encoding="utf-8")
    assert parameters.page() == page, "run `python -m manual.parameters`"
    leaves = [entry.path for entry in parameters.entries((ROOT / "params.yaml").read_text(encoding="utf-8"))]
    assert len(leaves) > 300
    assert all(f"| `{path}` |" in page or any(other.startswith(f"{path}.") for other in leaves) for path in leaves)


def test_the_reference_of_python_is_that_of_the_docstrings() -> None:
    assert api.page() == api.PAGE.read_text(encoding="utf-8"), "run `python -m manual.api`"


def test_the_picture_and_the_list_of_stages_are_those_of_dvc_yaml() -> None:
    stages = read_yaml(ROOT / "dvc.yaml")["stages"]
    page = pipeline.PAGE.read_text(encoding="utf-8")
    assert pipeline.page(page, stages) == page, "run `python -m manual.pipeline`"
    assert pipeline.picture(stages) == pipeline.PICTURE.read_text(encoding="utf-8")
    assert set(pipeline.seconds(pipeline.RECORD.read_text(encoding="utf-8"))) == {*stages, "all"}
    arrows = pipeline.reduced(pipeline.read_from(stages))
    assert arrows["tune"] == {"featurize"}
    assert arrows["budget"] == {"segment", "experiment"}


def test_the_figures_of_the_method_are_those_of_the_last_run() -> None:
    charts = figures.drawn()
    text = figures.PAGE.read_text(encoding="utf-8")
    assert figures.page(text, charts) == text, "run `python -m manual.figures`"
    pictures = {path.stem: path.read_text(encoding="utf-8") for path in figures.FOLDER.iterdir()}
    assert pictures == {name: chart.standalone() for name, chart in charts.items()}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The manual as a site, built without a warning."""
    folder = tmp_path_factory.mktemp("manual")
    env = os.environ | {"NO_MKDOCS_2_WARNING": "1", "PYTHONWARNINGS": "ignore"}
    command = [sys.executable, "-m", "mkdocs", "build", "--quiet", "--site-dir", str(folder)]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")
    return folder


def test_the_site_loads_nothing_from_elsewhere(site: Path) -> None:
    pages = list(site.glob("*.html"))
    assert len(pages) > 20
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert re.findall(r"""<(?:script|link|img)[^>]*(?:src|href)=["']?https?:[^>]*""", text) == [], page.name


def test_formulas_are_drawn_without_scripts(site: Path) -> None:
    text = (site / "method.html").read_text(encoding="utf-8")
    assert text.count("<math") == (ROOT / "docs" / "method.md").read_text(encoding="utf-8").count("\n$$\n") // 2
    assert "arithmatex" not in text
