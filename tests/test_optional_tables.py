"""Optional tables and columns in any combination: a feature's needs are looked up in its own tables alone."""

import itertools
from collections.abc import Callable, Iterable
from pathlib import Path

import pandas as pd
import pytest

from clv import paths
from clv.data.schema import TABLES, clean_name
from clv.data.world.params import SyntheticParams
from clv.data.world.worlds import make_world
from clv.features.columns import CUSTOMER, NOT_FEATURES
from clv.features.feature_table import FEATURES
from clv.yaml_file import read_yaml
from stages import featurize, generate, preprocess
from tests.conftest import ROOT
from tests.settings import write_yaml

OPTIONAL = [table for table in TABLES if table != "transactions"]
N_CUSTOMERS = 60

Columns = dict[str, list[str]]  # the columns of each table that is there
Snapshots = Callable[[Columns], dict[str, pd.DataFrame]]


def required(table: str) -> list[str]:
    return [column.name for column in TABLES[table] if column.required]


@pytest.fixture(scope="module")
def shop(small_world: SyntheticParams) -> dict[str, pd.DataFrame]:
    """Every table for some customers of the small world, including participants of a test."""
    tables = make_world(small_world, seed=7, horizon_days=120).tables
    taking_part = tables["experiments"][CUSTOMER].drop_duplicates()
    everyone = tables["transactions"][CUSTOMER].drop_duplicates()
    few = {*taking_part.head(N_CUSTOMERS // 2), *everyone.head(N_CUSTOMERS // 2)}
    return {name: frame[frame[CUSTOMER].isin(few)] for name, frame in tables.items()}


@pytest.fixture
def snapshots(shop: dict[str, pd.DataFrame], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Snapshots:
    """A function that runs generate to featurize on some tables and columns; it returns the snapshots by cutoff."""
    content = read_yaml(ROOT / "params.yaml")
    content["generate"]["source"] = "files"
    content["time"] |= {"horizon_days": 120, "split": "none"}  # one snapshot, that of today
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CLV_THREADS", "1")
    for table in (*TABLES, "events"):
        template = paths.TEMPLATES / f"{table}.csv"
        template.parent.mkdir(parents=True, exist_ok=True)
        template.write_text((ROOT / template).read_text(encoding="utf-8"), encoding="utf-8")

    def run(columns: Columns) -> dict[str, pd.DataFrame]:
        for table in TABLES:
            path = tmp_path / f"{table}.parquet" if table in columns else paths.TEMPLATES / f"{table}.csv"
            content["generate"]["files"][table] = str(path)
            if table in columns:
                shop[table][columns[table]].to_parquet(path)
        write_yaml(content, tmp_path / "params.yaml")
        for stage in (generate, preprocess, featurize):
            stage.main()
        return {
            folder.name: pd.concat([pd.read_parquet(part) for part in sorted(folder.glob("*.parquet"))])
            for folder in paths.SNAPSHOTS.iterdir()
            if folder.is_dir()
        }

    return run


def check(found: dict[str, pd.DataFrame], whole: dict[str, pd.DataFrame], columns: Columns) -> None:
    """Require exactly the features whose columns are in their own tables, with the values of the whole shop."""
    have = {
        f"{table}.{clean_name(column)}"
        for table, names in columns.items()
        for column in TABLES[table]
        if column.name in names
    }
    expected = [feature.name for feature in FEATURES if have.issuperset(feature.needs)]
    assert found.keys() == whole.keys()
    for cutoff, snapshot in found.items():
        assert [name for name in snapshot.columns if name not in NOT_FEATURES] == expected
        pd.testing.assert_frame_equal(snapshot, whole[cutoff][snapshot.columns], check_exact=True)
    written = pd.read_csv(paths.FEATURES_CSV, keep_default_na=False).set_index("feature")
    absent = written[written["status"] == "absent"]["needs"]
    assert list(absent.index) == [feature.name for feature in FEATURES if feature.name not in expected]
    assert all(set(needs.split()) - {name.removesuffix("_minor") for name in have} for needs in absent)


def with_tables(chosen: Iterable[str], full: Columns, without: tuple[str, str] | None = None) -> Columns:
    """The chosen tables with all of their columns, except one."""
    return {table: [name for name in full[table] if (table, name) != without] for table in ("transactions", *chosen)}


@pytest.fixture
def full(shop: dict[str, pd.DataFrame]) -> Columns:
    return {table: [c.name for c in columns if c.name in shop[table]] for table, columns in TABLES.items()}


SUBSETS = [subset for n in range(len(OPTIONAL) + 1) for subset in itertools.combinations(OPTIONAL, n)]


@pytest.mark.parametrize("chosen", SUBSETS, ids=lambda chosen: "-".join(chosen) or "none")
def test_every_subset_of_the_tables_without_each_column_in_turn(
    snapshots: Snapshots, full: Columns, chosen: tuple[str, ...]
) -> None:
    whole = snapshots(full)
    check(snapshots(with_tables(chosen, full)), whole, with_tables(chosen, full))
    for table in ("transactions", *chosen):
        for name in full[table]:
            if name not in required(table):
                columns = with_tables(chosen, full, (table, name))
                check(snapshots(columns), whole, columns)


@pytest.mark.parametrize("bare", [True, False])
def test_each_table_with_its_required_columns_alone_beside_the_others(
    snapshots: Snapshots, full: Columns, bare: bool
) -> None:
    whole = snapshots(full)
    for kinds in itertools.product(["absent", "bare", "full"], repeat=len(OPTIONAL)):
        kind = dict(zip(OPTIONAL, kinds, strict=True)) | {"transactions": "bare" if bare else "full"}
        columns = {
            table: required(table) if of == "bare" else full[table] for table, of in kind.items() if of != "absent"
        }
        check(snapshots(columns), whole, columns)
