"""docs/operation.md names every rule, and only parameters and variables of make that exist."""

import re

from clv.data.profiling.expectations import EXPECTATIONS
from clv.yaml_file import read_yaml
from tests.conftest import ROOT

TEXT = (ROOT / "docs" / "operation.md").read_text(encoding="utf-8")


def test_each_rule_has_a_line_in_their_order() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (.*) \|$", TEXT, flags=re.MULTILINE)
    assert rows == [(rule.name, rule.expects) for rule in EXPECTATIONS]


def test_each_parameter_that_it_names_is_there() -> None:
    params = read_yaml(ROOT / "params.yaml")
    named = re.findall(r"`(retrain|evaluate|expect)\.(\w+)`", TEXT)
    assert {name for section, name in named if section == "retrain"} == {*params["retrain"]} - {"service_seconds"}
    assert all(name in params[section] for section, name in named)


def test_the_variables_of_make_are_those_of_the_makefile() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for name in re.findall(r"make retrain (\w+)=", TEXT):
        assert f"$(if $({name})" in makefile
