"""Damaged artifacts, and errors of the operating system: one line that names the file, never a traceback."""

import errno
import hashlib
import json
import pickle
import re
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from clv import artifacts, json_artifacts, paths, storage
from clv.data.parquet import read_raw
from clv.data.world.params import SyntheticParams
from clv.data.world.worlds import make_world
from clv.errors import InputError, run_stage
from clv.features.block import FEATURE_TABLES
from clv.features.shop import Shop
from clv.machine import Machine
from clv.marketing.summary.changes import changes
from clv.models.forecaster import Forecaster
from clv.models.learners.xgboost import require_device
from clv.models.model_folder import MANIFEST, SUMS, seal
from clv.params import Params
from clv.replacing import replacing
from clv.shape import Each, Maybe
from clv.table_shape import Columns
from tests.conftest import ROOT, few_rounds
from tests.test_predict import fitted

Damage = Callable[[Path], object]


@dataclass(frozen=True)
class Row:
    """What happens to which artifact, and the line that reports it."""

    where: Path
    what: str
    damage: Damage
    line: str

    def __str__(self) -> str:
        return f"{self.where.name}: {self.what}"


# The damage that can happen to a file.


def put(content: bytes) -> Damage:
    return lambda path: path.write_bytes(content)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-3])


def halved(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def no_utf8(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 3] + b"\xff\xfe" + content[len(content) // 3 :])


def gone(path: Path) -> None:
    path.unlink()


def folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def edited(change: Callable[[Any], Any]) -> Damage:
    return lambda path: path.write_text(json.dumps(change(json.loads(path.read_text()))))


def without(name: str) -> Damage:
    return edited(lambda content: {key: value for key, value in content.items() if key != name})


def having(name: str, value: Any) -> Damage:
    return edited(lambda content: content | {name: value})


def without_level(path: Path) -> None:
    content = json.loads(path.read_text())
    content["at_level"]["level"] = {"height": 1.0}
    path.write_text(json.dumps(content))


def replaced(pattern: str, text: str) -> Damage:
    return lambda path: path.write_text(re.sub(pattern, text, path.read_text(), count=1))


def table(change: Callable[[pd.DataFrame], pd.DataFrame]) -> Damage:
    def damage(path: Path) -> None:
        if path.suffix == ".csv":
            change(pd.read_csv(path)).to_csv(path, index=False)
        else:
            change(pd.read_parquet(path)).to_parquet(path, index=False)

    return damage


ANYTHING = put(b"hello, this is no such file\n" * 3)
NO_JSON = {"halved": halved, "empty": put(b""), "no UTF-8": no_utf8, "anything": ANYTHING, "deep": put(b"[" * 10**5)}
DAMAGED = r"is damaged, or was written by another version: .*; run `dvc repro`"


# Artifacts with any content that their readers accept, and the damage to them.


def example(shape: Any) -> Any:
    if isinstance(shape, dict):
        return {name: example(inner) for name, inner in shape.items()}
    if isinstance(shape, Each):
        return {"name": example(shape.shape)}
    if isinstance(shape, Maybe):
        return None
    if isinstance(shape, list):
        return [example(shape[0])]
    return {int: 3, float: 2.5, str: "text", bool: True, object: "any"}.get(shape, "2024-05-06")


def odd(shape: Any) -> Any:
    """A value that does not fit the shape."""
    inner = shape.shape if isinstance(shape, Maybe) else shape
    return 7 if isinstance(inner, dict | Each | list) else None if inner is object else {"x": []}


def rows_of(columns: Columns) -> pd.DataFrame:
    days = pd.to_datetime(["2024-05-06", "2024-05-07"])
    text = {name: days if name.endswith("_ts") else ["a", "b"] for name in columns.text}
    return pd.DataFrame(text | {name: [1.5, 2.0] for name in columns.numbers})


def write_example(path: Path) -> None:
    if path in json_artifacts.SHAPES:
        storage.write_json(example(json_artifacts.SHAPES[path]), path)
    elif path.suffix == ".csv":
        storage.write_csv(rows_of(artifacts.TABLE[path]), path)
    else:
        storage.write_table(rows_of(artifacts.TABLE[path]), path)


def read(path: Path) -> object:
    if path in json_artifacts.SHAPES:
        return storage.read_json(path)
    return storage.read_csv(path) if path.suffix == ".csv" else storage.read_table(path)


def json_rows(path: Path) -> Iterator[Row]:
    shape = json_artifacts.SHAPES[path]
    yield from (
        Row(path, what, damage, "must be JSON, but is not; run `dvc repro`") for what, damage in NO_JSON.items()
    )
    yield Row(path, "folder", folder, "damaged, or was written by another version: Is a directory; run `dvc repro`")
    yield Row(path, "gone", gone, "does not exist; run `dvc repro`")
    for what in ("null", "5", '"x"', "[null]"):
        yield Row(path, what, put(what.encode()), r"it (has|lacks) .*; run `dvc repro`")
    for name, inner in shape.items() if isinstance(shape, dict) else ():
        yield Row(path, f"without {name}", without(name), rf"it lacks {name}; run `dvc repro`")
        if not (isinstance(inner, Maybe) and inner.shape is object):
            yield Row(path, f"odd {name}", having(name, odd(inner)), rf"it has .* at {name}, where .*; run `dvc repro`")


def table_rows(path: Path) -> Iterator[Row]:
    needed = artifacts.TABLE[path]
    whats = {"empty": put(b""), "cut": cut, "anything": ANYTHING, "others": table(lambda _: pd.DataFrame({"x": [1]}))}
    whats |= {"no UTF-8": no_utf8} if path.suffix == ".csv" else {"halved": halved}
    whats |= {"folder": folder} if path.suffix else {}
    yield from (Row(path, what, damage, DAMAGED) for what, damage in whats.items())
    yield Row(path, "gone", gone, "does not exist; run `dvc repro`")
    for name in (needed.text + needed.numbers)[-1:]:
        drop = table(lambda frame, name=name: frame.drop(columns=name).assign(more=1))
        yield Row(path, f"without {name}", drop, rf"it has no column {name}; run `dvc repro`")
    for name in needed.numbers[:1]:
        words = table(lambda frame, name=name: frame.assign(**{name: "many"}))
        yield Row(path, f"words for {name}", words, rf"its column {name} has values that are not numbers; run")
    for name in [name for name in needed.text if name.endswith("_ts")]:
        words = table(lambda frame, name=name: frame.assign(**{name: "noon"}))
        yield Row(path, f"words for {name}", words, rf"its column {name} has values that are not times; run")
    if "customer_id" in needed.text and path.suffix != ".csv":
        for what, ids in {"numbers for ids": [1, 2], "a row without id": ["a", None]}.items():
            change = table(lambda frame, ids=ids: frame.assign(customer_id=ids))
            yield Row(path, what, change, "its column customer_id must be text in every row; run")


RAW = [
    Row(paths.raw("touches"), what, damage, DAMAGED)
    for what, damage in {
        "empty": put(b""),
        "halved": halved,
        "anything": ANYTHING,
        "folder": folder,
        "without id": table(lambda frame: frame.drop(columns="customer_id")),
    }.items()
]
ARTIFACTS = [row for path in json_artifacts.SHAPES for row in json_rows(path)]
ARTIFACTS += [row for path in artifacts.TABLE for row in table_rows(path)]


@pytest.mark.parametrize("row", ARTIFACTS, ids=str)
def test_a_damaged_artifact_is_one_line(row: Row, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_example(row.where)
    read(row.where)
    row.damage(row.where)
    with pytest.raises(InputError) as error:
        read(row.where)
    require_line(str(error.value), rf"^{re.escape(str(row.where))}.*{row.line}")


@pytest.mark.parametrize("row", RAW, ids=str)
def test_a_damaged_raw_table_is_one_line(row: Row, tmp_path: Path) -> None:
    path = tmp_path / row.where.name
    storage.write_table(pd.DataFrame({"customer_id": ["a"], "kind": ["email"]}), path)
    assert len(read_raw("touches", path)) == 1
    row.damage(path)
    with pytest.raises(InputError) as error:
        read_raw("touches", path)
    require_line(str(error.value), row.line)


def require_line(text: str, pattern: str) -> None:
    assert re.search(pattern, text), text
    assert "\n" not in text
    assert len(text) < 600


def test_there_are_enough_rows() -> None:
    assert len(ARTIFACTS) + len(RAW) + len(MODEL) + len(STAGES) > 500


# Stages end on the first artifact that is damaged, with exit code 1.

FIRST_READ = {
    "preprocess": paths.SOURCE,
    "featurize": paths.BLOCKS,
    "tune": paths.PLAN,
    "train": paths.PLAN,
    "backtest": paths.PLAN,
    "evaluate": paths.PLAN,
    "explain": paths.PLAN,
    "segment": paths.PLAN,
    "experiment": paths.PLAN,
    "budget": paths.CUSTOMER_VALUES,
    "audience": paths.PLAN,
    "campaign": paths.PLAN,
    "revenue": paths.PLAN,
    "describe": paths.PLAN,
    "summarize": paths.PLAN,
    "report": paths.SHOWN_CUSTOMERS,
    "index": paths.PLAN,
}
STAGES = [
    (stage, Row(path, what, damage, f"^error: {path} "))
    for stage, path in FIRST_READ.items()
    for what, damage in {"halved": halved, "empty": put(b""), "gone": gone, "folder": folder}.items()
]


@pytest.mark.parametrize(("stage", "row"), STAGES, ids=str)
def test_a_stage_ends_on_a_damaged_artifact_in_one_line(
    stage: str, row: Row, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    for name in ("params.yaml", "synthetic.yaml"):
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / "notebooks").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.argv", ["stage"])
    write_example(row.where)
    row.damage(row.where)
    with pytest.raises(SystemExit, match="1"):
        run_stage(import_module(f"stages.{stage}").main)
    said = capfd.readouterr().err
    assert said.count("\n") == 1
    assert re.search(row.line, said), said


# Models.


@pytest.fixture(scope="module")
def model_folder(
    small_world: SyntheticParams, project_params: Params, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A model of few customers with every learner, as the stage train writes it."""
    few = replace(small_world, default=replace(small_world.default, n_customers=500))
    tables = make_world(few, seed=7, horizon_days=120).tables
    train = few_rounds(project_params.train, rounds=6, epochs=1)
    trained = fitted({name: tables[name] for name in FEATURE_TABLES}, train, project_params)
    path = tmp_path_factory.mktemp("model")
    trained.shop.save(path)
    trained.model.save(path, {})
    Forecaster.load(path, Machine(1))
    return path


FILES = (
    *("forest.parquet", "gradient_boosting.parquet", "gradient_boosting.json", "hurdle.json", "hurdle_purchase.txt"),
    *("hurdle_spend.txt", "lightgbm.json", "lightgbm.txt", MANIFEST, "neural.json", "ridge.json", "shop.json"),
    *("extra_trees.parquet", "hurdle_raw.json", "hurdle_raw_purchase.txt"),
    *("lightgbm_raw.json", "lightgbm_raw.txt", "xgboost.json"),
)
NOT_SAVED = rf"is not the file that was saved: .*{SUMS} expects the SHA-256 [0-9a-f]{{12}}\.\.\., got .*dvc checkout"


def flipped(path: Path) -> None:
    """Change one bit of the file; its size stays."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))


def added(name: str) -> Damage:
    return lambda path: (path / name).write_bytes(b"\x80\x04K\x01.")


MODEL = [
    Row(Path(name), what, damage, line)
    for name in FILES
    for what, damage, line in (
        ("halved", halved, NOT_SAVED),
        ("empty", put(b""), NOT_SAVED),
        ("flipped", flipped, NOT_SAVED),
        ("gone", gone, "is missing, although|holds no model"),
        ("folder", folder, "must be a file|holds no model"),
    )
]
MODEL += [
    Row(Path(), name, added(name), line)
    for name, line in {
        "forest.joblib": "can run code when opened, so it was not opened; .* run `dvc repro train`",
        "gradient_boosting.joblib": "can run code when opened",
        "model.pkl": "can run code when opened",
        "notes.txt": "does not belong to this model .* remove it",
        ".DS_Store": "does not belong to this model",
    }.items()
]
MODEL += [
    Row(Path(SUMS), "halved", halved, f"{SUMS} is damaged: it must have a SHA-256 and a name in each line"),
    Row(Path(SUMS), "empty", put(b""), f"{SUMS} is damaged"),
    Row(Path(SUMS), "anything", ANYTHING, f"{SUMS} is damaged"),
    Row(Path(SUMS), "no UTF-8", no_utf8, f"{SUMS} is damaged"),
    Row(Path(SUMS), "gone", gone, f"has no {SUMS}, .*; run `dvc repro train`"),
    Row(Path(SUMS), "folder", folder, f"{SUMS} is damaged"),
    Row(Path(SUMS), "a path", lambda path: path.write_text(f"{'0' * 64}  ../x\n"), f"{SUMS} is damaged"),
]
# An attacker who can write a model can write its hashes as well.
SEALED = [
    Row(Path(MANIFEST), "halved", halved, f"{MANIFEST} must be JSON"),
    Row(Path(MANIFEST), "deep", put(b"[" * 10**5), f"{MANIFEST} must be JSON"),
    Row(Path(MANIFEST), "list", put(b"[]"), "has a list as its content, where names with values must be"),
    *(
        Row(Path(MANIFEST), f"without {name}", without(name), f"it lacks {name}; run")
        for name in ("btyd", "panel", "params", "at_level", "seed", "typical")
    ),
    *(
        Row(Path(MANIFEST), f"null {name}", having(name, None), f"it has null at {name}, where .* must be")
        for name in ("btyd", "panel", "params", "at_level", "seed", "typical")
    ),
    Row(Path(MANIFEST), "no such day", having("labelled", ["yesterday"]), r"at labelled\[0\], where a date YYYY-MM-DD"),
    Row(Path(MANIFEST), "odd level", without_level, r"lacks at_level\.level\.value"),
    Row(Path(MANIFEST), "odd params", having("params", {"x": 1}), f"unknown parameter 'train.x' of .*{MANIFEST}"),
    Row(Path("ridge.json"), "words", having("intercept", "x"), "it has 'x' at intercept, where a number must be"),
    Row(Path("ridge.json"), "without scaler", without("scaler"), "it lacks scaler; run"),
    Row(Path("neural.json"), "no networks", having("networks", {}), "at networks, where a list must be"),
    Row(Path("lightgbm.json"), "empty", put(b"{}"), "it lacks scale; run"),
    Row(Path("hurdle.json"), "more", having("x", 1), "is damaged, or was written by another version"),
    Row(Path("gradient_boosting.json"), "null", having("baseline", None), "it has null at baseline, where a number"),
    Row(Path("shop.json"), "no day", having("bounds", {}), "it lacks bounds.first_day; run"),
    Row(Path("forest.parquet"), "anything", ANYTHING, r"forest\.parquet is damaged"),
    Row(Path("forest.parquet"), "no node", table(lambda frame: frame.head(0)), "has no nodes"),
    Row(
        Path("forest.parquet"),
        "circle",
        table(lambda f: f.assign(left=f["left"].clip(upper=0))),
        "nodes outside their tree",
    ),
    Row(Path("forest.parquet"), "text", table(lambda f: f.assign(value="x")), "columns of the wrong type: value"),
    Row(Path("gradient_boosting.parquet"), "short", table(lambda f: f.head(2)), "nodes outside their tree"),
    Row(Path("gradient_boosting.parquet"), "lacks", table(lambda f: f.drop(columns="left")), "it has no column left"),
    Row(Path("lightgbm.txt"), "anything", ANYTHING, "it is not the text of a LightGBM model"),
    Row(Path("lightgbm.txt"), "halved", halved, "tree [012] is damaged|lacks .leaf_value."),
    Row(
        Path("hurdle_spend.txt"), "no end", replaced("end of trees", ""), "it must have 'end of trees' after its trees"
    ),
    Row(Path("lightgbm.txt"), "no such child", replaced(r"left_child=\S+", "left_child=9"), "tree 0 is damaged"),
    Row(
        Path("lightgbm.txt"), "no such column", replaced(r"split_feature=\S", "split_feature=999"), "tree 0 is damaged"
    ),
    Row(
        Path("lightgbm.txt"), "few columns", replaced(r"max_feature_idx=\d+", "max_feature_idx=0"), "tree 0 is damaged"
    ),
    Row(Path("lightgbm.txt"), "more leaves", replaced(r"num_leaves=\d+", "num_leaves=99"), "tree 0 is damaged"),
    Row(Path("hurdle_purchase.txt"), "empty", put(b""), "it is not the text of a LightGBM model"),
    Row(Path("xgboost.json"), "anything", ANYTHING, "damaged, or was written by another version"),
    Row(Path("xgboost.json"), "object", put(b"{}"), "damaged, or was written by another version"),
]


def load_all(path: Path) -> None:
    Forecaster.load(path, Machine(1))
    Shop.load(path)


@pytest.mark.parametrize("row", MODEL, ids=str)
def test_a_damaged_model_is_one_line(row: Row, model_folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "model"
    shutil.copytree(model_folder, path)
    row.damage(path / row.where)
    with pytest.raises(InputError) as error:
        Forecaster.load(path, Machine(1))
    require_line(str(error.value), row.line)
    assert str(path) in str(error.value)


@pytest.mark.parametrize("row", SEALED, ids=str)
def test_a_model_that_was_sealed_anew_is_one_line(row: Row, model_folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "model"
    shutil.copytree(model_folder, path)
    row.damage(path / row.where)
    seal(path)
    with pytest.raises(InputError) as error:
        load_all(path)
    require_line(str(error.value), row.line)


def test_a_pickle_is_never_opened(model_folder: Path, tmp_path: Path) -> None:
    """The pickle would write a file when opened; the folder's hashes fit it."""

    class Writes:
        def __reduce__(self) -> tuple[Any, ...]:
            return Path.touch, (tmp_path / "ran",)

    path = tmp_path / "model"
    shutil.copytree(model_folder, path)
    for name in ("forest.joblib", "forest.parquet", "gradient_boosting.parquet", "ridge.json", "lightgbm.txt"):
        shutil.rmtree(path)
        shutil.copytree(model_folder, path)
        (path / name).write_bytes(pickle.dumps(Writes()))
        seal(path)
        with pytest.raises(InputError):
            load_all(path)
    assert not (tmp_path / "ran").exists()
    pickle.loads(pickle.dumps(Writes()))
    assert (tmp_path / "ran").exists()


def test_the_hashes_are_those_of_sha256sum(model_folder: Path) -> None:
    sums = dict(reversed(line.split("  ")) for line in (model_folder / SUMS).read_text(encoding="utf-8").splitlines())
    assert sums == {name: hashlib.sha256((model_folder / name).read_bytes()).hexdigest() for name in sorted(FILES)}


# The summary of an earlier run, whose path users give.

EARLIER = {
    "shop": "0123",
    "as_of": "2024-05-06",
    "horizon_days": 90,
    "currency": "EUR",
    "customers": 10,
    "forecast": {"total": 5.0, "expected_buyers": 3.0},
    "top_segment": None,
    "at_risk": None,
    "budget": {"total": 100.0, "expected_margin": None},
    "trust": {"bias": 0.1, "coverage_95": None, "failed": []},
}
PREVIOUS: list[tuple[Any, str]] = [
    ([], "has a list as its content"),
    (None, "has null as its content"),
    ("x", "has 'x' as its content"),
    ({"as_of": "yesterday"}, "it lacks shop"),
    *((EARLIER | {"as_of": day}, "at as_of, where a date") for day in ("yesterday", "", 7, "2024-13-45", "2024-5-6")),
    *(({k: v for k, v in EARLIER.items() if k != name}, f"it lacks {name};") for name in EARLIER),
    *((EARLIER | {name: {"x": 1}}, f"it (has .* at {name}, where|lacks {name}\\.)") for name in EARLIER),
    (EARLIER | {"season_index": "high"}, "at season_index, where a number must be"),
    (EARLIER | {"trust": EARLIER["trust"] | {"failed": 3}}, r"at trust\.failed, where a list must be"),
]


@pytest.mark.parametrize(("then", "line"), PREVIOUS)
def test_an_odd_earlier_summary_is_one_line(then: Any, line: str) -> None:
    now = EARLIER | {"as_of": "2024-08-04"}
    assert changes(now, EARLIER, "p.json")["rows"]
    with pytest.raises(InputError) as error:
        changes(now, then, "p.json")
    require_line(str(error.value), rf"^report\.previous must be .* p\.json is not, .*{line}.*name such a file")


# Errors of the operating system.

NO_SPACE = "make room on that disk"
SYSTEM: list[tuple[Exception, str]] = [
    (OSError(errno.ENOSPC, "No space left on device", "a/b.parquet"), f"a/b.parquet: No space left .*; {NO_SPACE}"),
    (OSError("Error writing bytes to file. Detail: [errno 28] No space left on device"), NO_SPACE),
    (OSError(errno.EROFS, "Read-only file system", "x"), "x: Read-only .*; work in a folder that can be written to"),
    (PermissionError(errno.EACCES, "Permission denied", "x"), "x: Permission denied; give yourself permission"),
    (OSError(errno.EMFILE, "Too many open files"), r"Too many open files; allow more open files \(`ulimit"),
    (OSError(errno.ENAMETOOLONG, "File name too long", "x" * 300), "File name too long; use a shorter path"),
    (FileNotFoundError(errno.ENOENT, "No usable temporary directory found"), "No usable .* TMPDIR"),
    (OSError(errno.EIO, "Input/output error", "x"), "x: Input/output error; check that disk"),
    (OSError(errno.EXDEV, "Invalid cross-device link", "x"), "x: Invalid cross-device link; correct that"),
    (MemoryError(), "not enough memory; close other programs"),
    (MemoryError("Unable to allocate 9 GiB for\nan array"), r"not enough memory \(Unable .* for an array\); close"),
    (BrokenProcessPool("A process was terminated abruptly"), "a worker process ended unexpectedly, .* memory"),
    (InputError("a\nline"), r"^error: a\\nline$"),
]


@pytest.mark.parametrize(("error", "line"), SYSTEM, ids=lambda value: str(value)[:40])
def test_what_the_system_refuses_is_one_line(error: Exception, line: str, capsys: pytest.CaptureFixture[str]) -> None:
    def refused() -> None:
        raise error

    with pytest.raises(SystemExit, match="1"):
        run_stage(refused)
    said = capsys.readouterr().err
    assert said.startswith("error: ")
    assert said.endswith("\n")
    require_line(said.rstrip("\n"), line)


@pytest.mark.parametrize("error", [KeyError("x"), TypeError("x"), ValueError("x"), AssertionError("x")], ids=repr)
def test_a_bug_keeps_its_traceback(error: Exception) -> None:
    def wrong() -> None:
        raise error

    with pytest.raises(type(error)):
        run_stage(wrong)


def test_a_reader_that_has_seen_enough_is_no_error() -> None:
    def piped() -> None:
        raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        run_stage(piped)


WRITES = {
    "a name too long": (lambda folder: folder / ("x" * 300), "File name too long; use a shorter path"),
    "below a file": (lambda folder: folder / "file" / "x.json", "file: (Not a directory|File exists)"),
    "onto a folder": (lambda folder: folder / "folder", "folder: Is a directory|folder.*Is a directory"),
}


@pytest.mark.parametrize("what", WRITES)
def test_what_cannot_be_written_is_one_line_and_leaves_nothing(
    what: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("kept", encoding="utf-8")
    (tmp_path / "folder").mkdir()
    where, line = WRITES[what]
    for write in (
        lambda: storage.write_json({"a": 1}, where(tmp_path)),
        lambda: storage.write_table(pd.DataFrame({"a": [1]}), where(tmp_path)),
        lambda: storage.write_csv(pd.DataFrame({"a": [1]}), where(tmp_path)),
    ):
        with pytest.raises(SystemExit, match="1"):
            run_stage(write)
        require_line(capsys.readouterr().err.rstrip("\n"), line)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "folder"]
    assert (tmp_path / "file").read_text(encoding="utf-8") == "kept"


def test_a_full_disk_names_the_artifact(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It does so whatever the library reports about the temporary file."""
    for error in (
        OSError(errno.ENOSPC, "No space left on device"),
        OSError(errno.ENOSPC, "Full", f"{tmp_path}/.t.csv.partial"),
    ):

        def write(error: OSError = error) -> None:
            with replacing(tmp_path / "t.csv") as temporary:
                temporary.write_text("half", encoding="utf-8")
                raise error

        with pytest.raises(SystemExit, match="1"):
            run_stage(write)
        require_line(capsys.readouterr().err.rstrip("\n"), rf"^error: {tmp_path}/t\.csv: .*; {NO_SPACE}")
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_may_not_be_read_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> str:
        raise PermissionError(errno.EACCES, "Permission denied", str(tmp_path / "a.json"))

    monkeypatch.setattr(Path, "read_text", refuse)
    with pytest.raises(InputError) as error:
        storage.read_json(tmp_path / "a.json")
    require_line(str(error.value), r"a\.json cannot be read: Permission denied; give yourself permission")


def test_cuda_without_a_gpu_stops(monkeypatch: pytest.MonkeyPatch) -> None:
    require_device("cpu")
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    with pytest.raises(InputError) as error:
        require_device("cuda")
    require_line(str(error.value), "'device' is cuda, and xgboost finds no GPU .*; set device: cpu, or run where")
