"""The whole pipeline on a tiny shop, as a user runs it: repro, an experiment on a CSV, wrong input, push and pull."""

import hashlib
import json
import re
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import numpy as np
import pandas as pd
import pytest
import s3fs

from clv import paths
from clv.evaluation.params import CheckName
from clv.marketing.segments.customer_values import COLUMNS as VALUE_COLUMNS
from clv.marketing.segments.customer_values import names_of
from clv.marketing.segments.rfm import SEGMENTS
from clv.marketing.tiers import TIERS
from clv.reporting.kit.page import LINKS
from clv.yaml_file import read_yaml
from tests.browser import SCREEN, browser, check_in, opened
from tests.cluster import cluster
from tests.conftest import ROOT
from tests.few import small_counts
from tests.killing import PATIENCE_SECONDS, below, gone, wait_for
from tests.personal import contacts, leaks
from tests.servers import S3, s3_server
from tests.small_repo import SMALL, Repo, copied

ECO_COLUMNS = names_of("eco")  # of shops with eco products
COLUMNS = [column.name for column in VALUE_COLUMNS if column.source != "eco"]
# The pictures of pages that have fewer than two; no night has run here.
PICTURES = {"02_features": 1, "06_budget": 1, "08_runs": 0}


def changed(before: dict[str, bytes], after: dict[str, bytes]) -> set[str]:
    """The paths of artifacts that changed. Comparing contents would print a long difference when a test fails."""
    return {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}


@pytest.fixture(scope="module")
def repo(tmp_path_factory: pytest.TempPathFactory) -> Repo:
    """The copy after `dvc repro` on a tiny shop, committed."""
    copy = copied(tmp_path_factory.mktemp("clone") / "clv")
    copy.set_params(dict(SMALL))
    copy.run("dvc", "repro", CLV_THREADS="4")
    copy.run("git", "add", "--all")
    copy.run("git", "commit", "--quiet", "--message", "A tiny shop")
    return copy


def values_of(repo: Repo) -> pd.DataFrame:
    return pd.read_parquet(repo.root / paths.CUSTOMER_VALUES)


def check_values(values: pd.DataFrame) -> None:
    """Require what holds for every table of customer values."""
    assert list(values.columns) in (COLUMNS, [*COLUMNS, *ECO_COLUMNS])
    assert values["customer_id"].is_unique
    numbers = values[COLUMNS].select_dtypes("number").to_numpy()
    assert np.isfinite(numbers).all()
    assert (numbers >= 0).all()
    nested = ["lower_99", "lower_95", "lower_90", "predicted_clv", "upper_90", "upper_95", "upper_99"]
    assert (np.diff(values[nested].to_numpy(), axis=1) >= 0).all()
    assert set(values["tier"]) == set(TIERS)
    assert set(values["rfm_segment"]) <= {segment.name for segment in SEGMENTS}


def test_every_customer_has_a_value(repo: Repo) -> None:
    values = values_of(repo)
    check_values(values)
    assert len(values) == SMALL["synthetic.yaml:default.n_customers"]


def test_a_second_run_does_nothing(repo: Repo) -> None:
    assert list((repo.root / "clv").rglob("__pycache__")), "bytecode lies beside the code, and is no change of it"
    assert "Data and pipelines are up to date." in repo.run("dvc", "repro").stdout
    assert "up to date" in repo.run("dvc", "status").stdout
    assert repo.run("git", "status", "--porcelain").stdout == ""


def test_an_edit_runs_again_what_is_made_of_it(repo: Repo) -> None:
    edited = repo.root / "clv" / "marketing" / "budget" / "rule.py"
    edited.write_text(edited.read_text(encoding="utf-8") + "\n# edited\n", encoding="utf-8")
    assert ran(repo) == ["code", "budget", "index"]
    new = repo.root / "clv" / "not_yet_used.py"
    new.touch()
    assert ran(repo) == ["code"]
    new.unlink()
    repo.run("git", "checkout", "--quiet", ".")
    repo.run("dvc", "checkout", "--quiet")
    assert ran(repo) == []


def ran(repo: Repo) -> list[str]:
    """The stages that `dvc repro` runs now."""
    return re.findall(r"Running stage '(\S+)'", repo.run("dvc", "repro").stdout)


def test_reports_stand_alone_and_are_linked(repo: Repo) -> None:
    index = (repo.root / paths.INDEX).read_text(encoding="utf-8")
    for name in sorted(path.stem for path in (ROOT / "notebooks").glob("*.ipynb")):
        text = (repo.root / paths.report(name)).read_text(encoding="utf-8")
        assert f'href="{name}.html"' in index
        assert len(text) < 2_000_000
        assert re.findall(r"""(?:href|src|action)=["']?https?:""", text) == [], f"{name}: a link leaves the reports"
        assert "Error" not in text
        pictures = re.findall(r"<svg (?![^>]*aria-hidden)[^>]*>", text)
        assert len(pictures) >= PICTURES.get(name, 2)
        assert all('role="img"' in picture and re.search('aria-label="[^"]{20,}"', picture) for picture in pictures)


def test_every_page_holds_in_a_browser(repo: Repo) -> None:
    with browser() as started:
        for link in LINKS:
            check_in(started, repo.root / "reports" / link.href)


def test_run_again_the_stages_of_the_truth_give_the_same_bytes(repo: Repo) -> None:
    """The next test runs the other stages again."""
    before = repo.outputs()
    repo.run("dvc", "repro", "--single-item", "--force", "generate", "evaluate", CLV_THREADS="1")
    assert changed(before, repo.outputs()) == set()


def test_only_evaluate_reads_the_truth(repo: Repo) -> None:
    """All other stages give the same bytes if the truth cannot be read; here with one thread, the fixture used four."""
    truth = repo.root / paths.TRUTH
    before, content = repo.outputs(), truth.read_bytes()
    truth.unlink()  # it may be a link into the cache, which must not be changed
    truth.write_bytes(b"whoever reads this fails")
    for command in commands(repo.root):
        if command[2] != "stages.generate":
            repo.run(*command, ok=command[2] != "stages.evaluate", CLV_THREADS="1")
    truth.write_bytes(content)
    assert changed(before, repo.outputs()) == set()
    assert "up to date" in repo.run("dvc", "status").stdout


def commands(root: Path) -> list[list[str]]:
    """The commands of dvc.yaml in order."""
    stages = read_yaml(root / "dvc.yaml")["stages"]
    return [stage["cmd"].split() for stage in stages.values()]


def run_stages(repo: Repo, *pages: str) -> None:
    """Run every stage in order, as an experiment does, but only some of the notebooks."""
    for command in commands(repo.root):
        repo.run(*command, *(pages if command[2] == "stages.report" else ()))


def restore(repo: Repo) -> None:
    """Restore the state of HEAD after stages that ran without DVC."""
    repo.run("git", "checkout", "--quiet", ".")
    repo.run("dvc", "checkout", "--quiet", "--force")
    repo.run("python", "-m", "stages.audience")  # its lists are in no cache
    assert "up to date" in repo.run("dvc", "status").stdout


def test_no_group_of_few_persons_is_counted(repo: Repo) -> None:
    """With the default minimum few groups of the tiny shop are small; with a minimum of 60, many are."""
    assert small_counts(repo.root / "reports", 20) == []
    assert small_counts(repo.root / "reports", 60), "there is something to hide"
    repo.set_params({"min_group_customers": 60})
    for stage in ("evaluate", "segment", "experiment", "budget", "audience", "campaign", "revenue", "summarize"):
        repo.run("python", "-m", f"stages.{stage}")
    assert small_counts(repo.root / "reports", 60) == []
    restore(repo)


def test_dvc_shows_metrics_and_plots(repo: Repo) -> None:
    assert "gini" in repo.run("dvc", "metrics", "show").stdout
    repo.run("python", "-m", "clv.reporting.front.plots_page")  # as `make setup` does, and the next line
    repo.run("dvc", "config", "--local", "plots.html_template", "plots.html")
    out = repo.root.parent / "plots"
    repo.run("dvc", "plots", "show", "--out", str(out))
    # Vega warns of the version that DVC's templates name.
    with browser() as started, opened(started, out / "index.html", kinds=("error",), viewport=SCREEN) as page:
        n_plots = len(read_yaml(ROOT / "dvc.yaml")["plots"])
        page.locator(".vega-embed svg.marks").nth(n_plots - 1).wait_for()
        assert page.locator(".vega-embed svg.marks").count() == n_plots


def test_a_failing_check_stops_the_pipeline_before_anyone_is_segmented(repo: Repo) -> None:
    verdict = json.loads((repo.root / paths.VERDICT).read_text(encoding="utf-8"))
    assert [check["name"] for check in verdict] == [name for name in get_args(CheckName) if name != "evidence"], (
        "evidence is judged where there is no backtest"
    )
    assert {check["name"]: check["status"] for check in verdict}["leak"] == "pass"
    repo.set_params({"evaluate.limits.bias": 0.0, "evaluate.fail_on": ["bias"], "segment.tiers.shares.high_clv": 0.1})
    before = values_of(repo)
    failed = repo.run("dvc", "repro", ok=False)
    said = [line for line in failed.stderr.splitlines() if line.startswith("error: ")]
    assert len(said) == 1, failed.stderr
    assert said[0].startswith(
        "error: evaluate.fail_on stops the pipeline: bias: the total forecast differs from the realised total by"
    )
    assert "Running stage 'segment'" not in failed.stdout
    assert values_of(repo).equals(before)
    verdict = json.loads((repo.root / paths.VERDICT).read_text(encoding="utf-8"))
    assert {check["name"]: check["status"] for check in verdict}["bias"] == "fail", "it is written before it stops"
    repo.run("git", "checkout", "--quiet", ".")
    repo.run("dvc", "checkout", "--quiet")


def own_csv(repo: Repo) -> Path:
    """The shop's purchases as a user's export beside the repo: three columns with other names."""
    lines = pd.read_parquet(repo.root / paths.raw("transactions"))
    path = repo.root.parent / "export.csv"
    names = {"customer_id": "Kunde", "order_ts": "Datum", "amount": "Betrag"}
    lines[list(names)].rename(columns=names).to_csv(path, index=False)
    return path


QUICK = {  # for tests that do not look at the learners
    "train.learners": ["btyd", "ridge"],
    "tune.trials": 0,
    "time.rolling_origins": 0,
}
QUICKLY = [f"--set-param={name}={value}" for name, value in QUICK.items()]
OWN = [
    "--set-param=generate.source=files",
    "--set-param=generate.files.transactions=../export.csv",
    "--set-param=generate.files.columns.transactions.customer_id=Kunde",
    "--set-param=generate.files.columns.transactions.order_ts=Datum",
    "--set-param=generate.files.columns.transactions.amount=Betrag",
]


def test_an_experiment_on_an_own_csv(repo: Repo) -> None:
    path = own_csv(repo)
    repo.run("dvc", "exp", "run", "--name", "own", *OWN, *QUICKLY, "-S", "time.split=customers")
    check_values(values_of(repo))
    page = (repo.root / paths.report("01_data")).read_text(encoding="utf-8")
    assert "The table of transactions has no order_id" in page
    assert "There is no table of customers" in page
    assert "data are split by customer" in (repo.root / paths.report("03_models")).read_text(encoding="utf-8")
    assert "own" in repo.run("dvc", "exp", "show", "--no-pager", "--csv").stdout

    assert "up to date" in repo.run("dvc", "status").stdout
    good, before = path.read_text(), repo.outputs()
    cases = {
        "not-a-date": (
            good + "x,not-a-date,5\n",
            "error: ../export.csv, column 'Datum', data row",
        ),
        "no column": (
            good.replace("Datum", "Tag", 1),
            "error: ../export.csv: no column 'Datum', which transactions needs as order_ts; it has Kunde, Tag, Betrag",
        ),
        "empty": ("", "error: ../export.csv: the file is empty; it needs a header line and rows"),
    }
    for name, (text, message) in cases.items():
        path.write_text(text)
        assert "export.csv" in repo.run("dvc", "status").stdout, "DVC does not see that the input changed"
        failed = repo.run("dvc", "repro", ok=False)
        lines = [line for line in (failed.stdout + failed.stderr).splitlines() if line.startswith("error: ")]
        assert len(lines) == 1, failed.stderr
        assert lines[0].startswith(message), name
        assert "Traceback" not in failed.stderr
        assert changed(before, repo.outputs()) == set(), f"{name}: an earlier output was touched"
    path.write_text(good)
    repo.run("dvc", "repro")
    assert changed(before, repo.outputs()) == set()
    path.unlink()
    repo.run("git", "checkout", "--quiet", ".")
    repo.run("dvc", "checkout", "--quiet")


def test_tests_with_a_channel_beside_customers_without_one(repo: Repo) -> None:
    """Two tables share the name of a column, which one of them lacks here."""
    given = {
        "transactions": None,
        "customers": ["channel"],
        "touches": ["kind", "opened", "clicked"],
        "experiments": None,
    }
    changes: dict[str, object] = QUICK | {"generate.source": "files"}
    for table, without in given.items():
        frame = pd.read_parquet(repo.root / paths.raw(table))
        frame.drop(columns=without or []).to_parquet(repo.root.parent / f"{table}.parquet")
        changes[f"generate.files.{table}"] = f"../{table}.parquet"
    repo.set_params(changes)
    run_stages(repo, "02_features")
    check_values(values_of(repo))
    assert "channel" not in values_of(repo)
    assert ">customers.channel<" in (repo.root / paths.report("02_features")).read_text(encoding="utf-8")
    outcomes = pd.read_parquet(repo.root / paths.OUTCOMES)
    assert set(outcomes["channel"]) > {""}, "the channel of the test is read all the same"
    restore(repo)


def test_without_labels_the_models_alone_forecast_and_say_so(repo: Repo) -> None:
    repo.set_params({"time.split": "none"})
    run_stages(repo, "00_summary", "03_models")
    check_values(values_of(repo))
    assert json.loads((repo.root / paths.TRAIN_METRICS).read_text(encoding="utf-8"))["today"]["weights"] == {"btyd": 1}
    assert json.loads((repo.root / paths.EVALUATE_METRICS).read_text(encoding="utf-8"))["customers"] == 0
    for page in (paths.report("00_summary"), paths.report("03_models"), paths.INDEX):
        said = (repo.root / page).read_text(encoding="utf-8")
        assert "There is no backtest, because time.split asks for it." in said
    restore(repo)


def test_a_wrong_parameter_stops_the_run_and_loses_nothing(repo: Repo) -> None:
    before = repo.outputs()
    repo.set_params({"train.forest.n_tree": 5})
    failed = repo.run("dvc", "repro", ok=False)  # fails at the first stage that reads the section
    assert "error: unknown parameter 'train.forest.n_tree'; did you mean 'n_trees'?\n" in failed.stderr
    assert "Traceback" not in failed.stderr
    assert changed(before, repo.outputs()) == set()
    repo.run("git", "checkout", "--quiet", "params.yaml")


def test_a_parameter_that_no_stage_names_is_found_before_the_run(repo: Repo) -> None:
    repo.set_params({"sed": 5})
    assert "up to date" in repo.run("dvc", "repro").stdout, "DVC does not see it"
    failed = repo.run("python", "-m", "clv", "check", ok=False)  # which `make repro` runs first
    assert failed.stderr == "error: unknown parameter 'sed'; did you mean 'seed'?\n"
    repo.run("git", "checkout", "--quiet", "params.yaml")


def test_no_artifact_holds_a_contact_in_clear(repo: Repo) -> None:
    people = contacts(values_of(repo)["customer_id"])
    people.to_csv(repo.root.parent / "contacts.csv", index=False)
    repo.set_params({"audience.contacts": "../contacts.csv"})
    for stage in ("audience", "campaign", "report 06_budget"):
        repo.run("python", "-m", *f"stages.{stage}".split(), CLV_AUDIENCE_KEY="a long text that nobody guesses")
    lists = [path.read_text(encoding="utf-8") for path in (repo.root / paths.AUDIENCES).iterdir()]
    assert hashlib.sha256(people["email"][0].lower().encode()).hexdigest() in "".join(lists)
    files = [path for room in ("data", "models", "reports") for path in (repo.root / room).rglob("*") if path.is_file()]
    assert leaks(files, people) == []
    repo.run("git", "checkout", "--quiet", ".")
    repo.run("dvc", "checkout", "--quiet", "--force")
    repo.run("dvc", "repro")  # the lists are in no cache
    assert repo.run("git", "status", "--porcelain").stdout == ""


@pytest.fixture(scope="module")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3]:
    with s3_server(tmp_path_factory.mktemp("s3"), "clv-store", "shop") as server:
        yield server


def test_push_and_pull_in_another_clone(repo: Repo, s3: S3) -> None:
    repo.run("dvc", "push", **s3.env)
    other = Repo(repo.root.parent / "other")
    repo.run("git", "clone", "--quiet", str(repo.root), str(other.root))
    assert not (other.root / paths.CUSTOMER_VALUES).exists()
    other.run("dvc", "pull", **s3.env)
    wanted = repo.outputs()
    lists = {path for path in wanted if path.startswith(f"{paths.AUDIENCES}/")}
    assert len(lists) == 8
    assert other.outputs() == {path: content for path, content in wanted.items() if path not in lists}
    assert ran(other) == ["audience"], "lists of persons do not travel"
    assert other.outputs() == wanted
    assert "up to date" in other.run("dvc", "status").stdout


def test_transactions_are_read_from_s3(repo: Repo, s3: S3) -> None:
    lines = pd.read_parquet(repo.root / paths.raw("transactions"), columns=["customer_id", "order_ts", "amount"])
    client = s3fs.S3FileSystem(
        key=s3.env["AWS_ACCESS_KEY_ID"],
        secret=s3.env["AWS_SECRET_ACCESS_KEY"],
        endpoint_url=s3.env["AWS_ENDPOINT_URL_S3"],
        skip_instance_cache=True,
    )
    client.pipe("shop/orders.parquet", lines.to_parquet(index=False))
    from_s3 = ["-S", "generate.source=files", "-S", "generate.files.transactions=s3://shop/orders.parquet"]
    repo.run("dvc", "exp", "run", *from_s3, "generate", **s3.env)
    pd.testing.assert_frame_equal(pd.read_parquet(repo.root / paths.raw("transactions")), lines)
    repo.run("git", "checkout", "--quiet", ".")
    repo.run("dvc", "checkout", "--quiet")


def test_a_cluster_gives_the_same_bytes(repo: Repo, tmp_path: Path) -> None:
    before = repo.outputs()
    with cluster(tmp_path / "dask", workers=2, PYTHONPATH=str(repo.root)) as dask:
        on_it = {"CLV_DASK_SCHEDULER": dask.address}
        repo.run("dvc", "repro", "--single-item", "--force", "featurize", **on_it)
    assert changed(before, repo.outputs()) == set()
    failed = repo.run("dvc", "repro", "--single-item", "--force", "featurize", ok=False, **on_it)
    assert f"error: CLV_DASK_SCHEDULER {dask.address} does not answer" in failed.stderr
    assert "Traceback" not in failed.stderr
    assert changed(before, repo.outputs()) == set()
    repo.run("git", "checkout", "--quiet", ".")
    repo.run("dvc", "checkout", "--quiet")


@pytest.mark.parametrize(
    ("stage", "started", "number"),
    [("train", "models/.today.partial", signal.SIGTERM), ("report", "stages/report.py", signal.SIGKILL)],
)
def test_a_killed_stage_leaves_outputs_whole_and_no_process(repo: Repo, stage: str, started: str, number: int) -> None:
    before = repo.outputs()
    command = ["python", "-m", f"stages.{stage}"]
    running = subprocess.Popen(command, cwd=repo.root, env=repo.env | {"CLV_THREADS": "2"}, text=True)
    wait_for(lambda: list(repo.root.glob(started)) and len(below(running)) > 2)
    processes = below(running)
    running.send_signal(number)
    running.wait(PATIENCE_SECONDS)
    wait_for(lambda: gone(processes))
    left = {name for name in changed(before, repo.outputs()) if ".partial" not in name}
    assert left == set()
    repo.run(*command)
    assert changed(before, repo.outputs()) == set()
