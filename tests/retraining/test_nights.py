"""Nights of a shop that grows: each ends with a new run, or with a reason and the last good run."""

import subprocess
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

import pandas as pd
import psutil
import pytest

from clv import paths
from tests.killing import PATIENCE_SECONDS, below, gone, wait_for
from tests.retraining.growing_shop import HORIZON, GrowingShop, growing_shop, params_of_a_night

RETRAIN = ("python", "-m", "clv", "retrain")
STEP = HORIZON + 1  # days between the two runs, after which the horizon of the first is over


@dataclass(frozen=True)
class Killed:
    """What was seen when the second night was killed, and in the next night."""

    refused: str
    head_before: str
    head_after: str
    next_said: str


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> tuple[GrowingShop, Killed]:
    """A shop after its first night, and after a second one a month later, which was killed once and repeated."""
    shop = growing_shop(tmp_path_factory.mktemp("nights"))
    night(shop)
    (shop.repo.root / "reports" / "mine.csv").write_text("customer,note\n", encoding="utf-8")
    shop.deliver(shop.up_to(shop.first_day + timedelta(days=STEP)))
    return shop, killed(shop)


@pytest.fixture(scope="module")
def shop(nights: tuple[GrowingShop, Killed]) -> GrowingShop:
    return nights[0]


def killed(shop: GrowingShop) -> Killed:
    """Kill a night by SIGKILL while it trains; then run another."""
    head, lock = head_of(shop), (shop.repo.root / "dvc.lock").read_bytes()
    process = subprocess.Popen(RETRAIN, cwd=shop.repo.root, env=shop.repo.env, stdout=subprocess.DEVNULL)
    try:
        wait_for(lambda: (shop.repo.root / "dvc.lock").read_bytes() != lock)
        refused = stopped(shop)
        wait_for(lambda: trains(process))
        started = below(process)
    finally:
        process.kill()
        process.wait(PATIENCE_SECONDS)
    wait_for(lambda: gone(started))
    return Killed(refused, head, head_of(shop), night(shop))


@pytest.fixture
def unchanged(shop: GrowingShop) -> Iterator[None]:
    """Require that a test leaves everything as the last good run left it; restores the file of that run."""
    before, head, file = shop.state(), head_of(shop), shop.file.read_bytes()
    yield
    now = shop.state()
    assert {name for name in before.keys() | now.keys() if before.get(name) != now.get(name)} == set()
    assert head_of(shop) == head
    shop.file.write_bytes(file)
    assert shop.repo.run("git", "status", "--porcelain", "--untracked-files=no").stdout == ""
    assert "up to date" in shop.repo.run("dvc", "status").stdout


def trains(process: subprocess.Popen[bytes]) -> bool:
    """Whether the stage train runs below the process."""
    for one in below(process):
        with suppress(psutil.Error):
            if "stages.train" in one.cmdline():
                return True
    return False


def night(shop: GrowingShop, *options: str) -> str:
    return shop.repo.run(*RETRAIN, *options).stdout


def stopped(shop: GrowingShop, *options: str) -> str:
    """Run a night that must stop; return its one error line."""
    failed = shop.repo.run(*RETRAIN, *options, ok=False)
    assert failed.returncode == 1, failed.stderr
    assert "Traceback" not in failed.stderr
    return failed.stderr.splitlines()[-1]


def head_of(shop: GrowingShop) -> str:
    return shop.repo.run("git", "rev-parse", "HEAD").stdout.strip()


def test_each_night_is_committed_with_a_row_in_the_history(shop: GrowingShop) -> None:
    history, first = shop.history(), shop.first_day
    assert history["as_of"].tolist() == [str(first), str(first + timedelta(days=STEP))]
    assert history["why"].tolist()[0] == "no run is in the history"
    assert history["data_from"].tolist() == ["2023-01-01", "2023-01-01"]
    assert history["forecasts"].nunique() == 2
    assert shop.repo.run("git", "log", "--format=%s", "-2").stdout.splitlines() == [
        f"Forecast {row.customers:,} customers as of {row.as_of}" for row in history.iloc[::-1].itertuples()
    ]
    assert shop.repo.run("git", "status", "--porcelain").stdout == "?? reports/mine.csv\n", (
        "a night takes its own alone"
    )
    assert "up to date" in shop.repo.run("dvc", "status").stdout


def test_the_page_shows_both_runs_and_what_came(shop: GrowingShop) -> None:
    page = (shop.repo.root / paths.report("08_runs")).read_text(encoding="utf-8")
    for as_of in shop.history()["as_of"]:
        assert f">{as_of}<" in page
    assert "What was forecast, and what came" in page
    runs = shop.runs()
    assert runs["realised"].notna().tolist() == [True, False]
    assert f">{runs['realised'][0]:,.0f}<" in page


def test_what_came_is_what_pandas_adds_up(shop: GrowingShop) -> None:
    run = shop.runs().iloc[0]
    lines = pd.concat([pd.read_parquet(part) for part in (shop.repo.root / paths.clean("transactions")).iterdir()])
    as_of = pd.Timestamp(run["as_of"])
    day = lines["order_ts"].dt.normalize()
    known = set(lines.loc[day <= as_of, "customer_id"])
    after = (day > as_of) & (day <= as_of + pd.Timedelta(days=HORIZON)) & lines["customer_id"].isin(known)
    assert run["realised"] == lines.loc[after, "amount_minor"].sum() / 100
    assert run["customers"] == len(known)
    assert run["error"] == pytest.approx(run["forecast"] / run["realised"] - 1, abs=1e-6)


def test_the_summary_is_compared_with_the_night_before(shop: GrowingShop) -> None:
    then = shop.repo.run("git", "show", "HEAD~1:reports/metrics/summary.json").stdout
    assert (shop.repo.root / "reports/previous.json").read_text(encoding="utf-8") == then


def test_the_front_page_has_the_digests_of_the_last_row(shop: GrowingShop) -> None:
    page = (shop.repo.root / paths.INDEX).read_text(encoding="utf-8")
    last = shop.history().iloc[-1]
    assert all(f"<code>{last[name]}</code>" in page for name in ("data", "code", "params"))


@pytest.mark.usefixtures("unchanged")
def test_without_new_orders_the_last_run_stays(shop: GrowingShop) -> None:
    assert "the last run stays, because no order is newer than" in night(shop)


@pytest.mark.usefixtures("unchanged")
def test_a_dry_run_says_what_would_be_done(shop: GrowingShop) -> None:
    shop.deliver(shop.up_to(shop.last_day - timedelta(days=5)))
    assert "retrain: would make a new run, because the data are" in night(shop, "--dry-run")


@pytest.mark.usefixtures("unchanged")
def test_half_a_file_is_no_forecast(shop: GrowingShop) -> None:
    lines = shop.up_to(shop.last_day - timedelta(days=5))
    shop.deliver(lines.head(len(lines) // 2))
    said = stopped(shop)
    assert said.startswith("error: the new data are not plausible: last_day: the newest order is of ")
    assert "history_lines: the days before" in said
    assert said.endswith("run `make retrain ACCEPT='last_day history_lines history_revenue known_days'`")
    accepted = night(shop, "--dry-run", "--accept", *said.split("'")[1].split())
    assert "retrain: accepted: last_day: the newest order is of " in accepted
    assert "retrain: would make a new run, because it was asked for" in accepted


@pytest.mark.usefixtures("unchanged")
def test_a_night_that_makes_no_run_changes_nothing_though_parameters_did(shop: GrowingShop) -> None:
    """Lists of persons are rewritten with the new parameters, and dvc.lock stays that of the last run."""
    lock = (shop.repo.root / "dvc.lock").read_bytes()
    with params_of_a_night(shop, {"audience.country": "AT"}):
        assert "the last run stays" in night(shop)
        assert (shop.repo.root / "dvc.lock").read_bytes() == lock
        assert "the last run stays" in night(shop), "nothing is left that blocks the next one"
    shop.repo.run("git", "reset", "--quiet", "--hard", "HEAD~2")
    shop.repo.run("dvc", "repro", "--single-item", "audience")


@pytest.mark.usefixtures("unchanged")
def test_a_file_that_cannot_be_read_is_said_in_the_words_of_its_stage(shop: GrowingShop) -> None:
    shop.file.write_text("customer_id,order_ts\n", encoding="utf-8")
    assert stopped(shop).startswith("error: dvc repro failed: ../orders.csv: no column 'amount'")


def test_a_failing_verdict_keeps_the_last_run(shop: GrowingShop) -> None:
    before = shop.state()
    with params_of_a_night(shop, {"evaluate.fail_on": ["bias"], "evaluate.limits.bias": 0.0}):
        said = stopped(shop, "--now")
    assert said.startswith("error: dvc repro failed: evaluate.fail_on stops the pipeline: bias: ")
    assert shop.state() == before


@pytest.mark.usefixtures("unchanged")
def test_edits_that_are_not_committed_are_refused(shop: GrowingShop) -> None:
    notes = shop.repo.root / "README.md"
    before = notes.read_bytes()
    notes.write_bytes(before + b"mine")
    assert stopped(shop).startswith(
        "error: README.md differs from HEAD, and a new run begins from the last commit; commit"
    )
    assert notes.read_bytes() == before + b"mine"
    notes.write_bytes(before)


def test_one_night_runs_at_a_time(nights: tuple[GrowingShop, Killed]) -> None:
    _, seen = nights
    assert seen.refused == "error: another retraining runs in this folder; wait for it to end, or stop it"


def test_a_night_that_is_killed_is_undone_by_the_next(nights: tuple[GrowingShop, Killed]) -> None:
    _, seen = nights
    assert seen.head_after == seen.head_before
    assert "retrain: the last night was interrupted; the last good run has been restored" in seen.next_said
    assert f"retrain: a new run, because the data are {STEP} days newer than the last run" in seen.next_said
