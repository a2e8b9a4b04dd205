"""The model card: how the forecast is made, its purpose, its accuracy and its limits.

Source: Mitchell et al. (2019), "Model cards for model reporting", FAT* 2019.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from html import escape
from pathlib import Path
from typing import Any

import pandas as pd
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from clv.data.source import public_name
from clv.evaluation.fairness import largest_gaps
from clv.evaluation.forecast_names import ENSEMBLE
from clv.evaluation.judgement import HEADLINE, Judgement
from clv.evaluation.metrics import BY_NAME
from clv.evaluation.params import CheckName, EvaluateParams
from clv.evaluation.verdict import Check
from clv.features.timeline import Plan
from clv.models.btyd.basis import Gap
from clv.models.calibration.intervals import LEVELS
from clv.models.learners.registry import BTYD
from clv.reporting.kit.names import TITLES
from clv.reporting.kit.table import write

SLICED = ("lifecycle", "channel", "country", "age_band")  # the slices that describe kinds of customers


@dataclass(frozen=True)
class Findings:
    """Results of the backtest: its `judgement` on `customers` test customers, the checks, the advice on drift."""

    customers: int
    judgement: Judgement
    checks: Mapping[CheckName, Check]
    advice: str


def shop_name(source: Mapping[str, Any], world: str) -> str:
    """The name of the shop: a synthetic `world`, or the source of the transactions."""
    synthetic = source["kind"] == "synthetic"
    return f"the synthetic shop {world}" if synthetic else public_name(source["tables"]["transactions"]["name"])


@dataclass(frozen=True)
class Card:
    """The data for a model card.

    `data` are the counts of preprocess, `weights` those of today's ensemble by learner, `versions` those of libraries;
    `findings` are None without a backtest; `gaps` are what today's model does not know, `rhythm` the findings about
    customers who buy at regular intervals.
    """

    plan: Plan
    source: str
    currency: str
    data: Mapping[str, Any]
    weights: Mapping[str, float]
    versions: Mapping[str, str]
    params: EvaluateParams
    findings: Findings | None
    gaps: Sequence[Gap] = ()
    rhythm: Sequence[str] = ()

    def to_markdown(self) -> str:
        """The whole card as Markdown."""
        environment = Environment(loader=FileSystemLoader(Path(__file__).parent), undefined=StrictUndefined)
        environment.filters |= {name: partial(_written, how=name) for name in ("count", "money", "share")}
        environment.filters["percent"] = "{:.0%}".format
        return environment.get_template("card.md.j2").render(
            plan=self.plan,
            source=_plain(self.source),
            currency=_plain(self.currency),
            data=self.data,
            params=self.params,
            levels=", ".join(f"{level}%" for level in LEVELS),
            learners=set(self.weights) - {BTYD},
            weights=_weights(self.weights),
            findings=None if self.findings is None else _written_findings(self.findings, self.params.drawn_customers),
            gaps=[gap.says for gap in self.gaps],
            rhythm=[_plain(text) for text in self.rhythm],
            versions=", ".join(f"{name} {version}" for name, version in sorted(self.versions.items())),
        )


def _written_findings(findings: Findings, most: int) -> dict[str, str]:
    """The parts of the card about the backtest, as Markdown; resampling draws at most `most` customers."""
    judgement = findings.judgement
    persons = "Groups of persons are not known."
    if len(judgement.fairness):
        gaps = _gaps(largest_gaps(judgement.fairness))
        persons = f"Gaps between groups of persons beyond chance: {gaps or 'none'}."
    return {
        "customers": write(findings.customers, "count"),
        "resampled": f"{write(most, 'count')} drawn " if findings.customers > most else "",
        "metrics": _metrics(judgement.metrics),
        "slices": _slices(judgement.slices),
        "persons": persons,
        "checks": _checks(findings.checks),
        "advice": _plain(findings.advice),
    }


def _weights(weights: Mapping[str, float]) -> str:
    ordered = sorted(weights.items(), key=lambda item: (-item[1], item[0]))
    return ", ".join(f"{TITLES[name]} {weight:.0%}" for name, weight in ordered if weight > 0)


def _metrics(metrics: pd.DataFrame) -> str:
    rows = {row["metric"]: row for row in metrics[metrics["forecast"] == ENSEMBLE].to_dict("records")}
    written = []
    for name in HEADLINE:
        value, lower, upper = (write(rows[name][end], BY_NAME[name].unit) for end in ("value", "lower", "upper"))
        written.append((BY_NAME[name].title, value, f"{lower} to {upper}"))
    return _table(("metric", "value", "interval"), written)


def _slices(slices: pd.DataFrame) -> str:
    columns = ("customers", "bias", "gini", "coverage_95")
    formats = ("count", "signed_share", "ratio", "share")
    rows = [
        (f"{row['by'].replace('_', ' ')}: {row['group']}", *map(_written, (row[c] for c in columns), formats))
        for row in slices[slices["by"].isin(SLICED)].to_dict("records")
    ]
    return _table(("group", "customers", "bias", "Gini", "95% intervals cover"), rows)


def _gaps(gaps: pd.DataFrame) -> str:
    words = [
        f"{row['measure']} by {row['by']} ".replace("_", " ")
        + _plain(f"({row['gap']:.1%} more for {row['highest']} than for {row['lowest']})")
        for row in (gaps[gaps["beyond_noise"]] if len(gaps) else gaps).to_dict("records")
    ]
    return ", ".join(words)


def _checks(checks: Mapping[CheckName, Check]) -> str:
    written = [(name.replace("_", " "), check.status, check.message) for name, check in checks.items()]
    return _table(("check", "status", "what was seen"), written)


def _written(value: Any, how: Any) -> str:
    return write(value, how)


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(map(_plain, line)) + " |" for line in lines)


def _plain(text: str) -> str:
    """Text on one line with HTML and Markdown escaped, because names of groups come from the shop's data.

    An underscore at the edge of a word would start italics and is escaped; inside a word, as in most names of columns,
    it stays.
    """
    line = escape(" ".join(text.split()), quote=False)
    line = re.sub(r"([\\|*`\[\]~$]|(?<![^\W_])_|_(?![^\W_])|^[#+=-](?=[#\s]|$))", r"\\\1", line)
    return re.sub(r"^(\d+)([.)])(?=\s|$)", r"\1\\\2", line)
