"""The columns that readers need in the tables of earlier stages; `clv.json_artifacts` does the same for JSON.

A file that lacks any of them is damaged, or was written by another version of the code, and is rejected before its
numbers are used. Other columns are ignored. Models check their own files (clv/models/model_folder.py).
"""

from pathlib import Path

from clv import paths
from clv.table_shape import Columns

NOTHING_JUDGED = ("customers",)  # the header of a table of an evaluation without a backtest


def _columns(text: str, numbers: str, optional: str = "") -> Columns:
    return Columns(tuple(text.split()), tuple(numbers.split()), tuple(optional.split()))


_WITHIN = "coverage_90 coverage_95 coverage_99"
_WIDTHS = f"{_WITHIN} width_90 width_95 width_99"
_BOUNDS = "lower_95 upper_95"

_GROUP_MONTHS = "month first_day last_day is_extrapolated suppressed"
_GROUP_SUMS = "months_ahead customers forecast cumulative cumulative_lower_95 cumulative_upper_95"
_MONTHS_JUDGED = _columns(
    "as_of kind first_day last_day is_extrapolated", "months_ahead realised forecast last_month same_month_last_year"
)

_VALUES = _columns(
    "customer_id confidence rfm_segment tier elite cluster_name not_known",
    "predicted_clv lower_90 upper_90 lower_95 upper_95 lower_99 upper_99 p_alive p_purchase churn_risk "
    "expected_orders days_to_next_order residual_value value_30d value_90d value_365d value_1095d "
    "recency_days frequency monetary_value tenure_days cluster",
)
_FALLEN = _columns(
    "customer_id tier_then tier_now rfm_segment_then rfm_segment_now reason_kind reason",
    "predicted_then predicted_now lost_value",
)

TABLE: dict[Path, Columns] = {
    paths.TRIALS: _columns("learner state params", "trial loss best_loss"),
    paths.IMPORTANCE: _columns("learner parameter", "importance"),
    paths.REVENUE_ORIGINS: _MONTHS_JUDGED,
    paths.REVENUE_PAST: _MONTHS_JUDGED,
    paths.VALUE_SPANS: _columns("as_of is_extrapolated", "days customers forecast realised bias gini mae decile_mape"),
    paths.REVENUE_MONTHS: _columns(
        "month kind first_day last_day is_extrapolated",
        f"months_ahead forecast lower_90 upper_90 {_BOUNDS} cumulative cumulative_lower_95 cumulative_upper_95 "
        "year_before",
    ),
    paths.REVENUE_TIERS: _columns(f"tier {_GROUP_MONTHS}", _GROUP_SUMS),
    paths.REVENUE_COHORTS: _columns(f"cohort {_GROUP_MONTHS}", _GROUP_SUMS),
    paths.REVENUE_JUDGED: _columns("as_of kind is_extrapolated forecast", "months realised wape bias wape_of_forecast"),
    paths.REVENUE_CURVE: _columns("", "months_ahead known new"),
    paths.ROLLING: _columns("as_of forecast", f"customers gini bias {_WITHIN}"),
    paths.METRICS_CSV: _columns("forecast metric", "value lower upper"),
    paths.WINS: _columns("metric baseline shown", "value baseline_value difference lower upper"),
    paths.CEILING: _columns("ceiling metric", "value ceiling_value share lower upper"),
    paths.SLICES: _columns("by group", f"customers bias gini mae {_WIDTHS}"),
    paths.FAIRNESS: _columns("by group measure beyond_noise", "customers value gap gap_se"),
    paths.COLUMNS_CSV: _columns("by group column beyond_noise", "customers forecast_mean realised_mean ratio ratio_se"),
    paths.DRIFT: _columns("column status", "psi_training_test psi_training_current ks_training_test"),
    paths.RECALIBRATION: _columns("rows", "level customers coverage recalibrated_coverage"),
    paths.GAIN_CURVE: _columns("", "customers_share ensemble perfect"),
    paths.DECILES: _columns("", "decile customers forecast_mean realised_mean buyer_share lift"),
    paths.COVERAGE: _columns("", f"decile customers {_WIDTHS}"),
    paths.RESIDUALS: _columns("", "decile customers mean q05 q25 q50 q75 q95"),
    paths.PIT: _columns("", "pit density"),
    paths.CONTRIBUTIONS: _columns("feature group", "mean_contribution"),
    paths.CONTRIBUTION_GROUPS: _columns("group", "mean_contribution"),
    paths.PERMUTATION: _columns("name kind", "mae_rise gini_fall"),
    paths.PARTIAL_DEPENDENCE: _columns("feature value", "mean_forecast"),
    paths.FEATURES_CSV: _columns("feature unit group description status needs", "known_share"),
    paths.HISTORY: _columns(
        "as_of ran_at why shop data_from currency failed warned data forecasts code params",
        "seconds horizon_days customers forecast lower_95 upper_95 gini bias coverage_90 coverage_95 drifted",
    ),
    paths.RUNS: _columns(
        "as_of ran_at why currency failed warned data code params over_on",
        "seconds horizon_days customers forecast lower_95 upper_95 gini bias coverage_90 coverage_95 drifted "
        "realised error inside_95",
    ),
    paths.PROFILES_CSV: _columns(
        "dimension segment suppressed", "customers customer_share predicted_total predicted_share predicted_mean"
    ),
    paths.CATEGORY_MIX: _columns("dimension segment kind name", "share index"),
    paths.MIGRATION: _columns("dimension from to suppressed", "customers predicted_then predicted_now"),
    paths.TIER_HITS: _columns("tier", "customers realised_customers hits precision recall by_chance"),
    paths.CLUSTER_PROFILES: _columns("name feature", "cluster mean standardised"),
    paths.TESTS: _columns(
        "experiment arm outcome with_forecast", "participants mean difference lower upper p_holm cost"
    ),
    paths.NEXT_TEST: _columns("outcome with_forecast enough_customers", "rise participants duration_days rise_8_weeks"),
    paths.SEQUENTIAL: _columns("experiment arm", "day participants difference lower upper always_lower always_upper"),
    paths.BUDGET_CSV: _columns("tier channel bound_by", f"customers budget share expected_margin {_BOUNDS}"),
    paths.TIER_BUDGET: _columns("tier strategy", f"customers budget share expected_margin {_BOUNDS}"),
    paths.SENSITIVITY: _columns("scenario", "total not_spent expected_margin expected_profit"),
    paths.REGRET: _columns("allocation", f"spent expected_margin {_BOUNDS} expected_profit cvar regret"),
    paths.RETURN_CURVE: _columns("allocation", f"total spent expected_margin {_BOUNDS} expected_profit"),
    paths.RESPONSE_CURVES: _columns("tier channel", f"budget expected_margin {_BOUNDS}"),
    paths.clean("transactions"): _columns(
        "customer_id order_ts", "amount_minor", "quantity unit_price_minor discount_minor"
    ),
    paths.clean("customers"): _columns("customer_id", "", "acquisition_cost_minor"),
    paths.clean("touches"): _columns("customer_id touch_ts", ""),
    paths.clean("experiments"): _columns("customer_id assigned_ts", "", "cost_minor"),
    paths.QUALITY: _columns("table rule action catches", "rows"),
    paths.PROFILE_DAYS: _columns(
        "", "day lines purchases net_minor log_milli log_squares customers new_customers repeated"
    ),
    paths.PROFILE_CATEGORIES: _columns("column value", "first_day rows"),
    paths.FINDINGS: _columns("about flagged text remedy", ""),
    paths.IDENTITY: _columns("table form", "rows rows_of_buyers buyers buyers_with_row rows_in_other_form"),
    paths.BASE: _columns("", "day new_customers repeat_orders"),
    paths.REVENUE_DAYS: _columns("part", "first_day day net_minor"),
    paths.TEST_FORECASTS: _columns("customer_id", "realised"),
    paths.REASONS: _columns("customer_id feature text", "rank factor"),
    paths.CUSTOMER_VALUES: _VALUES,
    paths.SHOWN_CUSTOMERS: _VALUES,
    paths.FALLEN: _FALLEN,
    paths.SHOWN_FALLEN: _FALLEN,
    paths.SALES_MONTHS: _columns("month", "net_revenue orders new_customers returning_customers"),
    paths.SALES_CLOCK: _columns("kind", "number orders"),
    paths.COHORTS: _columns("period cohort", "after customers"),
    paths.HISTOGRAMS: _columns("figure", "low high count"),
    paths.CORRELATIONS: _columns("one other", "rho"),
    paths.RELATIONS: _columns("feature group description", "rho customers"),
    paths.VALUE_BY_FEATURE: _columns("feature", "low high mean customers"),
    paths.SPREAD: _columns("feature", "low high count median"),
    paths.OUTCOMES: _columns("customer_id experiment arm channel tier", "cost revenue orders"),
}
