"""Stages that are given contacts write none of them in clear."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from clv import artifacts, paths, storage
from clv.features.block import Clean
from clv.marketing.tiers import TIERS
from tests.bad_inputs.given_pieces import PLAN
from tests.conftest import ROOT
from tests.personal import contacts, leaks

KEY = {"CLV_AUDIENCE_KEY": "a long text that nobody guesses"}


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory, clean_shop: Clean) -> Path:
    """A folder with the input of both stages: a small shop, values of its customers, and contacts of all of them."""
    root = tmp_path_factory.mktemp("room")
    params = (ROOT / "params.yaml").read_text(encoding="utf-8")
    assert "data/templates/contacts.csv" in params
    (root / "params.yaml").write_text(params.replace("data/templates/contacts.csv", "contacts.csv"), encoding="utf-8")
    ids = sorted(clean_shop.transactions["customer_id"].astype("str").unique())
    contacts(ids).to_csv(root / "contacts.csv", index=False)
    values = pd.DataFrame({"customer_id": ids, "tier": [TIERS[i % 3] for i in range(len(ids))]})
    values = values.assign(predicted_clv=50.0, churn_risk=0.5, p_purchase=0.5, monetary_value=30.0, rfm_segment="Lost")
    experiments = pd.DataFrame({"customer_id": ids[:0], "assigned_ts": pd.to_datetime(ids[:0])})
    for table, frame in {**vars(clean_shop), "experiments": experiments}.items():
        storage.write_table(frame, root / paths.clean(table) / paths.part(0))
    needed = artifacts.TABLE[paths.CUSTOMER_VALUES]
    others = dict.fromkeys(needed.text, "") | dict.fromkeys(needed.numbers, 0.0) | {"elite": False}
    values = values.assign(**{name: value for name, value in others.items() if name not in values})
    storage.write_table(values, root / paths.CUSTOMER_VALUES / paths.part(0))
    storage.write_table(values[["customer_id"]].head(3), root / paths.FALLEN)
    storage.write_json(PLAN | {"last_day": "2024-11-30"}, root / paths.PLAN)
    return root


def run(root: Path, stage: str, **extra: str) -> subprocess.CompletedProcess[str]:
    env = {name: value for name, value in os.environ.items() if name not in KEY} | {"PYTHONPATH": str(ROOT)} | extra
    return subprocess.run(
        [sys.executable, "-m", f"stages.{stage}"], cwd=root, env=env, capture_output=True, text=True, check=False
    )


def outputs(root: Path) -> list[Path]:
    given = {root / "params.yaml", root / "contacts.csv"}
    return sorted(path for path in root.rglob("*") if path.is_file() and path not in given)


def test_no_output_holds_a_contact_in_clear(room: Path) -> None:
    people = pd.read_csv(room / "contacts.csv", dtype="str")
    said = [run(room, "audience", **KEY), run(room, "campaign", **KEY)]
    assert [done.returncode for done in said] == [0, 0], said
    written = outputs(room)
    assert sum(path.suffix == ".csv" for path in written) >= 8
    rows = [line for path in (room / paths.AUDIENCES).glob("*.csv") for line in path.read_text().splitlines()]
    assert len(rows) == 2 * len(people) + 8, "everybody is on one list for Meta and one for Google"
    first = people.iloc[0]
    assert hashlib.sha256(first["email"].lower().encode()).hexdigest() in "".join(rows), "or there was nothing to find"
    assert leaks(written, people) == []
    assert not set(",".join(rows).split(",")) & set(people["customer_id"]), "nor do platforms learn our ids"


def test_the_scan_finds_what_is_there(room: Path, tmp_path: Path) -> None:
    people = pd.read_csv(room / "contacts.csv", dtype="str")
    one = people.iloc[3]
    (tmp_path / "a.csv").write_text(f"x,{one['phone']},y\n")
    (tmp_path / "b.json").write_text(f'{{"who": "{one["last_name"]}"}}')
    (tmp_path / "c.html").write_text("<p>someone@else.example.org</p>")
    pd.DataFrame({"n": [1], "mail": [one["email"]]}).to_parquet(tmp_path / "d.parquet")
    (tmp_path / "meta-x.csv").write_text(f"{one['madid']}\n")
    found = leaks(sorted(tmp_path.iterdir()), people)
    assert {Path(line.split(": ")[0]).name for line in found} == {"a.csv", "b.json", "c.html", "d.parquet"}


def test_without_a_key_the_log_says_what_to_set(room: Path) -> None:
    done = run(room, "audience")
    assert "set CLV_AUDIENCE_KEY to a long random text" in done.stdout
    assert storage.read_json(room / paths.AUDIENCE_JSON)["key"] is False
    lists = list((room / paths.AUDIENCES).glob("*.csv"))
    assert len(lists) == 8
    assert all(len(path.read_text().splitlines()) == 1 for path in lists)


def test_a_wrong_file_of_contacts_ends_the_stage_with_one_line(room: Path) -> None:
    run(room, "audience", **KEY)
    before = {path: path.read_bytes() for path in outputs(room)}
    good = (room / "contacts.csv").read_text()
    (room / "contacts.csv").write_text("mail\na@b.de\n")
    done = run(room, "audience", **KEY)
    (room / "contacts.csv").write_text(good)
    assert done.returncode == 1
    assert done.stderr.startswith("error: contacts.csv: no column 'customer_id'")
    assert len(done.stderr.splitlines()) == 1
    assert {path: path.read_bytes() for path in outputs(room)} == before
