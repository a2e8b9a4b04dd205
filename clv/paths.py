"""Paths of all artifacts, relative to the root of the repo. A test compares them with dvc.yaml."""

from pathlib import Path

PARAMS = Path("params.yaml")
SYNTHETIC = Path("synthetic.yaml")
TEMPLATES = Path("data/templates")

RAW = Path("data/raw")
SOURCE = RAW / "source.json"
TRUTH = RAW / "truth.parquet"


CLEAN = Path("data/clean")
BLOCKS = CLEAN / "blocks.json"
BOUNDS = CLEAN / "bounds.json"
QUALITY = CLEAN / "quality.parquet"
REJECTED = CLEAN / "rejected"

PROFILE = Path("data/profile")
PROFILE_DAYS = PROFILE / "days.csv"
PROFILE_CATEGORIES = PROFILE / "categories.csv"
PROFILE_ABOUT = PROFILE / "about.json"

SNAPSHOTS = Path("data/snapshots")
PLAN = SNAPSHOTS / "plan.json"
BASE = SNAPSHOTS / "base.parquet"
REVENUE_DAYS = SNAPSHOTS / "revenue.parquet"
SOURCES = SNAPSHOTS / "sources.json"

TRIALS = Path("reports/plots/trials.csv")
IMPORTANCE = Path("reports/plots/importance.csv")
BEST_PARAMS = Path("models/best_params.json")
BACKTEST_MODEL = Path("models/backtest")
TODAY_MODEL = Path("models/today")

TEST_FORECASTS = Path("data/test_forecasts")
CUSTOMER_VALUES = Path("data/customer_values")
OUTCOMES = Path("data/outcomes.parquet")
CAMPAIGN_PLAN = Path("data/campaign_plan.parquet")
CLUSTERS = Path("models/clusters.json")
REASONS = Path("data/reasons.parquet")

DESCRIBED = Path("data/described")
DESCRIBED_FIGURES = DESCRIBED / "figures.json"
SALES_MONTHS = DESCRIBED / "months.csv"
SALES_CLOCK = DESCRIBED / "clock.csv"
COHORTS = DESCRIBED / "cohorts.csv"
HISTOGRAMS = DESCRIBED / "histograms.csv"
CORRELATIONS = DESCRIBED / "correlations.csv"
RELATIONS = DESCRIBED / "relations.csv"
VALUE_BY_FEATURE = DESCRIBED / "value_by_feature.csv"
SPREAD = DESCRIBED / "spread.csv"
SHOWN_CUSTOMERS = DESCRIBED / "customers.parquet"
SHOWN_FALLEN = DESCRIBED / "fallen.parquet"

PREPROCESS_METRICS = Path("reports/metrics/preprocess.json")
IDENTITY = Path("reports/tables/identity.csv")
FINDINGS = Path("reports/tables/findings.csv")
FEATURIZE_METRICS = Path("reports/metrics/featurize.json")
TRAIN_METRICS = Path("reports/metrics/train.json")
EVALUATE_METRICS = Path("reports/metrics/evaluate.json")
VERDICT = Path("reports/metrics/verdict.json")
ROLLING = Path("reports/tables/rolling.csv")
ORIGINS = Path("reports/plots/origins.csv")
EXPERIMENT_JSON = Path("reports/metrics/experiments.json")
BUDGET_JSON = Path("reports/metrics/budget.json")
AUDIENCE_JSON = Path("reports/metrics/audiences.json")
CAMPAIGN_JSON = Path("reports/metrics/campaigns.json")
PROFILES_JSON = Path("reports/metrics/segments.json")

GAIN_CURVE = Path("reports/plots/gain.csv")
DECILES = Path("reports/plots/deciles.csv")
COVERAGE = Path("reports/plots/coverage.csv")
RESIDUALS = Path("reports/plots/residuals.csv")
PIT = Path("reports/plots/pit.csv")

METRICS_CSV = Path("reports/tables/metrics.csv")
WINS = Path("reports/tables/wins.csv")
CEILING = Path("reports/tables/ceiling.csv")
SLICES = Path("reports/tables/slices.csv")
FAIRNESS = Path("reports/tables/fairness.csv")
COLUMNS_CSV = Path("reports/tables/columns.csv")
DRIFT = Path("reports/tables/drift.csv")
RECALIBRATION = Path("reports/tables/recalibration.csv")
# The tables of an evaluation, by name.
JUDGEMENT = {
    "metrics": METRICS_CSV,
    "wins": WINS,
    "ceiling": CEILING,
    "slices": SLICES,
    "fairness": FAIRNESS,
    "columns": COLUMNS_CSV,
    "drift": DRIFT,
    "recalibration": RECALIBRATION,
    "gain": GAIN_CURVE,
    "deciles": DECILES,
    "residuals": RESIDUALS,
    "coverage": COVERAGE,
    "pit": PIT,
}
DRIFT_METRICS = Path("reports/metrics/drift.json")
MODEL_CARD = Path("reports/model_card.md")

CONTRIBUTIONS = Path("reports/tables/contributions.csv")
CONTRIBUTION_GROUPS = Path("reports/tables/contribution_groups.csv")
PERMUTATION = Path("reports/tables/permutation.csv")
PARTIAL_DEPENDENCE = Path("reports/plots/partial_dependence.csv")

PROFILES_CSV = Path("reports/tables/segments.csv")
CATEGORY_MIX = Path("reports/tables/segment_mix.csv")
MIGRATION = Path("reports/tables/migration.csv")
FALLEN = Path("data/fallen.parquet")
TIER_HITS = Path("reports/tables/tier_hits.csv")
CLUSTER_PROFILES = Path("reports/tables/clusters.csv")

TESTS = Path("reports/tables/experiments.csv")
NEXT_TEST = Path("reports/tables/next_test.csv")
SEQUENTIAL = Path("reports/plots/sequential.csv")

BUDGET_CSV = Path("reports/tables/budget.csv")
TIER_BUDGET = Path("reports/tables/budget_tiers.csv")
SENSITIVITY = Path("reports/tables/budget_sensitivity.csv")
REGRET = Path("reports/tables/budget_regret.csv")
RETURN_CURVE = Path("reports/plots/budget_return.csv")
RESPONSE_CURVES = Path("reports/plots/response.csv")

REVENUE_ORIGINS = Path("reports/tables/revenue_origins.csv")
VALUE_SPANS = Path("reports/tables/value_spans.csv")
REVENUE_MONTHS = Path("reports/tables/revenue_months.csv")
REVENUE_TIERS = Path("reports/tables/revenue_tiers.csv")
REVENUE_COHORTS = Path("reports/tables/revenue_cohorts.csv")
REVENUE_JUDGED = Path("reports/tables/revenue_judged.csv")
REVENUE_PAST = Path("reports/tables/revenue_past.csv")
REVENUE_CURVE = Path("reports/plots/revenue.csv")
REVENUE_JSON = Path("reports/metrics/revenue.json")

SUMMARY = Path("reports/metrics/summary.json")
HISTORY = Path("reports/history.csv")
PREVIOUS = Path("reports/previous.json")
RUNS = Path("reports/tables/runs.csv")
ADVICE = Path("reports/metrics/advice.json")

AUDIENCES = Path("reports/audiences")
CAMPAIGNS = Path("reports/campaigns")

FEATURES_CSV = Path("reports/tables/features.csv")
DATA_DICTIONARY = Path("reports/data_dictionary.md")

INDEX = Path("reports/index.html")
MODEL_CARD_PAGE = Path("reports/model_card.html")
DATA_DICTIONARY_PAGE = Path("reports/data_dictionary.html")
GAIN_PICTURE = Path("reports/gain.svg")
NOTEBOOKS = Path("notebooks")
EXECUTED = Path("reports/notebooks")


def code(stage: str) -> Path:
    """The list of a stage's code files, with their hashes."""
    return Path("code") / f"{stage}.txt"


def raw(table: str) -> Path:
    """The file of a raw table, by its name in `clv.data.schema.TABLES`."""
    return RAW / f"{table}.parquet"


def clean(table: str) -> Path:
    """The folder of a clean table, by its name in `clv.data.schema.TABLES`; it has one file per block of customers."""
    return CLEAN / table


def snapshot(cutoff: str) -> Path:
    """The folder of the snapshot at a cutoff, given as YYYY-MM-DD; it has one file per block of customers."""
    return SNAPSHOTS / cutoff


def window(cutoff: str) -> Path:
    """The folder of the histories at the cutoff of a labelled window, YYYY-MM-DD; it has one file per block too."""
    return SNAPSHOTS / "windows" / cutoff


def part(block: int) -> str:
    """The file name of a block of customers, numbered from 0, in the folder of a table."""
    return f"part-{block:05d}.parquet"


def is_part(path: Path) -> bool:
    """Whether the path is the file of a block of customers."""
    return path.name.startswith("part-") and path.suffix == ".parquet"


def report(notebook: str) -> Path:
    """The HTML page made from a notebook."""
    return Path("reports") / f"{notebook}.html"


def notebook(name: str) -> Path:
    """The source of a report."""
    return NOTEBOOKS / f"{name}.ipynb"


def executed(name: str) -> Path:
    """A notebook with its outputs."""
    return EXECUTED / f"{name}.ipynb"
