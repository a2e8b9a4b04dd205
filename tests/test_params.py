"""params.yaml is read strictly: every wrong value is one line that names key, rule, value and remedy."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from clv import params
from clv.errors import InputError
from clv.yaml_file import read_yaml
from tests.conftest import ROOT
from tests.settings import write_yaml

Change = Callable[[dict[str, Any]], object]


def load_changed(tmp_path: Path, change: Change) -> params.Params:
    content = read_yaml(ROOT / "params.yaml")
    change(content)
    return params.load(write_yaml(content, tmp_path / "params.yaml"))


def test_the_file_of_the_repo_loads(project_params: params.Params) -> None:
    assert project_params.generate.source == "synthetic"


WRONG: dict[str, tuple[Change, str]] = {
    "unknown key": (
        lambda c: c["train"]["forest"].update(n_tree=5),
        "unknown parameter 'train.forest.n_tree'; did you mean 'n_trees'?",
    ),
    "unknown section": (lambda c: c.update(tunes={}), "unknown parameter 'tunes'; did you mean 'tune'?"),
    "missing key": (
        lambda c: c["time"].pop("horizon_days"),
        "missing parameter 'time.horizon_days'; add it to params.yaml",
    ),
    "text for a number": (
        lambda c: c["train"]["xgboost"].update(learning_rate="1e-3"),
        "parameter 'train.xgboost.learning_rate' must be a number, got '1e-3' (write it without quotes)",
    ),
    "true for a number": (
        lambda c: c["time"].update(horizon_days=True),
        "parameter 'time.horizon_days' must be a whole number, got True",
    ),
    "fraction for a whole number": (
        lambda c: c["tune"].update(trials=2.5),
        "parameter 'tune.trials' must be a whole number, got 2.5",
    ),
    "out of range": (
        lambda c: c["time"].update(horizon_days=0),
        "parameter 'time.horizon_days' must be between 1 and 1095, got 0",
    ),
    "below": (lambda c: c.update(seed=-1), "parameter 'seed' must be between 0 and 4294967295, got -1"),
    "above": (lambda c: c.update(seed=2**32), "parameter 'seed' must be between 0 and 4294967295, got 4294967296"),
    "too much money": (
        lambda c: c["budget"].update(total=1e300),
        "parameter 'budget.total' must be between 0 and 1000000000000, got 1e+300",
    ),
    "more clusters than anybody can use": (
        lambda c: c["segment"]["clusters"].update(min=5000),
        "parameter 'segment.clusters.min' must be between 2 and 50, got 5000",
    ),
    "no date of a shop": (
        lambda c: c["time"].update(last_day="0001-01-01"),
        "parameter 'time.last_day' must be between 1990-01-01 and 2200-12-31, got '0001-01-01'",
    ),
    "a time for a date": (
        lambda c: c["time"].update(last_day=datetime(2026, 1, 31, 10)),
        "parameter 'time.last_day' must be a date YYYY-MM-DD, got 2026-01-31 10:00:00",
    ),
    "a campaign of two lines": (
        lambda c: c["campaign"].update(name="next\none"),
        "parameter 'campaign.name' must be one line of 1 to 500 characters, without spaces at its ends, "
        "got 'next\\none'",
    ),
    "no currency": (
        lambda c: c.update(currency=""),
        "parameter 'currency' must be one line of 1 to 20 characters, without spaces at its ends, got ''",
    ),
    "no name of a variable": (
        lambda c: c["audience"].update(key_variable=""),
        "parameter 'audience.key_variable' must be the name of an environment variable that is meant for this key, "
        "with KEY, SECRET, SALT or PEPPER in it and none of another service, such as CLV_AUDIENCE_KEY, got ''",
    ),
    "no channel": (
        lambda c: c["budget"].update(channel_caps={7: 5.0}),
        "parameter 'budget.channel_caps.7' must be text, got 7 (put it in quotes)",
    ),
    "no bucket": (
        lambda c: c["publish"].update(url="s3://clv store"),
        "parameter 'publish.url' must be a folder in a bucket, such as s3://clv-store/reports, got 's3://clv store'",
    ),
    "a folder of zones": (
        lambda c: c["preprocess"].update(time_zone="Europe"),
        "parameter 'preprocess.time_zone' must be a zone of the IANA database such as Europe/Berlin, got 'Europe'",
    ),
    "not finite": (
        lambda c: c["budget"].update(total=float("inf")),
        "parameter 'budget.total' must be a finite number, got inf",
    ),
    "unknown choice": (
        lambda c: c["generate"].update(source="csv"),
        "parameter 'generate.source' must be one of synthetic, files, sql, got 'csv'",
    ),
    "not a date": (
        lambda c: c["time"].update(last_day="31.12.2025"),
        "parameter 'time.last_day' must be a date YYYY-MM-DD, got '31.12.2025'",
    ),
    "not a list": (
        lambda c: c["train"].update(learners="btyd"),
        "parameter 'train.learners' must be a list, got 'btyd'",
    ),
    "not a mapping": (
        lambda c: c.update(tune=3),
        "parameter 'tune' must be a mapping of names to values, got 3",
    ),
    "shares": (
        lambda c: c["time"]["customer_shares"].update(training=0.8),
        "parameter 'time.customer_shares': shares must sum to 1, got 1.1",
    ),
    "shares of tiers": (
        lambda c: c["segment"]["tiers"]["shares"].update(high_clv=0.8),
        "parameter 'segment.tiers.shares': shares must sum to at most 1, got 1.1",
    ),
    "thresholds": (
        lambda c: c["segment"]["tiers"]["thresholds"].update(high_clv=1.0),
        "parameter 'segment.tiers.thresholds': growth_potential must not exceed high_clv, got 50 and 1",
    ),
    "shares of the rule": (
        lambda c: c["budget"]["rule"].update(high_clv=0.6),
        "parameter 'budget.rule': shares must sum to 1, got 1.1",
    ),
    "an offer of no segment": (
        lambda c: c["campaign"]["offers"].update(champion={"name": "tea", "discount": 0.0}),
        "unknown parameter 'campaign.offers.champion'; did you mean 'champions'?",
    ),
    "nothing offered": (
        lambda c: c["campaign"]["offers"]["lost"].update(name=" "),
        "parameter 'campaign.offers.lost.name' must be one line of 1 to 500 characters, without spaces at its ends, "
        "got ' '",
    ),
    "a cell twice": (
        lambda c: c["budget"].update(bounds=[{"tier": "Low-CLV", "channel": "ad", "min": 0, "max": 1}] * 2),
        "parameter 'budget': bounds must name each cell once, got Low-CLV x ad again",
    ),
    "bounds of a cell": (
        lambda c: c["budget"].update(bounds=[{"tier": "Low-CLV", "channel": "ad", "min": 2, "max": 1}]),
        "parameter 'budget.bounds[0]': min must not exceed max, got 2 and 1",
    ),
    "no country": (
        lambda c: c["audience"].update(country="Germany"),
        "parameter 'audience.country' must be two capital letters (ISO 3166), such as 'DE', got 'Germany'",
    ),
    "no calling code": (
        lambda c: c["audience"].update(calling_code="+49"),
        "parameter 'audience.calling_code' must be one to three digits, such as '49', got '+49'",
    ),
    "unknown learner": (
        lambda c: c["train"].update(learners=["btyd", "catboost"]),
        "parameter 'train.learners[1]' must be one of btyd, ridge, forest, gradient_boosting, xgboost, lightgbm, "
        "hurdle, neural, lightgbm_raw, hurdle_raw, extra_trees, got 'catboost'",
    ),
    "a learner without its section": (
        lambda c: c["train"].pop("hurdle"),
        "missing parameter 'train.hurdle'; add it to params.yaml",
    ),
    "a section of no learner": (
        lambda c: c["train"].update(forrest={}),
        "unknown parameter 'train.forrest'; did you mean 'forest'?",
    ),
    "more than anyone could mean": (
        lambda c: c["train"]["forest"].update(n_trees=10**9),
        "parameter 'train.forest.n_trees' must be between 1 and 5000, got 1000000000",
    ),
    "no btyd": (
        lambda c: c["train"].update(learners=["ridge"]),
        "parameter 'train': learners must include btyd, each name once, got ridge",
    ),
    "empty search": (
        lambda c: c["tune"]["space"]["ridge"]["alpha"].update(low=10, high=1),
        "parameter 'tune.space.ridge.alpha': low must be less than high, got 10 and 1",
    ),
    "search out of range": (
        lambda c: c["tune"]["space"]["xgboost"].update(tweedie_power={"low": 0.5, "high": 1.9, "log": False}),
        "parameter 'tune.space.xgboost.tweedie_power' must be between 1.05 and 1.95, got 0.5",
    ),
    "search of fractions": (
        lambda c: c["tune"]["space"]["forest"]["min_leaf_rows"].update(low=0.5),
        "params.yaml: tune.space.forest.min_leaf_rows must range over whole numbers, got 0.5",
    ),
    "search without its start": (
        lambda c: c["tune"]["space"]["ridge"]["alpha"].update(low=5000.0),
        "params.yaml: tune.space.ridge.alpha must include train.ridge.alpha, where the search starts: "
        "1000 is not between 5000 and 100000",
    ),
    "search of no learner": (
        lambda c: c["tune"]["space"].update(catboost={}),
        "params.yaml: tune.space.catboost is not a learner; choose from ridge, forest, gradient_boosting, xgboost, "
        "lightgbm, hurdle, neural, lightgbm_raw, hurdle_raw, extra_trees",
    ),
    "zone": (
        lambda c: c["preprocess"].update(time_zone="Mars"),
        "parameter 'preprocess.time_zone' must be a zone of the IANA database such as Europe/Berlin, got 'Mars'",
    ),
    "search of nothing": (
        lambda c: c["tune"]["space"].update(ridge={"beta": {"low": 1, "high": 2, "log": False}}),
        "params.yaml: tune.space.ridge.beta names no parameter of train.ridge; drop it",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_values_are_one_clear_line(case: str, tmp_path: Path) -> None:
    change, message = WRONG[case]
    with pytest.raises(InputError) as caught:
        load_changed(tmp_path, change)
    assert str(caught.value) == message


def test_a_whole_number_will_do_for_a_fraction(tmp_path: Path) -> None:
    assert load_changed(tmp_path, lambda c: c["budget"].update(total=5)).budget.total == 5.0


def test_every_parameter_of_a_section_is_commented() -> None:
    """Scalars carry a comment on their line, or their section does (the search spaces and column names)."""
    uncommented = []
    for line in (ROOT / "params.yaml").read_text(encoding="utf-8").splitlines():
        depth = len(line) - len(line.lstrip())
        if depth == 2 and ":" in line and "#" not in line and not line.strip().endswith(":"):
            uncommented.append(line.strip())
    assert uncommented == []
