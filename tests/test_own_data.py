"""Other recipes of docs/own_data.md, word for word, on small tables in the form of the data they are for."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pandas as pd
import pytest
from ruamel.yaml import YAML

from clv import params, paths
from clv.data.sql import has_order
from clv.yaml_file import read_yaml
from tests.conftest import ROOT
from tests.recipes import blocks, overrides, prepare, section
from tests.settings import write_yaml


def settings(recipe: str) -> list[str]:
    """The values of -S in the `dvc exp run` of a section."""
    return overrides(next(block for block in blocks(recipe, "console") if "dvc exp run" in block))


def run(code: list[str], folder: Path) -> str:
    """Run Python in a folder, with this repo's code; return what it printed."""
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, *code], cwd=folder, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def workbook_of_online_retail(path: Path) -> None:
    """Invoices as in the workbook of UCI: two sheets that overlap, a cancellation, postage, a line without customer."""
    names = ["Invoice", "StockCode", "Description", "Quantity", "InvoiceDate", "Price", "Customer ID", "Country"]
    day = pd.Timestamp("2010-12-01 08:26")
    rows = [
        (489434, 85048, "15CM CHRISTMAS GLASS BALL 20 LIGHTS", 12, day, 6.95, 13085, "United Kingdom"),
        (489434, "79323P", "PINK CHERRY LIGHTS", 12, day, 6.75, 13085, "United Kingdom"),
        ("C489449", "79323P", "PINK CHERRY LIGHTS", -2, day + pd.Timedelta(days=3), 6.75, 13085, "United Kingdom"),
        (489435, "POST", "POSTAGE", 1, day, 18.0, 13085, "United Kingdom"),
        (489436, 22350, "CAT BOWL", 3, day, 2.55, None, "United Kingdom"),
    ]
    later = [(541431, 23166, "MEDIUM CERAMIC TOP STORAGE JAR", 4, day + pd.Timedelta(days=48), 1.04, 12346, "France")]
    folder = path.parent / "workbook"
    folder.mkdir()
    with pd.ExcelWriter(folder / "online_retail_II.xlsx") as book:
        pd.DataFrame(rows, columns=names).to_excel(book, sheet_name="Year 2009-2010", index=False)
        pd.DataFrame(rows[:2] + later, columns=names).to_excel(book, sheet_name="Year 2010-2011", index=False)
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(folder / "online_retail_II.xlsx", "online_retail_II.xlsx")


@pytest.mark.filterwarnings("default")  # openpyxl's own
def test_online_retail(tmp_path: Path) -> None:
    recipe = section("Online Retail II")
    prepare(tmp_path, [*settings(recipe), "preprocess.max_rejected_share=0.5"])  # five of the nine lines are special
    workbook_of_online_retail(tmp_path / "data" / "online_retail_ii.zip")
    run(["-c", *blocks(recipe, "python")], tmp_path)
    run(["-m", "stages.generate"], tmp_path)
    run(["-m", "stages.preprocess"], tmp_path)
    clean = pd.read_parquet(tmp_path / paths.clean("transactions"))
    assert clean["customer_id"].to_list() == ["12346", "13085", "13085", "13085"]
    assert clean["amount_minor"].to_list() == [416, 8340, 8100, -1350]
    assert clean["order_id"].to_list() == ["541431", "489434", "489434", "C489449"]
    assert str(clean["order_ts"][1]) == "2010-12-01 08:26:00"
    rejected = pd.read_parquet(tmp_path / paths.REJECTED)["reason"].value_counts().to_dict()
    assert rejected == {"duplicate_line": 2, "non_product": 1, "blank_customer_id": 1}


def test_cdnow(tmp_path: Path) -> None:
    data = pd.DataFrame(
        {
            "customer_id": ["00001", "00004", "00004"],
            "order_ts": pd.to_datetime(["1997-01-01", "1997-01-01", "1997-01-18"]),
            "amount": [11.77, 29.33, 29.73],
            "quantity": [1, 2, 2],
        }
    )
    changes = settings(section("CDNOW"))
    given = next(change for change in changes if change.startswith("generate.files.transactions="))
    path = tmp_path / "repo" / given.partition("=")[2]
    path.parent.mkdir(parents=True)
    (tmp_path / "repo").mkdir(exist_ok=True)
    prepare(tmp_path / "repo", changes)
    data.to_parquet(path)
    run(["-m", "stages.generate"], tmp_path / "repo")
    run(["-m", "stages.preprocess"], tmp_path / "repo")
    clean = pd.read_parquet(tmp_path / "repo" / paths.clean("transactions"))
    assert clean["customer_id"].to_list() == ["00001", "00004", "00004"]
    assert clean["amount_minor"].to_list() == [1177, 2933, 2973]


def test_postgresql_s_parameters_are_those_of_params_yaml(tmp_path: Path) -> None:
    recipe = section("PostgreSQL")
    given = YAML(typ="safe").load(blocks(recipe, "yaml")[0])["generate"]
    content = read_yaml(ROOT / "params.yaml")
    content["generate"]["source"] = given["source"]
    content["generate"]["sql"] |= given["sql"]
    sql = params.load(write_yaml(content, tmp_path / "params.yaml")).generate.sql
    assert sql.transactions is not None
    assert has_order(sql.transactions)
    assert f"export {sql.uri_variable}=" in recipe
