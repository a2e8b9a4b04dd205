"""The rules and the dashboard: they query metrics that the service has, and alerts fire when they should."""

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from clv.params import Params
from clv.serving.counters import Counters
from clv.serving.release import Release
from tests.deploy.programs import DEPLOY, documents, program, said
from tests.serving.conftest import release, release_root

__all__ = ["release", "release_root"]  # fixtures
RULES = documents(DEPLOY / "alerts.yml")[0]["groups"][0]["rules"]
DASHBOARD = json.loads((DEPLOY / "grafana/dashboards/clv.json").read_text(encoding="utf-8"))
EXPRESSIONS = {rule["alert"]: rule["expr"] for rule in RULES} | {
    panel["title"]: target["expr"] for panel in DASHBOARD["panels"] for target in panel["targets"]
}
OF_PROMETHEUS = {"up": {"job", "instance"}, "ALERTS": {"alertname", "alertstate"}}
CASES = Path(__file__).with_name("alerts_test.yml")


@pytest.fixture(scope="module")
def counted(release: Release) -> dict[str, set[str]]:
    """The names in /metrics after a request to the service, and the labels of each."""
    counters = Counters()
    counters.count("GET", "/v1/status", 200, 0.01)
    text = counters.text(release, 0, date(2025, 1, 1)).decode()
    samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    return {sample.name: set(sample.labels) for sample in samples}


def asked(expression: str) -> list[tuple[str, set[str]]]:
    """The metrics in an expression, with the labels by which each is selected."""
    found = re.findall(r"\b(clv_\w+|up\b|ALERTS\b)(?:\{(.*?)\})?", expression)
    return [(name, set(re.findall(r"(\w+)\s*(?:=~|!~|!=|=)", selected))) for name, selected in found]


@pytest.mark.parametrize("name", EXPRESSIONS)
def test_what_is_asked_for_is_counted(name: str, counted: dict[str, set[str]]) -> None:
    known = counted | OF_PROMETHEUS
    names = asked(EXPRESSIONS[name])
    assert names
    for metric, labels in names:
        assert metric in known
        assert labels <= known[metric] | {"job", "instance"}
    grouped = {label.strip() for by in re.findall(r"\bby \((.*?)\)", EXPRESSIONS[name]) for label in by.split(",")}
    assert grouped <= {"instance", *(label for metric, _ in names for label in known[metric])}


def test_all_that_is_counted_is_on_the_dashboard(counted: dict[str, set[str]]) -> None:
    shown = {name for panel in DASHBOARD["panels"] for target in panel["targets"] for name, _ in asked(target["expr"])}
    for name in counted:
        if not name.endswith(("_created", "_sum", "_count")):
            assert name in shown


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_a_rule_says_what_is_wrong_and_what_to_do(rule: dict[str, Any]) -> None:
    assert set(rule["annotations"]) == {"summary", "action"}
    assert rule["labels"]["severity"] in ("warning", "critical")
    assert rule["for"]


def test_the_queue_is_as_long_as_the_parameters_say(project_params: Params) -> None:
    assert EXPRESSIONS["ClvForecastsQueueFull"].endswith(f">= {project_params.serve.queue}")
    panel = next(panel for panel in DASHBOARD["panels"] if panel["title"] == "Forecasts that run or wait")
    assert panel["fieldConfig"]["defaults"]["thresholds"]["steps"][-1]["value"] == project_params.serve.queue


def test_the_dashboard_is_whole() -> None:
    source = documents(DEPLOY / "grafana/provisioning/datasources/prometheus.yaml")[0]["datasources"][0]["uid"]
    panels = DASHBOARD["panels"]
    assert {target["datasource"]["uid"] for panel in panels for target in panel["targets"]} == {source}
    assert len({panel["id"] for panel in panels}) == len(panels)
    places = [
        (x, y)
        for place in (panel["gridPos"] for panel in panels)
        for x in range(place["x"], place["x"] + place["w"])
        for y in range(place["y"], place["y"] + place["h"])
    ]
    assert len(set(places)) == len(places), "no panel covers another"
    assert max(x for x, _ in places) < 24


def test_promtool_takes_the_files() -> None:
    promtool = program("promtool", "prometheus")
    assert f"SUCCESS: {len(RULES)} rules found" in said(promtool, "check", "rules", DEPLOY / "alerts.yml")
    assert "SUCCESS" in said(promtool, "check", "config", "--syntax-only", DEPLOY / "prometheus.yml")


def fixed(text: str) -> str:
    """The text of rules or cases with N for each number that Prometheus would fill in."""
    return re.sub(r"\{\{.*?\}\}", "N", text)


def test_rules_fire_when_they_should(tmp_path: Path) -> None:
    promtool = program("promtool", "prometheus")
    texts = {rule["alert"]: rule["annotations"] for rule in RULES}
    cases = documents(CASES)[0]
    for case in cases["tests"]:
        for expected in case["alert_rule_test"]:
            for alert in expected.get("exp_alerts", []):  # promtool compares annotations literally
                alert["exp_annotations"] = texts[expected["alertname"]]
    (tmp_path / "alerts.yml").write_text(fixed((DEPLOY / "alerts.yml").read_text(encoding="utf-8")), encoding="utf-8")
    (tmp_path / "cases.yml").write_text(fixed(json.dumps(cases)), encoding="utf-8")
    assert "SUCCESS" in said(promtool, "test", "rules", tmp_path / "cases.yml")


def test_every_rule_is_seen_to_fire_and_not_to() -> None:
    expected = [found for case in documents(CASES)[0]["tests"] for found in case["alert_rule_test"]]
    fired = {found["alertname"] for found in expected if found.get("exp_alerts")}
    quiet = {found["alertname"] for found in expected if not found.get("exp_alerts")}
    assert fired == quiet == {rule["alert"] for rule in RULES}


def test_prometheus_reads_the_file_of_rules_that_is_there() -> None:
    assert documents(DEPLOY / "prometheus.yml")[0]["rule_files"] == ["alerts.yml"]
