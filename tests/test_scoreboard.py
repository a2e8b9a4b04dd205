"""The scoreboard on a small folder: what it prints, what it skips, and whether it ranks correctly."""

import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from benchmarks import scoreboard
from benchmarks.score_table import Folder, table_of
from clv.door import settings
from clv.yaml_file import read_yaml
from tests.conftest import ROOT
from tests.settings import write_yaml

CASES = """
from dataclasses import dataclass
import numpy as np
import pandas as pd

@dataclass(frozen=True)
class Case:
    name: str
    cutoff: str
    horizon_days: int

CASES = [Case("tiny", "2024-06-14", 60), Case("gone", "2024-06-14", 60)]

def load(case):
    if case.name == "gone":
        raise FileNotFoundError("gone.parquet")
    rng = np.random.default_rng(5)
    rate = rng.gamma(0.7, 0.04, 400)
    orders = [np.flatnonzero(rng.random(240) < r) for r in rate]
    rows = pd.DataFrame({"customer_id": np.repeat([f"c{i}" for i in range(400)], [len(o) for o in orders]),
                         "day": np.concatenate(orders)})
    rows["order_ts"] = pd.Timestamp("2024-01-01") + pd.to_timedelta(rows["day"], unit="D")
    rows["amount"] = rng.gamma(4.0, 10.0, len(rows)).round(2)
    cut = pd.Timestamp(case.cutoff) + pd.Timedelta(days=1)
    past = rows[rows["order_ts"] < cut]
    future = rows[(rows["order_ts"] >= cut) & (rows["order_ts"] < cut + pd.Timedelta(days=case.horizon_days))]
    known = past["customer_id"].unique()
    return past, future.groupby("customer_id")["amount"].sum().reindex(known, fill_value=0.0)
"""
SCORE = """
import numpy as np
import pandas as pd

def gini(y, p):
    return np.cumsum(y[np.argsort(-p, kind="stable")]).sum() / y.sum() - (len(y) + 1) / 2

def score(actual, predicted):
    tenth = pd.qcut(pd.Series(predicted).rank(method="first"), 10, labels=False)
    means = pd.DataFrame({"y": actual, "p": predicted}).groupby(tenth).mean()
    return dict(ngini=gini(actual, predicted) / gini(actual, actual),
                spearman=pd.Series(actual).corr(pd.Series(predicted), method="spearman"),
                r2=1 - ((actual - predicted) ** 2).sum() / ((actual - actual.mean()) ** 2).sum(),
                mae=np.abs(actual - predicted).mean(),
                dec_mape=(np.abs(means.y - means.p) / means.y.clip(lower=1e-9)).mean(),
                bias=predicted.sum() / actual.sum() - 1)
"""
OTHERS = """case,system,ngini,spearman,r2,mae,dec_mape,bias
tiny,oracle,1.0,1.0,1.0,0.0,0.0,0.0
tiny,coin,0.0,0.0,-1.0,99.0,9.0,-2.0
elsewhere,better,2.0,2.0,2.0,-1.0,-1.0,0.0
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("board")
    for name, content in {"cases.py": CASES, "score.py": SCORE, "others.csv": OTHERS}.items():
        (path / name).write_text(content, encoding="utf-8")
    return path


@pytest.fixture
def few_learners(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    content = read_yaml(ROOT / "params.yaml")
    content["train"]["learners"] = ["btyd", "ridge"]
    file = write_yaml(content, tmp_path / "params.yaml")
    monkeypatch.setattr(settings, "defaults", lambda: file)


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> None:
    monkeypatch.setattr(sys, "argv", ["scoreboard", *arguments])
    scoreboard.main()


@pytest.mark.usefixtures("few_learners")
def test_sets_are_scored_and_those_that_are_not_here_skipped_with_a_line(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    few = ("--folder", str(folder), "--resamples", "20")
    run(monkeypatch, *few, "--sets", "tiny,gone,unknown", "--save", str(tmp_path), "--rolling")
    said = capsys.readouterr().out
    assert "scoreboard: gone skipped, its data are not here: gone.parquet" in said
    assert "scoreboard: unknown skipped, the folder has no such case" in said
    saved = pd.read_csv(tmp_path / "tiny.csv")
    reached = Folder.at(folder).score(saved["actual"].to_numpy(), saved["predicted"].to_numpy())
    rows = {tuple(line.split()[:2]): line.split() for line in said.splitlines() if line.split()[:1] == ["tiny"]}
    for metric in ("ngini", "spearman", "r2", "mae", "dec_mape"):
        assert rows["tiny", metric][2] == f"{reached[metric]:.3f}"
        assert rows["tiny", metric][6:8] == ["oracle", "yes"]
    assert reached["ngini"] > 0.3, "customers were matched with their forecasts"
    assert rows["tiny", "2024-06-14"][2] == f"{np.log(1 + reached['bias']):.3f}"
    run(monkeypatch, *few, "--sets", "tiny", "--against", str(tmp_path))
    line = next(line for line in capsys.readouterr().out.splitlines() if line.split()[:2] == ["tiny", "mae"])
    assert line.split()[-3:] == ["0.000"] * 3, "the same forecasts again"


def test_a_folder_that_is_not_there_is_skipped_with_a_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run(monkeypatch, "--folder", str(tmp_path))
    assert capsys.readouterr().out == f"scoreboard: skipped, there is no {tmp_path / 'cases.py'}\n"


def test_ours_is_held_against_another_forecast_in_the_same_resamples(folder: Path) -> None:
    """A forecast near the truth against twice that forecast: the ranks are equal, and the error is clearly smaller."""
    rng = np.random.default_rng(3)
    actual = rng.gamma(1.0, 50.0, 500)
    ours = actual * rng.lognormal(0, 0.1, 500)
    found = pd.DataFrame({"actual": actual, "predicted": ours, "lower_90": ours * 0.85, "upper_90": ours * 1.18})
    table = table_of(Folder.at(folder), "tiny", found, ours * 2, 50).set_index("metric")
    assert table.loc["ngini", ["apart", "from", "to"]].tolist() == [0, 0, 0]
    assert table.loc["mae", "to"] < 0
    assert table.loc["r2", "from"] > 0
    assert table.loc["bias", "apart"] == pytest.approx(-ours.sum() / actual.sum())
    assert table.loc["bias", "best"] == 0, "the one nearest to 0"
    assert table.loc["coverage_90", "ours"] == pytest.approx(0.9, abs=0.05)


def test_origins_are_a_quarter_of_a_horizon_apart_with_two_horizons_before_them() -> None:
    @dataclass(frozen=True)
    class Case:
        cutoff: str
        horizon_days: int

    found = scoreboard.origins(Case("2024-06-30", 60), date(2024, 2, 1))
    assert [case.cutoff for case in found] == ["2024-06-30", "2024-06-15", "2024-05-31"]


def test_totals_are_summed_up_by_set() -> None:
    rows = [("a", 0.2, True), ("a", -0.4, False), ("b", 0.1, True)]
    found = scoreboard.by_set(pd.DataFrame(rows, columns=["set", "log_error", "inside"])).round(9)
    assert found.to_dict("index") == {
        "a": {"origins": 2, "mean_abs_log_error": 0.3, "in_95": 0.5},
        "b": {"origins": 1, "mean_abs_log_error": 0.1, "in_95": 1.0},
    }
