"""Findings about the input as a whole, for the log, a table and the top of the page Data."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from typing import Literal

import pandas as pd

About = Literal["identity", "sale", "last day", "history", "rhythm", "reading"]


@dataclass(frozen=True)
class InputFinding:
    """One sentence about the input, and what to do if it may be wrong.

    A finding that is `flagged` may make the numbers wrong and should be judged by a person; the others only report.
    """

    about: About
    flagged: bool
    text: str
    remedy: str = ""

    def __str__(self) -> str:
        return f"{self.text}; {self.remedy}" if self.remedy else self.text


def sentences(findings: pd.DataFrame, about: About) -> list[str]:
    """The sentences on one subject in rows of `as_table`, each with its remedy, without the final full stop."""
    rows = findings[findings["about"] == about]
    return [f"{text}; {remedy}" if remedy else text for text, remedy in zip(rows["text"], rows["remedy"], strict=True)]


def as_table(findings: Iterable[InputFinding]) -> pd.DataFrame:
    """One row per finding (about, flagged, text, remedy), flagged ones first."""
    rows = [asdict(finding) for finding in sorted(findings, key=lambda finding: not finding.flagged)]
    return pd.DataFrame(rows, columns=[field.name for field in fields(InputFinding)])
