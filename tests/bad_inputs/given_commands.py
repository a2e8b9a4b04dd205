"""Bad options of the commands, stages run out of order, variables of the environment, queries without a server."""

# ruff: noqa: E501 (a line expected stands in one piece)

from tests.bad_inputs.given import Change, Row, fifo, folder, hard_link, link, orders, parquet, text, values

MISSING = r"{path} does not exist; run `dvc repro`, which makes it"
# For each stage, the first artifact that it reads of those that an earlier stage writes.
FIRST = {
    "preprocess": r"data/raw/source\.json",
    "featurize": r"data/clean/blocks\.json",
    "tune": r"data/snapshots/plan\.json",
    "train": r"data/snapshots/plan\.json",
    "backtest": r"data/snapshots/plan\.json",
    "evaluate": r"data/snapshots/plan\.json",
    "explain": r"data/snapshots/plan\.json",
    "segment": r"data/snapshots/plan\.json",
    "experiment": r"data/snapshots/plan\.json",
    "budget": r"data/customer_values",
    "audience": r"data/snapshots/plan\.json",
    "campaign": r"data/snapshots/plan\.json",
    "revenue": r"data/snapshots/plan\.json",
    "describe": r"data/snapshots/plan\.json",
    "summarize": r"data/snapshots/plan\.json",
    "report": r"data/described/customers\.parquet",
    "index": r"data/snapshots/plan\.json",
}
OUT_OF_ORDER = tuple(
    Row("nothing was run before", f"stages.{name}", (), MISSING.format(path=path)) for name, path in FIRST.items()
)

THREADS = r"CLV_THREADS must be a whole number between 1 and 4096, got {got}; unset it to use all cores"
SCHEDULER = (
    r"CLV_DASK_SCHEDULER must be the address of a Dask scheduler, such as .*, got {got}; unset it to compute here"
)
MACHINES = tuple(
    Row(f"{name} of {value[:40]!r}", "stages.featurize", (), rule.format(got=got), environment={name: value})
    for name, rule, value, got in (
        ("CLV_THREADS", THREADS, "0", "'0'"),
        ("CLV_THREADS", THREADS, "-1", "'-1'"),
        ("CLV_THREADS", THREADS, "two", "'two'"),
        ("CLV_THREADS", THREADS, "2.5", r"'2\.5'"),
        ("CLV_THREADS", THREADS, "4097", "'4097'"),
        ("CLV_THREADS", THREADS, "9" * 50, "'9+.*"),
        ("CLV_THREADS", THREADS, "٢", "'٢'"),
        ("CLV_THREADS", THREADS, "2 3", "'2 3'"),
        ("CLV_THREADS", THREADS, "2\a", r"'2\\x07'"),
        ("CLV_DASK_SCHEDULER", SCHEDULER, "localhost:8786", "'localhost:8786'"),
        ("CLV_DASK_SCHEDULER", SCHEDULER, "tcp://localhost", "'tcp://localhost'"),
        ("CLV_DASK_SCHEDULER", SCHEDULER, "http://localhost:8786", "'http://.*'"),
        ("CLV_DASK_SCHEDULER", SCHEDULER, "tcp://a b:1", "'tcp://a b:1'"),
        ("CLV_DASK_SCHEDULER", SCHEDULER, "tcp://host:99999", "'tcp://host:99999'"),
        ("CLV_DASK_SCHEDULER", SCHEDULER, "tcp://host:٨", "'tcp://host:٨'"),
    )
)


def _sql(what: str, expected: str, environment: dict[str, str] | None = None, **queries: object) -> Row:
    changed = {f"generate__sql__{name}": value for name, value in queries.items()}
    given = (values(generate__source="sql", **changed),)
    return Row(f"sql, {what}", "stages.generate", given, expected, environment=environment or {})


GOOD = "SELECT customer_id, order_ts, amount FROM o ORDER BY 1, 2, 3"
ORDER = r"parameter 'generate\.sql\.{table}' must be a query with an ORDER BY of its own, .*; add one by columns that distinguish all rows"
URI = r"environment variable {name}: cannot connect to the database: {why}; set it to postgresql://.*"
SQL = (
    _sql("no query", r"parameter 'generate\.sql\.transactions' must be a query, got null; transactions are needed"),
    _sql("no order", ORDER.format(table="transactions"), transactions="SELECT 1"),
    _sql("an order in a comment", ORDER.format(table="transactions"), transactions="SELECT 1 -- ORDER BY 1"),
    _sql("an order in another comment", ORDER.format(table="transactions"), transactions="SELECT 1 /* ORDER BY 1 */"),
    _sql("an order in quotes", ORDER.format(table="transactions"), transactions="SELECT 'ORDER BY 1'"),
    _sql(
        "an order of an inner query",
        ORDER.format(table="transactions"),
        transactions="SELECT * FROM (SELECT 1 ORDER BY 1) x",
    ),
    _sql(
        "an order of a window",
        ORDER.format(table="transactions"),
        transactions="SELECT rank() OVER (ORDER BY 1) FROM x",
    ),
    _sql("an order between dollars", ORDER.format(table="transactions"), transactions="SELECT $$ORDER BY 1$$"),
    _sql("another query without an order", ORDER.format(table="touches"), transactions=GOOD, touches="SELECT 1"),
    _sql(
        "a query of blanks",
        r"parameter 'generate\.sql\.transactions' must be 1 to 100000 characters, .*, got '  '",
        transactions="  ",
    ),
    _sql(
        "a query that is a list",
        r"parameter 'generate\.sql\.transactions' must be text, got .*",
        transactions=["SELECT 1"],
    ),
    _sql(
        "no variable",
        r"environment variable CLV_DATABASE_URI, which generate\.sql\.uri_variable names, is not set; set it to .*",
        transactions=GOOD,
    ),
    _sql(
        "an empty variable",
        r"environment variable CLV_DATABASE_URI, .*, is empty; set it to .*",
        {"CLV_DATABASE_URI": " "},
        transactions=GOOD,
    ),
    _sql(
        "another variable",
        r"environment variable NO_SUCH, .*, is not set; set it to .*",
        transactions=GOOD,
        uri_variable="NO_SUCH",
    ),
    _sql(
        "nothing listens",
        URI.format(name="CLV_DATABASE_URI", why="nothing listens at that host and port"),
        {"CLV_DATABASE_URI": "postgresql://user:secret@127.0.0.1:1/shop"},
        transactions=GOOD,
    ),
    _sql(
        "a URI that is none",
        URI.format(name="CLV_DATABASE_URI", why=".*"),
        {"CLV_DATABASE_URI": "not a uri"},
        transactions=GOOD,
    ),
    _sql(
        "a URI of another kind",
        URI.format(name="CLV_DATABASE_URI", why=".*"),
        {"CLV_DATABASE_URI": "mysql://user:secret@127.0.0.1/shop"},
        transactions=GOOD,
    ),
    _sql(
        "a URI of a port that is none",
        URI.format(name="CLV_DATABASE_URI", why=".*"),
        {"CLV_DATABASE_URI": "postgresql://user:secret@127.0.0.1:99999/shop"},
        transactions=GOOD,
    ),
    _sql(
        "a URI of a socket that is none",
        URI.format(name="CLV_DATABASE_URI", why=".*"),
        {"CLV_DATABASE_URI": "postgresql:///shop?host=/none"},
        transactions=GOOD,
    ),
    _sql(
        "a URI with BEL",
        URI.format(name="CLV_DATABASE_URI", why=".*"),
        {"CLV_DATABASE_URI": "postgresql://u:\a@127.0.0.1:1/shop"},
        transactions=GOOD,
    ),
    _sql(
        "a URI that is no UTF-8",
        URI.format(name="CLV_DATABASE_URI", why=".*"),
        {"CLV_DATABASE_URI": "postgresql://u:\udcff@127.0.0.1:1/shop"},
        transactions=GOOD,
    ),
)

PREDICT = "clv predict --model $MODEL --orders"
ARGUMENT = r".*; see `clv( predict)? --help`"


def _predict(what: str, options: str, expected: str, *changes: Change, code: int = 1) -> Row:
    return Row(f"predict, {what}", f"clv predict {options}", (orders(), *changes), expected, code)


def _out(what: str, out: str, expected: str, *changes: object, code: int = 1) -> Row:
    return _predict(f"out, {what}", f"--model $MODEL --orders orders.csv --out {out}", expected, *changes, code=code)


OPTIONS = (
    _predict("no orders", "", ARGUMENT, code=2),
    _predict("an option that is none", "--orders orders.csv --horizon 90", ARGUMENT, code=2),
    _predict("an option without a value", "--orders", ARGUMENT, code=2),
    _predict("an option cut short", "--orders orders.csv --cust c1", ARGUMENT, code=2),
    _predict("a word too many", "--orders orders.csv more", ARGUMENT, code=2),
    Row("a command that is none", "clv forecast", (), r".*; see `clv --help`", 2),
    Row("an option that is none", "clv --version", (), r".*; see `clv --help`", 2),
    _predict("orders of nothing", "--model $MODEL --orders ''", r".*--orders.*", code=2),
    _predict("customers of nothing", "--model $MODEL --orders orders.csv --customers ''", r".*--customers.*", code=2),
    _predict("a model of nothing", "--model '' --orders orders.csv", r".*--model.*", code=2),
    _predict("a customer of nothing", "--model $MODEL --orders orders.csv --customer ''", r".*--customer.*", code=2),
    _predict(
        "no such model",
        "--model none --orders orders.csv",
        r"none holds no model \(no manifest\.json\); run `dvc repro train`",
    ),
    _predict("a file as a model", "--model orders.csv --orders orders.csv", r"orders\.csv holds no model .*"),
    _predict("a folder as a model", "--model data --orders orders.csv", r"data holds no model .*"),
    _predict(
        "no such file", "--model $MODEL --orders none.csv", r"none\.csv: no such file; give --orders one that exists"
    ),
    _predict(
        "a file with BEL that is not there", "--model $MODEL --orders 'no\a.csv'", r"no\\x07\.csv: no such file; .*"
    ),
    _predict("a name of 300 letters", f"--model $MODEL --orders {'k' * 300}.csv", r"k+\.csv.*"),
    _predict(
        "a folder of nothing",
        "--model $MODEL --orders parts",
        r"parts: this folder has no \.parquet files; .*",
        folder("parts"),
    ),
    _predict("a pipe", "--model $MODEL --orders pipe.csv", r"pipe\.csv: is not a regular file, .*", fifo("pipe.csv")),
    _predict(
        "a device",
        "--model $MODEL --orders /dev/zero",
        r"/dev/zero: .*(is not a regular file|the file type is read from the name).*",
    ),
    _predict(
        "another type of file",
        "--model $MODEL --orders orders.json",
        r"orders\.json: the file type is read from the name, .*",
        text("orders.json", "[]"),
    ),
    _predict(
        "no row",
        "--model $MODEL --orders empty.csv",
        r"empty\.csv: has no rows; .*",
        text("empty.csv", "customer_id,order_ts,amount\n"),
    ),
    _predict(
        "no such customer",
        "--model $MODEL --orders orders.csv --customer nobody",
        r"orders\.csv: no rows of customer 'nobody'; check the id",
    ),
    _predict(
        "no such customer, with ESC",
        "--model $MODEL --orders orders.csv --customer '\x1b[31m'",
        r"orders\.csv: no rows of customer '\\x1b\[31m'; check the id",
    ),
    _predict(
        "a customer of 100,000 letters",
        f"--model $MODEL --orders orders.csv --customer {'k' * 100_000}",
        r"orders\.csv: no rows of customer 'k+\.\.\. .*; check the id",
    ),
    _predict(
        "later orders alone",
        "--model $MODEL --orders late.csv",
        r"nobody bought anything up to \S+, the date of the model; .*",
        text("late.csv", "customer_id,order_ts,amount\na,2031-01-01,5\n"),
    ),
    _predict(
        "orders of nothing alone",
        "--model $MODEL --orders zero.csv",
        r"nobody bought anything up to .*",
        text("zero.csv", "customer_id,order_ts,amount\na,2024-01-01,0\n"),
    ),
)
OUTPUTS = (
    _out("nothing", "''", r".*--out.*", code=2),
    _out("a folder", "data", r"data cannot be written: it is a folder; give --out another file"),
    _out("a folder with a slash", "data/", r"data/ cannot be written: it is a folder; give --out another file"),
    _out("this folder", ".", r"\. cannot be written: it is a folder; give --out another file"),
    _out(
        "a link to a folder",
        "link.csv",
        r"link\.csv cannot be written: it is a folder; give --out another file",
        link("link.csv", "data"),
    ),
    _out(
        "a folder that is not there",
        "none/out.csv",
        r"none/out\.csv cannot be written: there is no folder none; make it, or give --out another file",
    ),
    _out("a slash at its end", "none.csv/", r"none\.csv.* cannot be written: .*|none\.csv/ .*"),
    _out("a file as a folder", "orders.csv/out.csv", r"orders\.csv/out\.csv cannot be written: .*"),
    _out(
        "a link to where no folder is",
        "link.csv",
        r"link\.csv cannot be written: there is no folder .*none; .*",
        link("link.csv", "none/out.csv"),
    ),
    _out(
        "a link to itself",
        "link.csv",
        r"link\.csv cannot be written: .*; give --out another file",
        link("link.csv", "link.csv"),
    ),
    _out("its own orders", "orders.csv", r"orders\.csv would overwrite an input, --orders; give --out another file"),
    _out(
        "its own orders by another way",
        "./data/../orders.csv",
        r"\./data/\.\./orders\.csv would overwrite an input, --orders; give --out another file",
    ),
    _out(
        "a link to its own orders",
        "link.csv",
        r"link\.csv would overwrite an input, --orders; give --out another file",
        link("link.csv", "orders.csv"),
    ),
    _out(
        "a hard link to its own orders",
        "hard.csv",
        r"hard\.csv would overwrite an input, --orders; give --out another file",
        hard_link("hard.csv", "orders.csv"),
    ),
    _predict(
        "out, its own customers",
        "--model $MODEL --orders orders.csv --customers customers.csv --out customers.csv",
        r"customers\.csv would overwrite an input, --customers; give --out another file",
        text("customers.csv", "customer_id\nc1\n"),
    ),
    _predict(
        "out, a part of its orders",
        "--model $MODEL --orders parts --out link.csv",
        r"link\.csv would overwrite a file of an input, --orders; give --out another file",
        parquet("parts/a.parquet", {"customer_id": ["a"], "order_ts": ["2024-01-31"], "amount": [1.0]}),
        link("link.csv", "parts/a.parquet"),
    ),
    _out(
        "the parameters by a link",
        "link.csv",
        r"link\.csv would overwrite an input, params\.yaml; give --out another file",
        lambda place: link("link.csv", "params.yaml")(place),
    ),
    _predict(
        "out, a file of the model",
        "--model model --orders orders.csv --out model/out.csv",
        r"model/out\.csv .*model.*",
        folder("model"),
    ),
    _out(
        "Parquet by name",
        "out.parquet",
        r"out\.parquet is not a name for a CSV, which is what is written; let it end in \.csv",
    ),
    _out("gz by name", "out.csv.gz", r"out\.csv\.gz is not a name for a CSV, .*"),
    _out("a workbook by name", "out.xlsx", r"out\.xlsx is not a name for a CSV, .*"),
    _out("JSON by name", "out.json", r"out\.json is not a name for a CSV, .*"),
    _out("a link to Parquet", "link.csv", r"link\.csv .*is not a name for a CSV, .*", link("link.csv", "out.parquet")),
    _out("a bucket", "s3://bucket/out.csv", r"s3://bucket/out\.csv is not a path on this machine; .*"),
    _out(
        "a name of 300 letters",
        f"{'k' * 300}.csv",
        r"k+\.csv cannot be written: File name too long; give --out another file",
    ),
    _out("NUL", "'a\0b.csv'", r".*"),
)
OUTPUTS = tuple(row for row in OUTPUTS if not row.what.endswith("NUL"))

PUBLISH = (
    Row(
        "an option that is none",
        "clv publish --force",
        (),
        r".*; see `clv( publish)? --help`",
        2,
    ),
    Row("no clone", "clv publish --dry-run", (), r"git status failed: .*; run it in a clone of this repo"),
    Row(
        "a bucket of another kind",
        "clv publish --dry-run",
        (values(publish__url="https://example.com/a"),),
        r"parameter 'publish\.url' must be a folder in a bucket, .*",
    ),
    Row(
        "a report that is none",
        "stages.report 99_none",
        (),
        r"stages\.report takes names of notebooks, got 99_none; there are.*",
    ),
)

RETRAIN = (
    Row("a rule that is none", "clv retrain --accept rows", (), r"argument --accept: invalid choice: 'rows' .*", 2),
    Row("nights without a clone", "clv retrain", (), r"git rev-parse failed: .*; run it in a clone of this repo"),
    Row(
        "a limit that no night can pass",
        "clv retrain",
        (values(expect__few_buyers__limit=2.0),),
        r"parameter 'expect\.few_buyers\.limit' must be between 0 and 1, got 2\.0",
    ),
    Row(
        "a place that nothing is sent to",
        "clv retrain",
        (values(retrain__deliver=["mail"]),),
        r"parameter 'retrain\.deliver\[0\]' must be one of .*, got 'mail'.*",
    ),
)

COMMANDS = (*OUT_OF_ORDER, *MACHINES, *SQL, *OPTIONS, *OUTPUTS, *PUBLISH, *RETRAIN)
