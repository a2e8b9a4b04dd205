"""Bad files and parameters that only later stages meet: contacts, an earlier summary, earlier clusters, tests, channels.

The artifacts that these stages read before are made here, in small. Where that would be most of the pipeline, the
piece that meets the bad input runs alone, as its stage runs it.
"""

# ruff: noqa: E501 (a line expected stands in one piece)

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from clv import artifacts, paths, storage
from clv.errors import run_stage
from clv.marketing.budget.limits import limits_of
from clv.marketing.budget.params import BudgetParams
from clv.marketing.description.shown_customers import shown
from clv.marketing.experiments.params import ExperimentParams
from clv.marketing.experiments.randomisation import require_arms
from clv.marketing.segments.clusters import find_clusters
from clv.marketing.segments.params import ClusterParams
from clv.marketing.summary.changes import changes
from clv.strict import build
from clv.yaml_file import read_yaml
from tests.bad_inputs.given import Change, Place, Row, cut, fifo, folder, parquet, raw, text, values
from tests.marketing.customers import customers
from tests.marketing.summaries import shop


def _section(cls: type, *path: str) -> Any:
    content: Any = read_yaml(paths.PARAMS)
    for name in path:
        content = content[name]
    return build(cls, content, ".".join(path))


def _clusters() -> None:
    params = _section(ClusterParams, "segment", "clusters")
    find_clusters(customers(60), params, 1, storage.read_json(Path(params.previous)))


def _summary() -> None:
    changes(shop(), storage.read_json(Path(read_yaml(paths.PARAMS)["report"]["previous"])), "previous.json")


def _shares() -> None:
    require_arms(_section(ExperimentParams, "experiment").shares, {"mail": ["control", "mail"], "ads": ["a", "b"]})


def _budget() -> None:
    cells = pd.DataFrame(
        [(tier, channel, 10) for tier in ("High-CLV", "Low-CLV") for channel in ("email", "search")],
        columns=["tier", "channel", "customers"],
    )
    limits_of(cells, _section(BudgetParams, "budget"), pd.Series([100.0] * 4).to_numpy(), 1000.0)


def _customer() -> None:
    shown(customers(60), 5, read_yaml(paths.PARAMS)["report"]["customer"], [])


PIECES: dict[str, Callable[[], None]] = {
    "clusters": partial(run_stage, _clusters),
    "summary": partial(run_stage, _summary),
    "shares": partial(run_stage, _shares),
    "budget": partial(run_stage, _budget),
    "customer": partial(run_stage, _customer),
}


_ROWS = {"cutoff": "2025-12-31", "parts": ["forecast"]}
PLAN = {
    "split": "none",
    "why": "the history is short",
    "horizon_days": 90,
    "first_day": "2024-01-01",
    "last_day": "2025-12-31",
    "backtest": None,
    "today": {"as_of": "2025-12-31", "training": [], "calibration": None, "forecast": _ROWS},
    "rolling": [],
    "windows": [],
}


def audience(*more: Change) -> tuple[Change, ...]:
    """The artifacts that the stage audience reads from earlier stages, and further changes."""

    def before(place: Place) -> None:
        text("data/snapshots/plan.json", json.dumps(PLAN))(place)
        needed = artifacts.TABLE[paths.CUSTOMER_VALUES]
        people = {name: ["", ""] for name in needed.text} | {name: [1.0, 0.0] for name in needed.numbers}
        people |= {"customer_id": ["c1", "c2"], "tier": ["High-CLV", "Low-CLV"], "elite": [True, False]}
        parquet("data/customer_values/part-00000.parquet", people)(place)
        parquet("data/clean/customers/part-00000.parquet", {"customer_id": ["c1", "c2"]})(place)

    return (before, *more)


def _contacts(what: str, content: str | bytes, expected: str, code: int = 1) -> Row:
    write = raw("contacts.csv", content) if isinstance(content, bytes) else text("contacts.csv", content)
    said = rf"contacts\.csv{expected}" if code else expected
    return Row(
        f"contacts, {what}", "stages.audience", audience(write, values(audience__contacts="contacts.csv")), said, code
    )


def _contacts_at(what: str, path: str, expected: str, *more: Change) -> Row:
    return Row(f"contacts, {what}", "stages.audience", audience(*more, values(audience__contacts=path)), expected)


LISTED = r"audience: rows for Meta: .*"
CONTACTS = (
    _contacts("no byte", b"", ": the file is empty; it needs a header line and rows"),
    _contacts(
        "no id",
        "email\na@b.c\n",
        r": no column 'customer_id', which shows whose contact it is; of 1 columns it has email; .*",
    ),
    _contacts(
        "no header", "c1,a@example.com\n", r": no column 'customer_id', .*; of 2 columns it has none that is known; .*"
    ),
    _contacts(
        "a column twice",
        "customer_id,email,email\nc1,a@b.c,d@e.f\n",
        r": column 'email' appears twice; keep only one",
    ),
    _contacts(
        "a column that is none",
        "customer_id,mail\nc1,a@b.c\n",
        r": unknown column 'mail'; columns of contacts are .*; drop it",
    ),
    _contacts("an address as a column", "customer_id,ann@example.com\nc1,a@b.c\n", r": unknown column number 2; .*"),
    _contacts(
        "ragged", "customer_id,email\nc1,a@b.c,x\n", r": cannot be read: row 2 has 3 fields, but the header has 2; .*"
    ),
    _contacts("a quote never closed", 'customer_id,email\nc1,"a@b.c\nc2,d@e.f\n', r": .*"),
    _contacts("zero bytes", b"customer_id,email\nc1,\0\n", r": holds zero bytes, .*"),
    _contacts("one column in quotes", '"customer_id,email"\n"c1,a@b.c"\n', r": its first line is a single column; .*"),
    Row(
        "contacts, consent in words",
        "stages.audience",
        audience(text("contacts.csv", "customer_id,consent\nc1,perhaps\n"), values(audience__contacts="contacts.csv")),
        r"column 'consent' of the contacts must be yes or no, .*",
    ),
    _contacts("no encoding", b"customer_id,email\nc1,\x81\xff\n", r": is neither UTF-8 nor Windows-1252; .*"),
    _contacts("a header alone", "customer_id,email\n", LISTED, 0),
    _contacts_at(
        "no such file",
        "none.csv",
        r"audience\.contacts: none\.csv does not exist; set it to your file, or to the template for none",
    ),
    _contacts_at("a folder", "people", r"people: this folder has no \.parquet files; .*", folder("people")),
    _contacts_at(
        "a workbook", "people.xlsx", r"people\.xlsx: the file type is read from the name, .*", raw("people.xlsx", b"PK")
    ),
    _contacts_at("a pipe", "people.csv", r"people\.csv: is not a regular file, .*", fifo("people.csv")),
    _contacts_at(
        "cut Parquet",
        "people.parquet",
        r"people\.parquet: cannot be read: .*",
        parquet("people.parquet", {"customer_id": ["a"]}),
        cut("people.parquet", 20),
    ),
    _contacts_at(
        "Parquet of bytes",
        "people.parquet",
        r"people\.parquet: .*",
        parquet("people.parquet", {"customer_id": [b"\xff"]}),
    ),
    _contacts_at(
        "Parquet of lists",
        "people.parquet",
        r"people\.parquet: .*",
        parquet("people.parquet", {"customer_id": ["c1"], "email": [["a@b.c"]]}),
    ),
    _contacts_at(
        "5,000 columns",
        "people.csv",
        r"people\.csv: .*",
        text("people.csv", ",".join(f"c{i}" for i in range(5000)) + "\n" + "," * 4999 + "\n"),
    ),
    Row(
        "a short key",
        "stages.audience",
        audience(),
        r"CLV_AUDIENCE_KEY must hold at least 16 characters, .* and has 5; .*",
        environment={"CLV_AUDIENCE_KEY": "short"},
    ),
)

KEPT = r"report\.previous must be reports/metrics/summary\.json of an earlier run, and previous\.json is not, .*"
NO_JSON = r"previous\.json must be JSON, but is not; .*"
GOOD_SUMMARY = json.dumps(shop())


def _earlier(what: str, content: str | bytes, expected: str, where: str) -> Row:
    write = raw("previous.json", content) if isinstance(content, bytes) else text("previous.json", content)
    named = values(report__previous="previous.json", segment__clusters__previous="previous.json")
    return Row(f"an earlier run, {what}", where, (write, named), expected)


def _summary_of(what: str, **changed: Any) -> Row:
    return _earlier(what, json.dumps(shop() | changed), KEPT, "summary")


SUMMARIES = (
    _earlier("no byte", b"", NO_JSON, "summary"),
    _earlier("text", "yesterday", NO_JSON, "summary"),
    _earlier("cut", GOOD_SUMMARY[:-20], NO_JSON, "summary"),
    _earlier("UTF-16", GOOD_SUMMARY.encode("utf-16"), NO_JSON, "summary"),
    _earlier("deep", "[" * 100_000 + "]" * 100_000, NO_JSON, "summary"),
    _earlier("a list", "[]", KEPT, "summary"),
    _earlier("a number", "42", KEPT, "summary"),
    _earlier("null", "null", KEPT, "summary"),
    _earlier("another file", '{"seed": 42}', KEPT, "summary"),
    _earlier(
        "numbers of 5,000 digits",
        json.dumps(shop() | {"customers": 0}).replace('"customers": 0', f'"customers": {"9" * 5000}', 1),
        rf"({NO_JSON}|{KEPT})",
        "summary",
    ),
    _summary_of("of yesterday", as_of="yesterday"),
    _summary_of("of a day that is none", as_of="2025-13-45"),
    _summary_of("of a number", as_of=20251130),
    _summary_of("of no day", as_of=None),
    _summary_of("customers in words", as_of="2025-11-30", customers="many"),
    _summary_of("customers in a list", as_of="2025-11-30", customers=[1]),
    _summary_of("a forecast that is none", as_of="2025-11-30", forecast=None),
    _summary_of("a forecast in words", as_of="2025-11-30", forecast={"total": "much", "expected_buyers": 1}),
    _summary_of("a forecast of no number", as_of="2025-11-30", forecast={"total": float("nan"), "expected_buyers": 1}),
    _summary_of("checks as a number", as_of="2025-11-30", trust={"bias": 0, "coverage_95": 1, "failed": 3}),
    _summary_of("a segment as text", as_of="2025-11-30", top_segment="Champions"),
    Row(
        "an earlier run, no such file",
        "summary",
        (values(report__previous="none.json"),),
        r"none\.json does not exist; .*",
    ),
    Row(
        "an earlier run, a folder",
        "summary",
        (values(report__previous="data"),),
        r"data is damaged, or was written by another version: Is a directory; .*",
    ),
    Row(
        "an earlier run, a pipe",
        "summary",
        (fifo("p.json"), values(report__previous="p.json")),
        r"p\.json is not a regular file.*",
    ),
)

CLUSTERS = (
    r"segment\.clusters\.previous must be models/clusters\.json of an earlier run; it {why}; name such a file, or .*"
)
ONE = {"features": ["recency_days"], "means": [1.0], "scales": [1.0], "centroids": {"1": [0.5]}}


def _memory(what: str, content: object, why: str) -> Row:
    written = content if isinstance(content, str | bytes) else json.dumps(content)
    expected = why if why.startswith("previous") else CLUSTERS.format(why=why)
    return _earlier(what, written, expected, "clusters")


MEMORIES = (
    _memory("no byte", b"", NO_JSON),
    _memory("text", "none", NO_JSON),
    _memory("a list", [1], ".*"),
    _memory("a number", 3, ".*"),
    _memory("another file", {"a": 1}, "lacks features, means, scales, centroids"),
    _memory("no centroid", ONE | {"centroids": {}}, "has centroids, means and scales of different lengths"),
    _memory("centroids in a list", ONE | {"centroids": [[0.5]]}, "has centroids without a number"),
    _memory("a centroid by name", ONE | {"centroids": {"best": [0.5]}}, "has centroids without a number"),
    _memory("a centroid of other digits", ONE | {"centroids": {"²": [0.5]}}, "has centroids without a number"),
    _memory(
        "a centroid of text",
        ONE | {"centroids": {"1": ["0.5"]}},
        "has centroids, means or scales that are not lists of numbers",
    ),
    _memory(
        "a centroid of true",
        ONE | {"centroids": {"1": [True]}},
        "has centroids, means or scales that are not lists of numbers",
    ),
    _memory(
        "a centroid of no number",
        ONE | {"centroids": {"1": [float("nan")]}},
        "has centroids, means or scales that are not lists of numbers",
    ),
    _memory(
        "a centroid of infinity",
        '{"features": ["recency_days"], "means": [1], "scales": [1], "centroids": {"1": [1e999]}}',
        "has centroids, means or scales that are not lists of numbers",
    ),
    _memory("a scale of nothing", ONE | {"scales": [0.0]}, "has .*scales.*"),
    _memory("lengths that differ", ONE | {"means": [1.0, 2.0]}, "has centroids, means and scales of different lengths"),
    _memory("features as text", ONE | {"features": "recency_days"}, "has .*"),
    _memory("features of numbers", ONE | {"features": [1]}, "has .*"),
    _memory(
        "a feature twice",
        {"features": ["p_alive"] * 2, "means": [1, 1], "scales": [1, 1], "centroids": {"1": [1, 1]}},
        "has .*",
    ),
    _memory("a number of 5,000 digits", ONE | {"centroids": {"9" * 5000: [0.5]}}, "has .*"),
)

OTHERS = (
    Row(
        "of a test that is none",
        "shares",
        (values(experiment__shares={"post": {"a": 1, "b": 1}}),),
        r"experiment\.shares must name tests of the data, got 'post'; there are mail, ads; fix or drop it",
    ),
    Row(
        "of arms that are none",
        "shares",
        (values(experiment__shares={"mail": {"control": 1, "post": 1}}),),
        r"experiment\.shares\.mail must name the arms of the test, control, mail, got control, post; .*",
    ),
    Row(
        "of one arm",
        "shares",
        (values(experiment__shares={"mail": {"control": 1}}),),
        r"experiment\.shares\.mail must name the arms .*",
    ),
    Row(
        "a cap of no channel",
        "budget",
        (values(budget__channel_caps={"tv": 1.0}),),
        r"budget\.channel_caps must name channels of the budget, got 'tv'; there are email, search; .*",
    ),
    Row(
        "a bound of no channel",
        "budget",
        (values(budget__bounds=[{"tier": "Low-CLV", "channel": "tv", "min": 0.0, "max": 1.0}]),),
        r"budget\.bounds must name channels of the budget, got Low-CLV x tv; .*",
    ),
    Row(
        "a minimum beyond what was tried",
        "budget",
        (values(budget__bounds=[{"tier": "Low-CLV", "channel": "email", "min": 200.0, "max": 300.0}]),),
        r"budget\.bounds: the minimum of Low-CLV x email must not exceed what was ever tried .*",
    ),
    Row(
        "a minimum beyond its cap",
        "budget",
        (
            values(
                budget__bounds=[{"tier": "Low-CLV", "channel": "email", "min": 50.0, "max": 90.0}],
                budget__channel_caps={"email": 10.0},
            ),
        ),
        r"budget\.channel_caps: the cap of email, 10\.00, must not be less than the minima of Low-CLV x email, got 50\.00; .*",
    ),
    Row(
        "nobody",
        "customer",
        (values(report__customer="nobody"),),
        r"report\.customer must be a customer_id of data/customer_values, got 'nobody'; .*",
    ),
)

PLACES = (*CONTACTS, *SUMMARIES, *MEMORIES, *OTHERS)
