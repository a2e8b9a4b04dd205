"""Bad inputs in params.yaml and synthetic.yaml, beyond the ranges that tests/test_bounds.py checks."""

from tests.bad_inputs.given import Place, Row, folder, gone, line, params_are, raw, text, values, without

CHECK = "clv check"
SEED = "seed: 42                      # whole number, 0 to 4294967295; the random numbers of all stages derive from it"
LAST_DAY = (
    "  last_day: null              # D: use this day ('YYYY-MM-DD') as the last day of the data; null: the day of the "
    "newest order"
)
BROKEN = r"params\.yaml is not valid YAML at line {line}: {why}; fix that line"
DEEP = r"params\.yaml is not valid YAML at line \d+: it is nested more than \d+ deep; fix that line"
ZONE = r"parameter 'preprocess.time_zone' must be a zone of the IANA database such as Europe/Berlin, got {got}"


def _whole(what: str, content: str | bytes, expected: str, code: int = 1) -> Row:
    return Row(what, CHECK, (params_are(content),), expected, code)


def _seed(what: str, value: str, got: str) -> Row:
    return Row(what, CHECK, (line(SEED, f"seed: {value}"),), rf"parameter 'seed' must be a whole number, got {got}")


def _value(what: str, path: str, value: object, expected: str) -> Row:
    rule = (
        expected
        if expected.startswith(("parameter", "missing", "unknown", "params"))
        else rf"parameter '{path}' {expected}"
    )
    return Row(what, CHECK, (values(**{path.replace(".", "__"): value}),), rule)


BOMB = "bomb: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{after}: &{after} [{', '.join([f'*{before}'] * 9)}]\n"
    for before, after in zip("abcdefgh", "bcdefghi", strict=True)
)
MERGE_BOMB = "bomb: &a {x: 1}\n" + "".join(
    f"{after}: &{after}\n  <<: [{', '.join([f'*{before}'] * 9)}]\n"
    for before, after in zip("abcdefgh", "bcdefghi", strict=True)
)

SYNTAX = (
    _whole("empty", "", r"missing parameter 'seed'; add it to params\.yaml"),
    _whole("only comments", "# nothing\n\n# here\n", r"missing parameter 'seed'; add it to params\.yaml"),
    _whole("only null", "~\n", r"missing parameter 'seed'; add it to params\.yaml"),
    _whole("a list", "- seed\n", r"params\.yaml must be a mapping of names to values, got a list"),
    _whole("a text", "seed", r"params\.yaml must be a mapping of names to values, got a str"),
    _whole("a number", "42", r"params\.yaml must be a mapping of names to values, got a int"),
    _whole("false", "false", r"missing parameter 'seed'; .*"),
    _whole("an empty list", "[]", r"missing parameter 'seed'; .*"),
    _whole("deep flow lists", "seed: " + "[" * 3000 + "]" * 3000, DEEP),
    _whole("deep flow mappings", "seed: " + "{a: " * 3000 + "1" + "}" * 3000, DEEP),
    _whole("deep blocks", "".join(" " * i + "a:\n" for i in range(1500)), DEEP),
    _whole("deep block lists", "seed:\n  " + "- " * 3000 + "a\n", DEEP),
    _whole("fairly deep flow lists", "seed: " + "[" * 150 + "]" * 150, DEEP),
    _whole("a bomb of aliases", f"{BOMB}seed: *i\n", r"unknown parameter 'bomb'; known here: [^\n]*"),
    Row(
        "a bomb of aliases as a value",
        CHECK,
        (line(SEED, f"seed: *i\n{BOMB}".replace("seed: *i\n", "") + "seed: *i"),),
        r"unknown parameter 'bomb'; .*",
    ),
    _whole(
        "a bomb of merges",
        MERGE_BOMB,
        r"params\.yaml is not valid YAML at line \d+: more than \d[\d,]* names are merged; fix that line",
    ),
    _seed("a seed in itself", "&a [*a]", r"\[+\.\.\.\]+"),
    _whole("an anchor that is not there", "seed: *b\n", BROKEN.format(line=1, why="found undefined alias 'b'")),
    _whole("a merge of a number", "<<: 3\n", BROKEN.format(line=1, why="expected a mapping .*")),
    _whole("an anchor twice", "seed: &x 1\ndevice: &x cpu\n", r"missing parameter 'currency'; .*"),
    _whole("a key twice", "seed: 1\nseed: 2\n", r'.* at line 2: found duplicate key "seed"; keep one of the two'),
    _whole("a list as a key", "? [[1]]\n: 2\n", r"params\.yaml is not valid YAML.*unhashable.*; fix that line"),
    _whole("a mapping as a key", "? {a: 1}\n: 2\n", r"params\.yaml is not valid YAML.*unhashable.*; fix that line"),
    _whole("two documents", "seed: 1\n---\nseed: 2\n", BROKEN.format(line=2, why="but found another document")),
    _whole(
        "a tag that runs code",
        "seed: !!python/object/apply:os.system [id]\n",
        BROKEN.format(line=1, why="could not determine a constructor .*"),
    ),
    _whole("a tab before a key", "seed: 1\n\tdevice: cpu\n", BROKEN.format(line=2, why=".*")),
    _whole("a tab after a colon", "seed:\t1\n", BROKEN.format(line=1, why=".*")),
    _whole(
        "a quote never closed", 'seed: "1\ndevice: cpu\n', BROKEN.format(line=3, why="found unexpected end of stream")
    ),
    _whole("a bracket never closed", "seed: [1\n", BROKEN.format(line=2, why="expected ',' or '\\]', but got .*")),
    _whole("a percent sign", "%", BROKEN.format(line=1, why=".*")),
    _whole("a version of the future", "%YAML 9.1\n---\nseed: 1\n", BROKEN.format(line=1, why=".*")),
    _whole("NUL", b"seed: 1\x00\n", r"params\.yaml is not valid YAML( at line 1)?: .*; fix that line"),
    _whole("BEL", b"seed: 1 # \x07\n", r"params\.yaml is not valid YAML( at line 1)?: .*; fix that line"),
    _whole(
        "ESC in a comment", b"seed: 1 # \x1b[31m\n", r"params\.yaml is not valid YAML( at line 1)?: .*; fix that line"
    ),
    _whole(
        "Latin-1", "seed: 1 # größer\n".encode("latin-1"), r"params\.yaml is not UTF-8 at byte 12; save it as UTF-8"
    ),
    _whole("UTF-16", "seed: 1\n".encode("utf-16"), r"params\.yaml is not UTF-8 at byte 0; save it as UTF-8"),
    _whole(
        "UTF-16 without a mark",
        "seed: 1\n".encode("utf-16-le"),
        r"params\.yaml is not valid YAML( at line 1)?: .*; fix that line",
    ),
    _whole("gzip", b"\x1f\x8b\x08\x00\x00\x00\x00\x00", r"params\.yaml is not UTF-8 at byte 1; save it as UTF-8"),
    _seed("a surrogate", '"\\ud800"', r"'\\ud800'"),
    _whole("an escape beyond Unicode", 'seed: "\\UFFFFFFFF"\n', r"params\.yaml is not valid YAML: .*; fix that line"),
    _whole(
        "a key of 5,000 letters",
        f"? {'k' * 5000}\n: 1\n",
        r"unknown parameter 'k{80}\.\.\. \(5000 characters\)'; known here: .*",
    ),
    _whole("a key with BEL", '"a\\ab": 1\n', r"unknown parameter 'a\\x07b'; .*"),
    _whole("a key of two lines", '"a\\nb": 1\n', r"unknown parameter 'a\\nb'; .*"),
    _whole("a number as a key", "1: 1\n", r"unknown parameter '1'; .*"),
    _whole("null as a key", "~: 1\n", r"unknown parameter 'None'; .*"),
    Row(
        "no file",
        CHECK,
        (
            folder("params.yaml"),
            lambda place: (place.folder / "params.yaml").rmdir(),
            params_are(b""),
        ),
        r"missing parameter 'seed'.*",
    ),
    Row(
        "a folder",
        CHECK,
        (folder("params.yaml"),),
        r"params\.yaml cannot be read \(Is a directory\); it must be a YAML file",
    ),
    Row("CRLF", CHECK, (lambda place: line(SEED, "seed: 42")(place), lambda place: _crlf(place)), "", 0),
    Row(
        "a byte order mark",
        CHECK,
        (
            lambda place: line("# All parameters of the pipeline.", b"\xef\xbb\xbf# All parameters of the pipeline.")(
                place
            ),
        ),
        "",
        0,
    ),
)


def _crlf(place: Place) -> None:
    assert place.params_file is not None
    place.params_file = place.params_file.replace(b"\n", b"\r\n")


SCALARS = (
    _seed("a seed as text", "'42'", r"'42' \(write it without quotes\)"),
    _seed("a seed of infinity", ".inf", "inf"),
    _seed("a seed of no number", ".nan", "nan"),
    _seed("a seed with _", "1_000x", "'1_000x'"),
    _seed("a seed in sixties", "3:2:1", "'3:2:1'"),
    _seed("a seed of true", "true", "True"),
    _seed("a seed of null", "null", "None"),
    _seed("a seed without a value", "", "None"),
    _seed("a seed in a list", "[42]", r"\[42\]"),
    _seed("a seed in a mapping", "{a: 42}", r"\{'a': 42\}"),
    _seed("a seed with a point", "42.0", r"42\.0"),
    _seed("a seed in scientific notation", "4e1", r"40\.0"),
    _seed("a seed of a date", "2026-01-31", "2026-01-31"),
    _seed("a seed of bytes", "!!binary aGk=", "b'hi'"),
    _seed("a seed of a set", "!!set {a}", r"\{'a'\}"),
    _seed("a seed as a long list", f"[{'1, ' * 999}1]", r"\[1, 1, 1, .{1,80}"),
    Row(
        "a seed of 20,000 hex digits",
        CHECK,
        (line(SEED, f"seed: 0x{'f' * 20_000}"),),
        r"parameter 'seed' must be between 0 and 4294967295, got a number of thousands of digits",
    ),
    Row(
        "a seed of 5,000 digits",
        CHECK,
        (line(SEED, f"seed: {'9' * 5000}"),),
        r"params\.yaml is not valid YAML at line \d: Exceeds the limit .*; fix that line",
    ),
    Row(
        "a seed of 20 digits",
        CHECK,
        (line(SEED, f"seed: {'9' * 20}"),),
        r"parameter 'seed' must be between 0 and 4294967295, got 9{20}",
    ),
    Row(
        "a bomb as a seed",
        CHECK,
        (
            line(
                SEED,
                "seed:\n  bomb: &a [x, x, x]\n"
                + "".join("  " + each + "\n" for each in BOMB.splitlines()[1:])
                + "  last: *i",
            ),
        ),
        r"parameter 'seed' must be a whole number, got \{.{1,120}",
    ),
    Row(
        "a day that is no day",
        CHECK,
        (line(LAST_DAY, "  last_day: 2025-13-45"),),
        BROKEN.format(line=r"\d+", why="month must be in 1..12"),
    ),
    Row(
        "a day of 30 February",
        CHECK,
        (line(LAST_DAY, "  last_day: 2025-02-30"),),
        BROKEN.format(line=r"\d+", why="day is out of range for month"),
    ),
    Row(
        "a day in quotes that is no day",
        CHECK,
        (line(LAST_DAY, "  last_day: '2025-13-45'"),),
        r"parameter 'time\.last_day' must be a date YYYY-MM-DD, got '2025-13-45'",
    ),
    Row(
        "a day with a time",
        CHECK,
        (line(LAST_DAY, "  last_day: 2025-12-31T10:00:00"),),
        r"parameter 'time\.last_day' must be a date YYYY-MM-DD, got 2025-12-31 10:00:00",
    ),
    Row(
        "a day in German",
        CHECK,
        (line(LAST_DAY, "  last_day: 31.12.2025"),),
        r"parameter 'time\.last_day' must be a date YYYY-MM-DD, got '31\.12\.2025'",
    ),
    Row(
        "a day with one digit",
        CHECK,
        (line(LAST_DAY, "  last_day: '2025-1-3'"),),
        r"parameter 'time\.last_day' must be a date YYYY-MM-DD, got '2025-1-3'",
    ),
    Row(
        "a day as a number",
        CHECK,
        (line(LAST_DAY, "  last_day: 20251231"),),
        r"parameter 'time\.last_day' must be a date YYYY-MM-DD, got 20251231",
    ),
    Row(
        "an unquoted impossible day as refresh",
        CHECK,
        (line("    refresh: '2026-01-01'", "    refresh: 2026-00-00"),),
        BROKEN.format(line=r"\d+", why="month must be in 1..12"),
    ),
    _value("a share as a percentage", "margin_rate", "40%", "must be a number, got '40%'"),
    _value("a share with a comma", "margin_rate", "0,4", "must be a number, got '0,4'"),
    _value("a share of true", "margin_rate", True, "must be a number, got True"),
    _value("a share as a list", "margin_rate", [0.4], r"must be a number, got \[0\.4\]"),
    Row(
        "a share of infinity",
        CHECK,
        (line("margin_rate: 0.40 ", "margin_rate: .inf "),),
        r"parameter 'margin_rate' must be a finite number, got inf",
    ),
    Row(
        "a share of no number",
        CHECK,
        (line("margin_rate: 0.40 ", "margin_rate: .nan "),),
        r"parameter 'margin_rate' must be a finite number, got nan",
    ),
    Row(
        "a share of minus nothing",
        CHECK,
        (line("margin_rate: 0.40 ", "margin_rate: -0.0 "),),
        r"parameter 'margin_rate' must be a number, got -0\.0 \(write 0\.0\)",
    ),
    Row(
        "a share of 1e999",
        CHECK,
        (line("margin_rate: 0.40 ", "margin_rate: 1e999 "),),
        r"parameter 'margin_rate' must be a finite number, got inf",
    ),
    _value("a switch of 1", "preprocess.ignore_id_case", 1, "must be true or false, got 1"),
    _value("a switch of yes", "preprocess.ignore_id_case", "yes", "must be true or false, got 'yes'"),
    _value("a switch of null", "preprocess.ignore_id_case", None, "must be true or false, got None"),
    _value(
        "a choice that is none", "time.split", "weekly", "must be one of auto, temporal, customers, none, got 'weekly'"
    ),
    _value(
        "a choice as a list", "time.split", ["auto"], r"must be one of auto, temporal, customers, none, got \['auto'\]"
    ),
    _value("a choice as a mapping", "device", {"cpu": 1}, r"must be one of cpu, cuda, got \{'cpu': 1\}"),
    _value("a choice in capitals", "device", "CPU", "must be one of cpu, cuda, got 'CPU'"),
    _value("a choice of a number", "preprocess.grain", 1, "must be one of lines, orders, got 1"),
    _value("a section that is a list", "time", [], "must be a mapping of names to values, got \\[\\]"),
    _value("a section that is null", "generate", None, "must be a mapping of names to values, got None"),
    _value("a section that is text", "budget", "none", "must be a mapping of names to values, got 'none'"),
    _value("a list that is text", "train.learners", "btyd", "must be a list, got 'btyd'"),
    _value("a list that is a mapping", "evaluate.fail_on", {"leak": True}, r"must be a list, got \{'leak': True\}"),
    _value(
        "no learner", "train.learners", [], r"parameter 'train': learners must include btyd, each name once, got .*"
    ),
    _value(
        "a learner twice",
        "train.learners",
        ["btyd", "btyd"],
        r"parameter 'train': learners must include btyd, each name once, got btyd, btyd",
    ),
    _value(
        "a learner that is none",
        "train.learners",
        ["btyd", "gpt"],
        r"parameter 'train\.learners\[1\]' must be one of btyd, .*, got 'gpt'",
    ),
    _value(
        "a check that is none",
        "evaluate.fail_on",
        ["leek"],
        r"parameter 'evaluate\.fail_on\[0\]' must be one of leak, .*, got 'leek'",
    ),
    _value(
        "a space of no learner",
        "tune.space",
        {"oracle": {}},
        r"params\.yaml: tune\.space\.oracle is not a learner; choose from .*",
    ),
    _value(
        "a space of no parameter",
        "tune.space",
        {"ridge": {"beta": {"low": 1, "high": 2, "log": False}}},
        r"params\.yaml: tune\.space\.ridge\.beta names no parameter of train\.ridge; drop it",
    ),
    _value(
        "a space upside down",
        "tune.space.ridge.alpha.low",
        1e9,
        r"parameter 'tune\.space\.ridge\.alpha': low must be less than high, got 1e\+09 and 100000",
    ),
    Row(
        "a name that is not there",
        CHECK,
        (without("time.split"),),
        r"missing parameter 'time\.split'; add it to params\.yaml",
    ),
    Row(
        "a section that is not there",
        CHECK,
        (without("budget"),),
        r"missing parameter 'budget'; add it to params\.yaml",
    ),
    _value(
        "a name misspelt",
        "time.horizon_day",
        90,
        r"unknown parameter 'time\.horizon_day'; did you mean 'horizon_days'\?",
    ),
    _value("a name of a later version", "time.holidays", [], r"unknown parameter 'time\.holidays'; .*"),
    _value(
        "shares beyond 1",
        "segment.tiers.shares.high_clv",
        0.9,
        r"parameter 'segment\.tiers\.shares': shares must sum to at most 1, got 1\.2",
    ),
    _value(
        "shares of the budget", "budget.rule.low_clv", 0.5, r"parameter 'budget\.rule': shares must sum to 1, got 1\.35"
    ),
    _value(
        "shares of the split",
        "time.customer_shares.test",
        0.5,
        r"parameter 'time\.customer_shares': shares must sum to 1, got 1\.35",
    ),
    _value(
        "thresholds upside down",
        "segment.tiers.thresholds.growth_potential",
        900.0,
        r"parameter 'segment\.tiers\.thresholds': growth_potential must not exceed high_clv, got 900 and 250",
    ),
    _value(
        "clusters upside down",
        "segment.clusters.min",
        9,
        r"parameter 'segment\.clusters': min must not exceed max, got 9 and 6",
    ),
)

TEXTS = (
    _value("a zone that is none", "preprocess.time_zone", "Berlin", ZONE.format(got="'Berlin'")),
    _value("a zone that is a folder", "preprocess.time_zone", "Europe", ZONE.format(got="'Europe'")),
    _value(
        "a zone that is a deeper folder",
        "preprocess.time_zone",
        "America/Argentina",
        ZONE.format(got="'America/Argentina'"),
    ),
    _value(
        "a zone with a slash at its end", "preprocess.time_zone", "Europe/Berlin/", ZONE.format(got="'Europe/Berlin/'")
    ),
    _value(
        "a zone by its file",
        "preprocess.time_zone",
        "/usr/share/zoneinfo/Europe/Berlin",
        ZONE.format(got="'/usr/share/.*"),
    ),
    _value(
        "a zone outside of the database",
        "preprocess.time_zone",
        "../../etc/passwd",
        ZONE.format(got=r"'\.\./\.\./etc/passwd'"),
    ),
    _value("a zone of the folder above", "preprocess.time_zone", "..", ZONE.format(got=r"'\.\.'")),
    _value("a zone of this folder", "preprocess.time_zone", ".", ZONE.format(got=r"'\.'")),
    _value("a zone that is a table", "preprocess.time_zone", "zone.tab", ZONE.format(got=r"'zone\.tab'")),
    _value("a zone of 400 letters", "preprocess.time_zone", "E" * 400, ZONE.format(got="'E{1,90}.*")),
    _value("a zone as an offset", "preprocess.time_zone", "+02:00", ZONE.format(got=r"'\+02:00'")),
    _value("a zone with NUL", "preprocess.time_zone", "UTC\0", r"must be one line of .*, got 'UTC\\x00'"),
    _value("a zone of a surrogate", "preprocess.time_zone", "\ud800", r".*got '\\ud800'"),
    _value("a currency with BEL", "currency", "EUR\a", r"must be one line of .*, got 'EUR\\x07'"),
    _value("a currency with ESC", "currency", "\x1b[31mEUR", r"must be one line of .*, got '\\x1b\[31mEUR'"),
    _value("a currency with a C1 control", "currency", "EUR\x9b31m", r"must be one line of .*, got 'EUR\\x9b31m'"),
    _value("a currency of two lines", "currency", "EUR\nUSD", r"must be one line of .*, got 'EUR\\nUSD'"),
    _value("a currency of 21 letters", "currency", "E" * 21, r"must be one line of 1 to 20 characters.*, got 'E{21}'"),
    _value("a currency of a number", "currency", 978, r"must be text, got 978 \(put it in quotes\)"),
    _value("a campaign with BEL", "campaign.name", "next\a", r"must be one line of .*, got 'next\\x07'"),
    _value("a campaign of blanks", "campaign.name", "  ", r"must be .*, got '  '"),
    _value("a campaign as a date", "campaign.name", None, r"must be text, got None"),
    _value("an offer with a tab", "campaign.offers.lost.name", "10%\toff", r"must be one line of .*, got '10%\\toff'"),
    _value(
        "an offer of nobody",
        "campaign.offers.vips",
        {"name": "x", "discount": 0.1},
        r"unknown parameter 'campaign\.offers\.vips'; .*",
    ),
    _value(
        "an offer without a discount",
        "campaign.offers.lost",
        {"name": "x"},
        r"missing parameter 'campaign\.offers\.lost\.discount'; .*",
    ),
    _value("a discount in percent", "campaign.offers.lost.discount", 15, r"must be between 0 and 0\.9, got 15"),
    _value("a holdout of all", "campaign.holdout_share", 1, r"must be between 0 and 0\.9, got 1"),
    _value("a column with BEL", "generate.files.columns.transactions.amount", "net\a", r"must be .*, got 'net\\x07'"),
    _value(
        "a column with ESC",
        "generate.files.columns.transactions.amount",
        "\x1b[2Jnet",
        r"must be .*, got '\\x1b\[2Jnet'",
    ),
    _value(
        "a query with BEL",
        "generate.sql.customers",
        "SELECT 1 ORDER BY 1\a",
        r"must be .*, got 'SELECT 1 ORDER BY 1\\x07'",
    ),
    _value("a prefix with NUL", "preprocess.return_prefix", "C\0", r"must be .*, got 'C\\x00'"),
    _value("a column that is null", "generate.files.columns.transactions.amount", None, r"must be text, got None"),
    _value(
        "a column that is a list",
        "generate.files.columns.transactions.amount",
        ["net"],
        r"must be text, got \['net'\].*",
    ),
    _value(
        "columns that are a list",
        "generate.files.columns.transactions",
        ["amount"],
        r"must be a mapping of names to values, got \['amount'\]",
    ),
    _value("a path that is null", "generate.files.transactions", None, "must be text, got None"),
    _value("a path of nothing", "generate.files.transactions", "", r"must be one line of .*, got ''"),
    _value(
        "a path of several",
        "generate.files.transactions",
        ["a.csv", "b.csv"],
        r"must be text, got \['a\.csv', 'b\.csv'\].*",
    ),
    _value("a separator of two marks", "generate.files.separator", ";;", r"must be one of auto, .*, got ';;'"),
    _value("a separator that is null", "generate.files.separator", None, r"must be one of auto, .*, got None"),
    _value("a decimal mark that is none", "generate.files.decimal", "'", r"must be one of auto, \., ,, got \"'\""),
    _value(
        "a product as a number",
        "preprocess.non_products",
        [1],
        r"parameter 'preprocess\.non_products\[0\]' must be text, got 1 \(put it in quotes\)",
    ),
    _value("products as text", "preprocess.non_products", "POST", "must be a list, got 'POST'"),
    _value(
        "a bucket without a folder",
        "publish.url",
        "s3://clv-store",
        "must be a folder in a bucket, such as .*, got 's3://clv-store'",
    ),
    _value(
        "a bucket with a slash at its end", "publish.url", "s3://clv-store/reports/", "must be a folder in a bucket, .*"
    ),
    _value("a bucket elsewhere", "publish.url", "gs://clv-store/reports", "must be a folder in a bucket, .*"),
    _value("a bucket with blanks", "publish.url", "s3://clv store/reports", "must be a folder in a bucket, .*"),
    _value("a bucket in other letters", "publish.url", "s3://größe/reports", "must be a folder in a bucket, .*"),
    _value("a bucket of two letters", "publish.url", "s3://ab/reports", "must be a folder in a bucket, .*"),
    _value("a bucket's way out", "publish.url", "s3://clv-store/../other", "must be a folder in a bucket, .*"),
    _value("a bucket with a query", "publish.url", "s3://clv-store/reports?x=1", "must be a folder in a bucket, .*"),
    _value("a bucket with BEL", "publish.url", "s3://clv-store/re\aports", "must be a folder in a bucket, .*"),
    _value(
        "a bucket with a key", "publish.url", "s3://KEY:secret@clv-store/reports", "must be a folder in a bucket, .*"
    ),
    _value(
        "a site with a slash at its end",
        "publish.site",
        "https://example.com/",
        "must be an address without a slash .*",
    ),
    _value("a site without a scheme", "publish.site", "example.com", "must be an address without a slash .*"),
    _value("a site of a script", "publish.site", "javascript:alert(1)", "must be an address without a slash .*"),
    _value(
        "a site with a quote", "publish.site", 'https://example.com/"><script>', "must be an address without a slash .*"
    ),
    _value("a country in words", "audience.country", "Germany", r"must be two capital letters .*, got 'Germany'"),
    _value("a country in small letters", "audience.country", "de", r"must be two capital letters .*, got 'de'"),
    _value("a country of false", "audience.country", False, r"must be text, got False \(put it in quotes\)"),
    _value(
        "a calling code with a plus", "audience.calling_code", "+49", r"must be one to three digits, .*, got '\+49'"
    ),
    _value("a calling code as a number", "audience.calling_code", 49, r"must be text, got 49 \(put it in quotes\)"),
    _value("a calling code in other digits", "audience.calling_code", "٤٩", r"must be one to three digits, .*"),
    _value(
        "a key in place of its variable",
        "audience.key_variable",
        "my secret key!",
        "must be .*",
    ),
    _value(
        "a URI in place of its variable",
        "generate.sql.uri_variable",
        "postgresql://u:p@h/d",
        "must be the name of an environment variable: .*",
    ),
    _value("caps as a list", "budget.channel_caps", [1000.0], r"must be a mapping of names to values, got \[1000\.0\]"),
    _value(
        "a cap below nothing",
        "budget.channel_caps",
        {"email": -1.0},
        r"parameter 'budget\.channel_caps\.email' must be between 0 and .*, got -1\.0",
    ),
    _value(
        "a cap of a number",
        "budget.channel_caps",
        {"email": "10k"},
        r"parameter 'budget\.channel_caps\.email' must be a number, got '10k'",
    ),
    _value("bounds as a mapping", "budget.bounds", {"tier": "x"}, r"must be a list, got .*"),
    _value(
        "bounds of no tier",
        "budget.bounds",
        [{"tier": "VIP", "channel": "email", "min": 0.0, "max": 1.0}],
        r"parameter 'budget\.bounds\[0\]\.tier' must be one of High-CLV, .*, got 'VIP'",
    ),
    _value(
        "bounds upside down",
        "budget.bounds",
        [{"tier": "Low-CLV", "channel": "email", "min": 2.0, "max": 1.0}],
        r"parameter 'budget\.bounds\[0\]': min must not exceed max, got 2 and 1",
    ),
    _value(
        "bounds of a cell twice",
        "budget.bounds",
        [{"tier": "Low-CLV", "channel": "email", "min": 0.0, "max": 1.0}] * 2,
        r"parameter 'budget': bounds must name each cell once, got Low-CLV x email again",
    ),
    _value(
        "an elasticity of 1",
        "budget.elasticities",
        {"email": {"spend": 1.0, "new_customers": 1.0, "elasticity": 1.0}},
        r"parameter 'budget\.elasticities\.email\.elasticity' must be between 0\.01 and 0\.99, got 1\.0",
    ),
    _value(
        "an elasticity without spend",
        "budget.elasticities",
        {"email": {"new_customers": 1.0, "elasticity": 0.5}},
        r"missing parameter 'budget\.elasticities\.email\.spend'; .*",
    ),
    _value(
        "shares of a test below nothing",
        "experiment.shares",
        {"mail": {"control": -1}},
        r"parameter 'experiment\.shares\.mail\.control' must be between .*, got -1",
    ),
    _value(
        "shares of a test as a number",
        "experiment.shares",
        {"mail": 0.5},
        r"parameter 'experiment\.shares\.mail' must be a mapping of names to values, got 0\.5",
    ),
    _value(
        "an arm with BEL",
        "experiment.shares",
        {"mail": {"a\a": 1}},
        r"parameter 'experiment\.shares\.mail\.a\\x07' must be one line of .*, got 'a\\x07'",
    ),
    _value("a customer of two lines", "report.customer", "c1\nc2", r"must be one line of .*, got 'c1\\nc2'"),
    _value("a customer as a number", "report.customer", 17, r"must be text, got 17 \(put it in quotes\)"),
)

SYNTHETIC = (
    Row(
        "no synthetic.yaml",
        CHECK,
        (gone("synthetic.yaml"),),
        r"synthetic\.yaml does not exist; run from the root of the repo",
    ),
    Row(
        "an empty synthetic.yaml",
        CHECK,
        (raw("synthetic.yaml", b""),),
        r"missing parameter 'world' of synthetic\.yaml; add it to synthetic\.yaml",
    ),
    Row(
        "a synthetic.yaml of text",
        CHECK,
        (text("synthetic.yaml", "default"),),
        r"synthetic\.yaml must be a mapping of names to values, got a str",
    ),
    Row(
        "a broken synthetic.yaml",
        CHECK,
        (text("synthetic.yaml", "world: [\n"),),
        r"synthetic\.yaml is not valid YAML at line 2: .*; fix that line",
    ),
    Row(
        "a world that is none",
        CHECK,
        (text("synthetic.yaml", "world: mars\n"),),
        r"(missing )?parameter '\w+' of synthetic\.yaml.*",
    ),
    Row(
        "a folder as synthetic.yaml",
        CHECK,
        (folder("synthetic.yaml"),),
        r"synthetic\.yaml cannot be read \(Is a directory\); .*",
    ),
    Row(
        "an unknown name in synthetic.yaml",
        CHECK,
        (text("synthetic.yaml", "wrld: default\n"),),
        r"unknown parameter 'wrld' of synthetic\.yaml; did you mean 'world'\?",
    ),
    Row(
        "synthetic.yaml in Latin-1",
        CHECK,
        (raw("synthetic.yaml", b"world: \xe4\n"),),
        r"synthetic\.yaml is not UTF-8 at byte 7; save it as UTF-8",
    ),
)

PARAMETERS = (*SYNTAX, *SCALARS, *TEXTS, *SYNTHETIC)
